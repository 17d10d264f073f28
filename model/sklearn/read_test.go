package sklearn

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
	"reddit-classifier/model/pickle/pickletest"
)

// change is an attribute of an estimator under test, with its value as package pickletest takes it.
type change struct {
	name  string
	value any
}

// pushes converts f to a value that package pickletest takes.
func pushes(f func(p *pickletest.Program)) func(*pickletest.Program) { return f }

func global(module, name string) func(*pickletest.Program) {
	return func(p *pickletest.Program) { p.Global(module, name) }
}

func singles(rows int, values ...float32) func(*pickletest.Program) {
	return func(p *pickletest.Program) { p.Singles(rows, values...) }
}

// vectorizer returns a TfidfVectorizer of words. The changes replace attributes.
func vectorizer(words []string, changes ...change) func(*pickletest.Program) {
	return func(p *pickletest.Program) {
		p.Begin("sklearn.feature_extraction.text", "TfidfVectorizer")
		p.Set("vocabulary_", pushes(func(p *pickletest.Program) {
			p.Ops("}(")
			for i, word := range words {
				p.Text(word).Int(i)
			}
			p.Ops("u")
		}))
		p.Set("_tfidf", pushes(func(p *pickletest.Program) {
			p.Begin("sklearn.feature_extraction.text", "TfidfTransformer").Set("idf_", pushes(func(p *pickletest.Program) {
				idf := make([]float64, len(words))
				for i := range idf {
					idf[i] = 1 + float64(i)
				}
				p.Floats(0, idf...)
			})).Done()
		}))
		for _, c := range changes {
			p.Set(c.name, c.value)
		}
		p.Done()
	}
}

// classifier returns a LinearSVC of that number of features.
func classifier(features int, changes ...change) func(*pickletest.Program) {
	return func(p *pickletest.Program) {
		p.Begin("sklearn.svm._classes", "LinearSVC")
		p.Set("classes_", pushes(func(p *pickletest.Program) { p.Floats(0, 0, 1) }))
		p.Set("coef_", pushes(func(p *pickletest.Program) { p.Floats(1, make([]float64, features)...) }))
		p.Set("intercept_", pushes(func(p *pickletest.Program) { p.Floats(0, 0.5) }))
		for _, c := range changes {
			p.Set(c.name, c.value)
		}
		p.Done()
	}
}

// object returns an object of a class with attributes.
func object(module, class string, changes ...change) func(*pickletest.Program) {
	return func(p *pickletest.Program) {
		p.Begin(module, class)
		for _, c := range changes {
			p.Set(c.name, c.value)
		}
		p.Done()
	}
}

// pipeline returns a Pipeline of steps named a, b, c and so on.
func pipeline(steps ...func(*pickletest.Program)) func(*pickletest.Program) {
	return func(p *pickletest.Program) {
		p.Begin("sklearn.pipeline", "Pipeline").Set("steps", pushes(func(p *pickletest.Program) {
			p.Ops("](")
			for i, step := range steps {
				p.Text(string(rune('a' + i)))
				step(p)
				p.Ops("\x86")
			}
			p.Ops("e")
		})).Done()
	}
}

func file(name string, push func(*pickletest.Program)) File {
	p := pickletest.New()
	push(p)
	return File{name, p.End()}
}

var (
	words   = []string{"ab", "cd", "ef"}
	options = Options{}
)

