//go:build !amd64

package clean

// kinds returns the classes of all bytes of text together, apart from isNewline and single dashes.
func kinds(text string) class { return kindsGo(text) }
