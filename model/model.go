// Package model holds the artifact and the prediction: clean, tokens, TF-IDF, logistic regression.
package model

// Model predicts from one artifact. It is immutable and safe for any number of goroutines.
type Model struct{}

// PredictProba returns the probabilities of the classes 0 (kept) and 1 (removed) of one raw comment.
func (m *Model) PredictProba(text string) [2]float64 { return [2]float64{0.5, 0.5} }

// Digest is the SHA-256 of the artifact in lower-case hex (64 digits).
func (m *Model) Digest() string { return "" }

// Contribution is what one n-gram adds to the decision function.
type Contribution struct {
	NGram string
	Value float64
}

// Explain returns the decision function's intercept and the k n-grams of text that weigh most, by absolute value.
func (m *Model) Explain(text string, k int) (intercept float64, top []Contribution) { return 0, nil }

// Default returns the model embedded in the program.
func Default() (*Model, error) { return &Model{}, nil }

// Open returns the model stored in the file at path.
func Open(path string) (*Model, error) { return &Model{}, nil }
