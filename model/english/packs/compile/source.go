package compile

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Language is the language data of a spaCy release, as stored in the language files, NAME.json.gz.
type Language struct {
	Source       string             `json:"source"`
	PrefixSearch string             `json:"prefix_search"`
	SuffixSearch string             `json:"suffix_search"`
	InfixFinder  string             `json:"infix_finditer"`
	TokenMatch   *string            `json:"token_match"`
	URLMatch     string             `json:"url_match"`
	Exceptions   map[string][]Piece `json:"exceptions"`
	LemmaLookup  map[string]string  `json:"lemma_lookup"`
	TLDs         []string           `json:"like_url_tlds"`
}

// Piece is a token of an exception.
type Piece struct {
	Text  string `json:"ORTH"`
	Lemma string `json:"lemma"`
}

// ReadLanguage reads an uncompressed language file, which is JSON. It returns an error if the tokens of an exception do
// not concatenate to the exception.
func ReadLanguage(r io.Reader) (*Language, error) {
	l := new(Language)
	if err := json.NewDecoder(r).Decode(l); err != nil {
		return nil, fmt.Errorf("language file: %w", err)
	}
	for key, pieces := range l.Exceptions {
		var b strings.Builder
		for _, p := range pieces {
			b.WriteString(p.Text)
		}
		if b.String() != key {
			return nil, fmt.Errorf("language file: the tokens of exception %q do not add up to it", key)
		}
	}
	return l, nil
}

// ReadWords reads one word per line. Empty lines and lines that start with # are skipped.
func ReadWords(r io.Reader) ([]string, error) {
	var out []string
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line != "" && line[0] != '#' {
			out = append(out, line)
		}
	}
	return out, lines.Err()
}
