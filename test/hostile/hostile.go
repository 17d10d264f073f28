// Package hostile has texts that are made to be slow or large.
package hostile

import "strings"

// Unit is what a text repeats.
type Unit struct{ Name, Unit string }

// Units are what hostile texts repeat.
var Units = []Unit{
	{
		"parentheses",
		"(",
	}, {"closing", ")"}, {"brackets", "["}, {"both", "()"}, {"nested", ""}, {"points", "a.a."}, {"full stops", "."}, {"one word", "a"}, {"one shouted word", "A"},
	{
		"one foreign word",
		"É",
	}, {"digits", "1"}, {"units", "5km"}, {"emoji", "😂"}, {"emoticons", ":)"}, {"emoticons apart", ":) "}, {"slashes", "a/"}, {"hyphens", "a-b"}, {"dashes", "--"},
	{
		"apostrophes",
		"'s",
	}, {"quotes", "\u201ca\u201d "}, {"addresses", "http://a.b/c "}, {"beginnings of addresses", "http://"}, {"users", "(a@b.c"}, {"underscores", "_"}, {"degrees", "°C."},
	{
		"letters",
		"a ",
	}, {"words", "the quick brown fox "}, {"numbers", "x1 y2 "}, {"two tokens that are three words", "N.Y. "}, {"spaces", "  "}, {"lines", "\n"}, {"broken", "\xff\xc3"}, {"one broken byte", "\xff"}, {"zeros", "\x00 "}, {"zero and parentheses", "\x00 ((((((((("},
	{
		"entities",
		"&amp;",
	}, {"entities of two", "&lt;"}, {"numbers of characters", "&#233;"}, {"code points", "<U+1F602>"}, {"links", "[a](b)"}, {"backslashes", "\\"}, {"decoded wrongly", "Ã©"}, {"returns", "\r"}, {"long chunks", strings.Repeat("a.(", 1300) + " "},
}

// Text returns about size bytes.
func Text(u Unit, size int) string {
	if u.Name == "nested" {
		return strings.Repeat("(", size/2) + "a@b.co" + strings.Repeat(")", size/2)
	}
	return strings.Repeat(u.Unit, size/len(u.Unit))
}

// Repeated returns the units that are repeated as they are.
func Repeated() (out []string) {
	for _, u := range Units {
		if u.Unit != "" {
			out = append(out, u.Unit)
		}
	}
	return out
}
