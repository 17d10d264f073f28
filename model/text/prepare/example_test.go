package prepare_test

import (
	"fmt"

	"reddit-classifier/model/text/prepare"
	"reddit-classifier/model/text/prepare/config"
	"reddit-classifier/model/text/stem"
)

func Example() {
	p, err := prepare.New([]prepare.Step{
		{Kind: prepare.Lower},
		{Kind: prepare.Keep, Keep: prepare.Letters, With: " "},
		{Kind: prepare.StopWords, Words: []string{"the", "were"}},
		{Kind: prepare.Stem, Stemmer: stem.Porter},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var buf []byte // reused for every text
	for _, text := range []string{"The ponies were running!", "2 observatories"} {
		buf = p.AppendPrepared(buf[:0], text)
		fmt.Printf("%s\n", buf)
	}
	// Output:
	// poni run
	// observatori
}

func ExampleProgram_Describe() {
	p, err := config.Parse([]byte(`
- unescape
- remove: [urls, punctuation]
- stop-words: english
`), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, line := range p.Describe() {
		fmt.Println(line)
	}
	// Output:
	// unescape
	// remove urls
	// remove punctuation
	// stop words: 318 (a, about, above, …)
}
