package pickle

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// program writes pickles opcode by opcode, as a test needs them.
type program struct{ bytes.Buffer }

func newProgram() *program {
	p := &program{}
	p.WriteString("\x80\x04")
	return p
}

func (p *program) ops(s string) *program { p.WriteString(s); return p }

func (p *program) text(s string) *program {
	p.WriteByte(opBinUnicode)
	binary.Write(p, binary.LittleEndian, uint32(len(s)))
	p.WriteString(s)
	return p
}

func (p *program) int(n int) *program {
	p.WriteByte(opBinInt)
	binary.Write(p, binary.LittleEndian, int32(n))
	return p
}

func (p *program) global(module, name string) *program {
	return p.text(module).text(name).ops("\x93")
}

// object begins an object: class, no arguments, and the dict of its state up to the mark.
func (p *program) object(module, name string) *program {
	return p.global(module, name).ops(")\x81}(")
}

// floats writes a one-row array, or with rows 0 a flat one.
func (p *program) floats(rows int, values ...float64) *program {
	p.global("numpy.core.multiarray", "_reconstruct").global("numpy", "ndarray").int(0).ops("\x85C\x01b\x87R(").int(1)
	if rows > 0 {
		p.int(rows).int(len(values) / rows).ops("\x86")
	} else {
		p.int(len(values)).ops("\x85")
	}
	p.global("numpy", "dtype").text("f8").ops("\x89\x88\x87R\x89B")
	binary.Write(p, binary.LittleEndian, uint32(8*len(values)))
	binary.Write(p, binary.LittleEndian, values)
	return p.ops("tb")
}

// vectorizer is a TfidfVectorizer of the words of vocabulary; change may overwrite attributes.
func vectorizer(vocabulary map[string]int, idf []float64, change func(p *program)) []byte {
	p := newProgram().object("sklearn.feature_extraction.text", "TfidfVectorizer")
	p.text("analyzer").text("word").text("ngram_range").int(1).int(2).ops("\x86")
	p.text("tokenizer").global("__main__", "identity").text("lowercase").ops("\x89")
	p.text("vocabulary_").ops("}(")
	for word, i := range vocabulary {
		p.text(word).int(i)
	}
	p.ops("u").text("_tfidf").object("sklearn.feature_extraction.text", "TfidfTransformer")
	p.text("norm").text("l2").text("use_idf").ops("\x88").text("idf_").floats(0, idf...).ops("ub")
	if change != nil {
		change(p)
	}
	return p.ops("ub.").Bytes()
}

// classifier is a LogisticRegression with as many classes.
func classifier(classes, rows int, coef []float64, change func(p *program)) []byte {
	p := newProgram().object("sklearn.linear_model._logistic", "LogisticRegression")
	labels := make([]float64, classes)
	for i := range labels {
		labels[i] = float64(i)
	}
	p.text("classes_").floats(0, labels...).text("coef_").floats(rows, coef...)
	p.text("intercept_").floats(0, make([]float64, rows)...)
	if change != nil {
		change(p)
	}
	return p.ops("ub.").Bytes()
}

var two = map[string]int{"a": 0, "b": 1}

