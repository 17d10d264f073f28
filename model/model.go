package model

import (
	"encoding/hex"
	"math"
	"runtime"
	"slices"
	"sync"

	"reddit-classifier/model/artifact"
	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
	"reddit-classifier/model/rich"
	"reddit-classifier/model/text/prepare"
)

// Model is an opened artifact. It is immutable and safe for concurrent use.
type Model struct {
	artifact   *artifact.Artifact
	manifest   *Manifest
	program    *prepare.Program // nil without preparation
	extractor  *features.Extractor
	classifier head.Classifier
	shape      head.Shape
	blocks     *rich.Blocks // nil without characters and style
	predictors sync.Pool
}

// Parse returns the model in the artifact b. The model uses b in place, so b must not change afterwards. The error is a
// [FormatError] or an [UnsupportedError].
func Parse(b []byte) (*Model, error) {
	a, err := artifact.Parse(b)
	if err != nil {
		return nil, err
	}
	return open(a)
}

func open(a *artifact.Artifact) (*Model, error) {
	m := &Model{artifact: a}
	if err := m.checkSections(); err != nil {
		return nil, err
	}
	var err error
	if m.manifest, err = decodeManifest(m.section("manifest")); err != nil {
		return nil, err
	}
	if b := m.section("prepare"); b != nil {
		if m.program, err = prepare.Parse(b); err != nil {
			return nil, artifact.FormatErrorf("the preparation: %v", err)
		}
	}
	if m.extractor, err = features.Open(a.Section); err != nil {
		return nil, err
	}
	if err := m.openClassifier(); err != nil {
		return nil, err
	}
	if m.blocks, err = rich.Open(m.section); err != nil {
		return nil, err
	}
	if linear, ok := m.classifier.(*head.Linear); m.blocks != nil && (!ok || linear.Outputs != 1) {
		return nil, artifact.UnsupportedErrorf("characters and style go with a linear classifier of two classes alone")
	}
	m.predictors.New = func() any { return &predictor{features: m.extractor.NewScratch()} }
	return m, nil
}

// openClassifier opens the classifier. The coefficients of a linear one after idf are in the section weights.
func (m *Model) openClassifier() (err error) {
	width := m.extractor.Features()
	if !m.extractor.SharesIDF() {
		m.classifier, err = head.Open(m.section("head"), m.section("head.num"), width)
	} else if m.classifier, err = head.Open(m.section("head"), m.section("head.num"), 0); err == nil {
		err = m.shareWeights(width)
	}
	if err != nil {
		return artifact.FormatErrorf("the classifier: %v", err)
	}
	m.shape = m.classifier.Shape()
	if n := len(m.manifest.Classes); n != m.shape.Classes {
		return artifact.FormatErrorf("%d names for %d classes", n, m.shape.Classes)
	}
	return nil
}

func (m *Model) shareWeights(width int) error {
	weights := artifact.Floats(m.section("weights"))
	linear, ok := m.classifier.(*head.Linear)
	if !ok || len(weights) != width*(1+linear.Outputs) || !artifact.AreWeights(weights) {
		return artifact.FormatErrorf("%d weights for %d features, or one that is not a finite number", len(weights), width)
	}
	linear.Coef, linear.Stride, linear.Offset = weights, 1+linear.Outputs, 1
	return m.extractor.UseWeights(weights, linear.Stride)
}

// knownSections are the sections that this program reads. All but the vectorizers' have block 0.
var knownSections = []string{
	"manifest",
	"vector",
	"words.ix",
	"words",
	"filter",
	"ngram.ix",
	"ngrams",
	"names",
	"idf",
	"lexicon",
	"language",
	"pattern",
	"steps",
	"steps.f8",
	"head",
	"head.num",
	"weights",
	"prepare",
	"parity",
	"char.set",
	"letters",
	"chars",
	"style",
}

// vectorizerSections is how many of knownSections, after the first, can exist for each vectorizer.
const vectorizerSections = 12

