package model_test

import (
	"slices"
	"testing"

	"reddit-classifier/model"
)

// TestOriginal has the answer that the original's pickles give, to the last bit.
func TestOriginal(t *testing.T) {
	m, err := model.Original()
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

// TestDefault has the default be what training makes: with a threshold and names for the classes.
func TestDefault(t *testing.T) {
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	if n, err := m.Verify(); err != nil || n == 0 {
		t.Errorf("Verify: %d, %v", n, err)
	}
	if threshold, labels := m.Threshold(), m.Names(); threshold < 0.1 || threshold > 0.5 ||
		!slices.Equal(labels, []string{"kept", "removed"}) {
		t.Errorf("threshold %v, labels %q", threshold, labels)
	}
}
