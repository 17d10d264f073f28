package sklearn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
	"reddit-classifier/model/pickle"
	"reddit-classifier/test/oracle"
)

// fitted is a request to heads.py, which explains the fields.
type fitted struct {
	Estimator string `json:"estimator"`
	Classes   int    `json:"classes"`
	Names     string `json:"names"`
	Vectors   string `json:"vectors"`
	Rows      int    `json:"rows"`
	Features  int    `json:"features"`
	Seed      int    `json:"seed"`
	Path      string `json:"path"`
}

// answered is the answer of heads.py.
type answered struct {
	X        [][][2]float64
	Proba    [][]float64
	Decision [][]float64
	Predict  []any
	Release  string
	Skipped  string
}

// family is a group of estimators that are tested together.
type family struct {
	name       string
	estimators []string
	classes    []int
	vectors    []string
	refused    string // error that the conversion may return
}

var families = []family{
	{name: "logistic", classes: []int{2, 3, 6}, vectors: []string{"counts", "tfidf"}, estimators: []string{
		"LogisticRegression()",
		"LogisticRegression(C=30, solver='lbfgs')",
		"LogisticRegression(solver='liblinear', C=5)",
		"LogisticRegression(multi_class='ovr', solver='lbfgs')",
		"LogisticRegression(multi_class='multinomial', solver='lbfgs')",
		"LogisticRegression(multi_class='auto', solver='newton-cg', fit_intercept=False)",
		"LogisticRegression(multi_class='ovr', solver='saga', max_iter=20)",
		"LogisticRegression(solver='newton-cholesky')",
		"LogisticRegression(C=3, solver='liblinear', penalty='l1').fit(x, y).sparsify()",
		"LogisticRegressionCV(Cs=3, cv=3)",
		"LogisticRegressionCV(Cs=3, cv=3, multi_class='ovr')",
	}},
	{name: "sgd", classes: []int{2, 3, 6}, vectors: []string{"tfidf", "signed"}, estimators: []string{
		"SGDClassifier(max_iter=20, tol=1e-3)",
		"SGDClassifier(loss='log', max_iter=20, tol=1e-3)",
		"SGDClassifier(loss='log_loss', max_iter=20, tol=1e-3)",
		"SGDClassifier(loss='modified_huber', max_iter=20, tol=1e-3)",
		"SGDClassifier(loss='modified_huber', alpha=1e-6, max_iter=20, tol=1e-3)",
		"SGDClassifier(loss='squared_hinge', max_iter=20, tol=1e-3, average=True)",
		"SGDClassifier(loss='perceptron', max_iter=20, tol=1e-3, average=10)",
		"SGDClassifier(loss='squared_loss', max_iter=20, tol=1e-3)",
		"SGDClassifier(loss='squared_error', max_iter=20, tol=1e-3)",
		"SGDClassifier(loss='huber', max_iter=20, tol=1e-3)",
		"SGDClassifier(loss='epsilon_insensitive', penalty='elasticnet', max_iter=20, tol=1e-3)",
		"SGDClassifier(loss='squared_epsilon_insensitive', max_iter=20, tol=1e-3)",
	}},
	{name: "margin", classes: []int{2, 3, 6}, vectors: []string{"tfidf", "counts"}, estimators: []string{
		"LinearSVC()",
		"LinearSVC(C=0.1, fit_intercept=False)",
		"LinearSVC(multi_class='crammer_singer')",
		"LinearSVC(penalty='l1', dual=False).fit(x, y).sparsify()",
		"RidgeClassifier()",
		"RidgeClassifier(alpha=0.1, fit_intercept=False, class_weight='balanced')",
		"RidgeClassifierCV()",
		"RidgeClassifierCV(alphas=[0.1, 1], cv=3)",
		"Perceptron()",
		"Perceptron(max_iter=20, tol=1e-3)",
		"PassiveAggressiveClassifier(max_iter=20, tol=1e-3)",
		"PassiveAggressiveClassifier(max_iter=20, tol=1e-3, loss='squared_hinge', average=True)",
	}},
	{name: "labels", refused: "before scikit-learn 1.0", classes: []int{0}, vectors: []string{"tfidf"},
		estimators: []string{
			"RidgeClassifier()",
			"RidgeClassifierCV()",
		}},
	{name: "bayes", classes: []int{2, 3, 6}, vectors: []string{"counts", "tfidf", "float32"}, estimators: []string{
		"MultinomialNB()",
		"MultinomialNB(alpha=0.01, fit_prior=False)",
		"MultinomialNB(alpha=1e-11)",
		"ComplementNB()",
		"ComplementNB(alpha=0.3, norm=True)",
		"BernoulliNB()",
		"BernoulliNB(alpha=0.2, binarize=0.4)",
		"BernoulliNB(binarize=None).fit(x > 0, y)",
		"unseen(MultinomialNB())",
		"unseen(BernoulliNB())",
	}},
	{name: "one class", refused: "for 1 classes", classes: []int{1}, vectors: []string{"counts"}, estimators: []string{
		"MultinomialNB()", "ComplementNB()", "BernoulliNB()",
	}},
	{name: "calibrated", classes: []int{2, 3, 6}, vectors: []string{"tfidf", "counts"}, estimators: []string{
		"CalibratedClassifierCV(LinearSVC(), cv=3)",
		"CalibratedClassifierCV(LinearSVC(), method='isotonic', cv=3)",
		"CalibratedClassifierCV(LinearSVC(), cv=3, ensemble=False)",
		"CalibratedClassifierCV(MultinomialNB(), method='isotonic', cv=2)",
		"CalibratedClassifierCV(MultinomialNB(alpha=0.1), cv=2)",
		"CalibratedClassifierCV(SGDClassifier(loss='modified_huber', max_iter=20, tol=1e-3), cv=2)",
		"CalibratedClassifierCV(LinearSVC().fit(x, y), cv='prefit').fit(x, y)",
		"CalibratedClassifierCV(MultinomialNB().fit(x, y), cv='prefit', method='isotonic').fit(x, y)",
		"CalibratedClassifierCV(FrozenEstimator(LinearSVC().fit(x, y)), method='isotonic').fit(x, y)",
		"CalibratedClassifierCV(LinearSVC(), method='temperature', cv=2)",
		"CalibratedClassifierCV(MultinomialNB(), method='temperature', cv=2)",
		"CalibratedClassifierCV(LogisticRegression(), method='temperature', cv=2, ensemble=False)",
	}},
	{name: "rest", classes: []int{2, 3, 6, 0}, vectors: []string{"tfidf", "counts"}, estimators: []string{
		"OneVsRestClassifier(LogisticRegression(solver='liblinear'))",
		"OneVsRestClassifier(LinearSVC())",
		"OneVsRestClassifier(MultinomialNB())",
		"OneVsRestClassifier(BernoulliNB(alpha=0.1))",
		"OneVsRestClassifier(SGDClassifier(loss='modified_huber', max_iter=20, tol=1e-3))",
		"OneVsRestClassifier(CalibratedClassifierCV(LinearSVC(), cv=2))",
		"OneVsRestClassifier(DummyClassifier(strategy='prior'))",
		"OneVsRestClassifier(LogisticRegression(solver='liblinear')).fit(x, same(y))",
		"OneVsRestClassifier(MultinomialNB()).fit(x, same(y))",
	}},
	{name: "pairs", classes: []int{2, 3, 6}, vectors: []string{"tfidf", "counts"}, estimators: []string{
		"OneVsOneClassifier(LinearSVC())",
		"OneVsOneClassifier(LogisticRegression(solver='liblinear'))",
		"OneVsOneClassifier(MultinomialNB())",
		"OneVsOneClassifier(DummyClassifier(strategy='prior'))",
	}},
	{name: "voting", classes: []int{2, 3, 6}, vectors: []string{"tfidf", "counts"}, estimators: []string{
		"VotingClassifier([('a', LogisticRegression(solver='lbfgs')), ('b', MultinomialNB())], voting='soft')",
		"VotingClassifier([('a', LogisticRegression(solver='lbfgs')), ('b', MultinomialNB()), ('c', BernoulliNB())], voting='soft', weights=[1, 2.5, 0.25])",
		"VotingClassifier([('a', LogisticRegression(solver='lbfgs')), ('b', None), ('c', BernoulliNB())], voting='soft', weights=[1, 2.5, 0.25])",
		"VotingClassifier([('a', LogisticRegression(solver='lbfgs')), ('b', 'drop'), ('c', BernoulliNB())], voting='soft', weights=[1, 2.5, 0.25])",
		"VotingClassifier([('a', LinearSVC()), ('b', MultinomialNB()), ('c', BernoulliNB())])",
		"VotingClassifier([('a', LinearSVC()), ('b', MultinomialNB()), ('c', BernoulliNB())], weights=[0.1, 3, 2.9])",
		"VotingClassifier([('a', LinearSVC()), ('b', MultinomialNB())], voting='hard')",
	}},
	{name: "dummy", classes: []int{1, 2, 3}, vectors: []string{"tfidf"}, refused: "predicts at random",
		estimators: []string{
			"DummyClassifier(strategy='prior')",
			"DummyClassifier(strategy='most_frequent')",
			"DummyClassifier(strategy='constant', constant=y[2])",
			"DummyClassifier(strategy='stratified')",
			"DummyClassifier(strategy='uniform')",
		}},
	{name: "svc", refused: "holds the number", classes: []int{2, 3, 6}, vectors: []string{"tfidf", "counts"},
		estimators: []string{
			"SVC(kernel='linear')",
			"SVC(kernel='linear', C=100, decision_function_shape='ovo')",
			"SVC(kernel='rbf', gamma='scale')",
			"SVC(kernel='rbf', gamma=0.7, C=10, decision_function_shape='ovo')",
			"SVC(kernel='linear', probability=True)",
			"SVC(gamma='auto', C=20, probability=True, break_ties=True)",
			"SVC(kernel='poly', gamma=0.5, coef0=1, degree=2)",
			"SVC(kernel='sigmoid', gamma=0.5, coef0=-0.1)",
			"SVC(kernel='rbf', gamma='scale', class_weight='balanced', probability=True)",
			"NuSVC(nu=0.1, kernel='linear', probability=True)",
			"CalibratedClassifierCV(SVC(kernel='linear'), cv=2)",
			"OneVsRestClassifier(SVC(kernel='linear', probability=True))",
			"OneVsOneClassifier(SVC(gamma='scale'))",
		}},
	{name: "trees", refused: "in single precision", classes: []int{2, 3, 6}, vectors: []string{"tfidf", "counts",
		"float32"}, estimators: []string{
		"DecisionTreeClassifier()",
		"DecisionTreeClassifier(max_depth=3, class_weight='balanced')",
		"DecisionTreeClassifier(max_leaf_nodes=7)",
		"RandomForestClassifier(n_estimators=7)",
		"RandomForestClassifier(n_estimators=5, max_leaf_nodes=6, class_weight='balanced')",
		"ExtraTreesClassifier(n_estimators=7)",
		"OneVsRestClassifier(DecisionTreeClassifier())",
		"CalibratedClassifierCV(RandomForestClassifier(n_estimators=4), cv=2)",
		"VotingClassifier([('a', LogisticRegression(solver='lbfgs')), ('b', RandomForestClassifier(n_estimators=3))], voting='soft')",
	}},
	{name: "boosting", classes: []int{2, 3, 6}, vectors: []string{"tfidf", "counts"}, refused: "leave init out",
		estimators: []string{
			"GradientBoostingClassifier(n_estimators=7)",
			"GradientBoostingClassifier(n_estimators=5, learning_rate=0.7, max_depth=2, subsample=0.7)",
			"GradientBoostingClassifier(n_estimators=5, init='zero')",
			"GradientBoostingClassifier(n_estimators=5, loss='exponential')",
			"GradientBoostingClassifier(n_estimators=5, init=DummyClassifier(strategy='most_frequent'))",
			"GradientBoostingClassifier(n_estimators=5, init=LogisticRegression(solver='lbfgs'))",
		}},
	{name: "nested", classes: []int{2, 3}, vectors: []string{"counts"}, estimators: []string{
		"CalibratedClassifierCV(make_pipeline(TfidfTransformer(), LinearSVC()), cv=2)",
		"OneVsRestClassifier(make_pipeline(SelectKBest(k=5), MultinomialNB()))",
		"VotingClassifier([('a', make_pipeline(TfidfTransformer(), LogisticRegression(solver='lbfgs'))), ('b', MultinomialNB())], voting='soft')",
		"VotingClassifier([('a', make_pipeline(TruncatedSVD(3), LogisticRegression(solver='lbfgs'))), ('b', MultinomialNB())])",
		"OneVsRestClassifier(GridSearchCV(LinearSVC(), {'C': [0.1, 1]}, cv=2))",
		"make_pipeline(MaxAbsScaler(), Pipeline([('a', Normalizer()), ('b', LinearSVC())]))",
	}},
	{name: "single precision", refused: "in single precision", classes: []int{2, 3, 6, 9}, vectors: []string{"float32"},
		estimators: []string{
			"LogisticRegression(multi_class='ovr', solver='lbfgs')",
			"LogisticRegression(solver='lbfgs')",
			"LogisticRegression(solver='lbfgs', fit_intercept=False)",
			"LinearSVC()",
			"RidgeClassifier()",
			"RidgeClassifier(fit_intercept=False)",
			"SGDClassifier(max_iter=20, tol=1e-3)",
			"SGDClassifier(loss='log_loss', max_iter=20, tol=1e-3)",
			"SGDClassifier(loss='modified_huber', max_iter=20, tol=1e-3)",
			"Perceptron(max_iter=20, tol=1e-3)",
			"LogisticRegression(C=100, solver='lbfgs')",
			"LogisticRegression(C=10, solver='newton-cg')",
			"LogisticRegression(multi_class='multinomial', solver='lbfgs')",
			"OneVsRestClassifier(LogisticRegression(solver='lbfgs'))",
			"OneVsRestClassifier(SGDClassifier(loss='modified_huber', max_iter=20, tol=1e-3))",
			"OneVsOneClassifier(LogisticRegression(solver='lbfgs'))",
			"VotingClassifier([('a', LogisticRegression(solver='lbfgs')), ('b', MultinomialNB())], voting='soft')",
			"VotingClassifier([('a', LogisticRegression(solver='lbfgs')), ('b', RidgeClassifier())])",
			"CalibratedClassifierCV(LinearSVC(), cv=2)",
			"CalibratedClassifierCV(LogisticRegression(solver='lbfgs'), cv=2)",
		}},
}

