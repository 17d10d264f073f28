// Package stem reduces English words to their stems as NLTK does.
//
// NLTK's PorterStemmer has three modes: the algorithm of the paper (M. F. Porter, "An algorithm for suffix stripping",
// Program 14 no. 3, 1980), its author's later version, and NLTK's own extensions, which are the default. NLTK's English
// SnowballStemmer differs in places from the current one of Snowball. Package stem is equal to NLTK 3.10, even for
// words with characters that are not letters. Earlier releases of NLTK differ only for words with capitals: before 3.10
// irregular words such as "News" are stemmed by rules, and before 3.6 words of one or two letters keep their capitals.
package stem

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"reddit-classifier/model/text/python"
)

// Algorithm is one of NLTK's stemmers.
type Algorithm uint8

// The algorithms.
const (
	Porter          Algorithm = iota // PorterStemmer()
	PorterOriginal                   // PorterStemmer(PorterStemmer.ORIGINAL_ALGORITHM)
	PorterMartin                     // PorterStemmer(PorterStemmer.MARTIN_EXTENSIONS)
	SnowballEnglish                  // SnowballStemmer("english")
	algorithms
)

var names = [algorithms]string{"porter", "porter-original", "porter-martin", "snowball-english"}

// String returns the name of the algorithm, which [Parse] accepts.
func (a Algorithm) String() string {
	if a < algorithms {
		return names[a]
	}
	return fmt.Sprintf("Algorithm(%d)", int(a))
}

// Parse returns the algorithm with the name: porter, porter-original, porter-martin or snowball-english.
func Parse(name string) (Algorithm, error) {
	for a, n := range names {
		if n == name {
			return Algorithm(a), nil
		}
	}
	return 0, fmt.Errorf("unknown stemmer %q: use one of %s", name, strings.Join(names[:], ", "))
}

// Stemmer stems words. It must not be used by several goroutines at the same time.
type Stemmer struct {
	algorithm Algorithm
	lower     []byte // the word in lower case
	word      []rune // the rest of the word during stemming
}

// New returns a [Stemmer] with the algorithm.
func New(a Algorithm) *Stemmer { return &Stemmer{algorithm: a} }

// Append appends the stem of word to dst, as the method stem of NLTK's stemmer returns it. A byte that is not UTF-8
// counts as U+FFFD.
func (s *Stemmer) Append(dst []byte, word string) []byte {
	s.lower = python.AppendLower(s.lower[:0], word)
	s.word = s.word[:0]
	for i := 0; i < len(s.lower); {
		r, n := utf8.DecodeRune(s.lower[i:])
		s.word = append(s.word, r)
		i += n
	}
	if s.algorithm == SnowballEnglish {
		s.snowball()
	} else {
		s.porter(utf8.RuneCountInString(word))
	}
	for _, r := range s.word {
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// ends reports whether the word ends with suffix, which must be ASCII.
func ends(word []rune, suffix string) bool {
	from := len(word) - len(suffix)
	if from < 0 {
		return false
	}
	for i := len(suffix) - 1; i >= 0; i-- {
		if word[from+i] != rune(suffix[i]) {
			return false
		}
	}
	return true
}

// replace replaces the last n characters of the word by other, which must be ASCII.
func (s *Stemmer) replace(n int, other string) {
	s.word = s.word[:len(s.word)-n]
	for i := range len(other) {
		s.word = append(s.word, rune(other[i]))
	}
}

// lookUp returns the stem of the word in the table.
func lookUp(table map[string]string, word []rune) (string, bool) {
	const longest = 10 // longest word of all tables
	var ascii [longest]byte
	if len(word) > longest {
		return "", false
	}
	for i, r := range word {
		if r >= utf8.RuneSelf {
			return "", false
		}
		ascii[i] = byte(r)
	}
	stem, found := table[string(ascii[:len(word)])]
	return stem, found
}