func TestObstacles(t *testing.T) {
	const cannot = " n-grams in its vocabulary cannot come from its own analyzer, such as "
	bare := object("sklearn.preprocessing", "FunctionTransformer", change{"func", global("mine", "clean")})
	for _, test := range []struct {
		name  string
		files []File
		want  []string // start of each line of the obstacles
	}{
		{"no classifier", []File{file("v", vectorizer(words))},
			[]string{"there is no classifier; give the file of the classifier as well"}},
		{"no vectorizer", []File{file("c", classifier(3))},
			[]string{"there is no vectorizer of texts; give the file of the vectorizer as well"}},
		{"two classifiers", []File{file("v", vectorizer(words)), file("c", classifier(3)), file("d", classifier(3,
			change{"C", 2.0}))},
			[]string{"there are 2 classifiers: LinearSVC, LinearSVC; give the files of one model"}},
		{"two vectorizers", []File{file("v", pipeline(vectorizer(words), classifier(3))), file("w", vectorizer(words))},
			[]string{"there are 2 vectorizers: TfidfVectorizer, TfidfVectorizer; "}},
		{"nothing", []File{file("n", func(p *pickletest.Program) { p.Int(5) })},
			[]string{"n: it holds 5, which is not a part of a model; give the file of a fitted Pipeline"}},
		{"a vocabulary alone", []File{file("v", func(p *pickletest.Program) { p.Ops("}").Text("a").Int(0).Ops("s") })},
			[]string{"v: it holds a dict, which is not a part of a model; if it is a vocabulary, pickle the vectorizer"}},
		{"a class of one's own", []File{file("v", vectorizer(words)), file("m", object("__main__", "Model"))},
			[]string{"m: Model: a classifier of class __main__.Model is not supported; the code of a class of your own is not in the file"}},
		{"another training", []File{file("v", vectorizer(words)), file("c", classifier(4))},
			[]string{"c: LinearSVC: it was fitted on 4 features and gets 3; give the files of one training"}},
		{"all at once", []File{file("m", pipeline(
			vectorizer(words, change{"tokenizer", global("mine", "split")}, change{"dtype", global("numpy", "float16")}), bare,
			object("xgboost.sklearn", "XGBClassifier")))},
			[]string{
				"m: a (TfidfVectorizer): dtype=numpy.float16 is not supported; use numpy.float64",
				"m: a (TfidfVectorizer): the tokenizer is a function of its own, mine.split, and nothing " +
					"in a pickle is executed; fit it with token_pattern",
				"m: b (FunctionTransformer): FunctionTransformer calls mine.clean; a function of your own is not executed",
				"m: c (XGBClassifier): a classifier of class xgboost.sklearn.XGBClassifier is not supported; fit GradientBoostingClassifier",
			}},
		{"a search without a model", []File{file("s", object("sklearn.model_selection._search", "GridSearchCV"))},
			[]string{"s: GridSearchCV has no best_estimator_; fit it with refit=True"}},
		{"a table", []File{file("m", pipeline(object("sklearn.compose._column_transformer", "ColumnTransformer"),
			classifier(3)))},
			[]string{"m: a (ColumnTransformer): sklearn.compose._column_transformer.ColumnTransformer cannot"}},
		{"tokens", []File{file("m", pipeline(vectorizer(words, change{"tokenizer", global("mine", "identity")},
			change{"lowercase", false}), classifier(3)))},
			[]string{"m: a (TfidfVectorizer): it takes tokens and not texts (its tokenizer is the identity), and the file " +
				"does not say where tokens come from; say with --language"}},
		{"words of another tokenizer", []File{file("m", pipeline(vectorizer([]string{"don't", "ok", "a", "Fine", "fine!"}),
			classifier(5)))},
			[]string{`m: a (TfidfVectorizer): 4 of the 5` + cannot + `"don't", "a", "Fine"; if texts ` +
				"are changed before"}},
		{"a stop word that was learned", []File{file("m", pipeline(vectorizer([]string{"the", "ok"}, change{"stop_words",
			"english"}), classifier(2)))},
			[]string{`m: a (TfidfVectorizer): 1 of the 2` + cannot + `"the"`}},
		{"a vocabulary that was given", []File{file("m", pipeline(object("sklearn.feature_extraction.text", "CountVectorizer",
			change{"vocabulary", []any{"never", "Seen", "never seen"}}), classifier(3)))},
			[]string{`m: a (CountVectorizer): 2 of the 3` + cannot + `"Seen", "never seen"; if texts`}},
		{"words of another pattern", []File{file("m", pipeline(vectorizer([]string{"ab", "a1"}, change{"token_pattern",
			"[a-z]+"}), classifier(2)))},
			[]string{`m: a (TfidfVectorizer): 1 of the 2` + cannot + `"a1"; if texts`}},
		{"a pattern that looks around", []File{file("m", pipeline(vectorizer(words, change{"token_pattern", `\w+(?=s)`}),
			classifier(3)))},
			[]string{"m: a (TfidfVectorizer): token_pattern: regular expression: look-ahead is not supported"}},
		{"unfitted", []File{file("m", pipeline(object("sklearn.feature_extraction.text", "CountVectorizer"), classifier(3)))},
			[]string{"m: a (CountVectorizer): it is not fitted: it has no vocabulary_; pickle it after fit"}},
		{"a mean that is taken away", []File{file("m", pipeline(vectorizer(words), object("sklearn.preprocessing._data",
			"StandardScaler",
			change{"scale_", pushes(func(p *pickletest.Program) { p.Floats(0, 1, 2, 3) })}), classifier(3)))},
			[]string{"m: b (StandardScaler): with_mean=True is not supported"}},
		{"a selector of another training", []File{file("m", pipeline(vectorizer(words),
			object("sklearn.feature_selection._variance_threshold", "VarianceThreshold",
				change{"threshold", 0.5}, change{"variances_", pushes(func(p *pickletest.Program) { p.Floats(0, 1, 0) })}),
			classifier(1)))},
			[]string{"m: b (VarianceThreshold): it was fitted on 2 features and gets 3"}},
		{"dense vectors of single precision", []File{file("m", pipeline(
			vectorizer(words, change{"dtype", global("numpy", "float32")}),
			object("sklearn.decomposition._truncated_svd", "TruncatedSVD",
				change{"components_", singles(1, 0.5, 0.25, 0.125)}),
			object("sklearn.preprocessing._data", "MaxAbsScaler", change{"scale_", singles(0, 3)}), classifier(1)))},
			[]string{"m: c (MaxAbsScaler): scaling dense vectors in single precision is not supported; fit it on numbers of double"}},
		{"norms of dense vectors of single precision", []File{file("m", pipeline(
			vectorizer(words, change{"dtype", global("numpy", "float32")}),
			object("sklearn.decomposition._truncated_svd", "TruncatedSVD",
				change{"components_", singles(1, 0.5, 0.25, 0.125)}),
			object("sklearn.preprocessing._data", "Normalizer"), classifier(1)))},
			[]string{"m: c (Normalizer): norms of dense vectors in single precision are not supported"}},
		{"no feature left", []File{file("m", pipeline(vectorizer(words),
			object("sklearn.feature_selection._variance_threshold", "VarianceThreshold",
				change{"threshold", 2.0}, change{"variances_", pushes(func(p *pickletest.Program) { p.Floats(0, 1, 0, 2) })}),
			classifier(1)))},
			[]string{"m: b (VarianceThreshold): VarianceThreshold keeps no feature at all"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := Read(test.files, options)
			var obstacles Obstacles
			if p != nil || !errors.As(err, &obstacles) {
				t.Fatalf("%v, %v", p, err)
			}
			if len(obstacles) != len(test.want) {
				t.Fatalf("%v, want %d obstacles", err, len(test.want))
			}
			for i, o := range obstacles {
				if !strings.HasPrefix(o.String(), test.want[i]) {
					t.Errorf("%q\nwant %q…", o, test.want[i])
				}
			}
		})
	}
}

