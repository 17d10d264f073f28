package sklearn

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"reddit-classifier/model/features"
	"reddit-classifier/model/pickle"
	"reddit-classifier/model/text/python"
)

// readVocabulary reads the n-grams by the numbers of their features: vocabulary_, or, of a vectorizer that was not fitted, the
// vocabulary it was given.
func readVocabulary(a attributes, v *features.Vectorizer) {
	name := "vocabulary_"
	value, ok := a.Attr(name)
	if !ok {
		name = "vocabulary"
		value, _ = a.Attr(name)
	}
	if value == nil {
		a.p.add("pickle it after fit", "it is not fitted: it has no vocabulary_")
		return
	}
	var words []string
	var ok2 bool
	switch value := value.(type) {
	case *pickle.Dict:
		words, ok2 = invert(a.p, name, value)
	default:
		words, ok2 = listed(a.p, name, value)
	}
	if ok2 && len(words) == 0 {
		a.p.add("", "%s is empty", name)
	}
	v.Vocabulary = words
}

// invert makes a list of a dict from n-grams to numbers, which must be 0, 1, 2… without a gap.
func invert(p *problems, name string, d *pickle.Dict) ([]string, bool) {
	index := make(map[string]int64, len(d.Keys))
	for i, key := range d.Keys {
		word, ok1 := key.(string)
		n, ok2 := d.Values[i].(int64)
		if !ok1 || !ok2 {
			p.add("", "%s maps %s to %s", name, pickle.Describe(key), pickle.Describe(d.Values[i]))
			return nil, false
		}
		index[word] = n
	}
	words := make([]string, len(index))
	seen := make([]bool, len(index))
	for word, n := range index {
		switch {
		case n < 0 || n >= int64(len(index)):
			p.add("", "%s numbers %.40q %d, of %d n-grams", name, word, n, len(index))
			return nil, false
		case seen[n]:
			p.add("", "%s gives the number %d twice", name, n)
			return nil, false
		}
		seen[n], words[n] = true, word
	}
	return words, true
}

// listed numbers the n-grams of a list in their order, and those of a set in alphabetical order, as scikit-learn does.
func listed(p *problems, name string, value any) ([]string, bool) {
	items, ok := pickle.Values(value)
	if !ok {
		p.add("", "%s is %s", name, pickle.Describe(value))
		return nil, false
	}
	words := make([]string, len(items))
	for i, item := range items {
		if words[i], ok = item.(string); !ok {
			p.add("", "%s has %s", name, pickle.Describe(item))
			return nil, false
		}
	}
	sorted := slices.Sorted(slices.Values(words))
	if _, isSet := value.(*pickle.Set); isSet {
		words = sorted
	}
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			p.add("", "%s has %.40q twice", name, sorted[i])
			return nil, false
		}
	}
	return words, true
}

// checkVocabulary refuses a vocabulary that the vectorizer's own analyzer cannot have produced: then the application changes the
// vectorizer after loading it, mostly by setting its tokenizer, and the file alone does not say what the model does.
func (r *reader) checkVocabulary(a attributes, v *features.Vectorizer) {
	if r.options.Prepared || v.Analyzer.Kind == features.AnalyzerEnglish {
		r.checkText(a, v)
		return
	}
	possible := possibleWords(v)
	if fixed := a.bool("fixed_vocabulary_", a.Has("vocabulary") && !a.Has("vocabulary_")); fixed || v.Analyzer.Pattern != "" {
		possible = func(word string) bool { return utf8.ValidString(word) }
	}
	var examples []string
	n := 0
	for _, word := range v.Vocabulary {
		if !possible(word) {
			if n++; n <= 3 {
				examples = append(examples, fmt.Sprintf("%.40q", word))
			}
		}
	}
	if n > 0 {
		a.p.add("fit and pickle it with that function in place of nothing, or give --prepare FILE if texts are prepared before",
			"%d of the %d n-grams in its vocabulary cannot come from its own analyzer, such as %s: does the application set a tokenizer or "+
				"preprocessor after loading it?", n, len(v.Vocabulary), strings.Join(examples, ", "))
	}
}

// checkText refuses n-grams that no text can have.
func (r *reader) checkText(a attributes, v *features.Vectorizer) {
	for _, word := range v.Vocabulary {
		if !utf8.ValidString(word) {
			a.p.add("", "the vocabulary has %.40q, which is no text (a lone surrogate)", word)
			return
		}
	}
}

// possibleWords returns a function that reports whether an n-gram may come from the vectorizer's analyzer. When in doubt, it may.
func possibleWords(v *features.Vectorizer) func(string) bool {
	if v.Analyzer.Kind != features.AnalyzerWord {
		return func(ngram string) bool {
			n := utf8.RuneCountInString(ngram)
			return utf8.ValidString(ngram) && possibleText(&v.Analyzer, ngram) &&
				n >= v.NGramMin && n <= v.NGramMax || n < v.NGramMin && v.Analyzer.Kind == features.AnalyzerCharWB
		}
	}
	stop := map[string]bool{}
	for _, word := range v.Analyzer.StopWords {
		stop[word] = true
	}
	return func(ngram string) bool {
		n := 0
		for token := range strings.SplitSeq(ngram, " ") {
			if n++; stop[token] || !isDefaultToken(token) {
				return false
			}
		}
		return n >= v.NGramMin && n <= v.NGramMax && possibleText(&v.Analyzer, ngram)
	}
}

// isDefaultToken reports whether the default token_pattern matches all of a token.
func isDefaultToken(token string) bool {
	n := 0
	for i, c := range token {
		if c == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(token[i:]); size == 1 {
				return false
			}
		}
		if !python.IsWord(c) {
			return false
		}
		n++
	}
	return n >= 2
}

// possibleText reports whether lowercase and strip_accents may leave a text like that.
func possibleText(a *features.Analyzer, text string) bool {
	for _, c := range text {
		switch {
		case a.StripAccents == features.AccentsASCII && c >= utf8.RuneSelf:
			return false
		case a.Lowercase && a.StripAccents == features.AccentsKeep && c < 0x530 && python.ToLower(c) != c:
			return false // only of old scripts: others got their lower case in some release of Unicode
		}
	}
	return true
}