// TestHeads compares predictions with those of every release of scikit-learn. Each release fits every classifier on
// random vectors; the pickles are converted, encoded and opened.
func TestHeads(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes")
	}
	var golden goldenHeads
	defer func() { golden.write(t) }()
	t.Run("releases", func(t *testing.T) { testReleases(t, &golden) })
}

func testReleases(t *testing.T, golden *goldenHeads) {
	for _, release := range []string{"sklearn-0.20", "sklearn-0.24", "sklearn-1.2", "sklearn-1.5", "sklearn-1.7",
		"sklearn-1.9"} {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			python := oracle.Environment(t, release)
			for _, f := range families {
				t.Run(f.name, func(t *testing.T) { f.test(t, python, golden) })
			}
		})
	}
}

func (f family) test(t *testing.T, python string, golden *goldenHeads) {
	rng := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	var requests []fitted
	for _, estimator := range f.estimators {
		for _, classes := range f.classes {
			names := []string{"int", "str", "float"}[rng.IntN(3)]
			if classes == 2 && rng.IntN(3) == 0 {
				names = "bool"
			}
			requests = append(requests, fitted{estimator, classes, names, f.vectors[rng.IntN(len(f.vectors))],
				60 + rng.IntN(60), 10 + rng.IntN(30), rng.IntN(1 << 30), filepath.Join(dir, fmt.Sprint(len(requests)))})
		}
	}
	skipped, refused, worst := 0, 0, 0.0
	for i, want := range oracle.Run[fitted, answered](t, python, "heads.py", requests) {
		if want.Skipped != "" {
			skipped++
			continue
		}
		difference, err := compareHead(requests[i], want)
		if err != nil && f.refused != "" && strings.Contains(err.Error(), f.refused) {
			refused++
		} else if err != nil {
			t.Errorf("%s, %d classes, %s (seed %d): %v", requests[i].Estimator, requests[i].Classes,
				requests[i].Vectors, requests[i].Seed, err)
		} else if *update {
			golden.add(t, requests[i], want)
		}
		worst = max(worst, difference)
	}
	t.Logf("%d classifiers, %d skipped, %d refused, largest difference %.2g", len(requests), skipped, refused, worst)
	if skipped > len(requests)*2/3 {
		t.Error("more than two thirds were skipped: the test says little")
	}
}