// TestTaken checks that models with unusual options are accepted.
func TestTaken(t *testing.T) {
	for _, test := range []struct {
		name     string
		files    []File
		lower    bool
		pattern  string
		features int
	}{
		{"any order", []File{file("c", classifier(3)), file("v", vectorizer(words))}, true, "", 3},
		{"str.lower", []File{file("m", pipeline(vectorizer(words, change{"preprocessor", pushes(func(p *pickletest.Program) {
			p.Global("builtins", "getattr").Global("builtins", "str").Text("lower").Ops("\x86R")
		})}), classifier(3)))}, true, "", 3},
		{"str.split", []File{file("m", pipeline(vectorizer([]string{"a!", "b"}, change{"tokenizer",
			pushes(func(p *pickletest.Program) {
				p.Global("builtins", "getattr").Global("builtins", "str").Text("split").Ops("\x86R")
			})}), classifier(2)))}, true, `\S+`, 2},
		{"the identity before the default pattern", []File{file("m", pipeline(vectorizer([]string{"Ab"},
			change{"preprocessor", global("mine", "identity")}),
			classifier(1)))}, false, "", 1},
		{"steps that do nothing", []File{file("m", pipeline(vectorizer(words),
			func(p *pickletest.Program) { p.Text("passthrough") },
			object("sklearn.preprocessing", "FunctionTransformer", change{"func", nil}),
			func(p *pickletest.Program) { p.Ops("N") },
			object("imblearn.over_sampling._smote.base", "SMOTE"), classifier(3)))}, true, "", 3},
		{"the same file twice", []File{file("m", pipeline(vectorizer(words), classifier(3))), file("n",
			pipeline(vectorizer(words), classifier(3)))}, true, "", 3},
		{"two pickles in a file", []File{{"m", append(file("v", vectorizer(words)).Data,
			file("c", classifier(3)).Data...)}}, true, "", 3},
		{"the vectorizer and the Pipeline that has it", []File{file("m", func(p *pickletest.Program) {
			vectorizer(words)(p)
			p.Ops("\x94")
			p.Begin("sklearn.pipeline", "Pipeline").Set("steps", pushes(func(p *pickletest.Program) {
				p.Ops("](").Text("v").Ops("h\x00\x86").Text("c")
				classifier(3)(p)
				p.Ops("\x86e")
			})).Done()
			p.Ops("\x86")
		})}, true, "", 3},
		{"data beside a model", []File{file("m", func(p *pickletest.Program) {
			pipeline(vectorizer(words), classifier(3))(p)
			p.Global("builtins", "range").Int(0).Int(3).Int(1).Ops("\x87R")
			p.Global("builtins", "complex").Value(1.0).Value(2.0).Ops("\x86R\x87")
			object("sklearn.utils.deprecation", "DeprecationDict")(p)
			p.Ops("\x86")
		})}, true, "", 3},
		{"words of a pattern", []File{file("m", pipeline(vectorizer([]string{"a", "don't", "x-y z"}, change{"token_pattern",
			`[\w'-]+`},
			change{"ngram_range", []any{1, 2}}), classifier(3)))}, true, `[\w'-]+`, 3},
		{"tokens with spaces", []File{file("m", pipeline(vectorizer([]string{"a b", "c"}, change{"token_pattern",
			`[a-z] [a-z]|c`}), classifier(2)))}, true,
			`[a-z] [a-z]|c`, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := Read(test.files, options)
			if err != nil {
				t.Fatal(err)
			}
			v := p.Vectorizers[0]
			if v.Analyzer.Lowercase != test.lower || v.Analyzer.Pattern != test.pattern || len(v.Vocabulary) != test.features {
				t.Errorf("%+v", v)
			}
			if want := []head.Class{{Kind: head.ClassNumber, Text: "0.0"}, {Kind: head.ClassNumber,
				Text: "1.0"}}; p.Classes[0] != want[0] || p.Classes[1] != want[1] {
				t.Errorf("classes %v", p.Classes)
			}
		})
	}
}

