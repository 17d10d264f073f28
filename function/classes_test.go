package function_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reddit-classifier/function"
	"reddit-classifier/model"
	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
)

// artifact returns the path of a model that counts the words aa, bb and cc.
func artifact(t *testing.T, c head.Classifier, classes ...string) string {
	t.Helper()
	return artifactOf(t, model.Manifest{}, c, classes...)
}

// artifactOf is artifact with a manifest.
func artifactOf(t *testing.T, m model.Manifest, c head.Classifier, classes ...string) string {
	t.Helper()
	spec := model.Spec{
		Manifest:    m,
		Vectorizers: []features.Vectorizer{{NGramMin: 1, NGramMax: 1, Vocabulary: []string{"aa", "bb", "cc"}, Weight: 1}},
		Classifier:  c,
	}
	for _, name := range classes {
		spec.Classes = append(spec.Classes, head.Class{Kind: head.ClassString, Text: name})
	}
	b, err := model.Build(spec)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "model")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// linear has one output for each class: the count of its word.
func linear(link head.Link, multilabel bool) *head.Linear {
	return &head.Linear{Coef: []float64{1, 0, 0, 0, 1, 0, 0, 0, 1}, Stride: 3, Outputs: 3, Intercept: []float64{0, 0, 0},
		Link: link, Multilabel: multilabel}
}

// TestClasses has the answers of models of other classes than two, and of other methods than predict_proba, byte by
// byte.
func TestClasses(t *testing.T) {
	binary := &head.Linear{Coef: []float64{1, -1, 0}, Stride: 1, Outputs: 1, Intercept: []float64{0.5},
		Link: head.LinkNone}
	three := artifact(t, linear(head.LinkSoftmax, false), "x", "y", `z"`)
	decides := artifact(t, linear(head.LinkNone, false), "x", "y", "z")
	one := artifact(t, binary, "x", "y")
	several := artifact(t, linear(head.LinkLogistic, true), "x", "y", "z")
	pair := &head.Linear{Coef: []float64{1, 0, 0, 1, 0, 0}, Stride: 2, Outputs: 2, Intercept: []float64{0, 0},
		Multilabel: true}
	two := artifact(t, pair, "x", "y")
	votes := artifact(t, &head.Voting{Members: []head.Classifier{linear(head.LinkSoftmax, false)}}, "x", "y", "z")
	const third, most, least = "0.3333333333333333", "0.5761168847658291", "0.21194155761708544"
	const seldonRequest, serveRequest = `{"data":{"ndarray":["bb","none"]}}`, `{"instances":["bb","none"]}`
	const openRequest = `{"inputs":[{"name":"x","datatype":"BYTES","shape":[2],"data":["bb","none"]}]}`
	for _, tt := range []struct {
		name, model, request, want string
		set                        func(*function.Config)
	}{
		{"three", three, seldonRequest, `{"data":{"names":["t:0","t:1","t:2"],"ndarray":[[` + least + "," + most + "," +
			least + "],[" + third + "," + third + "," + third + `]]},"meta":{}}`, nil},
		{"three to KServe", three, serveRequest, `{"predictions":[[` + least + "," + most + "," + least + "],[" + third +
			"," + third + "," + third + `]]}`, nil},
		{"three to Open Inference", three, openRequest,
			`"outputs":[{"name":"proba","datatype":"FP64","shape":[2,3],"data":[` + least + "," + most + "," + least + "," + third + "," + third + "," + third + `]}]}`, nil},
		{"three with labels", three, seldonRequest, `"meta":{"tags":{"classes":["x","y","z\""],"labels":["y","x"]}}}`,
			func(c *function.Config) { c.Labels = true }},
		{"three explained", three, `{"strData":"bb"}`,
			`"meta":{"tags":{"explain":[{"class":"y","intercept":0.0,"ngrams":[["bb",1.0]]}]}}}`,
			func(c *function.Config) { c.Explain = 5 }},
		{"two labels explained", two, `{"strData":"bb"}`,
			`"explain":[{"class":"y","intercept":0.0,"ngrams":[["bb",1.0]]}]}}}`, func(c *function.Config) { c.Explain = 5 }},
		{"decision function of three", decides, seldonRequest,
			`{"data":{"names":["t:0","t:1","t:2"],"ndarray":[[0.0,1.0,0.0],[0.0,0.0,0.0]]},"meta":{"tags":{"method":"decision_function"}}}`, nil},
		{"decision function of two", one, seldonRequest,
			`{"data":{"names":["t:0"],"ndarray":[[-0.5],[0.5]]},"meta":{"tags":{"method":"decision_function"}}}`, nil},
		{"decision function of two with labels", one, seldonRequest,
			`"meta":{"tags":{"method":"decision_function","classes":["x","y"],"labels":["x","y"]}}}`,
			func(c *function.Config) { c.Labels = true }},
		{"decision function and other tags", one, `{"strData":"bb","meta":{"tags":{"method":"mine","threshold":1}}}`,
			`"meta":{"tags":{"threshold":1,"method":"decision_function"}}}`, nil},
		{"decision function to KServe", one, serveRequest, `{"predictions":[[-0.5],[0.5]]}`, nil},
		{"decision function to Open Inference", one, openRequest,
			`"outputs":[{"name":"decision","datatype":"FP64","shape":[2,1],"data":[-0.5,0.5]}]}`, nil},
		{"labels alone", votes, seldonRequest,
			`{"data":{"names":["t:0"],"ndarray":[["y"],["x"]]},"meta":{"tags":{"method":"predict"}}}`, nil},
		{"labels alone to Open Inference", votes, openRequest,
			`"outputs":[{"name":"label","datatype":"BYTES","shape":[2,1],"data":["y","x"]}]}`, nil},
		{"several labels", several, `{"data":{"ndarray":["aa cc","bb"]}}`,
			`{"data":{"names":["t:0","t:1","t:2"],"ndarray":[[0.7310585786300049,0.5,0.7310585786300049],[0.5,0.7310585786300049,0.5]]},"meta":{"tags":{"classes":["x","y","z"],"labels":[["x","z"],["y"]]}}}`, func(c *function.Config) { c.Labels = true }},
	} {
		f := start(t, func(c *function.Config) { c.ModelPath = tt.model }, func(c *function.Config) {
			if tt.set != nil {
				tt.set(c)
			}
		})
		for range 2 { // the second time on buffers that have served
			out, err := f.HandleEvent(context.Background(), question(asJSON, tt.request))
			if err != nil {
				t.Fatal(tt.name, err)
			}
			if got := string(out.Data()); !strings.HasSuffix(got, tt.want) {
				t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
			}
		}
	}
}

