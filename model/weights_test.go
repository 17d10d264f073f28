package model

import (
	"slices"
	"testing"

	"reddit-classifier/model/artifact"
	"reddit-classifier/model/head"
)

// TestSharedWeights has a classifier whose coefficients stand among others: in the artifact, beside idf, they are its
// own.
func TestSharedWeights(t *testing.T) {
	plain := smallSpec(t)
	coef := plain.Classifier.(*head.Linear).Coef
	among := smallSpec(t)
	linear := *among.Classifier.(*head.Linear)
	linear.Coef, linear.Stride, linear.Offset = nil, 3, 1
	for _, c := range coef {
		linear.Coef = append(linear.Coef, 17, c, -17)
	}
	among.Classifier = &linear
	want, err := Build(plain)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Build(among)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Error("the artifacts differ")
	}
}

// TestOwnIDF has a classifier that does not share its weights with idf: idf has a section of its own.
func TestOwnIDF(t *testing.T) {
	shared := smallSpec(t)
	own := smallSpec(t)
	own.Classifier = &head.Voting{Members: []head.Classifier{own.Classifier}, Soft: true}
	a, b := parseSpec(t, shared), parseSpec(t, own)
	if a.artifact.Section("idf", 0) != nil || a.artifact.Section("weights", 0) == nil ||
		len(b.artifact.Section("idf", 0)) != 8*9 || b.artifact.Section("weights", 0) != nil {
		t.Errorf("idf is not where it should be: %d and %d bytes", len(a.artifact.Section("idf", 0)),
			len(b.artifact.Section("idf", 0)))
	}
	for _, text := range []string{"The science is fun", "why be there?", ""} {
		if p, q := a.PredictProba(text), b.PredictProba(text); p != q {
			t.Errorf("%q: %v and %v", text, p, q)
		}
	}
}

func parseSpec(t *testing.T, spec Spec) *Model {
	t.Helper()
	b, err := Build(spec)
	if err != nil {
		t.Fatal(err)
	}
	return mustParse(t, b)
}

// TestKnownBlocks has a required section of each name: in a second block only those of a second vectorizer are known.
func TestKnownBlocks(t *testing.T) {
	a, err := artifact.Parse(smallArtifact(t))
	if err != nil {
		t.Fatal(err)
	}
	m := &Model{}
	for i, name := range knownSections {
		isVectorizers := i >= 1 && i < vectorizerSections
		for _, vectors := range []bool{false, true} {
			sections := []artifact.Section{{Name: name, Block: 1, Required: true, Data: []byte{0}}}
			if vectors && name != "vector" {
				sections = append(sections, artifact.Section{Name: "vector", Block: 1, Data: []byte{0}})
			}
			m.artifact, err = artifact.Parse(artifact.Encode(append(slices.Clone(a.Sections), sections...)))
			if err != nil {
				t.Fatal(err)
			}
			want := isVectorizers && (vectors || name == "vector")
			if err := m.checkSections(); (err == nil) != want {
				t.Errorf("%s in block 1, with a vectorizer there %v: %v", name, vectors, err)
			}
		}
	}
	if knownSections[1] != "vector" || knownSections[vectorizerSections-1] != "pattern" {
		t.Errorf("the sections of vectorizers are %v", knownSections[1:vectorizerSections])
	}
}

func TestHas(t *testing.T) {
	spec := smallSpec(t)
	if m := parseSpec(t, spec); !m.HasProba() || !m.HasDecision() || m.IsMultilabel() {
		t.Errorf("logistic regression: %v %v %v", m.HasProba(), m.HasDecision(), m.IsMultilabel())
	}
	linear := *spec.Classifier.(*head.Linear)
	linear.Link = head.LinkNone
	spec.Classifier = &linear
	if m := parseSpec(t, spec); m.HasProba() || !m.HasDecision() {
		t.Errorf("a linear SVM: %v %v", m.HasProba(), m.HasDecision())
	}
	spec.Classifier = &head.Voting{Members: []head.Classifier{&linear}}
	if m := parseSpec(t, spec); m.HasProba() || m.HasDecision() {
		t.Errorf("hard voting: %v %v", m.HasProba(), m.HasDecision())
	}
}

// TestDecide: of two classes the second is predicted from the threshold on, without one if it is the more probable.
func TestDecide(t *testing.T) {
	for threshold, want := range map[float64][4]int{0: {0, 0, 1, 1}, 0.3: {0, 1, 1, 1}, 0.7: {0, 0, 0, 1}} {
		spec := smallSpec(t)
		spec.Threshold = threshold
		m := parseSpec(t, spec)
		for i, p := range []float64{0.2, 0.5, 0.6, 0.9} {
			if got := m.Decide([2]float64{1 - p, p}); got != want[i] {
				t.Errorf("threshold %v: of %v class %d is predicted", threshold, p, got)
			}
		}
		if threshold > 0 && m.Decide([2]float64{1 - threshold, threshold}) != 1 {
			t.Errorf("threshold %v itself is not enough", threshold)
		}
	}
}
