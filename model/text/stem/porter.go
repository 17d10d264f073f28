package stem

import "sync"

// irregular has the stems of words that NLTK's mode does not stem by rules.
var irregular = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"sky":      "sky",
		"skies":    "sky",
		"dying":    "die",
		"lying":    "lie",
		"tying":    "tie",
		"news":     "news",
		"innings":  "inning",
		"inning":   "inning",
		"outings":  "outing",
		"outing":   "outing",
		"cannings": "canning",
		"canning":  "canning",
		"howe":     "howe",
		"proceed":  "proceed",
		"exceed":   "exceed",
		"succeed":  "succeed",
	}
})

// rule replaces a suffix if the stem before it meets a condition. Only the first rule with the word's suffix is used,
// even if its condition is not met.
type rule struct {
	suffix, replacement string
	meets               func(s *Stemmer, stem []rune) bool
}

// rules are the rules of a step by the last letter of their suffix, in the step's order. They are sorted on first use,
// because most programs do not stem and initialization delays the start of a function.
type rules func() *['z' + 1][]rule

func newRules(list ...rule) rules {
	return sync.OnceValue(func() *['z' + 1][]rule {
		var by ['z' + 1][]rule
		for _, r := range list {
			last := r.suffix[len(r.suffix)-1]
			by[last] = append(by[last], r)
		}
		return &by
	})
}

func (r rules) apply(s *Stemmer) {
	if len(s.word) == 0 {
		return
	}
	last, by := s.word[len(s.word)-1], r()
	if last < 0 || int(last) >= len(by) {
		return
	}
	for _, rule := range by[last] {
		if ends(s.word, rule.suffix) {
			if rule.meets == nil || rule.meets(s, s.word[:len(s.word)-len(rule.suffix)]) {
				s.replace(len(rule.suffix), rule.replacement)
			}
			return
		}
	}
}

func positive(_ *Stemmer, stem []rune) bool { return measure(stem) > 0 }
func aboveOne(_ *Stemmer, stem []rune) bool { return measure(stem) > 1 }
func afterSOrT(_ *Stemmer, stem []rune) bool {
	return measure(stem) > 1 && (ends(stem, "s") || ends(stem, "t"))
}
func withL(s *Stemmer, stem []rune) bool      { return measure(s.word[:len(stem)+1]) > 0 }
func doubledL(s *Stemmer, stem []rune) bool   { return measure(s.word[:len(stem)+1]) > 1 }
func containsVowel(_ *Stemmer, w []rune) bool { return hasVowel(w) }

// consonantFirst is NLTK's condition for y: it follows a consonant that is not the first letter.
func consonantFirst(_ *Stemmer, stem []rune) bool {
	return len(stem) > 1 && isConsonant(stem, len(stem)-1)
}

var step1a = newRules(rule{"sses", "ss", nil}, rule{"ies", "i", nil}, rule{"ss", "ss", nil}, rule{"s", "", nil})

var step1c = newRules(rule{"y", "i", containsVowel})
var step1cNLTK = newRules(rule{"y", "i", consonantFirst})

func step2Rules(bli rule, more ...rule) rules {
	return newRules(append([]rule{
		{"ational", "ate", positive}, {"tional", "tion", positive}, {"enci", "ence", positive}, {"anci", "ance", positive},
		{"izer", "ize", positive}, bli, {"alli", "al", positive}, {"entli", "ent", positive}, {"eli", "e", positive},
		{"ousli", "ous", positive}, {"ization", "ize", positive}, {"ation", "ate", positive}, {"ator", "ate", positive},
		{"alism", "al", positive}, {"iveness", "ive", positive}, {"fulness", "ful", positive}, {"ousness", "ous", positive},
		{"aliti", "al", positive}, {"iviti", "ive", positive}, {"biliti", "ble", positive},
	}, more...)...)
}

var step2 = [...]rules{
	Porter:         step2Rules(rule{"bli", "ble", positive}, rule{"fulli", "ful", positive}, rule{"logi", "log", withL}),
	PorterOriginal: step2Rules(rule{"abli", "able", positive}),
	PorterMartin:   step2Rules(rule{"bli", "ble", positive}, rule{"logi", "log", positive}),
}

var step3 = newRules(rule{"icate", "ic", positive}, rule{"ative", "", positive}, rule{"alize", "al", positive},
	rule{"iciti", "ic", positive}, rule{"ical", "ic", positive}, rule{"ful", "", positive}, rule{"ness", "", positive})

