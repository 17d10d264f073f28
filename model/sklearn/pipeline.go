// Package sklearn reads scikit-learn's text classifiers from their pickles. [Read] finds the steps of a model in files
// and converts each of them. Nothing in a file is executed. Whatever cannot be represented is refused by name.
package sklearn

import (
	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
)

// Pipeline is a fitted text classifier, assembled from the files of a user.
type Pipeline struct {
	// Vectorizers are in the order of their columns, which are concatenated.
	Vectorizers []features.Vectorizer
	// Transforms are applied one after another, from the columns of all vectorizers to those of the classifier.
	Transforms []features.Transform
	Classifier head.Classifier
	Classes    []head.Class // or the labels of a multilabel classifier
	Multilabel bool

	Steps   []Step       // the steps, in the order in which a text passes through them
	Sources []SourceFile // the files
	Notes   []string     // what a user should know, such as a function that is assumed to be the identity by its name
}

// Step is one stage of a pipeline, for people to read.
type Step struct {
	Name    string   // its name in scikit-learn's Pipeline; "" if it was in a file of its own
	Class   string   // the name of its class in scikit-learn
	Options []string // those other than scikit-learn's defaults: ngram_range=(1, 2)
	Columns int      // features of its output; 0 for a classifier
}

// SourceFile is a file that the model was read from.
type SourceFile struct {
	File    string
	Class   string // class of the object in it
	Release string // of scikit-learn; "" if the file does not say
	SHA256  string // in hexadecimal
}

// File is the content of a file, and its name for messages.
type File struct {
	Name string
	Data []byte
}

// Options describe a model where its files do not.
type Options struct {
	// Language is the language pack that made the tokens for a vectorizer whose tokenizer is the identity, and Cleaner the
	// clean.Mode of their texts. Without a language such a vectorizer is refused.
	Language []byte
	Cleaner  uint32
	// Identity reports whether a function returns its argument, by its name ("module.name"). nil means [NamedIdentity].
	Identity func(name string) bool
	// Prepared says that texts are changed before the vectorizer, so that its vocabulary may have n-grams that its own
	// analyzer cannot produce.
	Prepared bool
}