// TestNoNorm reads norm=False, which is None in scikit-learn before 1.2.
func TestNoNorm(t *testing.T) {
	p, err := Read([]File{file("m", pipeline(vectorizer(words), object("sklearn.feature_extraction.text", "TfidfTransformer",
		change{"norm", false}, change{"use_idf", false}), classifier(3)))}, options)
	if err != nil {
		t.Fatal(err)
	}
	if tfidf, ok := p.Transforms[0].(*features.Tfidf); !ok || tfidf.Norm != features.NormNone {
		t.Errorf("%+v", p.Transforms)
	}
}

// TestDeep checks pipelines, lists and searches within themselves, which only an attacker writes.
func TestDeep(t *testing.T) {
	itself := pickletest.New().Begin("sklearn.pipeline", "Pipeline").Ops("\x94")
	for name, b := range map[string][]byte{
		"a list in itself":     []byte("]\x94h\x00a."),
		"many lists in itself": []byte("]\x94(" + strings.Repeat("h\x00", 90) + "e."),
		"a union in itself": pickletest.New().Global("sklearn.pipeline",
			"FeatureUnion").Ops(")\x81\x94}(").Text("transformer_list").Ops("](").
			Text("a").Ops("h\x00\x86").Text("b").Ops("h\x00\x86eub.").Bytes(),
		"a search in itself": pickletest.New().Global("sklearn.model_selection._search",
			"GridSearchCV").Ops(")\x81\x94}(").Text("best_estimator_").
			Ops("h\x00ub.").Bytes(),
		"a pipeline in itself": pickletest.New().Global("sklearn.pipeline",
			"Pipeline").Ops(")\x81\x94}(").Text("steps").Ops("](").Text("a").
			Ops("h\x00\x86eub.").Bytes(),
		"many pipelines in itself": pickletest.New().Global("sklearn.pipeline",
			"Pipeline").Ops(")\x81\x94}(").Text("steps").Ops("](" + strings.Repeat("\x8c\x01ah\x00\x86", 90) + "eub.").Bytes(),
		"voting in itself": pickletest.New().Ops("(").Begin("sklearn.feature_extraction.text", "HashingVectorizer").Done().
			Global("sklearn.ensemble._voting", "VotingClassifier").Ops(")\x81\x94}(").Text("estimators_").
			Ops("](" + strings.Repeat("h\x00", 20) + "eubt.").Bytes(),
		"unfinished": itself.Bytes(),
	} {
		if p, err := Read([]File{{name, b}}, options); p != nil || err == nil {
			t.Errorf("%s: %v, %v", name, p, err)
		}
	}
}