// checkSections returns an error for an unknown section that would change predictions.
func (m *Model) checkSections() error {
	seen := make(map[sectionKey]bool, len(m.artifact.Sections))
	for _, s := range m.artifact.Sections {
		i := slices.Index(knownSections, s.Name)
		isKnown := i >= 0 && s.Block == 0 || 0 < i && i < vectorizerSections && m.artifact.Section("vector", s.Block) != nil
		if !isKnown && s.Required {
			return artifact.UnsupportedErrorf(
				"the artifact needs the section %q (block %d), which this program does not know",
				s.Name,
				s.Block,
			)
		}
		if seen[sectionKey{s.Name, s.Block}] {
			return artifact.FormatErrorf("the section %q is there twice", s.Name)
		}
		seen[sectionKey{s.Name, s.Block}] = true
	}
	return nil
}

type sectionKey struct {
	name  string
	block uint32
}

// section returns the bytes of a section of block 0, or nil if there is none.
func (m *Model) section(name string) []byte { return m.artifact.Section(name, 0) }

// Name returns the name in the manifest.
func (m *Model) Name() string { return m.manifest.Name }

// Version returns the version in the manifest, or the first 12 digits of the digest if it has none.
func (m *Model) Version() string {
	if m.manifest.Version != "" {
		return m.manifest.Version
	}
	return m.Digest()[:12]
}

// Digest returns the SHA-256 digest of the artifact as 64 lower-case hex digits. A signature does not change it. It is
// the digest that the artifact states; [Model.Verify] recomputes it.
func (m *Model) Digest() string {
	defer runtime.KeepAlive(m)
	digest := m.artifact.Digest()
	return hex.EncodeToString(digest[:])
}

// Manifest returns a copy of the manifest.
func (m *Model) Manifest() Manifest {
	defer runtime.KeepAlive(m)
	manifest, _ := decodeManifest(m.section("manifest")) // Parse has read it before
	return *manifest
}

// Classes returns the classes in the order of the probabilities, which is that of scikit-learn's classes_. For a
// multilabel model it returns the labels.
func (m *Model) Classes() []head.Class { return slices.Clone(m.manifest.Classes) }

// Names returns the names of the classes for people, in the order of [Model.Classes]: the artifact's labels, or the
// classes as Python's str prints them.
func (m *Model) Names() []string {
	if labels := m.manifest.Labels; len(labels) == m.shape.Classes {
		return slices.Clone(labels)
	}
	names := make([]string, m.shape.Classes)
	for i, class := range m.manifest.Classes {
		names[i] = class.Text
	}
	return names
}

// HasProba reports whether the model has probabilities.
func (m *Model) HasProba() bool { return m.shape.Proba }

// HasDecision reports whether the model has a decision function.
func (m *Model) HasDecision() bool { return m.shape.Decision > 0 }

// IsMultilabel reports whether the model predicts any number of labels for a text instead of one class.
func (m *Model) IsMultilabel() bool { return m.shape.Multilabel }

// Threshold returns the probability from which on a model of two classes predicts the second one: the artifact's
// threshold, or 0.5 if it has none. It is NaN for models of other classes or without probabilities.
func (m *Model) Threshold() float64 {
	switch {
	case m.shape.Classes != 2 || !m.shape.Proba || m.shape.Multilabel:
		return math.NaN()
	case m.HasThreshold():
		return m.manifest.Threshold
	}
	return 0.5
}

// HasThreshold reports whether the artifact has a threshold, so that probabilities decide between its two classes.
func (m *Model) HasThreshold() bool {
	return isThreshold(m.manifest.Threshold) && m.shape.Classes == 2 && m.shape.Proba && !m.shape.Multilabel
}

func isThreshold(t float64) bool { return t > 0 && t < 1 }

// Preparation describes the steps that change a text before anything else, one line each. It is empty if there are
// none.
func (m *Model) Preparation() []string {
	if m.program == nil {
		return nil
	}
	return m.program.Describe()
}
