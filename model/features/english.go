package features

import (
	"strings"

	"reddit-classifier/model/english"
	"reddit-classifier/model/text/python"
)

// Feature returns a token's feature, "" when it has none. The original drops tokens that are a single punctuation mark;
// with punctuation they are kept, as they are.
func Feature(t *english.Token, punctuation bool) string {
	feature := t.Feature()
	if feature == "" && punctuation { // what was dropped is white space, or one mark
		return strings.TrimFunc(t.Lemma, python.IsSpace)
	}
	return feature
}
