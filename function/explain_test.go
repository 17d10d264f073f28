package function_test

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"reddit-classifier/function"
)

func TestExplain(t *testing.T) {
	f := start(t, func(c *function.Config) { c.Explain = 3 })
	out, err := f.HandleEvent(context.Background(), question(asJSON,
		`{"data":{"ndarray":["This is an input","x \"y\""]},"meta":{"tags":{"a":1},"puid":"p"}}`))
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Meta struct {
			Puid string
			Tags struct {
				A       int
				Explain []struct {
					Intercept float64
					Ngrams    [][2]any
				}
			}
		}
	}
	if err := json.Unmarshal(out.Data(), &answer); err != nil {
		t.Fatal(err, string(out.Data()))
	}
	tags := answer.Meta.Tags
	if answer.Meta.Puid != "p" || tags.A != 1 || len(tags.Explain) != 2 || len(tags.Explain[0].Ngrams) == 0 ||
		len(tags.Explain[0].Ngrams) > 3 {
		t.Fatalf("answered %s", out.Data())
	}
	last := math.Inf(1)
	for _, n := range tags.Explain[0].Ngrams {
		weight := math.Abs(n[1].(float64))
		if weight > last {
			t.Errorf("not the strongest first: %s", out.Data())
		}
		last = weight
	}
}

// TestLabels has the answers that LABELS and EXPLAIN ask for, byte by byte; without, TestKafkaDelivery has the
// original's.
func TestLabels(t *testing.T) {
	const own = `"threshold":0.5,"classes":["0","1"],"labels":["0","0"]`
	for _, test := range []struct{ meta, want string }{
		{``, `{"tags":{` + own + `}}`},
		{`,"meta":{"tags":{},"puid":"p"}`, `{"tags":{` + own + `},"puid":"p"}`},
		{`,"meta":{"tags":{"a": 1}}`, `{"tags":{"a":1,` + own + `}}`},
	} {
		f := start(t, func(c *function.Config) { c.ModelPath, c.Labels = "original", true })
		out, err := f.HandleEvent(context.Background(), question(asJSON,
			`{"data":{"ndarray":["This is an input",""]}`+test.meta+`}`))
		if err != nil {
			t.Fatal(err)
		}
		if _, meta, _ := strings.Cut(string(out.Data()), `"meta":`); meta != test.want+"}" {
			t.Errorf("%s: %s, want %s", test.meta, meta, test.want)
		}
	}
	f := start(t, func(c *function.Config) { c.Labels, c.Explain = true, 1 })
	out, err := f.HandleEvent(context.Background(), question(asJSON,
		`{"data":{"ndarray":["Is there a link to the full study? How large was the sample?","lol no way"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Meta struct {
			Tags struct {
				Threshold       float64
				Classes, Labels []string
				Explain         []any
			}
		}
	}
	if err := json.Unmarshal(out.Data(), &answer); err != nil {
		t.Fatal(err, string(out.Data()))
	}
	tags := answer.Meta.Tags
	if tags.Threshold <= 0 || tags.Threshold >= 0.5 || !slices.Equal(tags.Classes, []string{"kept", "removed"}) ||
		!slices.Equal(tags.Labels, []string{"kept", "removed"}) || len(tags.Explain) != 2 {
		t.Errorf("answered %s", out.Data())
	}
}

// TestOwnTags: of a name that both have, the answer's own member stands, once; all else the question has is repeated as
// it is.
func TestOwnTags(t *testing.T) {
	const own = `"threshold":0.5,"classes":["0","1"],"labels":["0"]`
	for _, test := range []struct {
		tags    string
		explain int
		want    string
	}{
		{`{"threshold":1, "classes":[] ,"lab\u0065ls":{"labels":2}}`, 0, `{` + own + `}`},
		{`{"a":{"labels":[1, 2]},"labels":"labels","b":"thr\u0065shold","explain":"kept"}`, 0,
			`{"a":{"labels":[1,2]},"b":"thr\u0065shold","explain":"kept",` + own + `}`},
		{`{"explain":1,"expl\u0061in":2,"Labels":3}`, 1, `{"Labels":3,` + own + `,"explain":[{"intercept":`},
	} {
		f := start(t, func(c *function.Config) { c.ModelPath, c.Labels, c.Explain = "original", true, test.explain })
		out, err := f.HandleEvent(context.Background(), question(asJSON,
			`{"meta":{"tags":`+test.tags+`},"strData":"This is an input"}`))
		if err != nil {
			t.Fatal(err)
		}
		if _, tags, _ := strings.Cut(string(out.Data()), `"tags":`); !strings.HasPrefix(tags, test.want) ||
			!json.Valid(out.Data()) {
			t.Errorf("%s: %s, want %s", test.tags, tags, test.want)
		}
	}
}

func TestModels(t *testing.T) {
	for _, tt := range []struct {
		name string
		set  func(*function.Config)
	}{
		{"MODEL_PATH", func(c *function.Config) { c.ModelPath = "no-such.model" }},
		{"MODEL_PATH", func(c *function.Config) { c.ModelPath = "config.go" }},
		{"MODEL_PUBLIC_KEY", func(c *function.Config) { c.ModelKey = "nonsense" }},
		// the embedded model is not signed with it
		{"MODEL_PUBLIC_KEY", func(c *function.Config) { c.ModelKey = strings.Repeat("ab", 32) }},
	} {
		c := function.Defaults()
		tt.set(&c)
		err := function.NewWith(c).Start(context.Background(), nil)
		if err == nil || !strings.Contains(err.Error(), tt.name) {
			t.Errorf("%s: the error is %v", tt.name, err)
		}
	}
}
