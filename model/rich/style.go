package rich

import (
	"math"
	"unicode"
	"unicode/utf8"

	"reddit-classifier/model/text/python"
)

// StyleNames has the names of the features that [Style] returns, in order. They describe how a comment is written, not
// what it says. Counts and lengths are transformed to ln(1+x), because the tenth question mark matters less than the
// first. The powers and hinges of the length and of the word length let a linear model fit a curve.
var StyleNames = [...]string{
	"length", "length²/10", "length over 4", "length over 5", "words", "capitals/letters", "digits/characters",
	"words in capitals/words", "letters/words", "(letters/words)²/10", "question marks", "exclamation marks", "quotes", "links",
	"paragraphs", "starts with a quotation", "ends a sentence", "ends with a question", "starts with a small letter",
	"parentheses", "commas", "apostrophes", "full stops",
}

// Style returns the style features of a cleaned comment, in the order of [StyleNames].
func Style(cleaned string) [len(StyleNames)]float64 {
	var c styleCounts
	c.count(cleaned)
	length := math.Log1p(float64(c.runes))
	characters, words, letters := float64(max(1, c.runes)), float64(max(1, c.words)), float64(max(1, c.letters))
	perWord := float64(c.letters) / words
	return [...]float64{
		length, length * length / 10, max(0, length-4), max(0, length-5), math.Log1p(float64(c.words)),
		float64(c.capitals) / letters, float64(c.digits) / characters, float64(c.shouted) / words,
		perWord, min(perWord, 8) * min(perWord, 8) / 10,
		c.log('?'), c.log('!'), c.log('"'), math.Log1p(float64(c.links)), math.Log1p(float64(c.gaps)),
		indicator(c.first == '>'), indicator(c.last == '.' || c.last == '!' || c.last == '?'), indicator(c.last == '?'),
		indicator(unicode.IsLower(c.first)), c.log('('), c.log(','), c.log('\''), c.log('.'),
	}
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// styleCounts has the counts of one pass over a text.
type styleCounts struct {
	runes, words, letters, capitals, digits, shouted, links, gaps int
	first, last                                                   rune // first and last character that is not white space
	ascii                                                         [128]int32
	word                                                          wordCounts
}

// wordCounts has the counts of the current word.
type wordCounts struct{ runes, capitals, small int }

func (c *styleCounts) log(char byte) float64 { return math.Log1p(float64(c.ascii[char])) }

func (c *styleCounts) count(text string) {
	for i := 0; i < len(text); {
		r, n := rune(text[i]), 1
		if r < utf8.RuneSelf {
			c.ascii[r]++
			if r == 'h' && len(text)-i >= 4 && text[i:i+4] == "http" {
				c.links++
			}
		} else {
			r, n = utf8.DecodeRuneInString(text[i:])
		}
		// A gap is a run of at least two blanks. Cleaning makes one of an empty line.
		if r == ' ' && i+1 < len(text) && text[i+1] == ' ' && (i == 0 || text[i-1] != ' ') {
			c.gaps++
		}
		c.add(r)
		i += n
	}
	c.endWord()
}

func (c *styleCounts) add(r rune) {
	c.runes++
	if python.IsSpace(r) {
		c.endWord()
		return
	}
	if c.first == 0 {
		c.first = r
	}
	c.last = r
	c.word.runes++
	switch {
	case 'a' <= r && r <= 'z':
		c.letters++
		c.word.small++
	case 'A' <= r && r <= 'Z':
		c.letters++
		c.capitals++
		c.word.capitals++
	case '0' <= r && r <= '9':
		c.digits++
	case r >= utf8.RuneSelf:
		c.addOther(r)
	}
}

// addOther counts a character beyond ASCII.
func (c *styleCounts) addOther(r rune) {
	switch {
	case unicode.IsUpper(r):
		c.capitals++
		c.word.capitals++
		c.letters++
	case unicode.IsLetter(r):
		c.letters++
		if unicode.IsLower(r) {
			c.word.small++
		}
	case unicode.IsDigit(r):
		c.digits++
	}
}

func (c *styleCounts) endWord() {
	if c.word.runes == 0 {
		return
	}
	c.words++
	if c.word.runes > 1 && c.word.capitals > 0 && c.word.small == 0 {
		c.shouted++
	}
	c.word = wordCounts{}
}
