package explore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model/clean"
	"reddit-classifier/model/train"
	"reddit-classifier/model/train/dataset"
	"reddit-classifier/model/train/report"
	"reddit-classifier/test/shared"
)

var (
	idle    = strings.Fields("lol haha joke funny dude wow nope whatever meme lame bro")
	careful = strings.Fields("study sample control method result effect paper evidence measure author figure data")
	common  = strings.Fields("the a of and to in that is it was for on with as this are be at by from")
)

// made returns comments of two kinds, with scores and dates.
func made(n int) *dataset.Dataset {
	random := rand.New(rand.NewPCG(3, 4))
	d := &dataset.Dataset{}
	for i := range n {
		y, words := i%3/2, careful // a third is removed
		if y == 1 != (random.IntN(6) == 0) {
			words = idle
		}
		length := 5 + random.IntN(20)
		if i%7 == 0 {
			length = 120
		}
		list := make([]string, length)
		for k := range list {
			list[k] = common[random.IntN(len(common))]
			if random.IntN(3) == 0 {
				list[k] = words[random.IntN(len(words))]
			}
		}
		text := strings.Join(list, " ")
		switch i % 5 {
		case 0:
			text += "\r\n\r\nsee [it](https://example.org/a)"
		case 1:
			text = "&gt; " + text
		}
		d.IDs, d.Texts, d.Labels = append(d.IDs, fmt.Sprint(i)), append(d.Texts, text), append(d.Labels, y)
		d.Score, d.Created = append(d.Score, float64(i%80-5)), append(d.Created, 1.5e9+float64(i)*86400)
	}
	d.Texts[4] = "   "        // empty
	d.Texts[10] = d.Texts[11] // twice, with two labels
	d.Score[7], d.Created[8] = math.NaN(), math.NaN()
	parents, retrieved := make([]string, n), make([]string, n)
	for i := range n {
		parents[i], retrieved[i] = fmt.Sprintf("t3_%d", i/4), fmt.Sprint(1.6e9)
	}
	retrieved[9] = "NA"
	d.Others = []dataset.Column{{Name: "parent_id", Values: parents}, {Name: "retrieved_on", Values: retrieved}}
	return d
}

