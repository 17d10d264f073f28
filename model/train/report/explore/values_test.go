package explore

import (
	"context"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model"
	"reddit-classifier/model/clean"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/train"
	"reddit-classifier/model/train/dataset"
	"reddit-classifier/model/train/metric"
	"reddit-classifier/model/train/report"
)

// exploring returns an explorer of the comments, all of which are trained on, with the probabilities of
// cross-validation.
func exploring(t *testing.T, d *dataset.Dataset, p ...float64) *explorer {
	t.Helper()
	o := train.Default()
	o.CV = 2
	r := &train.Result{}
	r.CV.P, r.Threshold = p, 0.5
	pack, err := packs.Open(o.Language)
	if err != nil {
		t.Fatal(err)
	}
	e := &explorer{Input: Input{Data: d, Options: o, Result: r}, ctx: context.Background(), pack: pack, training: d}
	for _, text := range d.Texts {
		e.all = append(e.all, clean.Unicode.Clean(text))
	}
	e.cleaned = e.all
	return e
}

// TestCleaningEffects counts what cleaning put right, by kind, with the first passage of each.
func TestCleaningEffects(t *testing.T) {
	e := exploring(t, &dataset.Dataset{Texts: []string{
		"plain", "one\r\ntwo", "a [link](http://a.org) here", "fish &amp; chips", "na\u00c3\u00afve", "x <U+1F44F> y",
		"so -- what", `a \ b`, "fish &lt; chips", "[no link] and --", "&notanentity",
	}})
	got := e.cleaning()
	effects := map[string]int{}
	for _, f := range got.Effects {
		effects[f.Name] = f.Comments
	}
	want := map[string]int{"line breaks": 1, "Markdown links": 1, "HTML entities": 2, "encoding": 1,
		"characters as <U+…>": 1, "double hyphens": 2, "backslashes": 1}
	if diff := cmp.Diff(want, effects); diff != "" {
		t.Errorf("effects (-want +got):\n%s", diff)
	}
	changed := 0
	for i, text := range e.Data.Texts {
		if e.all[i] != text {
			changed++
		}
	}
	if got.Comments != changed || changed < 9 || got.Mode != "unicode" {
		t.Errorf("%d comments changed by mode %s, want %d", got.Comments, got.Mode, changed)
	}
	for _, x := range got.Examples {
		if x.Effect == "HTML entities" && (joined(x.Before) != "fish &amp; chips" || joined(x.After) != "fish & chips") {
			t.Errorf("example %q → %q", joined(x.Before), joined(x.After))
		}
	}
	if len(got.Examples) != len(want) {
		t.Errorf("%d examples, want %d", len(got.Examples), len(want))
	}
}

// TestExample cuts a passage out of a long text: at spaces, about 60 bytes before and 120 behind.
func TestExample(t *testing.T) {
	e := exploring(t, &dataset.Dataset{})
	text := strings.Repeat("before ", 30) + "fish &amp; chips" + strings.Repeat(" behind", 40)
	x, ok := e.example("HTML entities", text, strings.Index(text, "&"))
	want := strings.Repeat("before ", 7) + "fish &amp; chips" + strings.Repeat(" behind", 15)
	if !ok || joined(x.Before) != want || joined(x.After) != strings.Replace(want, "&amp;", "&", 1) {
		t.Errorf("%t: %q, want %q", ok, joined(x.Before), want)
	}
	if x, ok := e.example("nothing", "all is well", 4); ok {
		t.Errorf("nothing was cleaned, but there is an example: %+v", x)
	}
}

// TestCorpus counts removals, empty texts, repetitions and contradictions, and takes medians of the lengths.
func TestCorpus(t *testing.T) {
	e := exploring(t, &dataset.Dataset{
		Texts:  []string{"one", "one two", "one", "  ", "a b c d", "a b c d", "a b c d", "x y z", "v w"},
		Labels: []int{0, 0, 1, 1, 1, 1, 1, 0, 0},
	})
	want := report.Corpus{Comments: 9, Removed: 5, Empty: 1, Duplicates: 3, Contradictions: 1,
		MedianWords: [2]float64{2, 4}}
	if diff := cmp.Diff(want, e.corpus()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		values []int
		want   float64
	}{{[]int{5}, 5}, {[]int{9, 1}, 5}, {[]int{3, 1, 2}, 2}, {[]int{4, 1, 2, 9}, 3}} {
		if got := median(c.values); got != c.want {
			t.Errorf("the median of %v is %v, want %v", c.values, got, c.want)
		}
	}
	if !math.IsNaN(median(nil)) {
		t.Error("nothing has a median")
	}
}

