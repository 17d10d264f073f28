package oracle_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"reddit-classifier/model"
	"reddit-classifier/model/clean"
	"reddit-classifier/model/english"
	"reddit-classifier/model/english/packs"
	importer "reddit-classifier/model/sklearn"
	"reddit-classifier/test/oracle"
)

// pickled is a request to pickles.py, which explains the fields.
type pickled struct {
	Docs       [][]string     `json:"docs"`
	Labels     []int          `json:"labels"`
	Test       [][]string     `json:"test"`
	Options    map[string]any `json:"options"`
	Classifier map[string]any `json:"classifier"`
	Classes    string         `json:"classes"`
	Writer     string         `json:"writer"`
	Protocol   int            `json:"protocol"`
	Functions  string         `json:"functions"`
	Pipeline   bool           `json:"pipeline"`
	Sparse     bool           `json:"sparse"`
	Parameter  string         `json:"parameter"`
	Callable   string         `json:"callable"`
	Path       string         `json:"path"`

	texts []string // what Test was made of
}

// predicted is the answer.
type predicted struct {
	Proba   [][2]float64
	Release string
	Skipped string
}

// TestPickles has each release of scikit-learn fit and pickle models with random options on random corpora, imports the
// pickles and compares the probabilities.
func TestPickles(t *testing.T) {
	for _, release := range []struct {
		name       string
		cases      int
		protocol   int  // the highest of its Python
		multiClass bool // has the option multi_class
	}{
		{"sklearn-1.9", 200, 5, false},
		{"sklearn-0.23", 60, 5, true},
		{"sklearn-0.20", 60, 4, true},
	} {
		t.Run(release.name, func(t *testing.T) {
			python := oracle.Environment(t, release.name)
			pack, err := packs.Open("spacy-3.8")
			if err != nil {
				t.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(3, 4))
			dir := t.TempDir()
			requests := make([]pickled, release.cases)
			for i := range requests {
				requests[i] = randomRequest(rng, pack, release.protocol)
				if release.multiClass && rng.IntN(4) == 0 {
					requests[i].Classifier["multi_class"] = pick(rng, "auto", "ovr", "multinomial")
				}
				requests[i].Path = filepath.Join(dir, fmt.Sprint(i))
			}
			var total comparison
			for i, want := range oracle.Run[pickled, predicted](t, python, "pickles.py", requests) {
				total.compare(t, pack, requests[i], want)
			}
			t.Logf("%d models, %d probabilities: largest difference %.3g, %.1f %% equal to the last bit; %d skipped",
				total.models, total.probabilities, total.worst,
				100*float64(total.equal)/float64(total.probabilities), total.skipped)
			if total.models < release.cases/2 {
				t.Error("more than half were skipped: the test says little")
			}
		})
	}
}

type comparison struct {
	models, probabilities, equal, skipped int
	worst                                 float64
}

func (c *comparison) compare(t *testing.T, pack *english.Pack, r pickled, want predicted) {
	if want.Skipped != "" {
		c.skipped++
		return
	}
	m, err := importPickles(pack, r)
	if err != nil {
		t.Errorf("scikit-learn %s, %s: %v", want.Release, r, err)
		return
	}
	c.models++
	worst := 0.0
	for i, text := range r.texts {
		got := m.PredictProba(text)
		for k := range got {
			worst = max(worst, math.Abs(got[k]-want.Proba[i][k]))
			c.probabilities++
			if got[k] == want.Proba[i][k] {
				c.equal++
			}
		}
	}
	c.worst = max(c.worst, worst)
	if !(worst <= model.Tolerance) {
		t.Errorf("scikit-learn %s, %s: differs by %g", want.Release, r, worst)
	}
}

// TestRefusedCallables has the newest release pickle what a vectorizer can be given and an artifact cannot represent:
// each is refused by the name of its parameter.
func TestRefusedCallables(t *testing.T) {
	python := oracle.Environment(t, "sklearn-1.9")
	pack, err := packs.Open("spacy-3.8")
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(5, 6))
	dir := t.TempDir()
	var requests []pickled
	for _, parameter := range []string{"tokenizer", "preprocessor", "analyzer"} {
		for _, callable := range []string{"str.split", "re.findall", "partial", "methodcaller", "sorted", "object", "method",
			"class", "function"} {
			for _, writer := range []string{"pickle", "joblib", "dill"} {
				if writer != "dill" && callable == "function" {
					continue // a lambda has no name to be pickled by
				}
				r := randomRequest(rng, pack, 5)
				r.Writer, r.Functions, r.Parameter, r.Callable = writer, "name", parameter, callable
				r.Path = filepath.Join(dir, fmt.Sprint(len(requests)))
				requests = append(requests, r)
			}
		}
	}
	for i, written := range oracle.Run[pickled, predicted](t, python, "pickles.py", requests) {
		if written.Skipped != "" {
			continue
		}
		_, err := importPickles(pack, requests[i])
		want := requests[i].Parameter
		if want == "tokenizer" && requests[i].Callable == "str.split" {
			want = "splits them itself" // which needs no language pack
		}
		var unsupported importer.Obstacles
		if !errors.As(err, &unsupported) || !strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), "cannot be imported") {
			t.Errorf("%s=%s by %s: %v", requests[i].Parameter, requests[i].Callable, requests[i].Writer, err)
		}
	}
}

