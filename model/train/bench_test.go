package train

import (
	"context"
	"testing"

	"reddit-classifier/model/train/dataset"
	"reddit-classifier/test/shared"
)

func benchmark(b *testing.B, o Options) {
	path := shared.File(b, "data", "comments_train.csv")
	for b.Loop() {
		d, err := dataset.Read(nil, dataset.Options{}, path)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Run(context.Background(), d, o, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOriginal(b *testing.B) { benchmark(b, Original()) }
func BenchmarkWords(b *testing.B)    { benchmark(b, Default()) }
func BenchmarkRich(b *testing.B)     { benchmark(b, DefaultRich()) }
