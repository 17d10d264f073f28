package report

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// hostile is what a comment may hold.
const hostile = `<script>alert(1)</script><img src=x onerror="alert(2)">&amp;{{.}}</title></svg>`

// secret stands for the text of comments, which an anonymous report must not hold.
const secret = "my neighbour Zebulon"

// full returns data with something in every part.
func full() Data {
	folds := []float64{0.78, 0.8, 0.79, 0.81, 0.77}
	spans := []Span{{Text: "They said "}, {Text: secret, Weight: 1}, {Text: " was "}, {Text: hostile, Weight: -0.5}}
	d := Data{
		Name: "words", Version: "1.2", Digest: strings.Repeat("0a", 32), Files: []string{"comments.csv"},
		Settings: []Setting{{"C", "0.7"}}, Threshold: 0.4,
		Corpus: Corpus{Comments: 1000, Removed: 320, Empty: 2, Duplicates: 3, Contradictions: 1,
			MedianWords: [2]float64{30, 12.5}},
		Columns: []Column{{Name: "text", Meaning: "the comment", Missing: 2, Distinct: 997, Range: "up to 90 words"}},
		Lengths: []LengthBin{{1, 1, [2]int{5, 20}}, {2, 10, [2]int{200, 200}}, {11, 99, [2]int{475, 100}}},
		Traits: []Trait{{"a link", "http", 100, 5}, {"shouting", "capitals", 40, 30},
			{"mojibake", "wrong encoding", 0, 0}},
		Cleaning: Cleaning{Mode: "unicode", Comments: 300, Effects: []Effect{{"line breaks", 290}, {"encoding", 0}},
			Examples: []Example{{"encoding", spans, spans}}},
		Tokenizations: []Tokenization{{"All tokens", "all", 40.2, 9000, 20000, folds, "a · b"},
			{"Lemmas", "lemmas", 38, 8000, 18000, []float64{0.7, 0.71, 0.72, 0.7, 0.7}, "a"}},
		Algorithms: []Algorithm{{"logistic regression", folds, 0.2, 0.003},
			{"majority class", []float64{0.5, 0.5, 0.5, 0.5, 0.5}, 1e-7, 0}},
		Learning: []LearningPoint{{100, []float64{0.99, 0.98}, []float64{0.7, 0.72}},
			{800, []float64{0.95, 0.94}, folds}},
		Weights: []Weight{{"joke", 0.5, 100, 80}, {"zebulon", 0.4, 2, 2}, {"study", -0.6, 90, 10},
			{hostile, -0.2, 50, 5}},
		Lengthening: []Dependence{{1, 0.7}, {10, 0.5}, {100, 0.2}}, Unchanged: 0.33,
		Additions:      []Addition{{"joke", 100, 0.4}, {"zebulon", 2, 0.38}, {"study", 90, 0.2}},
		FalsePositives: []Mistake{{Row: 12, P: 0.9, Words: 7, Text: spans, Parts: []Part{{"words", 1.25}, {"style", -0.5}}}},
		FalseNegatives: []Mistake{{Row: 1301, P: 0.05, Words: 9, Text: spans}},
		Slices: []Slice{{"all", 1000, 320, 400, 0.8, 0.55, 0.7}, {"with a link", 100, 15, 10, 0.75, 0.3, 0.4},
			{"empty", 2, 0, 0, math.NaN(), 0, 0}},
		Scores: []Group{{"below 0", 100, 60, 0.5}, {"over 50", 900, 260, math.NaN()}},
		Months: []Group{{"2017-01", 500, 200, 0.4}, {"2017-02", 500, 120, 0.3}},
		Quality: Quality{
			How:      "cross-validation",
			Measures: []Measure{{"ROC AUC", "rank", 0.8, 0.78, 0.82}, {"F1", "mean", 0.6, 0, 0}},
			ROC:      []Point{{0, 0, 1}, {0.2, 0.6, 0.4}, {1, 1, 0}}, PR: []Point{{0.1, 0.9, 0.9}, {1, 0.32, 0}},
			Bins: []CalibrationBin{{500, 0.2, 0.21}, {500, 0.6, 0.55}}, Confusion: [2][2]int{{500, 180}, {100, 220}},
			Thresholds: []Threshold{{0.9, 0.01, 0.9, 0.03}, {0.7, 0.1, 0.8, 0.25}, {0, 1, 0.32, 1}},
			Histogram:  [][2]int{{400, 50}, {280, 270}},
		},
	}
	return d
}

func write(t testing.TB, d Data) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// figures returns all charts of a page.
func figures(d Data) (list []*figure) {
	for _, s := range newPage(d).Sections {
		for _, b := range s.Blocks {
			if b.Figure != nil {
				list = append(list, b.Figure)
			}
		}
	}
	return list
}

