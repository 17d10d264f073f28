// Package vectors holds comments that were written for this project, and what the original makes of them: its cleaner,
// and its tokenizer under two releases of spaCy. All but comments.jsonl is written by Python, see test/oracle:
//
//	go test ./test/oracle -run TestVectors -update
package vectors

import (
	"bytes"
	"embed"
	"encoding/json"
	"testing"
)

//go:embed *.jsonl
var files embed.FS

// Comment is a raw comment.
type Comment struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// Cleaned is a raw comment and what mode original makes of it.
type Cleaned struct {
	ID    string `json:"id"`
	Raw   string `json:"raw"`
	Clean string `json:"clean"`
}

// Tokenized is a cleaned comment, its tokens (text, lemma, whether it looks like a URL) and the features made of them.
type Tokenized struct {
	ID       string   `json:"id"`
	Text     string   `json:"text"`
	Tokens   [][3]any `json:"tokens"`
	Features []string `json:"features"`
}

// Comments returns the comments as they were written.
func Comments(tb testing.TB) []Comment { return read[Comment](tb, "comments.jsonl") }

// Clean returns what the original's cleaner makes of the comments.
func Clean(tb testing.TB) []Cleaned { return read[Cleaned](tb, "clean.jsonl") }

// Tokens returns what the original's tokenizer makes of the cleaned comments in a release: "spacy-2.3.2" or
// "spacy-3.8".
func Tokens(tb testing.TB, release string) []Tokenized {
	return read[Tokenized](tb, "tokens_"+release+".jsonl")
}

func read[T any](tb testing.TB, name string) (all []T) {
	tb.Helper()
	b, err := files.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	for dec := json.NewDecoder(bytes.NewReader(b)); dec.More(); {
		var v T
		if err := dec.Decode(&v); err != nil {
			tb.Fatalf("%s: %v", name, err)
		}
		all = append(all, v)
	}
	return all
}
