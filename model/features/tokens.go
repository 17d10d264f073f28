package features

import (
	"strings"
	"unicode/utf8"

	"reddit-classifier/model/text/python"
)

// prepared returns a text in lower case and without accents, if the analyzer says so. It is valid until the next call.
func (s *counter) prepared(v *vectorizer, text string) string {
	if v.lowercase {
		s.cleaned = python.AppendLower(s.cleaned[:0], text)
		text = view(s.cleaned)
	}
	if v.accents == AccentsKeep || isASCII(text) {
		return text
	}
	switch v.accents {
	case AccentsASCII:
		s.feature = python.AppendASCII(s.feature[:0], text)
	case AccentsUnicode:
		s.feature = python.AppendStripped(s.feature[:0], text)
	case AccentsUnlessDecomposed:
		if python.IsDecomposed(text) {
			return text
		}
		s.feature = python.AppendStripped(s.feature[:0], text)
	}
	return view(s.feature)
}

// dropsSpaces reports whether a text has white space that strip_accents='ascii' drops, which joins the words before and
// after it.
func dropsSpaces(text string) bool {
	for _, space := range [...]string{"\u0085", "\u1680", "\u2028", "\u2029"} {
		if strings.Contains(text, space) {
			return true
		}
	}
	return false
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// The class of a byte for the default token pattern.
const (
	byteOther = iota
	byteWord
	byteWide // the first byte of a character beyond ASCII, or an invalid one
)

var byteKinds = func() (kinds [256]byte) {
	for c := range kinds {
		switch {
		case c >= utf8.RuneSelf:
			kinds[c] = byteWide
		case python.IsWord(rune(c)):
			kinds[c] = byteWord
		}
	}
	return kinds
}()

// nextToken returns the first token at or after i of scikit-learn's default pattern, (?u)\b\w\w+\b: a run of two or
// more letters, numbers and underscores. At the end of the text the token is empty.
func nextToken(text string, i int) (start, end int) {
	letters := 0
	for start = i; i < len(text); {
		kind, n := byteKinds[text[i]], 1
		if kind == byteWide {
			var r rune
			if r, n = utf8.DecodeRuneInString(text[i:]); python.IsWord(r) {
				kind = byteWord
			}
		}
		switch {
		case kind == byteWord:
			i += n
			letters++
		case letters >= 2:
			return start, i
		default:
			i += n
			start, letters = i, 0
		}
	}
	if letters < 2 {
		start = i
	}
	return start, i
}

// addChunk appends the words of a chunk of text to s.overflow.
func (s *counter) addChunk(v *vectorizer, chunk string) {
	chunk = s.prepared(v, chunk)
	for start, end := nextToken(chunk, 0); start < end; start, end = nextToken(chunk, end) {
		word := v.find(chunk[start:end])
		if word < stopWord || word == none {
			s.overflow = append(s.overflow, word)
		}
	}
}

// maxPendingTokens is the maximum number of tokens that are collected before they are counted.
const maxPendingTokens = 1 << 10

// countTokens counts the n-grams of a text's tokens.
func (s *counter) countTokens(v *vectorizer, text string) {
	s.begin()
	if v.pattern != nil {
		s.matcher.Reset(text)
		for token, ok := s.matcher.NextToken(); ok; token, ok = s.matcher.NextToken() {
			s.addToken(v, token)
		}
		s.matcher.Reset("")
		s.flush(v, true)
		return
	}
	for start, end := nextToken(text, 0); start < end; start, end = nextToken(text, end) {
		s.addToken(v, text[start:end])
	}
	s.flush(v, true)
}

// addToken collects a token, unless it is a stop word.
func (s *counter) addToken(v *vectorizer, token string) {
	if v.isStopWord(token) {
		return
	}
	if len(s.starts) >= maxPendingTokens {
		s.flush(v, false)
	}
	if v.hashing {
		s.starts = append(s.starts, len(s.joined))
		s.joined = append(append(s.joined, token...), ' ')
		return
	}
	s.addWords(v, token)
}

// flush counts the n-grams of the collected tokens. Unless end is set, it keeps the last tokens.
func (s *counter) flush(v *vectorizer, end bool) {
	if v.hashing {
		s.countHashed(v, end)
	} else {
		s.countWords(v, end)
	}
}
