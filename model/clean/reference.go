package clean

import (
	_ "embed"
	"sort"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:generate sh -c "python3 ../../test/oracle/entities.py >entities.txt"

//go:embed entities.txt
var entities string

// names has the offset in entities of each line with a name. It is made when it is first used.
var names = sync.OnceValue(func() []uint16 {
	lines := make([]uint16, 0, strings.Count(entities, "\n"))
	for i := 0; i < len(entities); i += strings.IndexByte(entities[i:], '\n') + 1 {
		if entities[i] != '#' {
			lines = append(lines, uint16(i))
		}
	}
	return lines
})

// replacement is the replacement of a character reference: at most two characters.
type replacement struct {
	chars [2]rune
	n     int
}

func (v replacement) append(dst []byte) []byte {
	for _, r := range v.chars[:v.n] {
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// reference returns the character reference at the start of text, whose first byte is &, and its length. The length is
// 0 if there is none.
func reference(text string) (replacement, int) {
	if len(text) < 2 {
		return replacement{}, 0
	}
	if text[1] == '#' {
		return numeric(text)
	}
	for _, c := range frequentReferences { // a name with a semicolon is the longest match
		if strings.HasPrefix(text, c.reference) {
			return replacement{chars: [2]rune{c.char}, n: 1}, len(c.reference)
		}
	}
	return named(text)
}

// frequentReferences has the most frequent references, which are found without a search.
var frequentReferences = [...]struct {
	reference string
	char      rune
}{{"&gt;", '>'}, {"&amp;", '&'}, {"&lt;", '<'}, {"&quot;", '"'}}

// numeric returns the reference &#123; or &#x7B; at the start of text. The semicolon may be missing.
func numeric(text string) (replacement, int) {
	i, base := 2, rune(10)
	if i < len(text) && text[i]|0x20 == 'x' {
		i, base = 3, 16
	}
	num, digits := rune(0), i
	for ; i < len(text); i++ {
		d := hexDigit(text[i])
		if d >= base {
			break
		}
		num = min(num*base+d, utf8.MaxRune+1)
	}
	if i == digits {
		return replacement{}, 0
	}
	if i < len(text) && text[i] == ';' {
		i++
	}
	return charref(num), i
}

// charref returns the replacement for a number by the rules of HTML 5: U+FFFD for numbers that are not characters, and
// nothing for control characters and Unicode's noncharacters.
func charref(num rune) replacement {
	switch {
	case num == 0 || num > utf8.MaxRune || num >= 0xD800 && num <= 0xDFFF:
		num = utf8.RuneError
	case num >= 0x80 && num <= 0x9F:
		num = fromCP1252(num)
	case num == '\r':
	case num < 0x09 || num == 0x0B || num >= 0x0E && num < 0x20 || num == 0x7F,
		num >= 0xFDD0 && num <= 0xFDEF, num&0xFFFE == 0xFFFE:
		return replacement{}
	}
	return replacement{chars: [2]rune{num}, n: 1}
}

// hexDigit returns the value of a hexadecimal digit, or 16 for any other byte.
func hexDigit(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c >= 'a' && c <= 'f':
		return rune(c - 'a' + 10)
	case c >= 'A' && c <= 'F':
		return rune(c - 'A' + 10)
	}
	return 16
}

// named returns the reference with the longest name at the start of text, after its first byte. It narrows the sorted
// names down to those that agree with one more byte of text at a time. If one of them ends there, it is the first.
func named(text string) (replacement, int) {
	lines := names()
	best, n := 0, 0
	for d := 1; d < len(text) && isName(text[d]); d++ {
		c := text[d]
		at := func(i int) byte { return entities[int(lines[i])+d-1] }
		lines = lines[sort.Search(len(lines), func(i int) bool { return at(i) >= c }):]
		lines = lines[:sort.Search(len(lines), func(i int) bool { return at(i) > c })]
		if len(lines) == 0 {
			break
		}
		if first := int(lines[0]); entities[first+d] == '\t' {
			best, n = first, d+1
		}
	}
	if n == 0 {
		return replacement{}, 0
	}
	return entityValue(entities[best+n:]), n
}

func isName(c byte) bool { return c >= '0' && c <= ';' || c|0x20 >= 'a' && c|0x20 <= 'z' }

// entityValue reads the code points in the rest of a line.
func entityValue(rest string) (v replacement) {
	line, _, _ := strings.Cut(rest, "\n")
	for field := range strings.FieldsSeq(line) {
		code, err := strconv.ParseUint(field, 16, 32)
		if err != nil || v.n == len(v.chars) {
			return v // a test reads all lines of the table
		}
		v.chars[v.n] = rune(code)
		v.n++
	}
	return v
}
