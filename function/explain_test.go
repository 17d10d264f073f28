package function_test

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"reddit-classifier/function"
)

func TestExplain(t *testing.T) {
	f := start(t, func(c *function.Config) { c.Explain = 3 })
	out, err := f.HandleEvent(context.Background(), question(asJSON, `{"data":{"ndarray":["This is an input","x \"y\""]},"meta":{"tags":{"a":1},"puid":"p"}}`))
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
	if answer.Meta.Puid != "p" || tags.A != 1 || len(tags.Explain) != 2 || len(tags.Explain[0].Ngrams) == 0 || len(tags.Explain[0].Ngrams) > 3 {
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

func TestModels(t *testing.T) {
	for _, tt := range []struct {
		name string
		set  func(*function.Config)
	}{
		{"MODEL_PATH", func(c *function.Config) { c.ModelPath = "no-such.model" }},
		{"MODEL_PATH", func(c *function.Config) { c.ModelPath = "config.go" }},
		{"MODEL_PUBLIC_KEY", func(c *function.Config) { c.ModelKey = "nonsense" }},
		{"MODEL_PUBLIC_KEY", func(c *function.Config) { c.ModelKey = strings.Repeat("ab", 32) }}, // the embedded model is not signed with it
	} {
		c := function.Defaults()
		tt.set(&c)
		err := function.NewWith(c).Start(context.Background(), nil)
		if err == nil || !strings.Contains(err.Error(), tt.name) {
			t.Errorf("%s: the error is %v", tt.name, err)
		}
	}
}
