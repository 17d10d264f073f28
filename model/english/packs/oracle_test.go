package packs_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/english/packs/compile"
	"reddit-classifier/test/oracle"
	"reddit-classifier/test/shared"
)

// TestOracle compares hostile random documents with spaCy. ORACLE_DOCUMENTS (default 2,000) is the number of documents,
// and ORACLE_SEED (default 1) the seed.
func TestOracle(t *testing.T) {
	for _, name := range packs.Names() {
		t.Run(name, func(t *testing.T) {
			python := oracle.Environment(t, name)
			language := shared.File(t, "language", name+".json.gz")
			p := open(t, name)
			g := newGenerator(t, language, uint64(number("ORACLE_SEED", 1)))
			var in bytes.Buffer
			for range number("ORACLE_DOCUMENTS", 2000) {
				line, err := json.Marshal(strings.ToValidUTF8(g.document(), "?"))
				if err != nil {
					t.Fatal(err)
				}
				in.Write(append(line, '\n'))
			}
			cmd := exec.Command(python, filepath.Join("testdata", "oracle.py"), language)
			cmd.Stdin, cmd.Stderr = &in, os.Stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(bytes.NewReader(out))
			lines.Buffer(nil, 1<<24)
			compared, wrong := 0, 0
			for lines.Scan() && wrong < 10 {
				compared++
				d := new(document)
				if err := json.Unmarshal(lines.Bytes(), d); err != nil {
					t.Fatal(err)
				}
				tokens, features := rows(p.AppendTokens(nil, d.Text))
				if !slices.Equal(d.Tokens, tokens) || !slices.Equal(d.Features, features) {
					wrong++
					t.Errorf("%q: (-spaCy +ours)\n%s", d.Text, cmp.Diff(d.Tokens, tokens)+cmp.Diff(d.Features, features))
				}
			}
			t.Logf("%d of %d documents equal", compared-wrong, compared)
		})
	}
}

func number(variable string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return n
	}
	return otherwise
}

// generator makes documents from fragments that matter to the rules.
type generator struct {
	*rand.Rand
	exceptions, lemmas []string
	runes              []rune // characters in the patterns, and their neighbours
}

var pieces = strings.Split(`. .. ... , ; : ! ? ( ) [ ] { } < > _ # * & $ £ € % = + - -- --- – — —— ~ ^ ' " ’ ‘ “ ” `+"` `` ''"+` … …… / // :// ? # @ | \ § ° °C °F. °c
	km km² m g mg kg t M K G T % US$ C$ A$ MB gb km/h m/s hPa км м² كم тбكم 's 'S ’s ’S 'll n't ’ve
	http:// https:// ftp:// www. www HTTP:// mailto: a+b:// file:/// .com .co.uk .org .xyz .icu .museum .COM .c
	example.com a.b a.b.c user@ user:pass@ @ @host.org
	10.0.0.1 127.0.0.1 192.168.1.1 172.16.0.1 172.32.0.1 8.8.8.8 1.2.3.4 223.255.255.254 224.1.1.1 255.255.255.255 :80
	:8080 :99999 /path /a/b?c=d#e ?q=1
	:) :-) ;) :( :D :P <3 </3 O_o o.O ^_^ (: XD :/ :| 8) ¯\(ツ)/¯ (ಠ_ಠ) :'( :’) a.m. p.m. 10a.m. 10am 5pm 12p.m. e.g.
	i.e. U.S. u.s. Inc. Mr. Mr St. Ph.D. vs. No. A. AA. aA. Aa. a. 1. 1.5 1,000 1-2 1+1 2*3 2^8
	don't Don't DONT dont cannot can't won't it's I'm gonna Gonna ain't 'em 'cause y'all ma'am o'clock who've should've
	shan't've how'd'y
	the The was running better WAS children URL it I me is CAPS Ünïcödé ΑΣ ΣΑΣ Σ' İstanbul ǅ ß ẞ Ⱥ ⅓ ½ ² ³ µ 語 日本 हिन्दी مرحبا עברית 한국어 ß. É. é. ÉÉ. éÉ 😀 👍🏽 👨‍👩‍👧 🇩🇪 ☺ ★ ✓ � � ゠ ー 。 ！ （ ） 「」`, " ")

