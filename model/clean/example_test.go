package clean_test

import (
	"fmt"

	"reddit-classifier/model/clean"
)

func ExampleMode_Clean() {
	text := "&gt; It isn<U+2019>t\r\nSee [this](http://example.org/a)--it&#39;s \\*new\\*"
	fmt.Printf("%q\n", clean.Original.Clean(text))
	fmt.Printf("%q\n", clean.Unicode.Clean(text))
	// Output:
	// "> It isn U2019 t See  \x01 \x02  - it's *new*"
	// "> It isn’t See  this http://example.org/a  - it's *new*"
}

func ExampleMode_Clean_mojibake() {
	text := "Itâ€™s naÃ¯ve" // UTF-8 that was read as code page 1252
	fmt.Println(clean.Unicode.Clean(text))
	// Output: It’s naïve
}

func ExampleMode_Append() {
	var buf []byte // reused for every comment
	for _, text := range []string{"R&amp;D", "a -- b"} {
		buf = clean.Unicode.Append(buf[:0], text)
		fmt.Printf("%q\n", buf)
	}
	// Output:
	// "R&D"
	// "a  -  b"
}

func ExampleLatin1() {
	raw := []byte("caf\xe9 it\x92s") // code page 1252, as found in the dataset
	fmt.Println(clean.Original.Clean(clean.Latin1(raw)))
	// Output: café it’s
}
