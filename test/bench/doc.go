// Package bench compares the speed with that of what a user might take instead, fastText and Vowpal Wabbit, side by side on
// the same comments:
//
//	go test -v .
//
// The others split words at white space; ours cleans the text, tokenizes it as spaCy does, and makes scikit-learn's TF-IDF of it.
package bench
