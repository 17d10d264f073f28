package model

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"reddit-classifier/model/artifact"
	"reddit-classifier/model/head"
	"reddit-classifier/model/text/prepare"
)

// TestSpecs has models of every kind of stage answer what their stages answer one by one, in every way of asking, and
// again once they are opened anew.
func TestSpecs(t *testing.T) {
	texts := append(syntheticComments(t)[:60], "", "The science\x00 of mice", strings.Repeat("word ", 3000))
	for name, spec := range specs(t, texts[:60]) {
		t.Run(name, func(t *testing.T) {
			spec.Parity = texts[:3]
			b, err := Build(spec)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Build(spec)
			if err != nil || !bytes.Equal(b, again) {
				t.Fatal("the same spec gives other bytes: ", err)
			}
			m := mustParse(t, b)
			if n, err := m.Verify(); n != 3 || err != nil {
				t.Errorf("Verify: %d, %v", n, err)
			}
			for _, text := range texts {
				checkAnswers(t, m, spec, text)
			}
		})
	}
}

func checkAnswers(t *testing.T, m *Model, spec Spec, text string) {
	t.Helper()
	prepared := text
	if spec.Prepare != nil {
		program, err := prepare.Parse(spec.Prepare)
		if err != nil {
			t.Fatal(err)
		}
		prepared = string(program.AppendPrepared(nil, text))
	}
	var want head.Prediction
	spec.Classifier.Predict(m.extractor.Vector(prepared, m.extractor.NewScratch()), &head.Scratch{}, &want)
	if spec.Threshold != 0 {
		want.Label = 0
		if want.Proba[1] >= spec.Threshold {
			want.Label = 1
		}
	}
	var p head.Prediction
	m.Predict(text, &p)
	if !slices.Equal(p.Proba, want.Proba) || !slices.Equal(p.Decision, want.Decision) || p.Label != want.Label {
		t.Fatalf("%.60q: %+v, want %+v", text, p, want)
	}
	if !slices.Equal(m.AppendProba(nil, text), p.Proba) || !slices.Equal(m.AppendDecision(nil, text), p.Decision) ||
		m.Label(text) != p.Label ||
		!slices.Equal(m.AppendLabels(nil, text), []int{p.Label}) {
		t.Fatalf("%.60q: the ways of asking differ", text)
	}
	two := m.PredictProba(text)
	if len(p.Proba) == 2 && !slices.Equal(two[:], p.Proba) ||
		len(p.Proba) != 2 && !(math.IsNaN(two[0]) && math.IsNaN(two[1])) {
		t.Fatalf("%.60q: PredictProba is %v, want %v", text, two, p.Proba)
	}
	checkExplanation(t, m, text, &p)
}

// checkExplanation has the contributions add up to the decision value of the class.
func checkExplanation(t *testing.T, m *Model, text string, p *head.Prediction) {
	t.Helper()
	e, err := m.Explain(text, -1)
	if err != nil {
		if !strings.Contains(err.Error(), "TruncatedSVD") || m.artifact.Section("steps", 0) == nil {
			t.Fatal(err)
		}
		return
	}
	sum := e.Intercept
	for _, c := range e.Top {
		sum += c.Value
		if c.NGram == "" {
			t.Fatalf("%.60q: a contribution without a name: %+v", text, e.Top)
		}
	}
	decision := p.Decision[0]
	if len(p.Decision) > 1 {
		decision = p.Decision[p.Label]
		if e.Class != p.Label {
			t.Fatalf("class %d is explained, %d predicted", e.Class, p.Label)
		}
	}
	if math.Abs(sum-decision) > 1e-11*max(1, math.Abs(decision)) {
		t.Fatalf("%.60q: contributions add up to %v, the decision value is %v", text, sum, decision)
	}
}

// TestSpecsConcurrently predicts in many goroutines at once; run it with -race.
func TestSpecsConcurrently(t *testing.T) {
	texts := syntheticComments(t)[:40]
	for name, spec := range specs(t, texts) {
		b, err := Build(spec)
		if err != nil {
			t.Fatal(err)
		}
		m := mustParse(t, b)
		var want [][]float64
		for _, text := range texts {
			want = append(want, m.AppendProba(nil, text))
		}
		var group sync.WaitGroup
		for g := range 4 {
			group.Go(func() {
				for i := range texts {
					i = (i*7 + g*11) % len(texts)
					if got := m.AppendProba(nil, texts[i]); !slices.Equal(got, want[i]) {
						t.Errorf("%s: %v, want %v", name, got, want[i])
					}
				}
			})
		}
		group.Wait()
	}
}

