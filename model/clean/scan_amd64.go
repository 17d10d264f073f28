package clean

import "unsafe"

// kinds returns the classes of all bytes of text together, apart from isNewline and single dashes.
func kinds(text string) (seen class) {
	const block = 16
	whole := len(text) / block
	if whole == 0 {
		return kindsGo(text)
	}
	high, reference, rule, open, dashes := scan(unsafe.StringData(text), whole)
	if whole*block < len(text) { // the last bytes, together with some that were looked at before
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

// scan says of blocks, one at least, of 16 bytes of text whether there is a byte beyond ASCII, a &, one of < CR \, a [,
// and two dashes in a row: those of the results are not zero.
//
//go:noescape
func scan(text *byte, blocks int) (high, reference, rule, open, dashes uint32)