func TestHandWritten(t *testing.T) {
	v, err := ReadVectorizer(vectorizer(two, []float64{1, 2}, nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprintf("%v %v %d %s %v", v.Features, v.IDF, v.NGramMax, v.Norm, v.Assumed) != "[a b] [1 2] 2 l2 [__main__.identity]" {
		t.Errorf("%+v", v)
	}
	c, err := ReadClassifier(classifier(2, 1, []float64{3, 4}, nil))
	if err != nil || fmt.Sprintf("%v %v", c.Coef, c.Classes) != "[3 4] [0 1]" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestBadVectorizers(t *testing.T) {
	set := func(name string, value func(p *program)) func(p *program) {
		return func(p *program) { p.text(name); value(p) }
	}
	nothing := func(p *program) { p.ops("N") }
	for _, test := range []struct {
		name, want  string
		unsupported bool
		pickle      []byte
	}{
		{"empty", "pickle: empty", false, nil},
		{"not a pickle", "probably not a pickle at all: ", false, []byte("\xff\xfe hello")},
		{"text", "probably not a pickle at all: ", false, []byte("hello")},
		{"a newer protocol", "protocol 9", true, []byte("\x80\x09N.")},
		{"os.system", "refuses to touch posix.system", true, newProgram().global("posix", "system").text("id").ops("\x85R.").Bytes()},
		{"os.system by name", "refuses to touch os.system", true, []byte("cos\nsystem\n(S'id'\ntR.")},
		{"os.system by dill", "refuses to touch os.system", true,
			newProgram().global("dill._dill", "_get_attr").global("dill._dill", "_import_module").text("os").ops("\x85R").text("system").ops("\x86R").
				text("id").ops("\x85R.").Bytes()},
		{"os.system within", "refuses to touch os.system", true, vectorizer(two, []float64{1, 2}, set("stop_words_", func(p *program) {
			p.global("os", "system").text("id").ops("\x85R")
		}))},
		{"eval", "refuses to touch builtins.eval", true, newProgram().global("builtins", "eval").text("1").ops("\x85R.").Bytes()},
		{"os.system as INST", "refuses to touch os.system", true, []byte("(S'id'\nios\nsystem\n.")},
		{"os.system with state", "refuses to touch os.system", true, newProgram().global("os", "system").ops("}b.").Bytes()},
		{"os.system as tokenizer", "os.system", true, vectorizer(two, []float64{1, 2}, set("tokenizer", func(p *program) { p.global("os", "system") }))},
		{"os.system by getattr", "refuses to touch os.path.system", true,
			newProgram().global("builtins", "getattr").global("os", "path").text("system").ops("\x86R").text("id").ops("\x85R.").Bytes()},
		{"getattr of no name", "holds an object of class builtins.getattr", true, newProgram().global("builtins", "getattr").ops("}").text("get").ops("\x86R.").Bytes()},
		{"another class", "holds an object of class sklearn.svm._classes.SVC", true, newProgram().object("sklearn.svm._classes", "SVC").ops("ub.").Bytes()},
		{"a classifier", "LogisticRegression where a TfidfVectorizer", true, classifier(2, 1, []float64{1, 2}, nil)},
		{"a number", "holds 5", true, newProgram().int(5).ops(".").Bytes()},
		{"unfitted", "not fitted", false, newProgram().object("sklearn.feature_extraction.text", "TfidfVectorizer").text("analyzer").text("word").
			text("ngram_range").int(1).int(1).ops("\x86").text("tokenizer").global("__main__", "identity").text("lowercase").ops("\x89ub.").Bytes()},
		{"few idf", "2 n-grams in vocabulary_ but 1", false, vectorizer(two, []float64{1}, nil)},
		{"a gap", "numbers \"b\" 7", false, vectorizer(map[string]int{"a": 0, "b": 7}, []float64{1, 2}, nil)},
		{"a number twice", "twice", false, vectorizer(map[string]int{"a": 0, "b": 0}, []float64{1, 2}, nil)},
		{"no number", "maps", false, vectorizer(two, []float64{1, 2}, set("vocabulary_", func(p *program) { p.ops("}").text("a").text("b").ops("s") }))},
		{"characters", "character n-grams", true, vectorizer(two, []float64{1, 2}, set("analyzer", func(p *program) { p.text("char_wb") }))},
		{"custom analyzer", "custom analyzer (mine.analyze)", true, vectorizer(two, []float64{1, 2}, set("analyzer", func(p *program) { p.global("mine", "analyze") }))},
		{"custom tokenizer", "custom tokenizer, mine.split", true, vectorizer(two, []float64{1, 2}, set("tokenizer", func(p *program) { p.global("mine", "split") }))},
		{"str.split", "custom tokenizer, builtins.str.split,", true, vectorizer(two, []float64{1, 2}, set("tokenizer", func(p *program) {
			p.global("builtins", "getattr").global("builtins", "str").text("split").ops("\x86R")
		}))},
		{"str.split by dill", "custom tokenizer, builtins.str.split,", true, vectorizer(two, []float64{1, 2}, set("tokenizer", func(p *program) {
			p.global("dill._dill", "_getattr").global("dill._dill", "_load_type").text("str").ops("\x85R").text("split").text("<…>").ops("\x87R")
		}))},
		{"a partial function", "a custom preprocessor, an object of class functools.partial, cannot be imported", true,
			vectorizer(two, []float64{1, 2}, set("preprocessor", func(p *program) { p.global("functools", "partial").global("mine", "split").ops("\x85R") }))},
		{"an object's method", "a custom analyzer (an object of class builtins.getattr) cannot be imported", true,
			vectorizer(two, []float64{1, 2}, set("analyzer", func(p *program) {
				p.global("builtins", "getattr").global("mine", "Splitter").ops(")\x81").text("split").ops("\x86R")
			}))},
		{"no tokenizer", "tokenizer=None", true, vectorizer(two, []float64{1, 2}, set("tokenizer", nothing))},
		{"lowercase", "lowercase=True", true, vectorizer(two, []float64{1, 2}, set("lowercase", func(p *program) { p.ops("\x88") }))},
		{"stop words", "stop_words", true, vectorizer(two, []float64{1, 2}, set("stop_words", func(p *program) { p.text("english") }))},
		{"float32", "numpy.float32", true, vectorizer(two, []float64{1, 2}, set("dtype", func(p *program) { p.global("numpy", "float32") }))},
		{"float32 by its dtype", "dtype=the dtype float32", true, vectorizer(two, []float64{1, 2}, set("dtype", func(p *program) {
			p.global("numpy", "dtype").text("f4").ops("\x89\x88\x87R")
		}))},
		{"a Pipeline in a Pipeline", "the step \"a\", an object of class sklearn.pipeline.Pipeline, cannot be imported", true,
			newProgram().object("sklearn.pipeline", "Pipeline").text("steps").ops("](").text("a").object("sklearn.pipeline", "Pipeline").ops("ub\x86eub.").Bytes()},
		{"n-grams", "ngram_range", false, vectorizer(two, []float64{1, 2}, set("ngram_range", func(p *program) { p.int(2).int(1).ops("\x86") }))},
	} {
		t.Run(test.name, func(t *testing.T) {
			v, err := ReadVectorizer(test.pickle, nil)
			checkRefusal(t, v == nil, err, test.want, test.unsupported)
		})
	}
}

func checkRefusal(t *testing.T, isNil bool, err error, want string, unsupported bool) {
	t.Helper()
	var format FormatError
	var u UnsupportedError
	if !isNil || err == nil || !strings.Contains(err.Error(), want) {
		t.Fatalf("error %v; want one with %q", err, want)
	}
	if errors.As(err, &u) != unsupported || errors.As(err, &format) == unsupported {
		t.Errorf("%T: %v", err, err)
	}
}

func TestBadClassifiers(t *testing.T) {
	for _, test := range []struct {
		name, want  string
		unsupported bool
		pickle      []byte
	}{
		{"multinomial", "multinomial regression with 3 classes", true, classifier(3, 3, []float64{1, 2, 3, 4, 5, 6}, nil)},
		{"one against the rest", "one-versus-rest regression with 3 classes", true, classifier(3, 3, []float64{1, 2, 3, 4, 5, 6}, func(p *program) {
			p.text("multi_class").text("ovr")
		})},
		{"two rows", "coef_ of shape [2 2]", true, classifier(2, 2, []float64{1, 2, 3, 4}, nil)},
		{"one class", "1 classes", false, classifier(1, 1, []float64{1, 2}, nil)},
		{"not a number", "coef_ of n-gram 0 is NaN", false, classifier(2, 1, []float64{nan(), 2}, nil)},
		{"no intercept", "intercept_", false, classifier(2, 1, []float64{1, 2}, func(p *program) { p.text("intercept_").ops("N") })},
		{"a vectorizer", "TfidfVectorizer where a LogisticRegression", true, vectorizer(two, []float64{1, 2}, nil)},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := ReadClassifier(test.pickle)
			checkRefusal(t, c == nil, err, test.want, test.unsupported)
		})
	}
}

func nan() float64 { z := 0.0; return z / z }

// TestTruncated cuts a pickle at every byte.
func TestTruncated(t *testing.T) {
	b := vectorizer(two, []float64{1, 2}, nil)
	for n := range b {
		if v, err := ReadVectorizer(b[:n], nil); v != nil || err == nil {
			t.Fatalf("cut after %d of %d bytes: %v, %v", n, len(b), v, err)
		}
	}
}

// FuzzPickle: an error and nil, or a vectorizer or classifier that is consistent.
func FuzzPickle(f *testing.F) {
	f.Add(vectorizer(two, []float64{1, 2}, nil))
	f.Add(classifier(2, 1, []float64{1, 2}, nil))
	f.Add([]byte("(dp0\nS'a'\nI1\nsV\\u00e9\np1\n0(lp2\nF1.5\naL5L\na."))
	paths, _ := filepath.Glob("testdata/*/*.pickle")
	for _, path := range paths {
		if b, err := os.ReadFile(path); err == nil {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := ReadVectorizer(b, nil)
		if (v == nil) == (err == nil) {
			t.Fatalf("%v, %v", v, err)
		}
		if err == nil && (len(v.Features) == 0 || v.UseIDF && len(v.IDF) != len(v.Features)) {
			t.Errorf("%+v", v)
		}
		c, err := ReadClassifier(b)
		if (c == nil) == (err == nil) {
			t.Fatalf("%v, %v", c, err)
		}
	})
}
