// Package head holds the classifiers: what scikit-learn's estimators make of a document's vector.
package head

import "reddit-classifier/model/features"

// Prediction is what a classifier says of one document.
type Prediction struct {
	// Proba has one probability for each class, in the order of classes_ (for a multilabel classifier, for each label). It is empty
	// where scikit-learn's class has no predict_proba.
	Proba []float64
	// Decision is decision_function: one number where scikit-learn gives one. It is empty where the class has none.
	Decision []float64
	// Label is the number of the class that predict returns.
	Label int
	// Labels are the labels that a multilabel classifier predicts, by their numbers; nil otherwise.
	Labels []int
}

// Classifier is a fitted classifier. It is immutable and safe for any number of goroutines.
type Classifier interface {
	// Predict sets p for the document x. It reuses p's slices and the scratch, and keeps none of them.
	Predict(x features.Vector, s *Scratch, p *Prediction)
	// Classes returns the number of classes, or of labels.
	Classes() int
}

// Scratch is memory that predictions reuse.
type Scratch struct{}
