package oracle_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"reddit-classifier/model/clean"
	"reddit-classifier/test/oracle"
	"reddit-classifier/test/shared"
)

// parts are what random comments are made of.
var parts = strings.Fields(`& &# &#x &#X ; amp AMP; gt lt &gt; &lt; &amp; &amp;gt; &amp;lt; &#13; &#45; &#91 &#92; &notin &notit &#150 &#x1F44F; &#0 &#xD800; &#99999999999;
	- -- --- < > <U+ <u+2019> <U+00e9> <U+D83D><U+DE02> U+ [ ] ( ) ]( [a](b) [](c) \ \\ x a E9 1 Ã © Ã© â € ™ â€™ â€ é ” Ÿ ÿ ’ � 日 😀 ß × ½`)

var spaces = []string{" ", "\r", "\n", "\r\n", "\t", "\f", "\x00", "\x01", "\x1f", "\u0080", "\u0081", "\u0092",
	"\u0099", "\u00a0", "\u2028"}

// TestCleanIsPython compares mode Original with Python on random comments, on all names with something missing, and on
// every number.
func TestCleanIsPython(t *testing.T) {
	python := oracle.Interpreter(t, "3.8+")
	rng := rand.New(rand.NewPCG(1, 2))
	inputs := append(numbers(), names(t, rng)...)
	for range 40_000 {
		inputs = append(inputs, randomComment(rng))
	}
	wrong := 0
	for i, want := range oracle.Run[string, string](t, python, "clean.py", inputs) {
		if got := clean.Original.Clean(inputs[i]); got != want {
			if wrong++; wrong <= 5 {
				t.Errorf("%q\n is cleaned to %q\n and by Python %q", inputs[i], got, want)
			}
		}
	}
	t.Logf("%d of %d texts differ", wrong, len(inputs))
}

// randomComment is of ASCII, of Latin-1 or of any characters.
func randomComment(rng *rand.Rand) string {
	most := []rune{0x7F, 0xFF, 0x10FFFF}[rng.IntN(3)]
	var text strings.Builder
	for range rng.IntN(14) {
		from := parts
		if rng.IntN(4) == 0 {
			from = spaces
		}
		part := from[rng.IntN(len(from))]
		if strings.IndexFunc(part, func(r rune) bool { return r > most }) < 0 {
			text.WriteString(part)
		}
	}
	return text.String()
}

// numbers are references to all numbers up to a little more than there are characters, 256 a text.
func numbers() (texts []string) {
	for first := 0; first < 0x110100; first += 256 {
		var text strings.Builder
		for n := first; n < first+256; n++ {
			fmt.Fprintf(&text, []string{"&#%d;", "&#x%x|", "&#X%X;", "&#0%d "}[n%4], n)
		}
		texts = append(texts, text.String())
	}
	return texts
}

// names are references to all names, cut short, followed by letters and of the wrong case.
func names(t *testing.T, rng *rand.Rand) (texts []string) {
	table, err := os.ReadFile(filepath.Join(shared.Root(), "model", "clean", "entities.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(table)) {
		name, _, found := strings.Cut(line, "\t")
		if !found {
			continue
		}
		bare := strings.TrimSuffix(name, ";")
		texts = append(texts, "&"+name, "a&"+bare+"x", "&"+bare+"é;", "&"+strings.ToUpper(bare)+";",
			"&"+bare[:1+rng.IntN(len(bare))]+";", "&"+bare+bare+bare+bare+bare+";", "&&"+bare+"="+bare)
	}
	return texts
}

// TestEntitiesAreCurrent writes the table of names anew and compares.
func TestEntitiesAreCurrent(t *testing.T) {
	python := oracle.Interpreter(t, "3.8+")
	fresh, err := exec.Command(python, filepath.Join(oracle.Dir(), "entities.py")).Output()
	if err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile(filepath.Join(shared.Root(), "model", "clean", "entities.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(fresh, committed) {
		t.Error("model/clean/entities.txt is not what Python has: run go generate ./model/clean")
	}
}
