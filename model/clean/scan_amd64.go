package clean

import "unsafe"

// kinds returns the union of the classes of all bytes of text, without isNewline, and without isRule for single dashes.
func kinds(text string) (seen class) {
	const block = 16
	whole := len(text) / block
	if whole == 0 {
		return kindsGo(text)
	}
	high, reference, rule, open, dashes := scan(unsafe.StringData(text), whole)
	if whole*block < len(text) { // the last block, which overlaps the one before
		high2, reference2, rule2, open2, dashes2 := scan(unsafe.StringData(text[len(text)-block:]), 1)
		high, reference, rule, open, dashes = high|high2, reference|reference2, rule|rule2, open|open2, dashes|dashes2
	}
	if high != 0 {
		seen |= isHigh
	}
	if reference != 0 {
		seen |= isReference | isRule
	}
	if rule|dashes != 0 {
		seen |= isRule
	}
	if open != 0 {
		seen |= isOpen
	}
	return seen
}

// scan scans blocks of 16 bytes; there must be at least one. The results are not zero if there is a byte beyond ASCII,
// an &, one of < CR \, a [, and two dashes in a row.
//
//go:noescape
func scan(text *byte, blocks int) (high, reference, rule, open, dashes uint32)
