package explore

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"reddit-classifier/model/train/dataset"
	"reddit-classifier/model/train/report"
	"reddit-classifier/model/train/sparse"
)

// describe fills in what does not need the model.
func (e *explorer) describe(d *report.Data) error {
	d.Corpus = e.corpus()
	d.Columns = e.columns()
	d.Lengths = e.lengths()
	for k, kind := range kinds {
		d.Traits = append(d.Traits, e.trait(kind))
		e.progress("describing", "trait", k+1, len(kinds))
		if err := e.ctx.Err(); err != nil {
			return err
		}
	}
	d.Cleaning = e.cleaning()
	return nil
}

// trait counts the comments of a kind; some of them, once the context is cancelled.
func (e *explorer) trait(k kind) report.Trait {
	var comments, removed atomic.Int64
	sparse.Parallel(len(e.all), func(lo, hi int) {
		for i := lo; i < hi && e.ctx.Err() == nil; i++ {
			if k.has(e.Data.Texts[i], e.all[i]) {
				comments.Add(1)
				removed.Add(int64(e.Data.Labels[i]))
			}
		}
	})
	return report.Trait{Name: k.name, Meaning: k.meaning, Comments: int(comments.Load()), Removed: int(removed.Load())}
}

func (e *explorer) corpus() report.Corpus {
	c := report.Corpus{Comments: e.Data.Len()}
	seen := map[string][2]int{}
	var lengths [2][]int
	for i, text := range e.Data.Texts {
		y := e.Data.Labels[i]
		c.Removed += y
		lengths[y] = append(lengths[y], words(e.all[i]))
		if strings.TrimSpace(text) == "" {
			c.Empty++
			continue
		}
		counts := seen[text]
		if counts[0]+counts[1] > 0 {
			c.Duplicates++
		}
		counts[y]++
		seen[text] = counts
	}
	for _, counts := range seen {
		if counts[0] > 0 && counts[1] > 0 {
			c.Contradictions++
		}
	}
	for class := range lengths {
		c.MedianWords[class] = median(lengths[class])
	}
	return c
}

func median(values []int) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	n := len(values)
	return float64(values[(n-1)/2]+values[n/2]) / 2
}

func (e *explorer) columns() []report.Column {
	missing, distinct := tally(e.Data.IDs)
	list := []report.Column{{Name: e.firstColumn(), Meaning: "names the comment", Missing: missing, Distinct: distinct}}
	missing, distinct = tally(e.Data.Texts)
	longest := 0
	for _, text := range e.all {
		longest = max(longest, words(text))
	}
	list = append(
		list,
		report.Column{
			Name:     "text",
			Meaning:  "the comment, in Markdown",
			Missing:  missing,
			Distinct: distinct,
			Range:    fmt.Sprintf("up to %d words", longest),
		},
	)
	list = append(
		list,
		report.Column{Name: "label", Meaning: "1 where a moderator removed it", Distinct: 2, Range: "0 or 1"},
	)
	if e.Data.Score != nil {
		list = append(
			list,
			numbers(
				"score",
				"votes up less votes down",
				e.Data.Score,
				func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) },
			),
		)
	}
	if e.Data.Created != nil {
		list = append(list, numbers("created", "when it was written", e.Data.Created, day))
	}
	for _, c := range e.Data.Others {
		list = append(list, describeColumn(c))
	}
	return list
}

// firstColumn is what the first column goes by: the public dataset has one named id further on.
func (e *explorer) firstColumn() string {
	if slices.ContainsFunc(e.Data.Others, func(c dataset.Column) bool { return strings.EqualFold(c.Name, "id") }) {
		return "index"
	}
	return "id"
}

// otherMeanings describes the columns of the public dataset that training does not use, by name in lower case.
var otherMeanings = map[string]string{
	"x":            "the row's number in the dataset that the file was drawn from; not used in training",
	"id":           "Reddit's name of the comment; not used in training",
	"parent_id":    "what it answers: t1_ and the name of a comment, or t3_ and that of a post; not used in training",
	"retrieved_on": "when it was collected; not used in training",
}

// describeColumn describes a column that training does not use. It has a range if all its values are numbers.
func describeColumn(c dataset.Column) report.Column {
	meaning, known := otherMeanings[strings.ToLower(c.Name)]
	if !known {
		meaning = "not used in training"
	}
	values := make([]float64, len(c.Values))
	for i, s := range c.Values {
		s = strings.TrimSpace(s)
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			if v = math.NaN(); s != "" && s != "NA" {
				missing, distinct := tally(c.Values)
				return report.Column{Name: c.Name, Meaning: meaning, Missing: missing, Distinct: distinct}
			}
		}
		values[i] = v
	}
	format := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	if strings.EqualFold(c.Name, "retrieved_on") {
		format = day
	}
	return numbers(c.Name, meaning, values, format)
}

// day is the date of a number of seconds since 1970.
func day(seconds float64) string { return date(seconds).Format(time.DateOnly) }

func date(seconds float64) time.Time { return time.Unix(int64(seconds), 0).UTC() }

// tally counts empty and different values.
func tally(values []string) (missing, distinct int) {
	seen := make(map[string]bool, len(values))
	for _, v := range values {
		if strings.TrimSpace(v) == "" {
			missing++
		} else {
			seen[v] = true
		}
	}
	return missing, len(seen)
}

func numbers(name, meaning string, values []float64, format func(float64) string) report.Column {
	c := report.Column{Name: name, Meaning: meaning}
	seen := map[float64]bool{}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if math.IsNaN(v) {
			c.Missing++
			continue
		}
		seen[v] = true
		lo, hi = min(lo, v), max(hi, v)
	}
	if c.Distinct = len(seen); c.Distinct > 0 {
		c.Range = format(lo) + " to " + format(hi)
	}
	return c
}

// edges are where the bins of length begin; they grow by about a half.
var edges = []int{0, 1, 3, 5, 8, 12, 18, 27, 41, 61, 91, 136, 201, 301, 451}

func (e *explorer) lengths() []report.LengthBin {
	bins := make([]report.LengthBin, len(edges))
	longest := edges[len(edges)-1]
	for i, text := range e.all {
		n := words(text)
		longest = max(longest, n)
		k, exact := slices.BinarySearch(edges, n)
		if !exact {
			k--
		}
		bins[k].Count[e.Data.Labels[i]]++
	}
	for k := range bins {
		bins[k].Low, bins[k].High = edges[k], longest
		if k+1 < len(edges) {
			bins[k].High = edges[k+1] - 1
		}
	}
	empty := func(b report.LengthBin) bool { return b.Count == [2]int{} }
	for len(bins) > 0 && empty(bins[len(bins)-1]) {
		bins = bins[:len(bins)-1]
	}
	for len(bins) > 0 && empty(bins[0]) {
		bins = bins[1:]
	}
	return bins
}