// TestDivides divides n-grams into tokens with so many ways to fail that the search gives up.
func TestDivides(t *testing.T) {
	any := func(string) bool { return true }
	word := func(token string) bool { return token != "" && !strings.Contains(token, " ") }
	for _, test := range []struct {
		ngram       string
		least, most int
		isToken     func(string) bool
		want        bool
	}{
		{"a", 1, 1, word, true}, {"a b", 1, 1, word, false}, {"a b", 1, 2, word, true},
		{"a", 2, 2, word, false}, {"a  b", 1, 3, word, false},
		{"a b", 1, 1, any, true}, {"a b c", 2, 2, any, true}, {"a b", 3, 3, any, false},
		{strings.Repeat("a ", 63), 64, 65, any, true}, {strings.Repeat("a ", 40) + "a", 45, 60, any, true},
	} {
		tries := maxTries
		if got := canSplit(strings.Split(test.ngram, " "), test.least, test.most, &tries, test.isToken); got != test.want {
			t.Errorf("%q in %d to %d tokens: %v", test.ngram, test.least, test.most, got)
		}
	}
}

// FuzzRead checks that Read returns either an error and nil, or a model whose parts fit together.
func FuzzRead(f *testing.F) {
	paths, _ := filepath.Glob("testdata/*/*")
	for _, path := range paths {
		if b, err := os.ReadFile(path); err == nil && filepath.Base(path) != "expected.json" {
			f.Add(b)
		}
	}
	f.Add(file("m", pipeline(vectorizer(words), classifier(3))).Data)
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Read([]File{{"fuzz", b}}, options)
		if (p == nil) == (err == nil) {
			t.Fatalf("%v, %v", p, err)
		}
		if err != nil {
			return
		}
		n := 0
		for i := range p.Vectorizers {
			n += columnCount(&p.Vectorizers[i])
		}
		for _, transform := range p.Transforms {
			n = outputCount(transform, n)
		}
		if shape := p.Classifier.Shape(); shape.Features != 0 && shape.Features != n || shape.Classes != len(p.Classes) {
			t.Errorf("%d features for %+v of %v", n, shape, p.Classes)
		}
	})
}
