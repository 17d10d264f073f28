package model

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"reddit-classifier/model/head"
)

// TestPredictAllocatesNothing holds once the scratch has grown.
func TestPredictAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes sync.Pool forget")
	}
	// The last two are tokenized as a whole.
	texts := append(syntheticComments(t)[:100], "zeros \x00 are no text", "*it's*:) (a):) \"it's :) :( ):\n)")
	for name, artifact := range within() {
		m := mustParse(t, artifact)
		predict := func() {
			for _, text := range texts {
				m.PredictProba(text)
			}
		}
		predict()
		if n := testing.AllocsPerRun(20, predict); n > 1 { // the pool may be emptied in between
			t.Errorf("%s: %v allocations for %d texts", name, n, len(texts))
		}
	}
}

// TestPipelinesAllocateNothing holds for the other kinds of models too.
func TestPipelinesAllocateNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes sync.Pool forget")
	}
	texts := append(syntheticComments(t)[:200], "zeros \x00 are no text", "", strings.Repeat("a", 5000), "Σ\u0301 é ﬁ½")
	for name, spec := range specs(t, texts) {
		b, err := Build(spec)
		if err != nil {
			t.Fatal(name, ": ", err)
		}
		m := mustParse(t, b)
		var p head.Prediction
		predict := func() {
			for _, text := range texts {
				m.Predict(text, &p)
			}
		}
		predict()
		if n := testing.AllocsPerRun(20, predict); n > 1 { // the pool may be emptied in between
			t.Errorf("%s: %v allocations for %d texts", name, n, len(texts))
		}
	}
}

// TestOpenAllocatesLittle has opening an artifact take less than 64 KiB of heap, however large the file.
func TestOpenAllocatesLittle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "default.model")
	if err := os.WriteFile(path, defaultArtifact, 0o600); err != nil {
		t.Fatal(err)
	}
	open := func() *Model {
		m, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	open()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m := open()
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 64<<10 {
		t.Errorf("%d bytes of heap", n)
	}
	runtime.KeepAlive(m)
}
