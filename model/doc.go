// Package model holds the artifact and the prediction: from a raw text to what scikit-learn's pipeline of text
// vectorizers and a classifier answers.
//
// # The way of a text
//
// A text is prepared, cut into tokens or characters, and their n-grams are counted and weighed (package features);
// vectors of several vectorizers stand side by side, and transforms change them; a classifier decides (package head).
// Model.Predict is that way.
//
// # The artifact
//
// One file is one model: all of that, and where it came from. It is mapped into memory and used in place: opening it
// reads the manifest, computes a checksum and looks whether the numbers are finite, each at memory speed, and nothing
// is made that grows with it. Package artifact describes the container; these are the sections:
//
//	manifest  Manifest, as JSON
//	prepare   optional: what is done to a text first; see package prepare
//	vector    and others of each vectorizer: see package features, block by block
//	steps     transforms: see features.Transforms; steps.f8 are their numbers
//	head      the classifier: see package head; head.num are its numbers
//	weights   where a linear classifier directly follows a single vectorizer with idf: for each feature its idf and its
//	          coefficients,
//	          8 bytes each. The section head has no coefficients then
//	parity    optional: texts and the answers they got, as JSON (Vector); Verify replays them
//	char.set, letters, chars, style
//	          optional: see package rich
//
// A reader that does not know a section which is required refuses the artifact. Numbers in the tables are checked where
// they are used: one that points nowhere is nothing found. So whatever an artifact holds, opening it gives an error, or
// a model whose every method is safe.
package model
