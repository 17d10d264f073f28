package packs_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model/english"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/english/packs/compile"
	"reddit-classifier/test/shared"
)

// document is a line of a golden file.
type document struct {
	ID       string   `json:"id"`
	Text     string   `json:"text"`
	Tokens   [][3]any `json:"tokens"`
	Features []string `json:"features"`
}

// golden calls f with each document of a golden file.
func golden(tb testing.TB, name string, f func(*document)) {
	tb.Helper()
	file, err := os.Open(shared.File(tb, "golden", name))
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		tb.Fatal(err)
	}
	lines := bufio.NewScanner(plain)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		d := new(document)
		if err := json.Unmarshal(lines.Bytes(), d); err != nil {
			tb.Fatal(err)
		}
		f(d)
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
}

func open(tb testing.TB, name string) *english.Pack {
	tb.Helper()
	p, err := packs.Open(name)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// rows returns tokens in the format of the golden files.
func rows(tokens []english.Token) (rows [][3]any, features []string) {
	rows, features = [][3]any{}, []string{}
	for _, t := range tokens {
		url := 0.0
		if t.LikeURL {
			url = 1
		}
		rows = append(rows, [3]any{t.Text, t.Lemma, url})
		if f := t.Feature(); f != "" {
			features = append(features, f)
		}
	}
	return rows, features
}

// TestGolden compares all documents of the golden files: text, lemma and like_url of each token, and the features.
func TestGolden(t *testing.T) {
	for _, name := range packs.Names() {
		for _, part := range []string{"train", "adv_dev"} {
			t.Run(name+"/"+part, func(t *testing.T) {
				p := open(t, name)
				var documents, wrong int
				golden(t, "tokens_"+name+"_"+part+".jsonl.gz", func(d *document) {
					documents++
					tokens, features := rows(p.AppendTokens(nil, d.Text))
					if slices.Equal(d.Tokens, tokens) && slices.Equal(d.Features, features) {
						return
					}
					if wrong++; wrong <= 5 {
						t.Errorf("%s: (-spaCy +ours)\n%s", d.ID, cmp.Diff(d.Tokens, tokens)+cmp.Diff(d.Features, features))
					}
				})
				t.Logf("%d of %d documents equal", documents-wrong, documents)
			})
		}
	}
}

// TestGenerated compiles the packs and compares them with the embedded ones.
func TestGenerated(t *testing.T) {
	for _, release := range compile.Releases {
		t.Run(release.Name, func(t *testing.T) {
			languages := filepath.Dir(shared.File(t, "language", release.Name+".json.gz"))
			fresh, err := release.Compile(languages, filepath.Join("compile", "data"))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(fresh, open(t, release.Name).Bytes()) {
				t.Error("the embedded pack differs from a fresh one; run go generate ./model/english/packs")
			}
		})
	}
}
