package oracle_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model/rich"
	algorithms "reddit-classifier/model/train/compare"
	"reddit-classifier/model/train/linear"
	"reddit-classifier/model/train/metric"
	"reddit-classifier/model/train/sparse"
	"reddit-classifier/model/train/tfidf"
	"reddit-classifier/test/oracle"
)

const sklearn = "sklearn-1.9"

// portableSort makes numpy sort as it does on every machine: see tfidf's mostFrequent.
func portableSort(t *testing.T) {
	t.Setenv("NPY_DISABLE_CPU_FEATURES", "X86_V3 X86_V4 AVX512_ICL AVX512_SPR")
}

func ask[Out any](t *testing.T, requests []map[string]any) []Out {
	t.Helper()
	return oracle.Run[map[string]any, Out](t, oracle.Environment(t, sklearn), "train.py", requests)
}

// randomCorpus has n documents over a vocabulary whose words are as unevenly frequent as those of a language.
func randomCorpus(r *rand.Rand, n, words int) [][]string {
	zipf := rand.NewZipf(r, 1.3, 2, uint64(words-1))
	docs := make([][]string, n)
	for i := range docs {
		docs[i] = make([]string, r.IntN(30))
		for k := range docs[i] {
			docs[i][k] = strange(int(zipf.Uint64()))
		}
	}
	return docs
}

// strange makes a word of the number; some hold spaces or lie beyond the basic plane.
func strange(n int) string {
	switch {
	case n%41 == 40:
		return fmt.Sprintf("w%d w%d", n/3, n%7)
	case n%29 == 28:
		return fmt.Sprintf("é%d𝄞", n)
	case n%23 == 22:
		return fmt.Sprintf("\uffee%d", n)
	default:
		return fmt.Sprintf("w%d", n)
	}
}

type fitted struct {
	Terms   []string
	IDF     []float64
	Indptr  []int
	Indices []int32
	Data    []float64
	Error   string
}

func TestVectorizer(t *testing.T) {
	portableSort(t)
	r := rand.New(rand.NewPCG(1, 2))
	var requests []map[string]any
	var corpora [][][]string
	var options []tfidf.Options
	for range 60 {
		docs := randomCorpus(r, 20+r.IntN(400), 20+r.IntN(2000))
		o, named := randomOptions(r)
		requests = append(requests, map[string]any{"kind": "tfidf", "docs": docs, "options": named})
		corpora, options = append(corpora, docs), append(options, o)
	}
	for i, want := range ask[fitted](t, requests) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			counts, err := tfidf.CountFor(t.Context(), corpusOf(corpora[i]), options[i])
			if err != nil {
				t.Fatal(err)
			}
			v, err := tfidf.Fit(counts, nil, options[i])
			if (err != nil) != (want.Error != "") {
				t.Fatalf("error %v, scikit-learn says %q", err, want.Error)
			}
			if err != nil {
				return
			}
			if diff := cmp.Diff(want.Terms, v.Terms); diff != "" {
				t.Fatalf("%+v: vocabulary (−scikit-learn +ours):\n%.2000s", options[i], diff)
			}
			closeTo(t, "idf", v.IDF, want.IDF, 1e-12)
			x := v.Transform(counts, nil)
			if !cmp.Equal(x.Indptr, want.Indptr) || !cmp.Equal(x.Indices, want.Indices) {
				t.Fatal("the matrix has other entries")
			}
			closeTo(t, "values", x.Data, want.Data, 1e-12)
		})
	}
}

