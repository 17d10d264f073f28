package train

import (
	"context"
	"testing"

	"reddit-classifier/model/train/dataset"
	"reddit-classifier/test/shared"
)

// BenchmarkPredictProba is one comment from raw text, by each kind of model.
func BenchmarkPredictProba(b *testing.B) {
	d, err := dataset.Read(nil, dataset.Options{}, shared.File(b, "data", "comments_train.csv"))
	if err != nil {
		b.Fatal(err)
	}
	for _, o := range []Options{Original(), Default(), DefaultRich()} {
		r, err := Run(context.Background(), d, o, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(o.Name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				r.Model.PredictProba(d.Texts[i%len(d.Texts)])
			}
		})
	}
}
