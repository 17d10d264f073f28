// Package bench compares the speed with that of what a user might take instead, side by side on the same comments:
//
//	go test -v .
//
// TestSpeed compares with fastText and Vowpal Wabbit. They split words at white space; ours cleans the text, tokenizes
// it as spaCy does, and makes scikit-learn's TF-IDF of it. TestImported compares models that scikit-learn trained, and
// that were imported, with scikit-learn itself and with skl2onnx and onnxruntime.
package bench
