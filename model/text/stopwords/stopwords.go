// Package stopwords has the English stop words of scikit-learn.
package stopwords

import (
	_ "embed"
	"strings"
)

//go:embed english.txt
var english string

// English returns scikit-learn's ENGLISH_STOP_WORDS, 318 words, in ascending order.
func English() (words []string) {
	for line := range strings.Lines(english) {
		if !strings.HasPrefix(line, "#") {
			words = append(words, strings.TrimSuffix(line, "\n"))
		}
	}
	return words
}
