package oracle_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model/train"
	"reddit-classifier/model/train/metric"
	"reddit-classifier/test/oracle"
)

// TestEvaluate compares what the command evaluate says of imported models with scikit-learn's measures of them.
func TestEvaluate(t *testing.T) {
	python := oracle.Environment(t, sklearn)
	program := build(t)
	for _, kind := range []string{"proba", "decision", "multilabel", "binary"} {
		t.Run(kind, func(t *testing.T) {
			folder := t.TempDir()
			runIn(t, folder, python, filepath.Join(oracle.Dir(), "fitted.py"), kind)
			artifact, err := program.take(folder, []string{"model.joblib"})
			if err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(program.path, "evaluate", "--json", "--model", artifact,
				filepath.Join(folder, "labelled.jsonl")).Output()
			if err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(filepath.Join(folder, "scores.json"))
			if err != nil {
				t.Fatal(err)
			}
			if kind == "binary" {
				var got train.Comparison
				var want metric.Scores
				if err := errors.Join(json.Unmarshal(out, &got), json.Unmarshal(b, &want)); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got.Model.Scores, within); diff != "" {
					t.Errorf("−scikit-learn +ours:\n%s", diff)
				}
				return
			}
			var got train.ClassEvaluation
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatal(err)
			}
			want := train.ClassEvaluation{Scores: &metric.MulticlassScores{}}
			err = json.Unmarshal(b, want.Scores)
			if kind == "multilabel" {
				want = train.ClassEvaluation{LabelScores: &metric.MultilabelScores{}}
				err = json.Unmarshal(b, want.LabelScores)
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.Scores, got.Scores, within) + cmp.Diff(want.LabelScores, got.LabelScores,
				within); diff != "" {
				t.Errorf("−scikit-learn +ours:\n%s", diff)
			}
		})
	}
}