var spaces = []string{" ", " ", " ", " ", " ", "  ", "   ", "\n", "\n\n", " \n ", "\t", "\u00a0", "\u2003", "\u3000",
	"\x1c", "\u2028", "\r\n", "\x85"}

func newGenerator(t *testing.T, language string, seed uint64) *generator {
	l, err := compile.OpenLanguage(language)
	if err != nil {
		t.Fatal(err)
	}
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0))}
	g.exceptions, g.lemmas = slices.Sorted(maps.Keys(l.Exceptions)), slices.Sorted(maps.Keys(l.LemmaLookup))
	for _, r := range l.SuffixSearch + l.InfixFinder + l.URLMatch {
		if r > 0x7F {
			g.runes = append(g.runes, r-1, r, r+1)
		}
	}
	return g
}

func pick[T any](g *generator, from []T) T { return from[g.IntN(len(from))] }

func (g *generator) document() string {
	switch g.IntN(10) {
	case 0:
		return g.apart()
	case 1:
		return g.long()
	}
	var b strings.Builder
	for range 1 + g.IntN(12) {
		if g.IntN(8) == 0 {
			b.WriteString(pick(g, spaces))
		}
		b.WriteString(g.chunk())
		if g.IntN(12) > 0 {
			b.WriteString(pick(g, spaces))
		}
	}
	return b.String()
}

// apart returns exceptions with spaces inside. The second pass of spaCy 3 finds them but does not replace them, and no
// other phrase can use their tokens.
func (g *generator) apart() string {
	var b strings.Builder
	for range 1 + g.IntN(6) {
		for _, r := range pick(g, g.exceptions) {
			b.WriteRune(r)
			if g.IntN(6) == 0 {
				b.WriteByte(' ')
			}
		}
		if g.IntN(2) == 0 {
			b.WriteString(pick(g, pieces))
		}
	}
	return b.String()
}

// long returns a long chunk with affixes on both sides of something like an address.
func (g *generator) long() string {
	affixes := []string{"(", ")", "_", "<", ">", "*", "..", "...", "'", "\"", "+", "#", "$", "”", "…", "😀", "'s", ",", ":",
		"://", "@", "/"}
	side := func() string {
		var b strings.Builder
		for range g.IntN(12) {
			b.WriteString(strings.Repeat(pick(g, affixes), 1+g.IntN(9)))
		}
		return b.String()
	}
	return side() + g.chunk() + g.chunk() + side()
}

func (g *generator) chunk() string {
	var b strings.Builder
	for range 1 + g.IntN(1+g.IntN(7)) {
		b.WriteString(g.piece())
	}
	return b.String()
}

func (g *generator) piece() string {
	switch g.IntN(16) {
	case 0, 1, 2:
		return pick(g, g.exceptions)
	case 3:
		return pick(g, g.lemmas)
	case 4:
		return strings.ToUpper(pick(g, g.lemmas))
	case 5:
		return strconv.Itoa(g.IntN(300))
	case 6:
		return string(pick(g, g.runes))
	case 7:
		return string(rune(g.IntN(0x3100)))
	case 8:
		if r := rune(g.IntN(0x20000)); r < 0xD800 || r >= 0xE000 {
			return string(r)
		}
		return string(rune(0xE000 + g.IntN(0x2000)))
	case 9:
		return strings.Repeat(strings.TrimSpace(pick(g, pieces)), 1+g.IntN(4))
	case 10: // a part of an exception
		e := []rune(pick(g, g.exceptions))
		i := g.IntN(len(e))
		return string(e[i : i+1+g.IntN(len(e)-i)])
	case 11: // lower case, digits and dots: addresses
		var b strings.Builder
		for range 1 + g.IntN(8) {
			b.WriteByte("ab.z09-.:/@A_"[g.IntN(13)])
		}
		return b.String()
	case 12:
		return fmt.Sprint(g.IntN(260), ".", g.IntN(260), ".", g.IntN(260), ".", g.IntN(260))
	}
	return strings.TrimSpace(pick(g, pieces))
}