func TestEveryChartHasMarksAndNumbers(t *testing.T) {
	var ids []string
	page := write(t, full())
	for _, f := range figures(full()) {
		ids = append(ids, f.ID)
		if f.Scene.marks() == 0 {
			t.Errorf("%s has no marks", f.ID)
		}
		if len(f.Table.Rows) == 0 || f.Title == "" {
			t.Errorf("%s: title %q, %d rows in its table", f.ID, f.Title, len(f.Table.Rows))
		}
		for _, row := range f.Table.Rows {
			if len(row) != len(f.Table.Head) {
				t.Errorf("%s: a row of %d cells under %d heads", f.ID, len(row), len(f.Table.Head))
			}
		}
		for _, s := range f.Scene.Shapes {
			for _, v := range []float64{s.X, s.Y, s.W, s.H} {
				if math.IsNaN(v) || math.IsInf(v, 0) || v < -1 || v > 1000 {
					t.Errorf("%s: %s at %v", f.ID, s.Kind, s)
				}
			}
		}
		if !strings.Contains(page, `id="chart-`+f.ID+`"`) {
			t.Errorf("%s is not on the page", f.ID)
		}
	}
	want := []string{"classes", "scores", "months", "lengths", "traits", "cleaned", "tokenizations", "comparison", "times",
		"curve",
		"roc", "pr", "calibration", "confusion", "probabilities", "tradeoff", "for", "against", "cut", "score", "added", "slices"}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("charts (-want +got):\n%s", diff)
	}
	if got := strings.Count(page, "<svg"); got != len(ids) {
		t.Errorf("%d drawings, want %d", got, len(ids))
	}
}

