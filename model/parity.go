package model

import (
	"encoding/json"
	"math"
)

// parityVector is a text and the probabilities that the artifact's builder got for it.
type parityVector struct {
	Text  string     `json:"text"`
	Proba [2]float64 `json:"proba"`
}

// Tolerance is how far a prediction may be from one made elsewhere: by scikit-learn, or on another kind of processor.
const Tolerance = 1e-12

// replay predicts the parity vectors again and returns how many there are.
func (m *Model) replay(data []byte) (int, error) {
	if data == nil {
		return 0, nil
	}
	var vectors []parityVector
	if err := json.Unmarshal(data, &vectors); err != nil {
		return 0, formatErrorf("the parity vectors: %v", err)
	}
	for i, v := range vectors {
		if got := m.PredictProba(v.Text); !(math.Abs(got[1]-v.Proba[1]) <= Tolerance) {
			return 0, formatErrorf("parity vector %d: %v is predicted where the artifact says %v", i, got, v.Proba)
		}
	}
	return len(vectors), nil
}