// TestThreshold: the setting overrules a model's own, and is refused for a model that cannot have one.
func TestThreshold(t *testing.T) {
	for threshold, want := range map[string]string{
		"": `"threshold":0.5,"classes":["0","1"],"labels":["0"]`, "0.3": `"threshold":0.3,"classes":["0","1"],"labels":["1"]`,
		"0":                   `"threshold":0.0,"classes":["0","1"],"labels":["1"]`,
		"0.31588374159303106": `"threshold":0.31588374159303106,"classes":["0","1"],"labels":["1"]`,
		"0.3158837415930311":  `"threshold":0.3158837415930311,"classes":["0","1"],"labels":["0"]`,
	} {
		f := start(t, func(c *function.Config) { c.ModelPath, c.Labels, c.Threshold = "original", true, threshold })
		out, err := f.HandleEvent(context.Background(), question(asJSON, `{"strData":"This is an input"}`))
		if err != nil || !strings.HasSuffix(string(out.Data()), `"meta":{"tags":{`+want+`}}}`) {
			t.Errorf("%s: %s, %v", threshold, out.Data(), err)
		}
	}
	three := artifact(t, linear(head.LinkSoftmax, false), "x", "y", "z")
	votes := artifact(t, &head.Voting{Members: []head.Classifier{linear(head.LinkSoftmax, false)}}, "x", "y", "z")
	for setting, set := range map[string]func(*function.Config){
		"THRESHOLD": func(c *function.Config) { c.ModelPath, c.Threshold = three, "0.5" },
		"EXPLAIN":   func(c *function.Config) { c.ModelPath, c.Explain = votes, 1 },
	} {
		c := function.Defaults()
		set(&c)
		if err := function.NewWith(c).Start(context.Background(), nil); err == nil ||
			!strings.Contains(err.Error(), setting) {
			t.Errorf("%s: %v", setting, err)
		}
	}
}
