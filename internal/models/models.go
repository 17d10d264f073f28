// Package models opens models by the names that commands and settings take.
package models

import "reddit-classifier/model"

// Open returns the model called name: "default" (also the empty name) or "original", which are built in, or the one in
// the file of that path; a file of such a name is ./original.
func Open(name string) (*model.Model, error) {
	switch name {
	case "", "default":
		return model.Default()
	case "original":
		return model.Original()
	}
	return model.Open(name)
}
