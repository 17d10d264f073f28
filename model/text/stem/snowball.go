package stem

import (
	"strings"
	"sync"
)

// special has the stems of words that Snowball does not stem by rules.
var special = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"skis":       "ski",
		"skies":      "sky",
		"dying":      "die",
		"lying":      "lie",
		"tying":      "tie",
		"idly":       "idl",
		"gently":     "gentl",
		"ugly":       "ugli",
		"early":      "earli",
		"only":       "onli",
		"singly":     "singl",
		"sky":        "sky",
		"news":       "news",
		"howe":       "howe",
		"atlas":      "atlas",
		"cosmos":     "cosmos",
		"bias":       "bias",
		"andes":      "andes",
		"inning":     "inning",
		"innings":    "inning",
		"outing":     "outing",
		"outings":    "outing",
		"canning":    "canning",
		"cannings":   "canning",
		"herring":    "herring",
		"herrings":   "herring",
		"earring":    "earring",
		"earrings":   "earring",
		"proceed":    "proceed",
		"proceeds":   "proceed",
		"proceeded":  "proceed",
		"proceeding": "proceed",
		"exceed":     "exceed",
		"exceeds":    "exceed",
		"exceeded":   "exceed",
		"exceeding":  "exceed",
		"succeed":    "succeed",
		"succeeds":   "succeed",
		"succeeded":  "succeed",
		"succeeding": "succeed",
	}
})

// suffixes are the suffixes of a step of Snowball by their last letter, longest first.
type suffixes ['z' + 1][]string

func newSuffixes(list string) *suffixes {
	var by suffixes
	for _, suffix := range strings.Fields(list) {
		last := suffix[len(suffix)-1]
		by[last] = append(by[last], suffix)
	}
	return &by
}

// firstMatch returns the first of the suffixes that the word ends with, or "" if there is none.
func (s *suffixes) firstMatch(word []rune) string {
	if len(word) == 0 {
		return ""
	}
	last := word[len(word)-1]
	if last < 0 || int(last) >= len(s) {
		return ""
	}
	for _, suffix := range s[last] {
		if ends(word, suffix) {
			return suffix
		}
	}
	return ""
}

var (
	snow0  = newSuffixes("'s' 's '")
	snow1a = newSuffixes("sses ied ies us ss s")
	snow1b = newSuffixes("eedly ingly edly eed ing ed")
	snow2  = newSuffixes(
		"ization ational fulness ousness iveness tional biliti lessli entli ation alism aliti ousli iviti fulli " +
			"enci anci abli izer ator alli bli ogi li",
	)
	snow3 = newSuffixes("ational tional alize icate iciti ative ical ness ful")
	snow4 = newSuffixes("ement ance ence able ible ment ant ent ism ate iti ous ive ize ion al er ic")
)

// snowballWord is a word with the lengths of its regions R1 and R2, which extend to its end.
type snowballWord struct {
	*Stemmer
	r1, r2 int
}

// cut removes the last n characters.
func (w *snowballWord) cut(n int) { w.replaceEnd(n, "") }

// replaceEnd replaces the last n characters by other. A region shorter than n becomes empty.
func (w *snowballWord) replaceEnd(n int, other string) {
	w.replace(n, other)
	for _, r := range []*int{&w.r1, &w.r2} {
		if *r >= n {
			*r += len(other) - n
		} else {
			*r = 0
		}
	}
}

func isSnowballVowel(r rune) bool { return isVowel(r) || r == 'y' }

func (s *Stemmer) snowball() {
	if len(s.word) <= 2 {
		return
	}
	if stem, found := lookUp(special(), s.word); found {
		s.replace(len(s.word), stem)
		return
	}
	for i, r := range s.word {
		if r == '\u2019' || r == '\u2018' || r == '\u201b' {
			s.word[i] = '\''
		}
	}
	if s.word[0] == '\'' {
		s.word = append(s.word[:0], s.word[1:]...)
	}
	for i, r := range s.word { // a y that is a consonant becomes Y
		if r == 'y' && (i == 0 || isSnowballVowel(s.word[i-1])) {
			s.word[i] = 'Y'
		}
	}
	w := snowballWord{Stemmer: s}
	w.regions()
	w.cut(len(snow0.firstMatch(s.word)))
	w.step1a()
	w.step1b()
	if n := len(s.word); n > 2 && (s.word[n-1] == 'y' || s.word[n-1] == 'Y') && !isSnowballVowel(s.word[n-2]) {
		w.replaceEnd(1, "i")
	}
	w.step2()
	w.step3()
	w.step4()
	w.step5()
	for i, r := range s.word {
		if r == 'Y' {
			s.word[i] = 'y'
		}
	}
}

// region returns the number of characters after the first consonant that follows a vowel, within the last n characters.
func (w *snowballWord) region(n int) int {
	region := w.word[len(w.word)-n:]
	for i := 1; i < len(region); i++ {
		if !isSnowballVowel(region[i]) && isSnowballVowel(region[i-1]) {
			return len(region) - i - 1
		}
	}
	return 0
}

func (w *snowballWord) regions() {
	switch word := w.word; {
	case begins(word, "gener"), begins(word, "arsen"):
		w.r1 = len(word) - 5
	case begins(word, "commun"):
		w.r1 = len(word) - 6
	default:
		w.r1 = w.region(len(word))
	}
	w.r2 = w.region(w.r1)
}