// randomOptions returns options, and the same for Python.
func randomOptions(r *rand.Rand) (tfidf.Options, map[string]any) {
	lo := 1 + r.IntN(3)
	o := tfidf.Options{
		NgramRange: [2]int{lo, lo + r.IntN(3)}, Binary: r.IntN(2) == 0, SublinearTF: r.IntN(2) == 0,
		UseIDF: r.IntN(4) > 0, SmoothIDF: r.IntN(2) == 0, Norm: tfidf.Norm(r.IntN(3)),
	}
	named := map[string]any{"ngram_range": o.NgramRange, "binary": o.Binary, "sublinear_tf": o.SublinearTF,
		"use_idf": o.UseIDF, "smooth_idf": o.SmoothIDF, "norm": []any{nil, "l1", "l2"}[o.Norm]}
	if r.IntN(2) == 0 {
		o.MaxFeatures = 5 + r.IntN(900)
		named["max_features"] = o.MaxFeatures
	}
	if n := 1 + r.IntN(3); r.IntN(2) == 0 {
		o.MinDF, named["min_df"] = tfidf.Documents(n), n
	} else {
		share := float64(1+r.IntN(10)) / 301
		o.MinDF, named["min_df"] = tfidf.Fraction(share), share
	}
	share := 0.3 + 0.7*r.Float64()
	o.MaxDF, named["max_df"] = tfidf.Fraction(share), share
	return o, named
}

func corpusOf(docs [][]string) *tfidf.Corpus {
	return tfidf.NewCorpus(len(docs), func(dst []string, i int) []string { return append(dst, docs[i]...) })
}

// closeTo compares relative to the larger of 1 and the value wanted.
func closeTo(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i := range want {
		if d := math.Abs(got[i] - want[i]); !(d <= tolerance*max(1, math.Abs(want[i]))) {
			t.Fatalf("%s[%d] = %v, want %v", what, i, got[i], want[i])
		}
	}
}

// problem is a small task for a classifier: vectors of which some columns speak for a class.
func problem(r *rand.Rand, rows, cols int) (*sparse.Matrix, []int) {
	m := &sparse.Matrix{Rows: rows, Cols: cols, Indptr: []int{0}}
	y := make([]int, rows)
	for i := range rows {
		y[i] = min(r.IntN(3), 1)
		for j := range cols {
			if j == i%cols || r.Float64() < 0.1+0.2*float64(y[i]*j%3)/float64(1+j) { // no row is empty, so that no two are alike
				m.Indices, m.Data = append(m.Indices, int32(j)), append(m.Data, r.Float64())
			}
		}
		m.Indptr = append(m.Indptr, len(m.Indices))
	}
	return m, y
}

func encode(m *sparse.Matrix) map[string]any {
	return map[string]any{"rows": m.Rows, "cols": m.Cols, "indptr": m.Indptr, "indices": m.Indices, "data": m.Data}
}

// TestLinear holds the coefficients against scikit-learn's at a tolerance of its own so tight that its error is far
// below ours.
func TestLinear(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var requests []map[string]any
	var names []string
	var fits []func() (*linear.Model, error)
	for range 6 {
		x, y := problem(r, 50+r.IntN(400), 10+r.IntN(300))
		for _, c := range []float64{0.003, 0.1, 1, 30} {
			for _, balanced := range []bool{false, true} {
				var weight any
				if balanced {
					weight = "balanced"
				}
				names = append(names, fmt.Sprintf("logistic C=%g %v", c, weight), fmt.Sprintf("svm C=%g %v", c, weight))
				requests = append(requests,
					map[string]any{"kind": "fit", "estimator": "logistic", "x": encode(x), "y": y, "options": map[string]any{
						"C": c, "class_weight": weight, "solver": "newton-cg", "tol": 1e-12, "max_iter": 10000}},
					map[string]any{"kind": "fit", "estimator": "svm", "x": encode(x), "y": y, "options": map[string]any{
						"C": c, "class_weight": weight, "dual": false, "tol": 1e-12, "max_iter": 100000}})
				fits = append(fits, func() (*linear.Model, error) { return linear.Logistic{C: c, Balanced: balanced}.Fit(x, y) },
					func() (*linear.Model, error) { return linear.SVM{C: c, Balanced: balanced}.Fit(x, y) })
			}
		}
	}
	type coefficients struct {
		Coef      []float64
		Intercept float64
	}
	for i, want := range ask[coefficients](t, requests) {
		m, err := fits[i]()
		if err != nil {
			t.Fatal(err)
		}
		if worst := distance(append(m.Coef, m.Intercept), append(want.Coef, want.Intercept)); !m.Converged || worst > 1e-6 {
			t.Errorf("%s: largest difference relative to the largest coefficient %.1e, converged %v after %d", names[i], worst,
				m.Converged, m.Iterations)
		}
	}
}

