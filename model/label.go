package model

// Threshold returns the probability of class 1 from which on Label says 1: the artifact's, or 0.5 when it has none.
func (m *Model) Threshold() float64 {
	if t := m.manifest.Threshold; isThreshold(t) {
		return t
	}
	return 0.5
}

// Label returns the class that the probabilities stand for, 0 or 1. Without a threshold in the artifact it is the more probable
// one, and 0 when neither is, as scikit-learn's predict has it.
func (m *Model) Label(proba [2]float64) int {
	removed := proba[1] > proba[0]
	if t := m.manifest.Threshold; isThreshold(t) {
		removed = proba[1] >= t
	}
	if removed {
		return 1
	}
	return 0
}

func isThreshold(t float64) bool { return t > 0 && t < 1 }

// Labels returns the names of the classes 0 and 1: the artifact's labels, or else what the classes were called in training.
func (m *Model) Labels() [2]string {
	if labels := m.manifest.Labels; len(labels) == 2 {
		return [2]string(labels)
	}
	return m.manifest.Classes
}
