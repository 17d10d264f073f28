package oracle_test

import (
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"reddit-classifier/model/text/stem"
	"reddit-classifier/test/oracle"
)

// TestStemsAreNLTK compares the stems of the words of Python's manual and of random ones with NLTK's.
func TestStemsAreNLTK(t *testing.T) {
	python := oracle.Environment(t, "nltk")
	manual, err := exec.Command(python, filepath.Join(oracle.Dir(), "stems.py"), "words").Output()
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(string(manual))
	if len(words) < 2000 {
		t.Fatalf("Python's manual has only %d words", len(words))
	}
	rng := rand.New(rand.NewPCG(5, 6))
	for range 60_000 {
		words = append(words, randomWord(rng))
	}
	words = append(words, "", "*d", "a*ded", "fi*ding", "*ded", "Σ", "ΑΣ", "İ", "İs", "y", "yy", "yyyying", "'", "''",
		"'s", "'s'", "a's'", "x\u2019s",
		"\u2018tis", "\u201bem", "ies", "ied", "ties", "tied", "sky", "Skies", "DYING", "news", "howe", "logi", "geologi",
		"alli", "rationalli", "generic",
		"communism", "arsenal", "skis", "gas", "this", "kiwis", "gaps", "e", "ee", "ll", "lll", "ion", "tion", "éed", "éing", "naïvely", "straßes")
	wrong := 0
	for i, want := range oracle.Run[string, [4]string](t, python, "stems.py", words) {
		for a := range want {
			algorithm := stem.Algorithm(a)
			if got := string(stem.New(algorithm).Append(nil, words[i])); got != want[a] {
				if wrong++; wrong <= 20 {
					t.Errorf("%v: %q becomes %q and with NLTK %q", algorithm, words[i], got, want[a])
				}
			}
		}
	}
	t.Logf("%d of %d words differ", wrong, len(words))
}

var (
	beginnings = strings.Fields(`gener commun arsen y ' re un con de pro ex in tr str b bl c d f g h k l m n p qu r s sh t th v w x z a e i o u ay ey oy syz
		sky di l t inn out cann herr earr proc exc succ at gentl onl`)
	middles = strings.Fields(`a e i o u ay ey oy y ee oo ou ea at it et ot ut an en in on al el il ol bl iz ll ss zz tt pp dd mm rr nn ff gg bb log fil hop
		ab am er or ic iv ous t s l d n r c k m g h w x é ß ï * - 1 _ ' 日`)
	endings = strings.Fields(`s es ies ied ed eed eedly ed edly ing ingly y ational tional enci anci izer abli bli alli entli eli ousli ization ation ator alism
		iveness fulness ousness aliti iviti biliti fulli lessli logi ogi li icate ative alize iciti ical ful ness al ance
		ence er ic able ible ant ement ment ent
		sion tion ion ou ism ate iti ous ive ize e ll l 's ' 's' us sses ss st se ting ly liness er's ility`)
)

// randomWord is made of what stemmers look at.
func randomWord(rng *rand.Rand) string {
	var word strings.Builder
	word.WriteString(beginnings[rng.IntN(len(beginnings))])
	for range rng.IntN(4) {
		word.WriteString(middles[rng.IntN(len(middles))])
	}
	for range rng.IntN(3) {
		word.WriteString(endings[rng.IntN(len(endings))])
	}
	switch rng.IntN(12) {
	case 0:
		return strings.ToUpper(word.String())
	case 1:
		return strings.ToUpper(word.String()[:1]) + word.String()[1:]
	}
	return word.String()
}