// distance is the largest difference, relative to the largest value.
func distance(got, want []float64) float64 {
	var worst, largest float64
	for i := range want {
		worst, largest = max(worst, math.Abs(got[i]-want[i])), max(largest, math.Abs(want[i]))
	}
	return worst / largest
}

func TestMetrics(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var requests []map[string]any
	var got []metric.Scores
	for round := range 200 {
		n := 2 + r.IntN(300)
		y, p := make([]int, n), make([]float64, n)
		for i := range y {
			y[i] = r.IntN(2)
			p[i] = r.Float64()
			switch round % 4 {
			case 1: // ties, and values on the bins' edges
				p[i] = float64(r.IntN(11)) / 10
			case 2:
				p[i] = math.Pow(p[i], 8)
			}
		}
		y[0], y[1] = 0, 1
		threshold := []float64{0.5, 0.3, 2, 0}[r.IntN(4)]
		requests = append(requests, map[string]any{"kind": "metrics", "y": y, "p": p, "threshold": threshold})
		got = append(got, metric.Evaluate(y, p, threshold))
	}
	for i, want := range ask[metric.Scores](t, requests) {
		closeTo(t, strings.Join(metric.Names, " "), got[i].Values(), want.Values(), 1e-12)
		if got[i].Confusion != want.Confusion {
			t.Errorf("confusion %v, want %v", got[i].Confusion, want.Confusion)
		}
	}
}

// TestClassMetrics compares the measures of classifiers of two to six classes, some of which do not occur.
func TestClassMetrics(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	var requests []map[string]any
	var got []metric.MulticlassScores
	for round := range 200 {
		classes, n := 2+r.IntN(5), 1+r.IntN(200)
		y, predicted, proba := make([]int, n), make([]int, n), randomProba(r, n, classes)
		for i := range y {
			y[i] = r.IntN(classes)
			predicted[i] = []int{y[i], r.IntN(classes)}[r.IntN(2)]
			if round%3 == 0 && classes > 2 {
				y[i], predicted[i] = min(y[i], classes-2), min(predicted[i], classes-1-round%2)
			}
		}
		if round%4 == 0 {
			proba = nil
		}
		requests = append(requests, map[string]any{"kind": "classes", "y": y, "predicted": predicted, "proba": proba,
			"classes": classes})
		got = append(got, metric.EvaluateClasses(y, predicted, proba, classes))
	}
	for i, want := range ask[metric.MulticlassScores](t, requests) {
		if diff := cmp.Diff(want, got[i], within); diff != "" {
			t.Errorf("request %d (−scikit-learn +ours):\n%s", i, diff)
		}
	}
}

// TestLabelMetrics compares the measures of multilabel classifiers.
func TestLabelMetrics(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	var requests []map[string]any
	var got []metric.MultilabelScores
	for round := range 200 {
		labels, n := 2+r.IntN(5), 2+r.IntN(200)
		y, predicted, proba := make([][]bool, n), make([][]bool, n), randomProba(r, n, labels)
		for i := range y {
			for k := range labels {
				truth := r.IntN(k+2) == 0 && (k > 0 || round%5 > 0)
				y[i] = append(y[i], truth)
				predicted[i] = append(predicted[i], []bool{truth, r.IntN(2) == 0}[r.IntN(2)])
			}
		}
		if round%4 == 0 {
			proba = nil
		}
		requests = append(requests, map[string]any{"kind": "labels", "y": y, "predicted": predicted, "proba": proba})
		got = append(got, metric.EvaluateLabels(y, predicted, proba))
	}
	for i, want := range ask[metric.MultilabelScores](t, requests) {
		if diff := cmp.Diff(want, got[i], within); diff != "" {
			t.Errorf("request %d (−scikit-learn +ours):\n%s", i, diff)
		}
	}
}

var within = cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= 1e-12*max(1, math.Abs(b)) })

// randomProba has rows that sum to 1, with ties between rows.
func randomProba(r *rand.Rand, n, classes int) [][]float64 {
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = make([]float64, classes)
		left := 16
		for k := range classes - 1 {
			share := r.IntN(left + 1)
			rows[i][k] = float64(share) / 16
			left -= share
		}
		rows[i][classes-1] = float64(left) / 16
	}
	return rows
}

