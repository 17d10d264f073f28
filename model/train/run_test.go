package train

import (
	"context"
	"testing"

	"reddit-classifier/model/train/dataset"
	"reddit-classifier/test/shared"
)

func TestFull(t *testing.T) {
	for _, o := range []Options{Original(), Default(), DefaultRich()} {
		d, err := dataset.Read(shared.File(t, "data", "comments_train.csv"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := Run(context.Background(), d, o, func(stage string, done, total int) {})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s %+v", o.Name, r.CV.Scores)
		t.Logf("mean %.4f std %.4f threshold %v cal %v features %d bytes %d", r.CV.Mean, r.CV.Std, r.Threshold, r.CV.Calibration, r.Features, len(r.Artifact))
	}
}
