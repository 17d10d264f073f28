package sklearn

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"reddit-classifier/model/features"
	"reddit-classifier/model/pickle"
	"reddit-classifier/model/text/pattern"
	"reddit-classifier/model/text/python"
)

// readVocabulary reads the n-grams in the order of their features: vocabulary_, or the given vocabulary of a vectorizer
// that was not fitted.
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
		words, ok2 = termsFromDict(a.p, name, value)
	default:
		words, ok2 = numberNGrams(a.p, name, value)
	}
	if ok2 && len(words) == 0 {
		a.p.add("", "%s is empty", name)
	}
	v.Vocabulary = words
}

// termsFromDict returns the list of a dict from n-grams to numbers, which must be 0, 1, 2… without a gap.
func termsFromDict(p *problems, name string, d *pickle.Dict) ([]string, bool) {
	if !p.reserveWords(len(d.Keys)) {
		return nil, false
	}
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

// numberNGrams numbers the n-grams of a list in their order, and those of a set in alphabetical order, as scikit-learn
// does.
func numberNGrams(p *problems, name string, value any) ([]string, bool) {
	items, ok := pickle.Values(value)
	if !ok {
		p.add("", "%s is %s", name, pickle.Describe(value))
		return nil, false
	}
	if !p.reserveWords(len(items)) {
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

// checkVocabulary reports a vocabulary that the vectorizer's own analyzer cannot produce. Then the application changes
// texts, or the vectorizer after loading it, mostly by setting its tokenizer, and the file does not say how.
func (r *reader) checkVocabulary(a attributes, v *features.Vectorizer) {
	if r.options.Prepared || v.Analyzer.Kind == features.AnalyzerEnglish {
		r.checkText(a, v)
		return
	}
	possible := possibleNGrams(v)
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
		a.p.add(
			"if texts are changed before, describe how with --prepare FILE; if the application sets a tokenizer or "+
				"preprocessor after loading it, pickle it with them",
			"%d of the %d n-grams in its vocabulary cannot come from its own analyzer, such as %s",
			n,
			len(v.Vocabulary),
			strings.Join(examples, ", "),
		)
	}
}

// checkText reports n-grams that no text can have.
func (r *reader) checkText(a attributes, v *features.Vectorizer) {
	for _, word := range v.Vocabulary {
		if !utf8.ValidString(word) {
			a.p.add("", "the vocabulary has %.40q, which is not a text (a lone surrogate)", word)
			return
		}
	}
}

// maxTries is the maximum number of ways of splitting an n-gram into tokens that are tried.
const maxTries = 500

// possibleNGrams returns a function that reports whether the vectorizer's analyzer may produce an n-gram. If in doubt
// it returns true.
func possibleNGrams(v *features.Vectorizer) func(string) bool {
	analyzer := &v.Analyzer
	if analyzer.Kind != features.AnalyzerWord {
		return func(ngram string) bool {
			n := utf8.RuneCountInString(ngram)
			// In char_wb, a word that is shorter than the n-grams is an n-gram itself.
			long := n >= v.NGramMin || analyzer.Kind == features.AnalyzerCharWB
			return long && n <= v.NGramMax && utf8.ValidString(ngram) && possibleText(analyzer, ngram)
		}
	}
	stop := map[string]bool{}
	for _, word := range analyzer.StopWords {
		stop[word] = true
	}
	matches := isDefaultToken
	if analyzer.Pattern != "" {
		matches = tokenOf(analyzer.Pattern)
	}
	isToken := func(token string) bool { return !stop[token] && matches(token) }
	return func(ngram string) bool {
		tries := maxTries
		return utf8.ValidString(ngram) && possibleText(analyzer, ngram) &&
			canSplit(strings.Split(ngram, " "), v.NGramMin, v.NGramMax, &tries, isToken)
	}
}

// canSplit reports whether pieces, joined by spaces, can be least to most tokens. Mostly each piece is a token, but a
// token may have spaces. It returns true once the tries are used up.
func canSplit(pieces []string, least, most int, tries *int, isToken func(string) bool) bool {
	if len(pieces) == 0 {
		return least <= 0
	}
	if most == 0 {
		return false
	}
	token := pieces[0]
	for i := 1; ; i++ {
		if *tries--; *tries < 0 {
			return true
		}
		if isToken(token) && canSplit(pieces[i:], least-1, most-1, tries, isToken) {
			return true
		}
		if i == len(pieces) {
			return false
		}
		token += " " + pieces[i]
	}
}

// tokenOf returns a function that reports whether a token_pattern may match a token. If the pattern has conditions on
// the characters around a token, the function returns true for any token.
func tokenOf(expression string) func(string) bool {
	p, err := pattern.Compile(expression)
	if err != nil || p.Groups() > 0 || strings.ContainsAny(expression, "^$") || strings.Contains(expression, `\A`) ||
		strings.Contains(expression, `\Z`) || strings.Contains(expression, `\B`) {
		return func(string) bool { return true }
	}
	m := p.NewMatcher()
	return func(token string) bool {
		for _, before := range []string{"", " ", "a", "."} {
			for _, behind := range []string{"", " ", "a", "."} {
				m.Reset(before + token + behind)
				for {
					found, ok := m.NextToken()
					if !ok {
						break
					}
					if found == token {
						return true
					}
				}
			}
		}
		return false
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

// possibleText reports whether a text can be the result of lowercase and strip_accents.
func possibleText(a *features.Analyzer, text string) bool {
	for _, c := range text {
		switch {
		case a.StripAccents == features.AccentsASCII && c >= utf8.RuneSelf:
			return false
		case a.Lowercase && a.StripAccents == features.AccentsKeep && c < 0x530 && python.ToLower(c) != c:
			return false // below U+0530 only: later scripts got lower-case letters in some release of Unicode
		}
	}
	return true
}
