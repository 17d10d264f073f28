package oracle_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"reddit-classifier/model/text/prepare"
	"reddit-classifier/model/text/stem"
	"reddit-classifier/model/text/stopwords"
	"reddit-classifier/test/oracle"
	"reddit-classifier/test/shared"
)

type preparation struct {
	Steps []prepare.Step `json:"steps"`
	Texts []string       `json:"texts"`
}

// TestPrepareIsPython compares random preparations of random texts with the lines of Python that they stand for.
func TestPrepareIsPython(t *testing.T) {
	python := oracle.Environment(t, "nltk")
	rng := rand.New(rand.NewPCG(7, 8))
	var cases []preparation
	for range 3000 {
		var c preparation
		for range 1 + rng.IntN(5) {
			c.Steps = append(c.Steps, randomStep(rng))
		}
		for range 8 {
			c.Texts = append(c.Texts, randomText(rng))
		}
		cases = append(cases, c)
	}
	wrong, changed := 0, 0
	for i, want := range oracle.Run[preparation, []string](t, python, "prepare.py", cases) {
		c := cases[i]
		p, err := prepare.New(c.Steps)
		if err != nil {
			t.Fatalf("%+v: %v", c.Steps, err)
		}
		if p, err = prepare.Parse(p.Encode()); err != nil {
			t.Fatalf("%+v: %v", c.Steps, err)
		}
		for k, text := range c.Texts {
			got := string(p.AppendPrepared(nil, text))
			if got != text {
				changed++
			}
			if got != want[k] {
				if wrong++; wrong <= 10 {
					t.Errorf("%q: %q becomes\n%q and with Python\n%q", p.Describe(), text, got, want[k])
				}
			}
		}
	}
	t.Logf("%d preparations, %d texts differ; %d were changed", len(cases), wrong, changed)
	if changed < len(cases) {
		t.Error("these are too few to say anything")
	}
}

var stepPatterns = []struct{ pattern, with string }{
	{`<[^>]+>`, " "}, {`(\w)-(\w)`, `\1\2`}, {`[^\w\s]`, ""}, {`(?i)\bu/\w+`, "user"}, {`\s+`, " "},
	{`(?P<n>\d+)%`, `\g<n> percent`},
	{`n't\b`, " not"}, {`^\s*|\s*$`, ""}, {`.`, `\g<0> `}, {``, "-"}, {`(?m)^>.*$`, ""},
	{`[\U0001F600-\U0001F64F]+`, `\\n`}, {`a*?`, "_"},
}

func randomStep(rng *rand.Rand) prepare.Step {
	s := prepare.Step{Kind: prepare.Kind(rng.IntN(int(prepare.Stem) + 1))}
	with := []string{"", " ", "-", `\1`, "né"}[rng.IntN(5)]
	switch s.Kind {
	case prepare.Replace:
		p := stepPatterns[rng.IntN(len(stepPatterns))]
		s.Pattern, s.With = p.pattern, p.with
	case prepare.Keep:
		s.Keep, s.With = prepare.Characters(1+rng.IntN(63)), with
	case prepare.Remove:
		s.Remove, s.With = prepare.Removal(rng.IntN(3)), with
	case prepare.StopWords:
		if s.Words = stopwords.English(); rng.IntN(2) == 0 {
			s.Words = strings.Fields("the The é not user a cat İ")
		}
	case prepare.Stem:
		s.Stemmer = stem.Algorithm(rng.IntN(4))
	}
	if s.Kind == prepare.StopWords || s.Kind == prepare.Stem {
		s.Pattern = []string{"", "", `\w+`, `(?u)\b\w\w+\b`, `(\w+)'?|!`}[rng.IntN(5)]
	}
	return s
}

var textParts = strings.Split("the|The|cats|running|isn't|don't|&amp;|&lt;b&gt;|&#39;|&notit|<b>|</p>|https://a.example/x?y=1|www.b.example.|http://|u/someone_1|12|3%|4.5|"+
	"É|naïve|ΣΑΣ|ΟΔΟΣ,|İı|٣٤|²|½|😀|👍🏽|e\u0301|\u200d|> quote|generally|relational|happily|dying|(yes)|[x]|\"q\"|!!!|...|\u2014|\u2018twas|dog\u2019s|_under_|a*ded|well-known|"+
	"\\n|\x00|straße|ﬁ|Ⅷ|Ⓐ|日本|x_y|A|I", "|")

func randomText(rng *rand.Rand) string {
	var text strings.Builder
	for range rng.IntN(12) {
		text.WriteString(textParts[rng.IntN(len(textParts))])
		text.WriteString([]string{" ", " ", " ", "", "  ", "\n", "\t", "\u00a0", "\r\n", "\x1c", "\u2028",
			", "}[rng.IntN(12)])
	}
	return text.String()
}

// TestStopWordsAreCurrent writes the lists of the oldest and the newest scikit-learn anew and compares.
func TestStopWordsAreCurrent(t *testing.T) {
	committed, err := os.ReadFile(filepath.Join(shared.Root(), "model", "text", "stopwords", "english.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, release := range []string{"sklearn-0.20", "sklearn-1.9"} {
		python := oracle.Environment(t, release)
		fresh, err := exec.Command(python, filepath.Join(oracle.Dir(), "stopwords.py")).Output()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(fresh, committed) {
			t.Errorf("model/text/stopwords/english.txt is not what %s has", release)
		}
	}
}
