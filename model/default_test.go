package model_test

import (
	"testing"

	"reddit-classifier/model"
)

// TestDefault has the answer that the original's pickles give, to the last bit.
func TestDefault(t *testing.T) {
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := m.PredictProba("This is an input"), [2]float64{0.6841162584069689, 0.31588374159303106}; got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if n, err := m.Verify(); err != nil || n == 0 {
		t.Errorf("Verify: %d, %v", n, err)
	}
}
