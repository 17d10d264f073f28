package oracle_test

import (
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"reddit-classifier/model/train"
	"reddit-classifier/model/train/dataset"
	"reddit-classifier/test/oracle"
	"reddit-classifier/test/shared"
)

// BenchmarkTrain is the original's training, from the file to the fitted model, by its Python and by ours, each the best of
// three. It reports how many times faster ours is.
func BenchmarkTrain(b *testing.B) {
	path := shared.File(b, "data", "comments_train.csv")
	python := oracle.Environment(b, "train")
	theirs, ours := time.Hour, time.Hour
	for b.Loop() {
		for range 3 {
			theirs = min(theirs, pythonTraining(b, python, path))
			ours = min(ours, ourTraining(b, path))
		}
	}
	b.ReportMetric(theirs.Seconds(), "python-s")
	b.ReportMetric(ours.Seconds(), "ours-s")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "times-faster")
}

// pythonTraining does not count the time that Python takes to import its libraries.
func pythonTraining(b *testing.B, python, path string) time.Duration {
	cmd := exec.Command(python, filepath.Join(oracle.Dir(), "pipeline.py"), path)
	cmd.Env = append(cmd.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	var answer struct{ Seconds float64 }
	if err := json.Unmarshal(out, &answer); err != nil {
		b.Fatal(err)
	}
	return time.Duration(answer.Seconds * float64(time.Second))
}

func ourTraining(b *testing.B, path string) time.Duration {
	start := time.Now()
	data, err := dataset.Read(path)
	if err != nil {
		b.Fatal(err)
	}
	options := train.Original()
	options.Language, options.CV = "spacy-3.8", 0 // the release that Python has; and it does not cross-validate
	if _, err := train.Run(context.Background(), data, options, nil); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}
