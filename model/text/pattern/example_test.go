package pattern_test

import (
	"fmt"

	"reddit-classifier/model/text/pattern"
)

func Example() {
	p, err := pattern.Compile(`(?u)\b\w\w+\b|!|\?`) // a token_pattern
	if err != nil {
		fmt.Println(err)
		return
	}
	m := p.NewMatcher() // can be reused for any number of texts
	m.Reset("Où est-il? À l'école!")
	for token, ok := m.NextToken(); ok; token, ok = m.NextToken() {
		fmt.Printf("%s ", token)
	}
	// Output: Où est il ? école !
}

func ExampleMatcher_AppendReplaced() {
	p, err := pattern.Compile(`(?P<first>\w+), (\w+)`)
	if err != nil {
		fmt.Println(err)
		return
	}
	template, err := p.Template(`\2 \g<first>`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n", p.NewMatcher().AppendReplaced(nil, "Lovelace, Ada; Hopper, Grace", template))
	// Output: Ada Lovelace; Grace Hopper
}

func ExampleCompile() {
	_, err := pattern.Compile(`\w+(?=!)`)
	fmt.Println(err)
	// Output: regular expression: look-ahead is not supported (it needs backtracking) at position 3 of "\\w+(?=!)"
}
