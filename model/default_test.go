package model_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"reddit-classifier/model"
)

// TestOriginal has the answer that the original's pickles give, to the last bit.
func TestOriginal(t *testing.T) {
	m, err := model.Open("original")
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
	if threshold, labels := m.Threshold(), m.Names(); threshold < 0.1 || threshold > 0.5 || !slices.Equal(labels, []string{"kept", "removed"}) {
		t.Errorf("threshold %v, labels %q", threshold, labels)
	}
}

// TestOpenByName has the names of the built-in models go before files of such a name, which a path still finds.
func TestOpenByName(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"default", "original"} {
		if err := os.WriteFile(name, []byte("no artifact"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := model.Open(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := model.Open("." + string(filepath.Separator) + name); err == nil {
			t.Errorf("the file %s is taken for the built-in model", name)
		}
	}
	byName, err := model.Open("default")
	if m, _ := model.Default(); err != nil || byName != m {
		t.Error("Open(\"default\") is not Default()")
	}
}