// gather trains and explores.
func gather(t testing.TB, d *dataset.Dataset, o train.Options, anonymize bool) report.Data {
	t.Helper()
	r, err := train.Run(t.Context(), d, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	g, err := Gather(t.Context(), Input{Data: d, Files: []string{"made.csv"}, Options: o, Result: r, Anonymize: anonymize},
		nil)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestGather(t *testing.T) {
	d := made(600)
	for _, o := range []train.Options{train.Default(), train.DefaultRich(), train.Original()} {
		t.Run(o.Name, func(t *testing.T) {
			g := gather(t, d, o, false)
			want := report.Corpus{Comments: 600, Removed: 200, Empty: 1, Duplicates: 1, Contradictions: 1,
				MedianWords: g.Corpus.MedianWords}
			if diff := cmp.Diff(want, g.Corpus); diff != "" {
				t.Errorf("corpus (-want +got):\n%s", diff)
			}
			if n := sum(g.Lengths); n != 600 {
				t.Errorf("%d comments in the bins of length", n)
			}
			if len(g.Columns) != 7 || g.Columns[3].Missing != 1 || g.Columns[4].Missing != 1 {
				t.Fatalf("columns: %+v", g.Columns)
			}
			if parent := g.Columns[5]; parent.Name != "parent_id" || parent.Distinct != 150 || parent.Range != "" {
				t.Errorf("column %+v", parent)
			}
			if retrieved := g.Columns[6]; retrieved.Missing != 1 || retrieved.Range != "2020-09-13 to 2020-09-13" {
				t.Errorf("column %+v", retrieved)
			}
			for name, n := range map[string]int{
				"tokenizations": len(g.Tokenizations), "algorithms": len(g.Algorithms), "learning": len(g.Learning),
				"measures": len(g.Quality.Measures), "roc": len(g.Quality.ROC),
				"pr": len(g.Quality.PR), "bins": len(g.Quality.Bins), "thresholds": len(g.Quality.Thresholds),
				"weights":     len(g.Weights),
				"lengthening": len(g.Lengthening), "additions": len(g.Additions), "false positives": len(g.FalsePositives),
				"false negatives": len(g.FalseNegatives), "slices": len(g.Slices), "scores": len(g.Scores), "months": len(g.Months),
				"traits": len(g.Traits), "examples": len(g.Cleaning.Examples),
			} {
				if n == 0 {
					t.Errorf("no %s", name)
				}
			}
			c := g.Quality.Confusion
			if c[0][0]+c[0][1] != 400 || c[1][0]+c[1][1] != 200 {
				t.Errorf("confusion %v", c)
			}
			if all := g.Slices[0]; all.Comments != 600 || math.Abs(all.AUC-g.Quality.Measures[0].Value) > 1e-12 ||
				all.Flagged != c[0][1]+c[1][1] {
				t.Errorf("slice of all: %+v", all)
			}
			if g.Weights[0].Effect < 0 || g.Weights[len(g.Weights)-1].Effect > 0 {
				t.Errorf("weights from %+v to %+v", g.Weights[0], g.Weights[len(g.Weights)-1])
			}
			if err := report.Write(&bytes.Buffer{}, g); err != nil {
				t.Error(err)
			}
		})
	}
}

func sum(bins []report.LengthBin) (n int) {
	for _, b := range bins {
		n += b.Count[0] + b.Count[1]
	}
	return n
}

// TestMistakes: each is a comment on the wrong side, the row is the one in the file, and the marked text is the cleaned
// one.
func TestMistakes(t *testing.T) {
	d := made(600)
	o := train.DefaultRich()
	o.TestSize = 0.3
	g := gather(t, d, o, false)
	for class, list := range [][]report.Mistake{g.FalsePositives, g.FalseNegatives} {
		for _, m := range list {
			if d.Labels[m.Row-1] != class || (m.P >= g.Threshold) != (class == 0) {
				t.Errorf("row %d, probability %v, label %d", m.Row, m.P, d.Labels[m.Row-1])
			}
			var text strings.Builder
			heaviest := 0.0
			for _, s := range m.Text {
				text.WriteString(s.Text)
				heaviest = max(heaviest, math.Abs(s.Weight))
			}
			if text.String() != clean.Unicode.Clean(d.Texts[m.Row-1]) || heaviest != 1 {
				t.Errorf("row %d: marked %q up to %v", m.Row, text.String(), heaviest)
			}
			if len(m.Parts) != 3 {
				t.Errorf("row %d: parts %v", m.Row, m.Parts)
			}
		}
	}
	if n := g.Quality.Confusion; n[0][0]+n[0][1]+n[1][0]+n[1][1] != 420 ||
		!strings.Contains(g.Quality.How, "a test set of 180 comments") {
		t.Errorf("confusion %v; %s", n, g.Quality.How)
	}
}

func TestAnonymize(t *testing.T) {
	g := gather(t, made(400), train.Default(), true)
	if len(g.Cleaning.Examples) > 0 {
		t.Error("there are examples")
	}
	for _, m := range append(g.FalsePositives, g.FalseNegatives...) {
		if m.Text != nil {
			t.Error("a mistake has its text")
		}
	}
	var b bytes.Buffer
	if err := report.Write(&b, g); err != nil {
		t.Fatal(err)
	}
	for _, text := range made(400).Texts {
		if words := strings.Fields(text); len(words) > 6 && strings.Contains(b.String(), strings.Join(words[1:6], " ")) {
			t.Errorf("the report holds %q", words[1:6])
		}
	}
}

func TestSameData(t *testing.T) {
	d := made(300)
	a, b := gather(t, d, train.Default(), false), gather(t, d, train.Default(), false)
	for k := range a.Algorithms { // all but how long it took
		a.Algorithms[k].FitSeconds, a.Algorithms[k].PredictSeconds = 0, 0
		b.Algorithms[k].FitSeconds, b.Algorithms[k].PredictSeconds = 0, 0
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("two runs differ:\n%s", diff)
	}
}

// TestSmall: few comments leave parts out, and break nothing.
func TestSmall(t *testing.T) {
	d := made(600).Select([]int{0, 1, 2, 3, 5, 6, 7, 8, 9, 11, 12, 14, 15, 17, 20, 23, 26, 29})
	d.Score, d.Created, d.Others = nil, nil, nil
	g := gather(t, d, train.Default(), false)
	if g.Scores != nil || g.Months != nil || len(g.Columns) != 3 {
		t.Errorf("scores %v, months %v, %d columns", g.Scores, g.Months, len(g.Columns))
	}
	if err := report.Write(&bytes.Buffer{}, g); err != nil {
		t.Error(err)
	}
}

func TestNoFolds(t *testing.T) {
	o := train.Default()
	o.CV = 0
	if _, err := Gather(t.Context(), Input{Data: made(30), Options: o}, nil); !errors.Is(err, ErrNoFolds) {
		t.Errorf("got %v, want %v", err, ErrNoFolds)
	}
}

func TestCancelled(t *testing.T) {
	d := made(300)
	r, err := train.Run(t.Context(), d, train.Default(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = Gather(ctx, Input{Data: d, Options: train.Default(), Result: r}, func(stage, _ string, done, total int) {
		if stage == "learning curve" {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestKinds(t *testing.T) {
	for _, c := range []struct{ kind, yes, no string }{
		{"a link", "see https://example.org", "no link"},
		{"a quotation", "so\n&gt; they said", "a > b"},
		{"a question", "why?", "why"},
		{"shouting", "THIS IS WHY WAKEUP", "NASA said"},
		{"a small first letter", " no", "No"},
		{"no last full stop", "no", "no."},
		{"ten words or fewer", "one two", strings.Repeat("word ", 11)},
		{"over a hundred words", strings.Repeat("word ", 101), "word"},
		{"an edit", "EDIT: thanks", "edited"},
		{"mention of moderators", "The mods sleep", "modern"},
		{"a moderator's notice", "Hi, your submission has been removed for the following reason", "my comment was removed"},
		{"mojibake", "na\u00c3\u00afve", "na\u00efve"},
	} {
		found := false
		for _, k := range kinds {
			if k.name == c.kind {
				found = true
				if !k.has(c.yes, c.yes) || k.has(c.no, c.no) {
					t.Errorf("%s: %v for %q, %v for %q", c.kind, k.has(c.yes, c.yes), c.yes, k.has(c.no, c.no), c.no)
				}
			}
		}
		if !found {
			t.Errorf("there is no kind %q", c.kind)
		}
	}
}

func TestDifference(t *testing.T) {
	a, b := difference("one\r\ntwo &amp; three", "one two & three")
	want := []report.Span{{Text: "one"}, {Text: "↵\n", Weight: 1}, {Text: "two &"}, {Text: "amp;", Weight: 1},
		{Text: " three"}}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Errorf("before (-want +got):\n%s", diff)
	}
	want = []report.Span{{Text: "one"}, {Text: " ", Weight: 1}, {Text: "two & three"}}
	if diff := cmp.Diff(want, b); diff != "" {
		t.Errorf("after (-want +got):\n%s", diff)
	}
	a, b = difference("abc", "zyabc")
	if diff := cmp.Diff([]report.Span{{Text: "abc"}}, a) +
		cmp.Diff([]report.Span{{Text: "zy", Weight: 1}, {Text: "abc"}}, b); diff != "" {
		t.Errorf("text in front (-want +got):\n%s", diff)
	}
	// Taking the first character that both have would keep "a" alone.
	a, b = difference("xabcd", "abcdxa")
	if diff := cmp.Diff([]report.Span{{Text: "x", Weight: 1}, {Text: "abcd"}}, a) +
		cmp.Diff([]report.Span{{Text: "abcd"}, {Text: "xa", Weight: 1}}, b); diff != "" {
		t.Errorf("a longest common subsequence (-want +got):\n%s", diff)
	}
}

// TestSharedComments: the report of the public sample is there in a minute.
func TestSharedComments(t *testing.T) {
	path := shared.File(t, "data", "comments_train.csv")
	if testing.Short() {
		t.Skip("takes ten seconds and more")
	}
	d, err := dataset.Read(nil, dataset.Options{}, path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := train.Run(t.Context(), d, train.Default(), nil)
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	g, err := Gather(t.Context(), Input{Data: d, Options: train.Default(), Result: r}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := report.Write(&b, g); err != nil {
		t.Fatal(err)
	}
	took := time.Since(begin)
	t.Logf("%d bytes in %v", b.Len(), took)
	if took > time.Minute || b.Len() > 1<<20 {
		t.Errorf("%d bytes in %v: want less than a megabyte in less than a minute", b.Len(), took)
	}
}