var step4 = newRules(
	rule{"al", "", aboveOne},
	rule{"ance", "", aboveOne},
	rule{"ence", "", aboveOne},
	rule{"er", "", aboveOne},
	rule{"ic", "", aboveOne},
	rule{"able", "", aboveOne},
	rule{"ible", "", aboveOne},
	rule{"ant", "", aboveOne},
	rule{"ement", "", aboveOne},
	rule{"ment", "", aboveOne},
	rule{"ent", "", aboveOne},
	rule{"ion", "", afterSOrT},
	rule{"ou", "", aboveOne},
	rule{"ism", "", aboveOne},
	rule{"ate", "", aboveOne},
	rule{"iti", "", aboveOne},
	rule{"ous", "", aboveOne},
	rule{"ive", "", aboveOne},
	rule{"ize", "", aboveOne},
)

var step5b = newRules(rule{"ll", "l", doubledL})

// porter stems the word. length is the number of its characters before it was lower-cased.
func (s *Stemmer) porter(length int) {
	nltk := s.algorithm == Porter
	if nltk {
		if stem, found := lookUp(irregular(), s.word); found {
			s.replace(len(s.word), stem)
			return
		}
	}
	if s.algorithm != PorterOriginal && length <= 2 {
		return
	}
	if nltk && len(s.word) == 4 && ends(s.word, "ies") {
		s.replace(1, "")
	} else {
		step1a.apply(s)
	}
	s.step1b(nltk)
	if nltk {
		step1cNLTK.apply(s)
		for ends(s.word, "alli") && measure(s.word[:len(s.word)-4]) > 0 {
			s.replace(2, "")
		}
	} else {
		step1c.apply(s)
	}
	step2[s.algorithm].apply(s)
	step3.apply(s)
	step4.apply(s)
	if ends(s.word, "e") {
		stem := s.word[:len(s.word)-1]
		if m := measure(stem); m > 1 || m == 1 && !s.endsCVC(stem) {
			s.word = stem
		}
	}
	step5b.apply(s)
}

func (s *Stemmer) step1b(nltk bool) {
	switch {
	case nltk && ends(s.word, "ied"):
		if s.replace(2, ""); len(s.word) == 2 {
			s.replace(0, "e")
		}
		return
	case ends(s.word, "eed"):
		if measure(s.word[:len(s.word)-3]) > 0 {
			s.replace(1, "")
		}
		return
	case ends(s.word, "ed") && hasVowel(s.word[:len(s.word)-2]):
		s.replace(2, "")
	case ends(s.word, "ing") && hasVowel(s.word[:len(s.word)-3]):
		s.replace(3, "")
	default:
		return
	}
	last := s.word[len(s.word)-1]
	switch {
	case ends(s.word, "at"), ends(s.word, "bl"), ends(s.word, "iz"):
		s.replace(0, "e")
	case len(s.word) >= 2 && s.word[len(s.word)-2] == last && isConsonant(s.word, len(s.word)-1):
		if last != 'l' && last != 's' && last != 'z' {
			s.replace(1, "")
		}
	case ends(s.word, "*d"): // NLTK's symbol for a double consonant, which it also compares with the word itself
		s.replace(2, "d")
	case measure(s.word) == 1 && s.endsCVC(s.word):
		s.replace(0, "e")
	}
}

func isVowel(r rune) bool {
	switch r {
	case 'a', 'e', 'i', 'o', 'u':
		return true
	}
	return false
}

// isConsonant reports whether character i of the word is a consonant: not a vowel, and not a y after a consonant.
func isConsonant(word []rune, i int) bool {
	negated := false
	for ; i > 0 && word[i] == 'y'; i-- {
		negated = !negated
	}
	return !isVowel(word[i]) != negated
}

func hasVowel(word []rune) bool {
	consonant := false
	for _, r := range word {
		if consonant = !isVowel(r) && (r != 'y' || !consonant); !consonant {
			return true
		}
	}
	return false
}

// measure returns Porter's m: the number of consonants that directly follow a vowel.
func measure(word []rune) (m int) {
	consonant := false
	for i, r := range word {
		before := consonant
		consonant = !isVowel(r) && (r != 'y' || !before)
		if i > 0 && consonant && !before {
			m++
		}
	}
	return m
}

// endsCVC reports whether the word ends with a consonant, a vowel and a consonant other than w, x and y. In NLTK's mode
// it is also true if the word is a vowel and a consonant.
func (s *Stemmer) endsCVC(word []rune) bool {
	n := len(word)
	if n >= 3 && isConsonant(word, n-3) && !isConsonant(word, n-2) && isConsonant(word, n-1) {
		last := word[n-1]
		return last != 'w' && last != 'x' && last != 'y'
	}
	return s.algorithm == Porter && n == 2 && !isConsonant(word, 0) && isConsonant(word, 1)
}