func begins(word []rune, prefix string) bool {
	return len(word) >= len(prefix) && ends(word[:len(prefix)], prefix)
}

func hasSnowballVowel(word []rune) bool {
	for _, r := range word {
		if isSnowballVowel(r) {
			return true
		}
	}
	return false
}

func (w *snowballWord) step1a() {
	switch n := len(w.word); snow1a.firstMatch(w.word) {
	case "sses":
		w.cut(2)
	case "ied", "ies":
		if n > 4 {
			w.cut(2)
		} else {
			w.cut(1)
		}
	case "s":
		if hasSnowballVowel(w.word[:max(n-2, 0)]) {
			w.cut(1)
		}
	}
}

func (w *snowballWord) step1b() {
	suffix := snow1b.firstMatch(w.word)
	switch suffix {
	case "":
		return
	case "eed", "eedly":
		if w.r1 >= len(suffix) {
			w.replaceEnd(len(suffix), "ee")
		}
		return
	}
	if !hasSnowballVowel(w.word[:len(w.word)-len(suffix)]) {
		return
	}
	w.cut(len(suffix))
	n := len(w.word)
	switch {
	case ends(w.word, "at"), ends(w.word, "bl"), ends(w.word, "iz"):
		w.replace(0, "e")
		if w.r1++; n+1 > 5 || w.r1 >= 3 {
			w.r2++
		}
	case n >= 2 && w.word[n-1] == w.word[n-2] && strings.ContainsRune("bdfgmnprt", w.word[n-1]):
		w.cut(1)
	case w.r1 == 0 && w.isShort():
		w.replace(0, "e")
	}
}

// isShort reports whether the word ends with a short syllable: a consonant, a vowel and a consonant other than w, x and
// Y, or, as the whole word, a vowel and a consonant.
func (w *snowballWord) isShort() bool {
	word, n := w.word, len(w.word)
	if n == 2 {
		return isSnowballVowel(word[0]) && !isSnowballVowel(word[1])
	}
	return n >= 3 && !isSnowballVowel(word[n-1]) && !strings.ContainsRune("wxY", word[n-1]) &&
		isSnowballVowel(word[n-2]) && !isSnowballVowel(word[n-3])
}

func (w *snowballWord) step2() {
	suffix := snow2.firstMatch(w.word)
	n := len(suffix)
	if n == 0 || w.r1 < n {
		return
	}
	switch suffix {
	case "tional", "entli", "fulli", "lessli":
		w.cut(2)
	case "enci", "anci", "abli":
		w.replaceEnd(1, "e")
	case "izer", "ization":
		w.replaceEnd(n, "ize")
	case "ational", "ation", "ator":
		w.replaceEndNLTK(n, "ate")
	case "alism", "aliti", "alli":
		w.replaceEnd(n, "al")
	case "fulness":
		w.cut(4)
	case "ousli", "ousness":
		w.replaceEnd(n, "ous")
	case "iveness", "iviti":
		w.replaceEndNLTK(n, "ive")
	case "biliti", "bli":
		w.replaceEnd(n, "ble")
	case "ogi":
		if w.word[len(w.word)-4] == 'l' {
			w.cut(1)
		}
	case "li":
		if strings.ContainsRune("cdeghkmnrt", w.word[len(w.word)-3]) {
			w.cut(2)
		}
	}
}

// replaceEndNLTK is like replaceEnd, but leaves one character in an R2 shorter than n, as NLTK does.
func (w *snowballWord) replaceEndNLTK(n int, other string) {
	short := w.r2 < n
	if w.replaceEnd(n, other); short {
		w.r2 = 1
	}
}

func (w *snowballWord) step3() {
	suffix := snow3.firstMatch(w.word)
	n := len(suffix)
	if n == 0 || w.r1 < n {
		return
	}
	switch suffix {
	case "tional":
		w.cut(2)
	case "ational":
		w.replaceEnd(n, "ate")
	case "alize":
		w.cut(3)
	case "icate", "iciti", "ical":
		w.replaceEnd(n, "ic")
	case "ful", "ness":
		w.cut(n)
	case "ative":
		if w.r2 >= n {
			w.cut(n)
		}
	}
}

func (w *snowballWord) step4() {
	suffix := snow4.firstMatch(w.word)
	n := len(suffix)
	if n == 0 || w.r2 < n {
		return
	}
	if suffix == "ion" && !strings.ContainsRune("st", w.word[len(w.word)-4]) {
		return
	}
	w.cut(n)
}

func (w *snowballWord) step5() {
	n := len(w.word)
	switch {
	case n == 0:
	case w.r2 > 0 && w.word[n-1] == 'l' && n >= 2 && w.word[n-2] == 'l',
		w.r2 > 0 && w.word[n-1] == 'e':
		w.word = w.word[:n-1]
	case w.r1 > 0 && w.word[n-1] == 'e' && n >= 4 && (isSnowballVowel(w.word[n-2]) ||
		strings.ContainsRune("wxY", w.word[n-2]) || !isSnowballVowel(w.word[n-3]) || isSnowballVowel(w.word[n-4])):
		w.word = w.word[:n-1]
	}
}
