//go:build !amd64

package clean

// kinds returns the union of the classes of all bytes of text, without isNewline, and without isRule for single dashes.
func kinds(text string) class { return kindsGo(text) }