// openHead converts a pickle, encodes the classifier and returns it as opened again.
func openHead(b []byte, in columns) (head.Classifier, []head.Class, error) {
	root, err := pickle.Load(b)
	if err != nil {
		return nil, nil, err
	}
	p := newProblems()
	c, classes := readClassifier(root.(*pickle.Object), p, position{in: in})
	if err := p.err(); err != nil {
		return nil, nil, err
	}
	program, numbers, err := head.Encode(c)
	if err != nil {
		return nil, nil, err
	}
	c, err = head.Open(program, numbers, in.n)
	return c, classes, err
}

// compareHead returns the largest difference between two numbers.
func compareHead(r fitted, want answered) (worst float64, err error) {
	b, err := os.ReadFile(r.Path)
	if err != nil {
		return 0, err
	}
	return comparePickle(b, r, want)
}

func comparePickle(b []byte, r fitted, want answered) (worst float64, err error) {
	c, classes, err := openHead(b, columns{n: r.Features, single: r.Vectors == "float32"})
	if err != nil {
		return 0, err
	}
	var s head.Scratch
	var p head.Prediction
	for i, row := range want.X {
		var x features.Vector
		for _, entry := range row {
			x.Index, x.Value = append(x.Index, uint32(entry[0])), append(x.Value, entry[1])
		}
		c.Predict(x, &s, &p)
		for _, numbers := range []struct {
			what string
			got  []float64
			want [][]float64
		}{{"probabilities", p.Proba, want.Proba}, {"decision", p.Decision, want.Decision}} {
			if len(numbers.want) > 0 && numbers.want[i] == nil {
				continue // not finite
			}
			var expected []float64
			if numbers.want != nil {
				expected = numbers.want[i]
			}
			difference, err := compareNumbers(numbers.got, expected)
			if err != nil {
				return 0, fmt.Errorf("row %d: %s: %w", i, numbers.what, err)
			}
			worst = max(worst, difference)
		}
		if got, expected := labelOf(c, classes, p), fmt.Sprint(want.Predict[i]); got != expected {
			return 0, fmt.Errorf("row %d: predicted %s, want %s (decision %v, probabilities %v)", i, got, expected,
				p.Decision, p.Proba)
		}
	}
	return worst, nil
}

func compareNumbers(got, want []float64) (worst float64, err error) {
	if len(got) != len(want) {
		return 0, fmt.Errorf("%v, want %v", got, want)
	}
	for k := range want {
		d := math.Abs(got[k]-want[k]) / max(1, math.Abs(want[k]))
		if !(d <= 1e-12) {
			return 0, fmt.Errorf("%v, want %v: differs by %.3g", got, want, d)
		}
		worst = max(worst, d)
	}
	return worst, nil
}

// labelOf returns the predicted class in the form of the answer.
func labelOf(c head.Classifier, classes []head.Class, p head.Prediction) string {
	if c.Shape().Multilabel {
		return fmt.Sprint(slices.Clone(p.Labels))
	}
	return classes[p.Label].String()
}