// TestColumns describes every column: what is missing, how many values there are, and their range.
func TestColumns(t *testing.T) {
	e := exploring(t, &dataset.Dataset{
		IDs: []string{"a", "b", ""}, Texts: []string{"one two", "one two", " "}, Labels: []int{0, 1, 0},
		Score: []float64{-2.5, 7, math.NaN()}, Created: []float64{0, 86400, 86400},
		Others: []dataset.Column{{Name: "X", Values: []string{"3", "NA", " 5 "}},
			{Name: "retrieved_on", Values: []string{"86400", "", "172800"}}, {Name: "author", Values: []string{"u", "3", ""}}},
	})
	want := []report.Column{
		{Name: "id", Meaning: "names the comment", Missing: 1, Distinct: 2},
		{Name: "text", Meaning: "the comment, in Markdown", Missing: 1, Distinct: 1, Range: "up to 2 words"},
		{Name: "label", Meaning: "1 where a moderator removed it", Distinct: 2, Range: "0 or 1"},
		{Name: "score", Meaning: "votes up less votes down", Missing: 1, Distinct: 2, Range: "-2.5 to 7"},
		{Name: "created", Meaning: "when it was written", Distinct: 2, Range: "1970-01-01 to 1970-01-02"},
		{Name: "X", Meaning: otherMeanings["x"], Missing: 1, Distinct: 2, Range: "3 to 5"},
		{Name: "retrieved_on", Meaning: otherMeanings["retrieved_on"], Missing: 1, Distinct: 2,
			Range: "1970-01-02 to 1970-01-03"},
		{Name: "author", Meaning: "not used in training", Missing: 1, Distinct: 2},
	}
	if diff := cmp.Diff(want, e.columns()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	e.Data.Others = append(e.Data.Others, dataset.Column{Name: "ID", Values: []string{"1", "2", "3"}})
	if got := e.columns()[0].Name; got != "index" {
		t.Errorf("beside a column id the first one is called %q", got)
	}
}

// TestLengths puts each length into its bin; bins without comments on either end are left out.
func TestLengths(t *testing.T) {
	e := exploring(t, &dataset.Dataset{
		Texts:  []string{"a b", "a b c", "a b c d", "a b c d e f g h", strings.Repeat("a ", 12)},
		Labels: []int{0, 1, 1, 0, 1},
	})
	want := []report.LengthBin{{Low: 1, High: 2, Count: [2]int{1, 0}}, {Low: 3, High: 4, Count: [2]int{0, 2}},
		{Low: 5, High: 7}, {Low: 8, High: 11, Count: [2]int{1, 0}}, {Low: 12, High: 17, Count: [2]int{0, 1}}}
	if diff := cmp.Diff(want, e.lengths()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	e = exploring(t, &dataset.Dataset{Texts: []string{"", strings.Repeat("a ", 460)}, Labels: []int{0, 1}})
	bins := e.lengths()
	if first, last := bins[0], bins[len(bins)-1]; first != (report.LengthBin{Count: [2]int{1, 0}}) ||
		last != (report.LengthBin{Low: 451, High: 460, Count: [2]int{0, 1}}) {
		t.Errorf("first %+v, last %+v", first, last)
	}
}

// TestTraits counts the comments that have a trait, and how many of them were removed.
func TestTraits(t *testing.T) {
	e := exploring(t, &dataset.Dataset{
		Texts: []string{"Why?", "Because.", "Really? Why?", "no"}, Labels: []int{1, 1, 0, 0},
	})
	got := map[string][2]int{}
	for _, k := range kinds {
		x := e.trait(k)
		if x.Comments > 0 {
			got[x.Name] = [2]int{x.Comments, x.Removed}
		}
	}
	want := map[string][2]int{"a question": {2, 1}, "a small first letter": {1, 0}, "no last full stop": {1, 0},
		"ten words or fewer": {4, 2}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestEdges has a length on each side of every edge.
func TestEdges(t *testing.T) {
	d := &dataset.Dataset{}
	for _, n := range []int{0, 1, 2, 3, 4, 5, 7, 8, 11, 12, 17, 18, 26, 27, 40, 41, 60, 61, 90, 91, 135, 136, 200, 201,
		300, 301, 450, 451} {
		d.Texts, d.Labels = append(d.Texts, strings.Repeat("w ", n)), append(d.Labels, 0)
	}
	for i, b := range exploring(t, d).lengths() {
		want := 2
		if i == 0 || i == len(edges)-1 {
			want = 1
		}
		if b.Count[0] != want {
			t.Errorf("%d comments of %d to %d words, want %d", b.Count[0], b.Low, b.High, want)
		}
	}
}

// TestGroups counts comments by score and by month, with the mean probability of each group.
func TestGroups(t *testing.T) {
	day := 86400.0
	e := exploring(t, &dataset.Dataset{
		Texts: make([]string, 7), Labels: []int{0, 1, 1, 0, 0, 1, 1},
		Score:   []float64{-1, -7, 2, 3, 5, 51, math.NaN()},
		Created: []float64{0, 30 * day, 31 * day, 31 * day, math.NaN(), 400 * day, 400 * day},
	}, 0.25, 0.75, 0.5, 0.5, 1, 0.125, 1)
	want := []report.Group{{Name: "below 0", Comments: 2, Removed: 1, P: 0.5}, {Name: "2", Comments: 1, Removed: 1, P: 0.5},
		{Name: "3–5", Comments: 2, P: 0.75}, {Name: "over 50", Comments: 1, Removed: 1, P: 0.125}}
	if diff := cmp.Diff(want, e.scores()); diff != "" {
		t.Errorf("scores (-want +got):\n%s", diff)
	}
	want = []report.Group{{Name: "1970-01", Comments: 2, Removed: 1, P: 0.5}, {Name: "1970-02", Comments: 2, Removed: 1, P: 0.5},
		{Name: "1971-02", Comments: 2, Removed: 2, P: 0.5625}}
	if diff := cmp.Diff(want, e.months()); diff != "" {
		t.Errorf("months (-want +got):\n%s", diff)
	}
	many := &dataset.Dataset{Texts: make([]string, 40), Labels: make([]int, 40)}
	for i := range 40 {
		many.Created = append(many.Created, float64(i)*31*day)
	}
	want = []report.Group{{Name: "1970", Comments: 12}, {Name: "1971", Comments: 12}, {Name: "1972", Comments: 12},
		{Name: "1973", Comments: 4}}
	if diff := cmp.Diff(want, exploring(t, many, make([]float64, 40)...).months()); diff != "" {
		t.Errorf("years, because there are too many months (-want +got):\n%s", diff)
	}
	many.Created = many.Created[:manyMonths]
	many.Texts, many.Labels = many.Texts[:manyMonths], many.Labels[:manyMonths]
	if got := exploring(t, many, make([]float64, 40)...).months(); len(got) != 36 {
		t.Errorf("%d months, want 36", len(got))
	}
}

// TestSlices measures the out-of-fold decisions on parts of the comments.
func TestSlices(t *testing.T) {
	long := strings.Repeat("word ", 20)
	e := exploring(t, &dataset.Dataset{
		Texts:  []string{"short?", "short", long + "http://a.org", long, strings.Repeat(long, 5) + "more", "&gt; they said"},
		Labels: []int{1, 0, 1, 0, 1, 0},
	}, 0.9, 0.5, 0.2, 0.1, 0.7, 0.3)
	var d report.Data
	if err := e.slices(&d); err != nil {
		t.Fatal(err)
	}
	got := map[string]report.Slice{}
	for _, s := range d.Slices {
		got[s.Name] = s
	}
	want := map[string]report.Slice{
		"all":                 {Comments: 6, Removed: 3, Flagged: 3, AUC: 7.0 / 9, Precision: 2.0 / 3, Recall: 2.0 / 3},
		"up to 10 words":      {Comments: 3, Removed: 1, Flagged: 2, AUC: 1, Precision: 0.5, Recall: 1},
		"11 to 30 words":      {Comments: 2, Removed: 1, AUC: 1},
		"over 100 words":      {Comments: 1, Removed: 1, Flagged: 1, AUC: math.NaN(), Precision: 1, Recall: 1},
		"with a link":         {Comments: 1, Removed: 1, AUC: math.NaN()},
		"without a link":      {Comments: 5, Removed: 2, Flagged: 3, AUC: 1, Precision: 2.0 / 3, Recall: 1},
		"with a quotation":    {Comments: 1, AUC: math.NaN()},
		"without a quotation": {Comments: 5, Removed: 3, Flagged: 3, AUC: 5.0 / 6, Precision: 2.0 / 3, Recall: 2.0 / 3},
		"with a question":     {Comments: 1, Removed: 1, Flagged: 1, AUC: math.NaN(), Precision: 1, Recall: 1},
		"without a question":  {Comments: 5, Removed: 2, Flagged: 2, AUC: 4.0 / 6, Precision: 0.5, Recall: 0.5},
	}
	for name, s := range want {
		s.Name = name
		want[name] = s
	}
	near := cmp.Comparer(func(a, b float64) bool { return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) < 1e-12 })
	if diff := cmp.Diff(want, got, near); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSliceBounds has a comment on either side of each bound of length.
func TestSliceBounds(t *testing.T) {
	d := &dataset.Dataset{}
	for _, n := range []int{10, 11, 30, 31, 100, 101} {
		d.Texts, d.Labels = append(d.Texts, strings.Repeat("w ", n)), append(d.Labels, 1)
	}
	var found report.Data
	if err := exploring(t, d, make([]float64, 6)...).slices(&found); err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, s := range found.Slices {
		got[s.Name] = s.Comments
	}
	want := map[string]int{"all": 6, "up to 10 words": 1, "11 to 30 words": 2, "31 to 100 words": 2, "over 100 words": 1,
		"without a link": 6, "without a quotation": 6, "without a question": 6}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestDependence: partial dependence is the mean probability of the changed texts.
func TestDependence(t *testing.T) {
	d := made(300)
	g := gather(t, d, train.Default(), false)
	r, err := train.Run(t.Context(), d, train.Default(), nil)
	if err != nil {
		t.Fatal(err)
	}
	mean := func(texts []string) float64 {
		sum := 0.0
		for _, p := range train.Predict(r.Model, texts) {
			sum += p
		}
		return sum / float64(len(texts))
	}
	var cleaned []string
	for _, text := range d.Texts {
		cleaned = append(cleaned, clean.Unicode.Clean(text))
	}
	if want := mean(cleaned); math.Abs(g.Unchanged-want) > 1e-12 {
		t.Errorf("unchanged %v, want %v", g.Unchanged, want)
	}
	var lengths []int
	for _, point := range g.Lengthening {
		lengths = append(lengths, point.Words)
		var texts []string
		for _, text := range cleaned {
			if w := strings.Fields(text); len(w) >= 100 {
				texts = append(texts, strings.Join(w[:point.Words], " "))
			}
		}
		if want := mean(texts); math.Abs(point.P-want) > 1e-12 {
			t.Errorf("first %d words: %v, want %v", point.Words, point.P, want)
		}
	}
	if diff := cmp.Diff([]int{1, 2, 5, 10, 20, 50, 100}, lengths); diff != "" {
		t.Errorf("lengths (-want +got):\n%s", diff)
	}
	for _, a := range g.Additions {
		var texts []string
		for _, text := range cleaned {
			texts = append(texts, text+" "+displayNGram(a.NGram))
		}
		if want := mean(texts); math.Abs(a.P-want) > 1e-12 {
			t.Errorf("with %q %v, want %v", a.NGram, a.P, want)
		}
	}
	if len(g.Additions) != 2*addedNGrams {
		t.Errorf("%d n-grams were added, want %d", len(g.Additions), 2*addedNGrams)
	}
}

// TestCurves thins curves to what can be seen and keeps their ends.
func TestCurves(t *testing.T) {
	y, p := []int{1, 0, 1, 0, 0}, []float64{0.9, 0.8, 0.8, 0.3, 0.1}
	c := metric.NewCurve(y, p)
	want := []report.Point{{Threshold: 1}, {Y: 0.5, Threshold: 0.9}, {X: 1.0 / 3, Y: 1, Threshold: 0.8},
		{X: 2.0 / 3, Y: 1, Threshold: 0.3}, {X: 1, Y: 1, Threshold: 0.1}}
	if diff := cmp.Diff(want, roc(c)); diff != "" {
		t.Errorf("ROC (-want +got):\n%s", diff)
	}
	want = []report.Point{{X: 0.5, Y: 1, Threshold: 0.9}, {X: 1, Y: 2.0 / 3, Threshold: 0.8},
		{X: 1, Y: 0.5, Threshold: 0.3}, {X: 1, Y: 0.4, Threshold: 0.1}}
	if diff := cmp.Diff(want, pr(c)); diff != "" {
		t.Errorf("precision and recall (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]report.Threshold{{At: 0.9, Share: 0.2, Precision: 1, Recall: 0.5},
		{At: 0.8, Share: 0.6, Precision: 2.0 / 3, Recall: 1}, {At: 0.3, Share: 0.8, Precision: 0.5, Recall: 1},
		{At: 0.1, Share: 1, Precision: 0.4, Recall: 1}}, thresholds(c)); diff != "" {
		t.Errorf("thresholds (-want +got):\n%s", diff)
	}
	points := []report.Point{{}, {X: 0.004}, {X: 0.008}, {X: 0.006, Y: 0.008}, {X: 0.006, Y: 0.01}}
	if diff := cmp.Diff([]report.Point{{}, {X: 0.006, Y: 0.008}, {X: 0.006, Y: 0.01}}, thinCurve(points)); diff != "" {
		t.Errorf("thinned (-want +got):\n%s", diff)
	}
	var many []float64
	truth := make([]int, 1000)
	for i := range truth {
		many, truth[i] = append(many, 1-float64(i)/1000), i%2
	}
	if n := len(thresholds(metric.NewCurve(truth, many))); n != 100 {
		t.Errorf("%d thresholds of 1,000 comments, want one for each hundredth", n)
	}
}

// TestEvenly picks values from all over.
func TestEvenly(t *testing.T) {
	values := make([]int, 10)
	for i := range values {
		values[i] = i
	}
	diff := cmp.Diff([]int{0, 2, 5, 7}, sampleEvenly(values, 4)) + cmp.Diff(values, sampleEvenly(values, 10))
	if diff != "" {
		t.Error(diff)
	}
	if got := displayNGram("see URL and URLs"); got != "see https://example.org/ and URLs" {
		t.Errorf("written as %q", got)
	}
}

// TestMark shares the weights of n-grams among their tokens, and the occurrences of an n-gram.
func TestMark(t *testing.T) {
	e := exploring(t, &dataset.Dataset{})
	contributions := []model.Contribution{{NGram: "bad", Value: 2}, {NGram: "bad joke", Value: 6}, {NGram: "good", Value: -1},
		{NGram: "absent", Value: 9}}
	want := []report.Span{{Text: "Bad", Weight: 1}, {Text: " "}, {Text: "joke", Weight: 0.75}, {Text: " "}, {Text: ","},
		{Text: " "}, {Text: "good", Weight: -0.25}, {Text: " "}, {Text: "bad", Weight: 0.25}}
	if diff := cmp.Diff(want, e.mark("Bad joke , good bad", contributions)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]report.Span{{Text: "nothing"}}, e.mark("nothing", contributions)); diff != "" {
		t.Errorf("without weights (-want +got):\n%s", diff)
	}
	if e.blockSums(contributions) != nil {
		t.Error("a model of words has blocks")
	}
	e.Options = train.DefaultRich()
	contributions = append(contributions, model.Contribution{NGram: "characters", Value: 0.5},
		model.Contribution{NGram: "style: capitals", Value: -3}, model.Contribution{NGram: "style: length", Value: 1})
	parts := []report.Part{{Name: "words", Value: 16}, {Name: "characters", Value: 0.5}, {Name: "style", Value: -2}}
	if diff := cmp.Diff(parts, e.blockSums(contributions)); diff != "" {
		t.Errorf("blocks (-want +got):\n%s", diff)
	}
}

// TestWeights takes means over the comments that have an n-gram, and leaves out what too few have.
func TestWeights(t *testing.T) {
	e := exploring(t, &dataset.Dataset{Labels: []int{1, 0, 1}})
	list := func(pairs ...any) (out []model.Contribution) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, model.Contribution{NGram: pairs[i].(string), Value: pairs[i+1].(float64)})
		}
		return out
	}
	got := e.weights([][]model.Contribution{list("a", 1.0, "b", -2.0, "rare", 9.0), list("a", 3.0, "zero", 0.0),
		list("b", -1.0, "zero", 0.0)})
	want := []report.Weight{{NGram: "a", Effect: 2, Comments: 2, Removed: 1}, {NGram: "b", Effect: -1.5, Comments: 2, Removed: 2}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	many := make([][]model.Contribution, 3)
	for i := range many {
		for k := range 50 {
			many[i] = append(many[i], model.Contribution{NGram: strconv.Itoa(k), Value: float64(k) - 24.5})
		}
	}
	got = e.weights(many)
	if len(got) != 40 || got[0].NGram != "49" || got[19].NGram != "30" || got[20].NGram != "19" || got[39].NGram != "0" {
		t.Errorf("%d weights, from %+v over %+v to %+v", len(got), got[0], got[20], got[39])
	}
}

// TestMistakesOrder: the surest mistakes come first, and texts that are too short or too long to read are left out.
func TestMistakesOrder(t *testing.T) {
	four, long := "one two three four", strings.Repeat("w ", 120)
	e := exploring(t, &dataset.Dataset{
		Texts:  []string{four, four, "too short here", long, long + "w", four, four, four},
		Labels: []int{0, 0, 0, 0, 0, 1, 1, 0},
	}, 0.5, 0.9, 0.99, 0.8, 0.99, 0.49, 0.1, 0.4)
	e.rows, e.Anonymize = []int{10, 11, 12, 13, 14, 15, 16, 17}, true
	rows := func(list []report.Mistake) (out []int) {
		for _, m := range list {
			out = append(out, m.Row)
		}
		return out
	}
	contributions := make([][]model.Contribution, 8)
	if diff := cmp.Diff([]int{12, 14, 11}, rows(e.mistakes(contributions, 0))); diff != "" {
		t.Errorf("false positives (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{17, 16}, rows(e.mistakes(contributions, 1))); diff != "" {
		t.Errorf("false negatives (-want +got):\n%s", diff)
	}
}

// TestApproaches are the ways to tokenize, on one sentence.
func TestApproaches(t *testing.T) {
	e := exploring(t, &dataset.Dataset{})
	want := map[string]string{
		"All tokens":           "the|mods|were|n't|happy|:|see|https://example.org/a|,|3|jokes|!",
		"Alphabetic, no stops": "mods|happy|see|jokes",
		"Without punctuation":  "the|mods|were|n't|happy|see|https://example.org/a|3|jokes",
		"The original's":       "the|mod|be|not|happy|see|URL|3|joke",
		"This model's":         "the|mod|be|not|happy|:|see|URL|,|3|joke|!",
	}
	for _, a := range e.approaches() {
		got := strings.Join(e.features(nil, a, "The mods weren't happy: see https://example.org/a , 3 jokes!"), "|")
		if got != want[a.name] {
			t.Errorf("%s: %s, want %s", a.name, got, want[a.name])
		}
		delete(want, a.name)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}

// TestSettings lists what a training was made with.
func TestSettings(t *testing.T) {
	var got []string
	for _, s := range settings(train.DefaultRich()) {
		got = append(got, s.Name+": "+s.Value)
	}
	want := []string{"cleaner: unicode", "language: spacy-3.8",
		"words: n-grams of 1 to 2, in at least 2 comments, sublinear true, binary false", "most features: 20000",
		"logistic regression: C 0.7, classes balanced true", "naive Bayes: weight 0.4, smoothing 0.3",
		"characters: n-grams of 2 to 4 within words, weight 0.6", "style: weight 0.4", "folds: 5", "seed: 1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	o := train.Original()
	o.Vectorizer.MaxFeatures = 0
	if got := settings(o); len(got) != 6 {
		t.Errorf("%+v", got)
	}
}
