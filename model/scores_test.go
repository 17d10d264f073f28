package model_test

import (
	"testing"

	"reddit-classifier/model"
)

func TestScores(t *testing.T) {
	for p, want := range map[float64]int{0: 0, 0.05: 0, 0.050001: 1, 0.1: 1, 0.3: 5, 0.5: 9, 0.999: 19, 1: 19, -1: 0,
		2: 19} {
		if got := model.ScoreBin(p); got != want {
			t.Errorf("%v is in bin %d, want %d", p, got, want)
		}
	}
	s := model.NewScores(model.ScoresOfFolds, 2)
	for _, p := range []float64{0.1, 0.1, 0.1, 0.9} {
		s.Add([]float64{1 - p, p})
	}
	if got := s.Shares(1); got[1] != 0.75 || got[17] != 0.25 || got[0] != 0 {
		t.Errorf("shares %v", got)
	}
	if got := model.NewScores("", 1).Shares(0); got != [model.ScoreBins]float64{} {
		t.Errorf("of none %v", got)
	}
}

// TestScoresOfTheDefault compares the artifact's histogram with its own figures.
func TestScoresOfTheDefault(t *testing.T) {
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	s := m.Scores()
	if s == nil || s.Of != model.ScoresOfFolds || len(s.Counts) != 2 {
		t.Fatalf("%+v", s)
	}
	total, mean := uint64(0), 0.0
	for i, n := range s.Counts[1] {
		total += n
		mean += (float64(i) + 0.5) / model.ScoreBins * float64(n)
	}
	mean /= float64(total)
	const comments, removed = 5686, 1837 // as inspect prints them
	if total != comments || mean < removed/float64(comments)-0.03 || mean > removed/float64(comments)+0.03 {
		t.Errorf("%d comments with a mean of %.3f: calibrated probabilities have that of the removed, %.3f", total, mean,
			removed/float64(comments))
	}
}
