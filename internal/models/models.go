// Package models opens models by the names that flags and settings use.
package models

import (
	"errors"
	"fmt"
	"io/fs"

	"reddit-classifier/model"
)

// Open opens a model by name: "default" or the empty string and "original" are the built-in models, any other name is
// the path of an artifact. A file named original is "./original".
func Open(name string) (*model.Model, error) {
	switch name {
	case "", "default":
		return model.Default()
	case "original":
		return model.Original()
	}
	m, err := model.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: give an artifact, or the name of a built-in model, default or original", err)
	}
	return m, err
}