// TestCharNGrams compares with the analyzer char_wb.
func TestCharNGrams(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	letters := []rune("abcdE.,'é😀ß日 \t\n\u00a0\u2028\x1c\u200b")
	var requests []map[string]any
	var got []map[string]int
	for range 2000 {
		text := make([]rune, r.IntN(30))
		for i := range text {
			text[i] = letters[r.IntN(len(letters))]
		}
		lo := 1 + r.IntN(4)
		hi := lo + r.IntN(4)
		counts := map[string]int{}
		for ngram := range rich.CharNGrams(string(text), lo, hi) {
			counts[ngram]++
		}
		requests = append(requests, map[string]any{"kind": "charwb", "text": string(text), "range": []int{lo, hi}})
		got = append(got, counts)
	}
	for i, want := range ask[struct{ NGrams map[string]int }](t, requests) {
		if diff := cmp.Diff(want.NGrams, got[i]); diff != "" {
			t.Fatalf("%q (−scikit-learn +ours):\n%s", requests[i]["text"], diff)
		}
	}
}

// nearest returns those of the answers that are closest to got. A tree has several: where columns split equally well,
// chance takes one.
func nearest(got []float64, answers [][]float64) []float64 {
	best := answers[0]
	for _, a := range answers {
		if distance(got, a) < distance(got, best) {
			best = a
		}
	}
	return best
}

// TestAlgorithms compares what package compare has with scikit-learn's classifiers, on rows that they have not seen.
func TestAlgorithms(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	type rival struct {
		name      string
		ours      algorithms.Classifier
		estimator string
		options   map[string]any
		odds      bool // ours are the logarithm of the odds of theirs
	}
	var requests []map[string]any
	var got [][]float64
	var names []string
	for range 4 {
		x, y := problem(r, 200, 40)
		test, _ := problem(r, 60, 40)
		for i := range x.Data { // scikit-learn's tree works in single precision
			x.Data[i] = float64(float32(x.Data[i]))
		}
		for i := range test.Data {
			test.Data[i] = float64(float32(test.Data[i]))
		}
		for _, c := range []rival{
			{"multinomial", &algorithms.NaiveBayes{Alpha: 0.5}, "multinomial", map[string]any{"alpha": 0.5}, true},
			{"complement", &algorithms.NaiveBayes{Alpha: 1, Complement: true}, "complement", map[string]any{"alpha": 1}, true},
			{"neighbours", &algorithms.Neighbours{K: 7}, "neighbours", map[string]any{"n_neighbors": 7, "algorithm": "brute"},
				false},
			{"tree", &algorithms.Tree{MaxDepth: 3, MinLeaf: 5}, "tree", map[string]any{"max_depth": 3, "min_samples_leaf": 5},
				false},
			{"majority", &algorithms.Majority{}, "majority", map[string]any{"strategy": "prior"}, false},
			{"logistic", &algorithms.Logistic{Settings: linear.Logistic{C: 1}}, "logistic",
				map[string]any{"C": 1, "tol": 1e-10, "max_iter": 1000}, true},
			{"svm", &algorithms.SVM{Settings: linear.SVM{C: 1}}, "svm", map[string]any{"C": 1, "dual": false, "tol": 1e-10},
				false},
		} {
			if err := c.ours.Fit(t.Context(), x, y); err != nil {
				t.Fatal(err)
			}
			scores := c.ours.Scores(test)
			for i := range scores {
				if c.odds {
					scores[i] = 1 / (1 + math.Exp(-scores[i]))
				}
			}
			requests = append(requests, map[string]any{"kind": "compare", "estimator": c.estimator, "options": c.options,
				"x": encode(x), "y": y, "test": encode(test)})
			got, names = append(got, scores), append(names, c.name)
		}
	}
	for i, want := range ask[struct{ Scores [][]float64 }](t, requests) {
		closeTo(t, names[i], got[i], nearest(got[i], want.Scores), 1e-6)
	}
}
