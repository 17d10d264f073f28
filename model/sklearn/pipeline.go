// Package sklearn puts scikit-learn's text classifiers together from their pickles: what each file holds, in which
// order a text passes through the steps, and what they do. Nothing in a file is executed, and what cannot be
// represented is refused by name.
package sklearn

import (
	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
)

// Pipeline describes a fitted text classifier: what the files of a user hold, put together.
type Pipeline struct {
	// Vectorizers stand side by side, in the order of their columns.
	Vectorizers []features.Vectorizer
	// Transforms follow one another, from the columns of all vectorizers to the classifier's.
	Transforms []features.Transform
	Classifier head.Classifier
	Classes    []head.Class // by number; of a multilabel classifier, the labels
	Multilabel bool

	Steps   []Step       // what was understood, in the order in which a text passes through
	Sources []SourceFile // the files
	Notes   []string     // what a user should know: a function held by its name and taken for the identity
}

// Step is one stage of a pipeline, for people to read.
type Step struct {
	Name    string   // its name in scikit-learn's Pipeline, "" for a step in a file of its own
	Class   string   // scikit-learn's
	Options []string // those that differ from scikit-learn's defaults: ngram_range=(1, 2)
	Columns int      // features that come out of it; 0 for a classifier
}

// SourceFile is a file that the model was read from.
type SourceFile struct {
	File    string
	Class   string // of what it holds
	Release string // of scikit-learn; "" if the file does not say
	SHA256  string // in hexadecimal
}

// File is a file, and its name for messages.
type File struct {
	Name string
	Data []byte
}

// Options say what the files cannot.
type Options struct {
	// Language is the language pack whose tokens a vectorizer with the identity for a tokenizer takes, Cleaner the
	// clean.Mode. Without a language such a vectorizer is refused.
	Language []byte
	Cleaner  uint32
	// Identity reports whether a function that a pickle holds by its name only ("module.name") returns its argument; nil
	// knows the names in common use.
	Identity func(name string) bool
	// Prepared says that texts are prepared before they reach the vectorizer, which can explain a vocabulary that its own
	// analyzer could not have produced.
	Prepared bool
}
