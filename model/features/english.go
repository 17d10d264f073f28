package features

import (
	"strings"

	"reddit-classifier/model/english"
	"reddit-classifier/model/text/python"
)

// Feature returns a token's feature, or "" if it has none. With punctuation, a token that is a single punctuation mark
// is a feature; the original model drops it.
func Feature(t *english.Token, punctuation bool) string {
	feature := t.Feature()
	if feature == "" && punctuation { // the token is white space or a punctuation mark
		return strings.TrimFunc(t.Lemma, python.IsSpace)
	}
	return feature
}
