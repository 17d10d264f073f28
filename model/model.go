package model

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"runtime"
	"sync"

	"reddit-classifier/model/clean"
	"reddit-classifier/model/english"
)

// Model predicts from one artifact. It is immutable and safe for any number of goroutines.
type Model struct {
	artifact []byte
	sections []section
	manifest *Manifest
	pack     *english.Pack
	cleaner  clean.Mode
	softmax  bool

	intercept float64
	words     *wordTables
	blocks    *blocks // nil when there are words alone
	scratch   sync.Pool
	memo      func() *memo // made when first needed
}

// Parse returns the model in the artifact b, which it keeps and uses in place: b must not change afterwards. The error is a
// FormatError or an UnsupportedError.
func Parse(b []byte) (*Model, error) {
	sections, err := decodeContainer(b)
	if err != nil {
		return nil, err
	}
	m := &Model{artifact: b, sections: sections}
	if err := m.checkSections(); err != nil {
		return nil, err
	}
	if m.manifest, err = decodeManifest(m.section("manifest")); err != nil {
		return nil, err
	}
	if err := m.parseHead(m.section("model")); err != nil {
		return nil, err
	}
	if m.pack, err = english.Load(m.section("language")); err != nil {
		return nil, formatErrorf("the language pack: %v", err)
	}
	if m.words, err = openTables(m.section); err != nil {
		return nil, err
	}
	if m.blocks, err = openBlocks(m.section); err != nil {
		return nil, err
	}
	m.memo = sync.OnceValue(newMemo)
	m.scratch.New = func() any { return newScratch(m) }
	return m, nil
}

// known are the sections that this program reads, all of block 0.
var known = [...]string{"manifest", "model", "tfidf", "words.ix", "words", "filter", "ngram.ix", "ngrams", "weights", "names", "lexicon", "language", "parity",
	"char.set", "letters", "chars", "style"}

// checkSections refuses what would change predictions if it were passed over.
func (m *Model) checkSections() error {
	for i, s := range m.sections {
		isKnown := false
		for _, name := range known {
			isKnown = isKnown || s.name == name && s.block == 0
		}
		if !isKnown && s.required {
			return unsupportedErrorf("the artifact needs the section %q (block %d), which this program does not know", s.name, s.block)
		}
		for _, other := range m.sections[:i] {
			if other.name == s.name && other.block == s.block {
				return formatErrorf("the section %q is there twice", s.name)
			}
		}
	}
	return nil
}

// section returns the bytes of a section of block 0, nil when there is none.
func (m *Model) section(name string) []byte {
	for _, s := range m.sections {
		if s.name == name && s.block == 0 {
			return s.data
		}
	}
	return nil
}

func (m *Model) parseHead(b []byte) error {
	if len(b) != modelSize || !isZero(b[16:]) {
		return formatErrorf("section model has %d bytes, or reserved ones that are not zero", len(b))
	}
	le := binary.LittleEndian
	cleaner, link := le.Uint32(b), le.Uint32(b[4:])
	if cleaner > uint32(clean.Unicode) || link > 1 {
		return unsupportedErrorf("the artifact has cleaner %d and link %d, which this program does not know", cleaner, link)
	}
	m.cleaner, m.softmax = clean.Mode(cleaner), link == 1
	m.intercept = math.Float64frombits(le.Uint64(b[8:]))
	if !(math.Abs(m.intercept) <= maxWeight) {
		return formatErrorf("the intercept is not a finite number")
	}
	return nil
}

// PredictProba returns the probabilities of the classes 0 (kept) and 1 (removed) of one raw comment. They add up to 1.
func (m *Model) PredictProba(text string) [2]float64 {
	return m.probabilities(m.DecisionFunction(text))
}

// DecisionFunction returns what the probabilities are computed from: the logarithm of the odds of class 1.
func (m *Model) DecisionFunction(text string) float64 {
	s := m.scratch.Get().(*scratch)
	cleaned := s.countText(m, text)
	d := m.words.decision(s.tally) + m.intercept
	if m.blocks != nil {
		d += m.blocks.decision(cleaned)
	}
	m.release(s)
	return d
}

// predictFeatures is PredictProba for features that were made elsewhere.
func (m *Model) predictFeatures(features []string) [2]float64 {
	s := m.scratch.Get().(*scratch)
	s.countFeatures(m, features)
	d := m.words.decision(s.tally) + m.intercept
	m.release(s)
	return m.probabilities(d)
}

// predictCleaned is PredictProba for text that is clean already.
func (m *Model) predictCleaned(text string) [2]float64 {
	s := m.scratch.Get().(*scratch)
	s.countCleaned(m, text)
	d := m.words.decision(s.tally) + m.intercept
	m.release(s)
	return m.probabilities(d)
}

// probabilities applies the link, operation by operation as scikit-learn does.
func (m *Model) probabilities(d float64) [2]float64 {
	if !m.softmax {
		p := 1 / (1 + exp(-d)) // scipy.special.expit
		return [2]float64{1 - p, p}
	}
	top := math.Abs(d) // sklearn.utils.extmath.softmax of (-d, d)
	a, b := exp(-d-top), exp(d-top)
	return [2]float64{a / (a + b), b / (a + b)}
}

// Name returns the model's name, as its manifest has it.
func (m *Model) Name() string { return m.manifest.Name }

// Version returns the model's version: the manifest's, or else the first 12 digits of the digest.
func (m *Model) Version() string {
	if m.manifest.Version != "" {
		return m.manifest.Version
	}
	return m.Digest()[:12]
}

// Digest returns the SHA-256 digest of the artifact in lower-case hex (64 digits): of what the model is, whoever signed it. It
// is the one that the artifact states, under its checksum; Verify computes it anew.
func (m *Model) Digest() string {
	defer runtime.KeepAlive(m)
	return hex.EncodeToString(m.artifact[atDigest:atKey])
}

// Manifest returns a copy of the manifest.
func (m *Model) Manifest() Manifest {
	defer runtime.KeepAlive(m)
	manifest, _ := decodeManifest(m.section("manifest")) // Parse has read it before
	return *manifest
}
