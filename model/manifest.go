package model

import (
	"encoding/json"

	"reddit-classifier/model/artifact"
	"reddit-classifier/model/head"
)

// Manifest says where an artifact came from, how it was made, and what its classes are called. It is for people and for
// inspect; of it, prediction reads the classes and the threshold.
type Manifest struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	// Language is the language pack's name, Cleaner the cleaning mode; both are for English tokens alone.
	Language string `json:"language,omitempty"`
	Cleaner  string `json:"cleaner,omitempty"`
	// Classes are the classes, or a multilabel model's labels, in the order of the probabilities.
	Classes    []head.Class `json:"classes"`
	Vectorizer *Vectorizer  `json:"vectorizer,omitempty"` // of train
	Steps      []Step       `json:"steps,omitempty"`      // of import
	Sources    []Source     `json:"sources,omitempty"`
	// Threshold on the second probability, with the names of what is below and above it.
	Threshold float64  `json:"threshold,omitempty"`
	Labels    []string `json:"labels,omitempty"`
	Notes     []string `json:"notes,omitempty"`
	// Metrics are the figures of the evaluation that the trainer made, in its own shape.
	Metrics json.RawMessage `json:"metrics,omitempty"`
	// Scores are how the probabilities are distributed, to compare later ones with.
	Scores *Scores `json:"scores,omitempty"`
}

// Vectorizer has the settings of the TfidfVectorizer under scikit-learn's names.
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
	Name     string   `json:"name,omitempty"` // in scikit-learn's Pipeline; empty for a step in a file of its own
	Class    string   `json:"class"`
	Options  []string `json:"options,omitempty"`  // those that differ from scikit-learn's defaults: ngram_range=(1, 2)
	Features int      `json:"features,omitempty"` // that come out of it; 0 for a classifier
}

// Source is something that the artifact was made from.
type Source struct {
	What    string `json:"what"`
	Release string `json:"release,omitempty"` // of the software that wrote it
	SHA256  string `json:"sha256,omitempty"`
}

// maxManifest bounds what Open decodes.
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
