// Package model reads artifacts and predicts with them. From a raw text it computes the answer of scikit-learn's
// pipeline of text vectorizers and a classifier. [Open] opens an artifact, and [Model] has the predictions.
//
// # Prediction
//
// A text is prepared and split into tokens or characters, whose n-grams are counted and weighted (package features).
// The vectors of several vectorizers are concatenated, and transforms change the result. A classifier decides (package
// head). [Model.Predict] does all of this.
//
// # The artifact
//
// An artifact is one file that holds one model and its origin. The file is mapped into memory and used in place.
// Opening it decodes the manifest, computes a checksum and checks that all numbers are finite, at memory speed, and
// allocates nothing that grows with the model. Package artifact describes the container. These are the sections:
//
//	manifest  [Manifest], as JSON
//	prepare   optional: the preparation of texts; see package prepare
//	vector    and others, for each vectorizer in a block of its own; see package features
//	steps     transforms; see features.Transforms. steps.f8 has their numbers
//	head      the classifier; see package head. head.num has its numbers
//	weights   if a linear classifier directly follows a single vectorizer with idf: for each feature its idf and its
//	          coefficients, 8 bytes each. The section head then has no coefficients
//	parity    optional: texts and the answers to them, as JSON ([Vector]); [Model.Verify] replays them
//	char.set, letters, chars, style
//	          optional; see package rich
//
// A reader refuses an artifact with a required section that it does not know. Numbers in the tables are checked where
// they are used; an invalid one finds nothing. So whatever an artifact contains, opening it gives either an error or a
// model whose methods are all safe.
package model
