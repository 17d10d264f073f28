package model

import "math"

// ScoreBins is how many equal parts from 0 to 1 probabilities are counted in.
const ScoreBins = 20

// ScoreBin returns the part that a probability is in: number i goes from i/ScoreBins, without that, to (i+1)/ScoreBins.
// 0 is in the first.
func ScoreBin(p float64) int { return min(max(int(math.Ceil(p*ScoreBins))-1, 0), ScoreBins-1) }

// Scores are histograms of the probabilities that comments got. The training's are what later ones are compared with.
type Scores struct {
	// Of says which comments: see the constants.
	Of string `json:"of"`
	// Counts are of each class, in the order of Classes.
	Counts [][ScoreBins]uint64 `json:"counts"`
}

// What histograms are of.
const (
	// ScoresOfFolds says that each comment of the training got its probabilities from a model that was trained without it.
	ScoresOfFolds = "cross-validation"
	// ScoresOfCheck says that the comments are those of import --check, which may be few and chosen.
	ScoresOfCheck = "import check"
)

// NewScores returns histograms of nothing.
func NewScores(of string, classes int) *Scores {
	return &Scores{Of: of, Counts: make([][ScoreBins]uint64, classes)}
}

// Add counts the probabilities of a comment.
func (s *Scores) Add(proba []float64) {
	for class, p := range proba {
		s.Counts[class][ScoreBin(p)]++
	}
}

// Shares returns which part of the comments is in each bin of a class; all are 0 for no comments.
func (s *Scores) Shares(class int) (shares [ScoreBins]float64) {
	total := uint64(0)
	for _, n := range s.Counts[class] {
		total += n
	}
	for i, n := range s.Counts[class] {
		if total > 0 {
			shares[i] = float64(n) / float64(total)
		}
	}
	return shares
}

// fits reports whether the histograms are those of a model of so many classes.
func (s *Scores) fits(classes int) bool { return s != nil && len(s.Counts) == classes }

// Scores returns how the probabilities of the comments that the model was made of are distributed, nil if the artifact
// does not say.
func (m *Model) Scores() *Scores {
	if m.shape.Proba && m.manifest.Scores.fits(m.shape.Classes) {
		return m.Manifest().Scores
	}
	return nil
}
