//go:build unix

package oracle_test

import (
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"reddit-classifier/model/train"
	"reddit-classifier/model/train/dataset"
	"reddit-classifier/test/oracle"
	"reddit-classifier/test/shared"
)

// BenchmarkTrain is the original's training, from the file to the fitted model, by its Python and by ours, each the
// best of three. Neither cross-validates. It reports how many times faster ours is by the clock, and for how many times
// less of the processors' time, which says more where other programs run.
func BenchmarkTrain(b *testing.B) {
	path := shared.File(b, "data", "comments_train.csv")
	python := oracle.Environment(b, "train")
	theirs, ours := took{time.Hour, time.Hour}, took{time.Hour, time.Hour}
	for b.Loop() {
		for range 3 {
			theirs = theirs.best(pythonTraining(b, python, path))
			ours = ours.best(ourTraining(b, path))
		}
	}
	b.ReportMetric(theirs.clock.Seconds(), "python-s")
	b.ReportMetric(ours.clock.Seconds(), "ours-s")
	b.ReportMetric(theirs.clock.Seconds()/ours.clock.Seconds(), "times-faster")
	b.ReportMetric(theirs.processor.Seconds(), "python-processor-s")
	b.ReportMetric(ours.processor.Seconds(), "ours-processor-s")
	b.ReportMetric(theirs.processor.Seconds()/ours.processor.Seconds(), "times-less")
}

// took is what a training took, by the clock and of the processors.
type took struct{ clock, processor time.Duration }

func (t took) best(o took) took { return took{min(t.clock, o.clock), min(t.processor, o.processor)} }

// pythonTraining does not count the time that Python takes to import its libraries.
func pythonTraining(b *testing.B, python, path string) took {
	cmd := exec.Command(python, filepath.Join(oracle.Dir(), "pipeline.py"), path)
	cmd.Env = append(cmd.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	var answer struct{ Seconds, Processor float64 }
	if err := json.Unmarshal(out, &answer); err != nil {
		b.Fatal(err)
	}
	return took{time.Duration(answer.Seconds * float64(time.Second)),
		time.Duration(answer.Processor * float64(time.Second))}
}

func ourTraining(b *testing.B, path string) took {
	start, before := time.Now(), processorTime(b)
	data, err := dataset.Read(nil, dataset.Options{}, path)
	if err != nil {
		b.Fatal(err)
	}
	options := train.Original()
	options.Language, options.CV = "spacy-3.8", 0 // the release that Python has; and it does not cross-validate
	if _, err := train.Run(context.Background(), data, options, nil); err != nil {
		b.Fatal(err)
	}
	return took{time.Since(start), processorTime(b) - before}
}

func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
