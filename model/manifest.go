package model

import "encoding/json"

// Manifest says where an artifact came from and how it was made. It is for people and for inspect; prediction does not read it.
type Manifest struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	// Language is the language pack's name, Cleaner the cleaning mode.
	Language string `json:"language"`
	Cleaner  string `json:"cleaner"`
	// Classes are the class labels, in the order of the probabilities.
	Classes    [2]string   `json:"classes"`
	Vectorizer *Vectorizer `json:"vectorizer,omitempty"`
	Sources    []Source    `json:"sources,omitempty"`
	// Threshold on the second probability, with the names of what is below and above it.
	Threshold float64  `json:"threshold,omitempty"`
	Labels    []string `json:"labels,omitempty"`
	Notes     []string `json:"notes,omitempty"`
	// Metrics are the figures of the evaluation that the trainer made, in its own shape.
	Metrics json.RawMessage `json:"metrics,omitempty"`
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
		return nil, formatErrorf("a manifest of %d bytes", len(b))
	}
	m := &Manifest{}
	if err := json.Unmarshal(b, m); err != nil {
		return nil, formatErrorf("the manifest: %v", err)
	}
	return m, nil
}
