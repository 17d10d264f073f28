package model

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// mostResident is what a process may have resident that predicts hostile texts of a megabyte, one after the other.
const mostResident = 40 << 20

// hostileUnits are what hostile texts repeat.
var hostileUnits = []struct{ name, unit string }{
	{"parentheses", "("}, {"closing", ")"}, {"brackets", "["}, {"both", "()"}, {"nested", ""}, {"points", "a.a."}, {"full stops", "."}, {"one word", "a"}, {"one shouted word", "A"},
	{"one foreign word", "É"}, {"digits", "1"}, {"units", "5km"}, {"emoji", "😂"}, {"emoticons", ":)"}, {"emoticons apart", ":) "}, {"slashes", "a/"}, {"hyphens", "a-b"}, {"dashes", "--"},
	{"apostrophes", "'s"}, {"quotes", "\u201ca\u201d "}, {"addresses", "http://a.b/c "}, {"beginnings of addresses", "http://"}, {"users", "(a@b.c"}, {"underscores", "_"}, {"degrees", "°C."},
	{"letters", "a "}, {"words", "the quick brown fox "}, {"numbers", "x1 y2 "}, {"two tokens that are three words", "N.Y. "}, {"spaces", "  "}, {"lines", "\n"}, {"broken", "\xff\xc3"}, {"one broken byte", "\xff"}, {"zeros", "\x00 "}, {"zero and parentheses", "\x00 ((((((((("},
	{"entities", "&amp;"}, {"entities of two", "&lt;"}, {"numbers of characters", "&#233;"}, {"code points", "<U+1F602>"}, {"links", "[a](b)"}, {"backslashes", "\\"}, {"decoded wrongly", "Ã©"}, {"returns", "\r"}, {"long chunks", strings.Repeat("a.(", 1300) + " "},
}

// hostileText returns about size bytes.
func hostileText(name, unit string, size int) string {
	if name == "nested" {
		return strings.Repeat("(", size/2) + "a@b.co" + strings.Repeat(")", size/2)
	}
	return strings.Repeat(unit, size/len(unit))
}

// TestHostileMemory predicts hostile texts in a process of its own, which has no other tests behind it, and looks at the most that
// the process has had resident.
func TestHostileMemory(t *testing.T) {
	if os.Getenv("HOSTILE_MODEL") != "" {
		predictHostile(t)
		return
	}
	if raceEnabled {
		t.Skip("the race detector takes memory of its own")
	}
	if _, err := resident("VmHWM:"); err != nil {
		t.Skip("how much memory a process has had is read from Linux:", err)
	}
	size := 1 << 20
	for _, name := range []string{"default", "original"} {
		t.Run(name, func(t *testing.T) {
			for try := 1; ; try++ { // the garbage collector is late when other processes are busy
				child := exec.Command(os.Args[0], "-test.run=^TestHostileMemory$", "-test.v")
				child.Env = append(os.Environ(), "HOSTILE_MODEL="+name, "HOSTILE_SIZE="+strconv.Itoa(size), "GOGC=100", "GOMEMLIMIT=off")
				out, err := child.CombinedOutput()
				t.Logf("\n%s", out)
				if err == nil {
					break
				}
				if try == 3 {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestLongTexts has texts of many blocks, batches and long chunks give what their features give, counted at once.
func TestLongTexts(t *testing.T) {
	for name, artifact := range within() {
		m := mustParse(t, artifact)
		same := func(t rapid.TB, text string) {
			var features []string
			tokens := m.pack.AppendTokens(nil, text)
			for i := range tokens {
				if f := Feature(&tokens[i], m.words.punctuation); f != "" {
					features = append(features, f)
				}
			}
			if got, want := m.predictCleaned(text), m.predictFeatures(features); got != want {
				t.Errorf("%s: %v for %d bytes that begin with %.60q, want %v", name, got, len(text), text, want)
			}
		}
		for _, h := range hostileUnits {
			same(t, hostileText(h.name, h.unit, 2*maxBlock+1))
		}
		unit := rapid.OneOf(rapid.SampledFrom(units()), rapid.SampledFrom([]string{" ", "\u2003", "\n", "the ", "I am not ", "New York N.Y. ", "gonna "}))
		rapid.Check(t, func(t *rapid.T) {
			var text strings.Builder
			for range rapid.IntRange(1, 12).Draw(t, "runs") {
				u := unit.Draw(t, "unit")
				text.WriteString(strings.Repeat(u, 1+rapid.IntRange(0, maxBlock).Draw(t, "bytes")/len(u)))
			}
			same(t, text.String())
		})
	}
}

func units() (out []string) {
	for _, h := range hostileUnits {
		if h.unit != "" {
			out = append(out, h.unit)
		}
	}
	return out
}

// predictHostile is the other process.
func predictHostile(t *testing.T) {
	m, err := Open(os.Getenv("HOSTILE_MODEL"))
	if err != nil {
		t.Fatal(err)
	}
	size, err := strconv.Atoi(os.Getenv("HOSTILE_SIZE"))
	if err != nil {
		t.Fatal(err)
	}
	m.PredictProba("The quick brown fox.")
	before, _ := resident("VmHWM:")
	fmt.Printf("%6.1f MiB before\n", float64(before)/(1<<20))
	for _, h := range hostileUnits {
		text := hostileText(h.name, h.unit, size)
		forgetMost(t)
		sink += m.PredictProba(text)[1]
		sink += m.PredictProba(text)[1]
		most, err := resident("VmHWM:")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("%6.1f MiB %s\n", float64(most)/(1<<20), h.name)
		if most > mostResident {
			t.Errorf("%s: %d bytes resident, more than %d", h.name, most, mostResident)
		}
	}
}

// resident returns a line of the process's status in bytes: VmHWM is the most it has had resident.
func resident(line string) (int, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, rest, found := bytes.Cut(status, []byte(line))
	if !found {
		return 0, fmt.Errorf("there is no %s", line)
	}
	kB, err := strconv.Atoi(string(bytes.Fields(rest)[0]))
	return kB << 10, err
}

// forgetMost has Linux count VmHWM from what is resident now.
func forgetMost(t *testing.T) {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		t.Log(err) // then VmHWM is the most of all texts so far, which is bounded too
	}
}