// String describes a request without its documents.
func (r pickled) String() string {
	options := maps.Clone(r.Options)
	if v, ok := options["vocabulary"]; ok {
		options["vocabulary"] = len(v.(map[string]int))
	}
	return fmt.Sprintf("%s protocol %d functions %s pipeline %t sparse %t classes %s %v %v",
		r.Writer, r.Protocol, r.Functions, r.Pipeline, r.Sparse, r.Classes, options, r.Classifier)
}

func importPickles(pack *english.Pack, r pickled) (*model.Model, error) {
	paths := []string{r.Path + ".vectorizer", r.Path + ".classifier"}
	if r.Pipeline {
		paths = []string{r.Path + ".pipeline"}
	}
	files, err := importer.Files(paths...)
	if err != nil {
		return nil, err
	}
	p, err := importer.Read(files, importer.Options{Language: pack.Bytes(), Cleaner: uint32(clean.Original)})
	if err != nil {
		return nil, err
	}
	artifact, err := model.Build(p.Spec())
	if err != nil {
		return nil, err
	}
	return model.Parse(artifact)
}

func pick[T any](rng *rand.Rand, of ...T) T { return of[rng.IntN(len(of))] }

// randomRequest draws the corpus and every option.
func randomRequest(rng *rand.Rand, pack *english.Pack, highest int) pickled {
	r := pickled{
		Writer:   pick(rng, "pickle", "joblib", "joblib-zlib", "joblib-gzip", "joblib-bz2", "dill", "dill"),
		Protocol: 2 + rng.IntN(highest-1),
		Classes:  pick(rng, "int", "int", "bool", "str", "float"),
		Pipeline: pick(rng, true, false),
		Sparse:   rng.IntN(5) == 0,
		Options:  vectorizerOptions(rng),
		Classifier: map[string]any{
			"C":             pick(rng, 0.01, 1.0, 30.0),
			"fit_intercept": rng.IntN(4) > 0,
			"class_weight":  pick[any](rng, nil, "balanced"),
			"solver":        pick(rng, "lbfgs", "liblinear"),
		},
	}
	r.Functions = "name"
	if r.Writer == "dill" {
		r.Functions = pick(rng, "name", "lambda")
	}
	words := 5 + rng.IntN(120)
	for range 10 + rng.IntN(60) {
		r.Docs = append(r.Docs, features(pack, sentence(rng, words)))
		r.Labels = append(r.Labels, rng.IntN(2))
	}
	for range 40 {
		r.texts = append(r.texts, sentence(rng, words+words/4+1))
	}
	r.texts = append(r.texts, "", "unseen", strings.Repeat(r.texts[0]+" ", 200))
	for _, text := range r.texts {
		r.Test = append(r.Test, features(pack, text))
	}
	if rng.IntN(4) == 0 {
		r.Options["vocabulary"] = vocabulary(rng, r.Docs)
		r.Options["smooth_idf"] = true // otherwise the idf of what no document has is infinite
	}
	return r
}

func vectorizerOptions(rng *rand.Rand) map[string]any {
	least := 1 + rng.IntN(3)
	options := map[string]any{
		"ngram_range":  []int{least, least + rng.IntN(4)},
		"sublinear_tf": pick(rng, true, false),
		"smooth_idf":   pick(rng, true, false),
		"use_idf":      rng.IntN(4) > 0,
		"norm":         pick[any](rng, "l1", "l2", "l2", nil),
		"binary":       rng.IntN(4) == 0,
	}
	if rng.IntN(2) == 0 {
		options["max_features"] = 1 + rng.IntN(80)
	}
	if rng.IntN(2) == 0 {
		options["min_df"] = pick[any](rng, 2, 3, 0.05, 0.1)
	}
	if rng.IntN(2) == 0 {
		options["max_df"] = pick[any](rng, 0.5, 0.8, 30)
	}
	return options
}

// vocabulary fixes the indices of one- and two-word n-grams of the documents, some of their own making, in random
// order.
func vocabulary(rng *rand.Rand, docs [][]string) map[string]int {
	ngrams := []string{"neverseen", "never seen"}
	for _, doc := range docs {
		for i := range doc {
			ngrams = append(ngrams, strings.Join(doc[i:min(i+1+rng.IntN(2), len(doc))], " "))
		}
	}
	rng.Shuffle(len(ngrams), func(i, j int) { ngrams[i], ngrams[j] = ngrams[j], ngrams[i] })
	indices := map[string]int{}
	for _, ngram := range ngrams {
		if _, ok := indices[ngram]; !ok {
			indices[ngram] = len(indices)
		}
	}
	return indices
}

// sentence is a text of some of the first words of a vocabulary, common ones more often.
func sentence(rng *rand.Rand, words int) string {
	odd := []string{"don't", "it's", "http://example.org/x", "😀", "naïve", "“well”", "p<0.05", "5kg", "...", "İstanbul",
		"ΣΊΣΥΦΟΣ"}
	var text []string
	for range rng.IntN(25) {
		n := min(rng.IntN(words), rng.IntN(words))
		if n < len(odd) {
			text = append(text, odd[n])
		} else {
			text = append(text, fmt.Sprintf("%c%c%c", 'a'+n%26, 'a'+n/26%26, 'k'+n%7))
		}
	}
	return strings.Join(text, pick(rng, " ", " ", "  ", " and "))
}

// features are what the model's own tokenizer makes of a text, so that only what comes behind it is compared.
func features(pack *english.Pack, text string) []string {
	words := []string{}
	for _, token := range pack.AppendTokens(nil, clean.Original.Clean(text)) {
		if f := token.Feature(); f != "" {
			words = append(words, f)
		}
	}
	return words
}
