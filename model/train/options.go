// Package train makes models: it learns an artifact from labelled comments, and says how good it will be.
//
// The decision function of a model is the sum of up to three blocks, each a logistic regression of its own: words (with
// naive Bayes mixed in), characters, style. All of it is linear, so that what a model is in the end are single weights,
// and averaging costs nothing when it predicts.
//
// Everything is chosen by cross-validation: the calibration, which is Platt's, and the threshold. The same data,
// options and seed give the same artifact, byte for byte, whatever the number of processors.
package train

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"reddit-classifier/model/clean"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/train/linear"
	"reddit-classifier/model/train/tfidf"
)

// Options are the settings of a training.
type Options struct {
	Name     string // the model's
	Cleaner  clean.Mode
	Language string // a language pack
	// Punctuation keeps tokens that are a single punctuation mark, which the original drops.
	Punctuation bool
	Vectorizer  tfidf.Options
	Words       linear.Logistic
	Bayes       Bayes
	Rich        *Rich // nil: words alone
	Calibrate   bool
	CV          int     // folds; 0 means no cross-validation, and so no calibration and the threshold 0.5
	TestSize    float64 // share of the comments that is held out of the training as a test set
	Seed        uint64
}

// Bayes is the share of naive Bayes in the words' weights: Weight times the logarithm of how much likelier the n-gram
// is in removed comments, which is MultinomialNB's difference of feature_log_prob_ with smoothing Alpha on the TF-IDF
// values.
type Bayes struct {
	Weight float64
	Alpha  float64
}

// Rich holds the settings of the blocks beyond words: character n-grams and style.
type Rich struct {
	CharRange   [2]int // least and most characters of an n-gram
	CharMinDF   int    // only n-grams in at least so many comments
	Chars       linear.Logistic
	CharWeight  float64 // share in the decision function; that of words is 1
	Style       linear.Logistic
	StyleWeight float64
}

// Default returns the options of words that cross-validation on the public comments chose.
func Default() Options {
	v := tfidf.Defaults()
	v.NgramRange, v.MinDF, v.MaxFeatures, v.SublinearTF = [2]int{1, 2}, tfidf.Documents(2), 20000, true
	return Options{
		Name: "words", Cleaner: clean.Unicode, Language: "spacy-3.8", Punctuation: true, Vectorizer: v,
		Words: linear.Logistic{C: 0.7, Balanced: true}, Bayes: Bayes{Weight: 0.4, Alpha: 0.3},
		Calibrate: true, CV: 5, Seed: 1,
	}
}

// DefaultRich is Default with character n-grams and style, which raise the ROC AUC further.
func DefaultRich() Options {
	o := Default()
	o.Name = "rich"
	o.Rich = &Rich{
		CharRange: [2]int{2, 4}, CharMinDF: 10, Chars: linear.Logistic{C: 0.003, Balanced: true}, CharWeight: 0.6,
		Style: linear.Logistic{C: 1, Balanced: true}, StyleWeight: 0.4,
	}
	return o
}

// Original returns the configuration of the original program.
func Original() Options {
	v := tfidf.Defaults()
	v.NgramRange, v.MaxFeatures = [2]int{1, 3}, 10000
	return Options{
		Name: "original", Cleaner: clean.Original, Language: "spacy-2.3.2", Vectorizer: v,
		Words: linear.Logistic{C: 0.1}, CV: 5, Seed: 1,
	}
}

// Check returns an error if an option is out of range.
func (o Options) Check() error {
	if err := o.Vectorizer.Check(); err != nil {
		return err
	}
	switch {
	case !positive(o.Words.C):
		return fmt.Errorf("--C is %v: it must be a number above 0", o.Words.C)
	case o.CV < 0 || o.CV == 1 || o.CV > 1000:
		return fmt.Errorf("--cv is %d: the number of folds must be 2 to 1000, or 0 for no cross-validation", o.CV)
	case !(o.TestSize >= 0 && o.TestSize < 1):
		return fmt.Errorf("--test-size is %v: it is a share of the comments, from 0 to below 1", o.TestSize)
	case o.Bayes.Weight != 0 && !(positive(o.Bayes.Weight) && positive(o.Bayes.Alpha)):
		return fmt.Errorf(
			"--nb-weight is %v and --nb-alpha is %v: both must be numbers above 0, or the weight 0",
			o.Bayes.Weight,
			o.Bayes.Alpha,
		)
	case !slices.Contains(packs.Names(), o.Language):
		return fmt.Errorf("--language is %q: it must be one of %s", o.Language, strings.Join(packs.Names(), ", "))
	}
	return nil
}

// positive reports whether v is a number above 0 and finite.
func positive(v float64) bool { return v > 0 && !math.IsInf(v, 1) }
