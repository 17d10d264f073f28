package model

import "math"

// ScoreBins is the number of equal bins, from 0 to 1, of a histogram of probabilities.
const ScoreBins = 20

// ScoreBin returns the bin of a probability. Bin i has the probabilities above i/ScoreBins up to (i+1)/ScoreBins; 0 is
// in bin 0.
func ScoreBin(p float64) int { return min(max(int(math.Ceil(p*ScoreBins))-1, 0), ScoreBins-1) }

// Scores are histograms of the probabilities of comments. Later comments are compared with those of the training.
type Scores struct {
	// Of says which comments they are: [ScoresOfFolds] or [ScoresOfCheck].
	Of string `json:"of"`
	// Counts has a histogram for each class, in the order of [Model.Classes].
	Counts [][ScoreBins]uint64 `json:"counts"`
}

// The values of [Scores].Of.
const (
	// ScoresOfFolds: the comments of the training, each scored by a model that was trained without it.
	ScoresOfFolds = "cross-validation"
	// ScoresOfCheck: the comments of import --check, which may be few and hand-picked.
	ScoresOfCheck = "import check"
)

// NewScores returns empty histograms.
func NewScores(of string, classes int) *Scores {
	return &Scores{Of: of, Counts: make([][ScoreBins]uint64, classes)}
}

// Add counts the probabilities of a comment, one for each class.
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