func TestNothingIsLoadedOrRun(t *testing.T) {
	page := write(t, full())
	for _, bad := range []string{"<script>alert", "<img", "http://", "https://", "url(", "@import", "{{"} {
		// What stands in hostile is there as text, escaped.
		if strings.Contains(strings.ReplaceAll(page, "{{.}}", ""), bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if !strings.Contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;") {
		t.Error("the comment is not shown as it is")
	}
	if n := strings.Count(page, "<script>"); n != 1 {
		t.Errorf("%d scripts, want the page's own", n)
	}
	for _, name := range []string{"style.css", "script.js"} {
		if content := asset(name); !strings.Contains(page, content) ||
			!strings.Contains(html.UnescapeString(page), digest(content)) {
			t.Errorf("%s does not stand on the page as its digest in the policy says", name)
		}
	}
	for _, link := range regexp.MustCompile(`(?:href|src)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(link[1], "#") && link[1] != "data:," {
			t.Errorf("the page links to %s", link[1])
		}
	}
}

func TestAnonymize(t *testing.T) {
	d := full()
	if page := write(t, d); !strings.Contains(page, secret) || !strings.Contains(page, "zebulon") {
		t.Fatal("the text is not in the open report: nothing would be tested")
	}
	d.Anonymize = true
	page := write(t, d)
	for _, text := range []string{secret, "zebulon", "They said"} {
		if strings.Contains(page, text) {
			t.Errorf("the anonymous report holds %q", text)
		}
	}
	if !strings.Contains(page, "anonymous") || !strings.Contains(page, "joke") {
		t.Error("the anonymous report does not say that it is, or leaves out n-grams of many comments")
	}
	if diff := cmp.Diff(full().FalsePositives, d.FalsePositives); diff != "" {
		t.Errorf("Write changed its argument: %s", diff)
	}
}

func TestSameBytes(t *testing.T) {
	first, second := write(t, full()), write(t, full())
	if first != second {
		t.Error("the same data give different pages")
	}
	if n := len(first); n > 150<<10 {
		t.Errorf("%d bytes for next to no data", n)
	}
}

// TestParts leaves out one part after the other: each report must still be one.
func TestParts(t *testing.T) {
	for name, drop := range map[string]func(*Data){
		"everything": func(d *Data) { *d = Data{} }, "corpus": func(d *Data) { d.Corpus = Corpus{} },
		"columns": func(d *Data) { d.Columns = nil },
		"lengths": func(d *Data) { d.Lengths = nil }, "traits": func(d *Data) { d.Traits = nil },
		"cleaning": func(d *Data) { d.Cleaning = Cleaning{} },
		"tokens":   func(d *Data) { d.Tokenizations = nil }, "algorithms": func(d *Data) { d.Algorithms = nil },
		"learning": func(d *Data) { d.Learning = d.Learning[:1] },
		"quality":  func(d *Data) { d.Quality = Quality{} },
		"curves":   func(d *Data) { d.Quality.ROC, d.Quality.PR, d.Quality.Bins = nil, nil, nil },
		"weights":  func(d *Data) { d.Weights = d.Weights[:1] }, "additions": func(d *Data) { d.Additions = nil },
		"mistakes": func(d *Data) { d.FalsePositives = nil },
		"slices":   func(d *Data) { d.Slices = d.Slices[2:] }, "groups": func(d *Data) { d.Scores, d.Months = nil, nil },
		"name": func(d *Data) { d.Name = "" },
	} {
		t.Run(name, func(t *testing.T) {
			d := full()
			drop(&d)
			page := write(t, d)
			if !strings.HasSuffix(strings.TrimSpace(page), "</html>") || strings.Contains(page, "NaN") {
				t.Error("not a whole page")
			}
			for _, f := range figures(d) {
				if f.Scene.marks() == 0 {
					t.Errorf("%s has no marks", f.ID)
				}
			}
		})
	}
}

// TestCard: the model card is there without slices, and without a name; not without all of its contents.
func TestCard(t *testing.T) {
	for name, c := range map[string]struct {
		drop func(*Data)
		card bool
	}{
		"no slices":       {func(d *Data) { d.Slices = nil }, true},
		"no name":         {func(d *Data) { d.Name, d.Slices = "", nil }, true},
		"no settings":     {func(d *Data) { d.Settings, d.Slices = nil, nil }, true},
		"only slices":     {func(d *Data) { d.Name, d.Settings = "", nil }, true},
		"nothing of this": {func(d *Data) { d.Name, d.Settings, d.Slices = "", nil, nil }, false},
	} {
		d := full()
		c.drop(&d)
		if got := strings.Contains(write(t, d), "Intended use"); got != c.card {
			t.Errorf("%s: a model card: %t, want %t", name, got, c.card)
		}
	}
}

// TestFindings holds the sentences against the data they are drawn from.
func TestFindings(t *testing.T) {
	page := write(t, full())
	for _, want := range []string{
		"1,000\u00a0comments, of which moderators removed 32.0\u00a0%",
		"The median comment that was removed has 12.5 words, the median one that was kept 30.",
		"Best by ROC AUC: all tokens, with 0.790 ± 0.014.",
		"logistic regression comes first",
		"the removed one gets the higher probability in 80.0\u00a0% of the cases",
		"finds 25\u00a0% of the removed ones; 80\u00a0% of the reviewed ones are removed",
		"“joke” is the strongest sign of removal, “study” the strongest against it.",
		"Weakest slice: with a link", "1 text was both kept and removed",
		"log-odds: words &#43;1.25, style −0.50",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestSpan(t *testing.T) {
	for _, c := range []struct {
		values []float64
		ticks  []float64
	}{
		{[]float64{0, 100}, []float64{0, 20, 40, 60, 80, 100}},
		{[]float64{0.72, 0.81}, []float64{0.72, 0.74, 0.76, 0.78, 0.8, 0.82}},
		{[]float64{-0.31, 0}, []float64{-0.4, -0.3, -0.2, -0.1, 0}},
		{nil, []float64{0, 0.2, 0.4, 0.6, 0.8, 1}},
	} {
		a := span(c.values, 5, plain)
		near := cmp.Comparer(func(x, y float64) bool { return math.Abs(x-y) < 1e-9 })
		if diff := cmp.Diff(c.ticks, a.Ticks, near); diff != "" {
			t.Errorf("span(%v) (-want +got):\n%s", c.values, diff)
		}
	}
	for _, v := range []float64{0, 3, -2, 1e-9} {
		if a := span([]float64{v}, 5, plain); !(a.Min < v && v < a.Max) || len(a.Ticks) > 20 {
			t.Errorf("span(%v) = %v to %v with %d ticks", v, a.Min, a.Max, len(a.Ticks))
		}
	}
}

func TestFormats(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{count(0), "0"}, {count(999), "999"}, {count(1000), "1,000"}, {count(-1234567), "-1,234,567"},
		{percent(0.325), "32" + nbsp + "%"}, {percent1(0.0001), "<0.1" + nbsp + "%"}, {percent1(math.NaN()), "–"},
		{duration(2.34), "2.3" + nbsp + "s"}, {duration(0.0123), "12" + nbsp + "ms"}, {duration(2e-6), "2" + nbsp + "µs"},
		{decimal(-0.5), "−0.500"}, {points(0.0312), "+3.1"}, {points(-0.02), "−2.0"}, {comments(1), "1" + nbsp + "comment"},
		{cut("äöüß", 3), "äö…"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestHeat(t *testing.T) {
	for weight, want := range map[float64]string{1: "for3", 0.7: "for3", 0.69: "for2", 0.4: "for2", 0.39: "for1",
		0.2: "for1", 0.19: "", 0: "", -0.19: "", -0.2: "against1", -0.39: "against1", -0.4: "against2", -0.69: "against2",
		-0.7: "against3", -1: "against3"} {
		if got := heat(weight); got != want {
			t.Errorf("a weight of %v is of class %q, want %q", weight, got, want)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriteFails(t *testing.T) {
	if err := Write(fullDisk{}, full()); err == nil || err.Error() != "no space left" {
		t.Errorf("error %v", err)
	}
}

func TestWilson(t *testing.T) {
	// R. G. Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I: 81 of 263.
	low, high := wilson(81.0/263, 263)
	if got := fmt.Sprintf("%.4f %.4f", low, high); got != "0.2553 0.3662" {
		t.Errorf("wilson(81/263) = %s", got)
	}
}

func TestBoxes(t *testing.T) {
	// A value beyond 1.5 times the box stays outside the whiskers.
	values := []float64{0.5, 0.78, 0.79, 0.8, 0.81}
	low, high := whiskers(values, 0.78, 0.8)
	if low != 0.78 || high != 0.81 {
		t.Errorf("whiskers from %v to %v, want 0.78 to 0.81", low, high)
	}
}

func BenchmarkWrite(b *testing.B) {
	d := full()
	for b.Loop() {
		write(b, d)
	}
}
