package model

import (
	"encoding/json"

	"reddit-classifier/model/artifact"
	"reddit-classifier/model/head"
)

// Manifest says where an artifact came from, how it was made, and what its classes are called. Prediction uses only its
// classes and its threshold; the rest is for people.
type Manifest struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	// Language is the name of the language pack, and Cleaner the cleaning mode. Both are empty unless tokens are spaCy's.
	Language string `json:"language,omitempty"`
	Cleaner  string `json:"cleaner,omitempty"`
	// Classes are the classes, or a multilabel model's labels, in the order of the probabilities.
	Classes    []head.Class `json:"classes"`
	Vectorizer *Vectorizer  `json:"vectorizer,omitempty"` // set by train
	Steps      []Step       `json:"steps,omitempty"`      // set by import
	Sources    []Source     `json:"sources,omitempty"`
	// Threshold is the probability from which on the second of two classes is predicted, 0 if there is none. Labels are
	// the names of the two.
	Threshold float64  `json:"threshold,omitempty"`
	Labels    []string `json:"labels,omitempty"`
	Notes     []string `json:"notes,omitempty"`
	// Metrics are the results of the training's own evaluation, in the trainer's format.
	Metrics json.RawMessage `json:"metrics,omitempty"`
	// Scores are histograms of probabilities, to compare later ones with.
	Scores *Scores `json:"scores,omitempty"`
}

// Vectorizer has the settings of the TfidfVectorizer, under scikit-learn's names.
type Vectorizer struct {
	NGramRange  [2]int  `json:"ngram_range"`
	MaxFeatures int     `json:"max_features,omitempty"`
	MinDF       float64 `json:"min_df,omitempty"`
	MaxDF       float64 `json:"max_df,omitempty"`
	Binary      bool    `json:"binary"`
	Norm        string  `json:"norm,omitempty"`
	UseIDF      bool    `json:"use_idf"`
	SmoothIDF   bool    `json:"smooth_idf"`
	SublinearTF bool    `json:"sublinear_tf"`
	Features    int     `json:"features"`
}

// Step is a stage of an imported pipeline, under scikit-learn's names.
type Step struct {
	Name     string   `json:"name,omitempty"` // in scikit-learn's Pipeline; empty if the step was in a file of its own
	Class    string   `json:"class"`
	Options  []string `json:"options,omitempty"`  // those other than scikit-learn's defaults: ngram_range=(1, 2)
	Features int      `json:"features,omitempty"` // of its output; 0 for a classifier
}

// Source is something that the artifact was made from.
type Source struct {
	What    string `json:"what"`
	Release string `json:"release,omitempty"` // of the software that wrote it
	SHA256  string `json:"sha256,omitempty"`
}

// maxManifest is the maximum size in bytes of a manifest.
const maxManifest = 1 << 20

func decodeManifest(b []byte) (*Manifest, error) {
	if len(b) > maxManifest {
		return nil, artifact.FormatErrorf("a manifest of %d bytes", len(b))
	}
	m := &Manifest{}
	if err := json.Unmarshal(b, m); err != nil {
		return nil, artifact.FormatErrorf("the manifest: %v", err)
	}
	return m, nil
}
