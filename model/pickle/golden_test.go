package pickle

import (
	"os"
	"testing"
	"time"

	"reddit-classifier/test/shared"
)

func TestSharedPickles(t *testing.T) {
	for _, release := range []string{"sklearn0.23-dill0.3", "sklearn1.9-dill0.4"} {
		for _, model := range []string{"seed", "tuned"} {
			t.Run(release+"/"+model, func(t *testing.T) {
				vb, err := os.ReadFile(shared.File(t, "pickles", release, model, "tfidf_vectorizer.model"))
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				v, err := ReadVectorizer(vb, nil)
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%d n-grams read in %v", len(v.Features), time.Since(start))
				cb, err := os.ReadFile(shared.File(t, "pickles", release, model, "lr.model"))
				if err != nil {
					t.Fatal(err)
				}
				c, err := ReadClassifier(cb)
				if err != nil {
					t.Fatal(err)
				}
				if len(c.Coef) != len(v.Features) || len(v.IDF) != len(v.Features) {
					t.Errorf("%d n-grams, %d idf, %d coefficients", len(v.Features), len(v.IDF), len(c.Coef))
				}
				if c.Classes != [2]string{"0", "1"} || c.Softmax {
					t.Errorf("classes %v, softmax %v", c.Classes, c.Softmax)
				}
				if v.Diagonal != (release == "sklearn0.23-dill0.3") || v.SublinearTF != (model == "tuned") {
					t.Errorf("Diagonal %v, SublinearTF %v", v.Diagonal, v.SublinearTF)
				}
			})
		}
	}
}
