// Package python implements the character properties of Python's str: white space, word characters and decimal digits,
// lower case, and the stripping of accents that scikit-learn does with unicodedata.
//
// The tables are those of Unicode 15.0, as in Python 3.12. Other releases of Python differ for characters that were new
// to the later one, and for a few others. Bytes that are not UTF-8 are left unchanged and are not part of a word.
package python

import (
	_ "embed"
	"unicode/utf8"
)

//go:generate python3.12 tables.py

// tables has the length of each of six sections, 4 bytes each, and then the sections:
//
//	the number of the block for each 128 characters, 2 bytes each
//	the blocks, one byte for each character: the traits below
//	characters that lower changes, in ascending order: 4 bytes character, 4 bytes lower case
//	where the canonical combining class changes, in ascending order: 4 bytes first character, 4 bytes class
//	characters with a compatibility decomposition, in ascending order, without Hangul syllables: 4 bytes
//	character, 2 bytes offset and 2 bytes length of its decomposition in the next section
//	the decompositions without combining characters, UTF-8
//
//go:embed tables.bin
var tables string

// Traits of a character.
const (
	word       = 1 << iota // str.isalnum
	space                  // str.isspace
	cased                  // cased, and not case-ignorable
	ignorable              // case-ignorable, for final sigmas
	lowers                 // changed by str.lower
	decomposes             // changed by NFKD
	combining              // unicodedata.combining is not 0
	decimal                // str.isdecimal
)

const (
	sections  = 6
	blockSize = 128
	entrySize = 8
)

var blockNumbers, blocks, lowered, classes, decompositions, decomposed = splitTables()

func splitTables() (a, b, c, d, e, f string) {
	var parts [sections]string
	at := 4 * sections
	for i := range parts {
		end := at + int(number(tables[4*i:]))
		parts[i] = tables[at:end]
		at = end
	}
	return parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]
}

func number(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func traits(r rune) byte {
	if uint32(r) > utf8.MaxRune {
		return 0
	}
	at := int(r) / blockSize * 2
	block := int(blockNumbers[at]) | int(blockNumbers[at+1])<<8
	return blocks[block*blockSize+int(r)%blockSize]
}

// IsSpace reports whether r is white space, as str.isspace and \s in regular expressions do.
func IsSpace(r rune) bool { return traits(r)&space != 0 }

// IsAlnum reports whether r is a letter or a number, as str.isalnum does.
func IsAlnum(r rune) bool { return traits(r)&word != 0 }

// IsWord reports whether r is a letter, a number or an underscore, as \w in regular expressions does.
func IsWord(r rune) bool { return r == '_' || traits(r)&word != 0 }

// IsDecimal reports whether r is a decimal digit, as str.isdecimal and \d in regular expressions do.
func IsDecimal(r rune) bool { return traits(r)&decimal != 0 }

// ToLower returns the lower case of r. The lower case of İ has two characters, of which it returns the first.
func ToLower(r rune) rune {
	switch {
	case traits(r)&lowers == 0:
		return r
	case r == 'İ':
		return 'i'
	}
	return rune(number(search(lowered, r)[4:]))
}

// Lowered yields each character that [ToLower] changes, in ascending order, and its lower case.
func Lowered(yield func(r, lower rune) bool) {
	dotted := false
	for entries := lowered; entries != ""; entries = entries[entrySize:] {
		r, lower := rune(number(entries)), rune(number(entries[4:]))
		if !dotted && r > 'İ' {
			if dotted = true; !yield('İ', 'i') {
				return
			}
		}
		if !yield(r, lower) {
			return
		}
	}
}

// search returns the last entry of 8 bytes whose number is at most r, or "" if there is none.
func search(entries string, r rune) string {
	low, high := 0, len(entries)/entrySize
	for low < high {
		middle := (low + high) / 2
		if rune(number(entries[middle*entrySize:])) <= r {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low == 0 {
		return ""
	}
	return entries[(low-1)*entrySize : low*entrySize]
}

// AppendLower appends the lower case of s, as str.lower returns it.
func AppendLower(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			dst = append(dst, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case traits(r)&lowers == 0:
			dst = append(dst, s[i:i+n]...)
		case r == 'İ':
			dst = append(dst, "i\u0307"...)
		case r == 'Σ' && finalSigma(s[:i], s[i+n:]):
			dst = append(dst, "ς"...)
		default:
			dst = utf8.AppendRune(dst, rune(number(search(lowered, r)[4:])))
		}
		i += n
	}
	return dst
}

// finalSigma reports whether a capital sigma between before and after ends a word. As in CPython's unicodeobject.c, it
// does if a cased character is before it and none after it; case-ignorable characters are skipped.
func finalSigma(before, after string) bool {
	for {
		r, n := utf8.DecodeLastRuneInString(before)
		if n == 0 {
			return false
		}
		if before = before[:len(before)-n]; traits(r)&ignorable == 0 {
			if traits(r)&cased == 0 {
				return false
			}
			break
		}
	}
	for {
		r, n := utf8.DecodeRuneInString(after)
		if n == 0 {
			return true
		}
		if after = after[n:]; traits(r)&ignorable == 0 {
			return traits(r)&cased == 0
		}
	}
}

// Hangul syllables, which decompose by arithmetic (The Unicode Standard, 3.12).
const (
	firstSyllable    = 0xAC00
	lastSyllable     = 0xD7A3
	firstLead        = 0x1100
	firstVowel       = 0x1161
	firstTrail       = 0x11A7
	vowels, trails   = 21, 28
	syllablesPerLead = vowels * trails
)

// AppendStripped appends s without accents: decomposed (NFKD) and without combining characters, as scikit-learn's
// strip_accents_unicode returns it.
func AppendStripped(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			dst = append(dst, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch t := traits(r); {
		case t&(decomposes|combining) == 0:
			dst = append(dst, s[i:i+n]...)
		case t&decomposes == 0:
		case firstSyllable <= r && r <= lastSyllable:
			dst = appendSyllable(dst, r-firstSyllable)
		default:
			e := search(decompositions, r)
			start, length := uint16(e[4])|uint16(e[5])<<8, uint16(e[6])|uint16(e[7])<<8
			dst = append(dst, decomposed[start:][:length]...)
		}
		i += n
	}
	return dst
}

func appendSyllable(dst []byte, i rune) []byte {
	dst = utf8.AppendRune(dst, firstLead+i/syllablesPerLead)
	dst = utf8.AppendRune(dst, firstVowel+i%syllablesPerLead/trails)
	if trail := i % trails; trail > 0 {
		dst = utf8.AppendRune(dst, firstTrail+trail)
	}
	return dst
}

// AppendASCII appends the ASCII characters of the decomposed s (NFKD), as scikit-learn's strip_accents_ascii returns
// them.
func AppendASCII(dst []byte, s string) []byte {
	n := len(dst)
	dst = AppendStripped(dst, s)
	kept := dst[:n]
	for _, c := range dst[n:] {
		if c < utf8.RuneSelf {
			kept = append(kept, c)
		}
	}
	return kept
}

// IsDecomposed reports whether NFKD leaves s unchanged.
func IsDecomposed(s string) bool {
	previous := uint32(0)
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			previous = 0
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		t := traits(r)
		if t&decomposes != 0 {
			return false
		}
		class := uint32(0)
		if t&combining != 0 {
			class = number(search(classes, r)[4:])
			if class < previous {
				return false
			}
		}
		previous = class
	}
	return true
}