// TestCompare has every kind of difference found.
func TestCompare(t *testing.T) {
	m := mustParse(t, smallArtifact(t))
	own := m.Answer("The science is fun")
	if difference, same := m.Compare(own); difference != 0 || !same {
		t.Errorf("%v, %v", difference, same)
	}
	one, float := head.Class{Kind: head.ClassNumber, Text: "1"}, head.Class{Kind: head.ClassNumber, Text: "1.0"}
	if !sameClass(one, float) || !sameClass(one, head.Class{Kind: head.ClassBool, Text: "True"}) ||
		sameClass(one, head.Class{Kind: head.ClassString, Text: "1"}) ||
		sameClass(one, head.Class{Kind: head.ClassNumber, Text: "2"}) {
		t.Error("names of classes are not compared as Python does")
	}
	for name, change := range map[string]func(v *Vector){
		"proba":        func(v *Vector) { v.Proba = []float64{v.Proba[0] + 1e-9, v.Proba[1]} },
		"decision":     func(v *Vector) { v.Decision = []float64{v.Decision[0] * 1.001} },
		"none":         func(v *Vector) { v.Decision = []float64{math.NaN()} },
		"three":        func(v *Vector) { v.Proba = append(slices.Clone(v.Proba), 0) },
		"label":        func(v *Vector) { v.Label = &m.manifest.Classes[1-slices.Index(m.manifest.Classes, *v.Label)] },
		"a multilabel": func(v *Vector) { v.Labels = []head.Class{*v.Label} },
	} {
		v := m.Answer("The science is fun")
		change(&v)
		if difference, same := m.Compare(v); same && difference <= Tolerance {
			t.Errorf("%s: no difference is found", name)
		}
	}
}

// TestVectors has answers from elsewhere travel with the artifact, and Verify find one that is not the model's.
func TestVectors(t *testing.T) {
	spec := smallSpec(t)
	m := mustParse(t, smallArtifact(t))
	good := m.Answer("science")
	spec.Vectors = []Vector{{Text: good.Text, Proba: good.Proba}, {Text: good.Text, Label: good.Label}}
	build := func() *Model {
		b, err := Build(spec)
		if err != nil {
			t.Fatal(err)
		}
		return mustParse(t, b)
	}
	if n, err := build().Verify(); n != 4 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	spec.Vectors = append(spec.Vectors, Vector{Text: good.Text, Decision: []float64{good.Decision[0] + 1e-6}})
	if _, err := build().Verify(); err == nil || !strings.Contains(err.Error(), "parity vector 2") {
		t.Error(err)
	}
}

// TestUnknownBlocks has a required section of a vectorizer that there is not be refused.
func TestUnknownBlocks(t *testing.T) {
	a, err := artifact.Parse(smallArtifact(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []artifact.Section{{Name: "names", Block: 1, Required: true},
		{Name: "head", Block: 1, Required: true}, {Name: "new", Required: true}} {
		if m, err := Parse(artifact.Encode(append(slices.Clone(a.Sections), s))); m != nil || !isRefusal(err) {
			t.Errorf("%s %d: %v", s.Name, s.Block, err)
		}
	}
	if _, err := Parse(artifact.Encode(append(slices.Clone(a.Sections), artifact.Section{Name: "new"}))); err != nil {
		t.Error("a section that nobody needs: ", err)
	}
}

// TestOnlyVectorizer has an artifact refused in which one vectorizer of several shares its idf with a classifier, or
// counts backwards.
func TestOnlyVectorizer(t *testing.T) {
	b, err := Build(specs(t, syntheticComments(t)[:5])["union"])
	if err != nil {
		t.Fatal(err)
	}
	for block := range uint32(3) {
		for _, flag := range []byte{1024 >> 8, 8} {
			changed := rebuilt(t, b, func(s *artifact.Section) {
				switch {
				case s.Name != "vector" || s.Block != block:
				case flag == 8:
					s.Data[4] |= flag
				default:
					s.Data[5] |= flag
				}
			})
			if m, err := Parse(changed); m != nil || !isRefusal(err) || !strings.Contains(err.Error(), "the only one") {
				t.Errorf("vectorizer %d, flag %d: %v", block, flag, err)
			}
		}
	}
}

// FuzzSpecs changes bytes of artifacts of every kind and puts the checksum right: an error and nil, or a model whose
// every call is safe.
func FuzzSpecs(f *testing.F) {
	var artifacts [][]byte
	texts := syntheticComments(f)[:5]
	all := specs(f, texts)
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range all {
			if !yield(name) {
				return
			}
		}
	}) {
		b, err := Build(all[name])
		if err != nil {
			f.Fatal(err)
		}
		artifacts = append(artifacts, b)
		a, err := artifact.Parse(b)
		if err != nil {
			f.Fatal(err)
		}
		at := len(b)
		for i := len(a.Sections) - 1; i >= 0; i-- { // somewhere in each section
			at -= len(a.Sections[i].Data)
			f.Add(byte(len(artifacts)-1), uint32(at+len(a.Sections[i].Data)/3), byte(0xff), texts[0])
			f.Add(byte(len(artifacts)-1), uint32(at), byte(1), "Σ\x00 "+strings.Repeat("a", 600))
			at &^= 63
		}
	}
	f.Fuzz(func(t *testing.T, which byte, at uint32, with byte, text string) {
		b := bytes.Clone(artifacts[int(which)%len(artifacts)])
		b[int(at)%len(b)] ^= with
		m, err := Parse(reseal(b))
		if err != nil {
			if m != nil || !isRefusal(err) {
				t.Fatalf("%v, %v", m, err)
			}
			return
		}
		var p head.Prediction
		m.Predict(text, &p)
		for _, v := range append(p.Proba, p.Decision...) {
			if math.IsNaN(v) {
				t.Fatalf("%+v", p)
			}
		}
		if p.Label < 0 || p.Label >= len(m.Classes()) {
			t.Fatalf("%+v", p)
		}
		m.Explain(text, 3)
		m.Verify()
		m.Preparation()
		if _, err := json.Marshal(m.Manifest()); err != nil {
			t.Fatal(err)
		}
	})
}
