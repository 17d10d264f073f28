package features

import (
	"encoding/binary"
	"math"

	"reddit-classifier/model/artifact"
	"reddit-classifier/model/clean"
)

// settings are the fixed fields of the section vector.
type settings struct {
	kind      AnalyzerKind
	accents   Accents
	cleaner   clean.Mode
	norm      Norm
	width     int // number of features: n-grams, or columns for hashes
	more      int // number of words that are not features
	weight    float64
	ngramMin  int
	ngramMax  int
	lowercase bool
	binary    bool
	sublinear bool
	// descending says that vectors are in descending order of the features.
	descending  bool
	backward    bool // only the sums of norms run from the last feature to the first
	punctuation bool
	single      bool // single precision
	hashing     bool
	alternate   bool // alternating signs of hashes
	ownPattern  bool
	hasIDF      bool
	sharedIDF   bool // idf is stored with a feature's coefficients
}

const vectorSize = 64

// bits returns pointers to the flags, in the order of their bits.
func (s *settings) bits() [12]*bool {
	return [...]*bool{
		&s.lowercase,
		&s.binary,
		&s.sublinear,
		&s.descending,
		&s.punctuation,
		&s.single,
		&s.hashing,
		&s.alternate,
		&s.ownPattern,
		&s.hasIDF,
		&s.sharedIDF,
		&s.backward,
	}
}

func (s *settings) encode() []byte {
	flags := uint32(0)
	for i, bit := range s.bits() {
		if *bit {
			flags |= 1 << i
		}
	}
	le := binary.LittleEndian
	var b []byte
	for _, n := range []uint32{
		uint32(s.kind), flags, uint32(s.accents), uint32(s.cleaner), uint32(s.ngramMin), uint32(s.ngramMax),
		uint32(s.norm), uint32(s.width), uint32(s.more), 0,
	} {
		b = le.AppendUint32(b, n)
	}
	b = le.AppendUint64(b, math.Float64bits(s.weight))
	return append(b, make([]byte, vectorSize-len(b))...)
}

func decodeSettings(b []byte) (s settings, err error) {
	if len(b) != vectorSize || !artifact.IsZero(b[36:40]) || !artifact.IsZero(b[48:]) {
		return s, artifact.FormatErrorf("section vector has %d bytes, or reserved ones that are not zero", len(b))
	}
	le := binary.LittleEndian
	kind, flags, accents, cleaner := le.Uint32(b), le.Uint32(b[4:]), le.Uint32(b[8:]), le.Uint32(b[12:])
	low, high, norm := le.Uint32(b[16:]), le.Uint32(b[20:]), le.Uint32(b[24:])
	s.weight = math.Float64frombits(le.Uint64(b[40:]))
	bits := s.bits()
	if kind > uint32(AnalyzerEnglish) || flags>>len(bits) != 0 || accents > uint32(AccentsUnlessDecomposed) ||
		cleaner > uint32(clean.Unicode) || norm > uint32(NormL2) {
		return s, artifact.UnsupportedErrorf(
			"the section vector has the analyzer %d, flags %#x, accents %d, cleaner %d and norm %d, "+
				"which this program does not know",
			kind,
			flags,
			accents,
			cleaner,
			norm,
		)
	}
	if low < 1 || low > high || high > maxNGram {
		return s, artifact.FormatErrorf("n-grams of %d to %d words", low, high)
	}
	features, words := le.Uint32(b[28:]), le.Uint32(b[32:])
	if features < 1 || features > maxFeatures || words > maxFeatures {
		return s, artifact.FormatErrorf("%d features, %d words", features, words)
	}
	if !artifact.AreWeights([]float64{s.weight}) {
		return s, artifact.FormatErrorf("a vectorizer's weight is not a finite number")
	}
	s.kind, s.accents, s.cleaner = AnalyzerKind(kind), Accents(accents), clean.Mode(cleaner)
	s.ngramMin, s.ngramMax, s.norm, s.width, s.more = int(low), int(high), Norm(norm), int(features), int(words)
	for i, bit := range bits {
		*bit = flags>>i&1 != 0
	}
	return s, nil
}
