package oracle_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"reddit-classifier/model/text/pattern"
	"reddit-classifier/test/oracle"
)

type patternCase struct {
	Pattern  string   `json:"pattern"`
	Texts    []string `json:"texts"`
	Template string   `json:"template"`
}

type patternAnswer struct {
	Error         string    `json:"error"`
	Late          bool      `json:"late"` // Python took too long
	Matches       [][]spans `json:"matches"`
	TemplateError string    `json:"template_error"`
	Replaced      []string  `json:"replaced"`
}

// spans are where the groups of a match begin and end, in characters.
type spans [][2]int

// TestPatternIsPython compares random expressions, their matches in random texts and replacements with Python's re.
func TestPatternIsPython(t *testing.T) {
	python := oracle.Interpreter(t, "3.11+")
	cases := handmade()
	rng := rand.New(rand.NewPCG(3, 4))
	for range 6000 {
		g := generator{Rand: rng}
		cases = append(cases, g.patternCase())
	}
	refused, invalid, late, found := 0, 0, 0, 0
	for i, want := range oracle.Run[patternCase, patternAnswer](t, python, "patterns.py", cases) {
		c := cases[i]
		p, err := pattern.Compile(c.Pattern)
		switch {
		case err != nil && want.Error != "":
			invalid++
			continue
		case err != nil:
			refused++
			if !strings.Contains(err.Error(), "not supported") && !strings.Contains(err.Error(), "more than") {
				t.Errorf("%q is refused: %v", c.Pattern, err)
			}
			continue
		case want.Error != "":
			t.Errorf("%q is accepted, but Python says: %s", c.Pattern, want.Error)
			continue
		case want.Late:
			late++
			continue
		}
		m := p.NewMatcher()
		for k, text := range c.Texts {
			got := allSpans(p, m, text)
			found += len(got)
			if !reflect.DeepEqual(got, want.Matches[k]) {
				t.Errorf("%q in %q:\n got %v\nwant %v", c.Pattern, text, got, want.Matches[k])
			}
		}
		template, err := p.Template(c.Template)
		if (err != nil) != (want.TemplateError != "") {
			t.Errorf("template %q of %q: %v, Python says %q", c.Template, c.Pattern, err, want.TemplateError)
			continue
		}
		for k, text := range c.Texts {
			if err == nil && string(m.AppendReplaced(nil, text, template)) != want.Replaced[k] {
				t.Errorf("%q by %q in %q:\n got %q\nwant %q", c.Pattern, c.Template, text, m.AppendReplaced(nil, text, template),
					want.Replaced[k])
			}
		}
	}
	t.Logf("%d expressions, of which %d are not valid, %d refused and %d too slow for Python; %d matches",
		len(cases), invalid, refused, late, found)
	if found < 1000 || refused > len(cases)/10 || late > 10 || invalid > len(cases)/4 {
		t.Error("these are too few expressions and matches to say anything")
	}
}

// TestCharactersArePython compares for every character whether it is in a class or equal to another without regard to
// case. Python 3.12 has the same Unicode.
func TestCharactersArePython(t *testing.T) {
	python := oracle.Interpreter(t, "3.12")
	exprs := []string{`\w`, `\d`, `\s`, `\W`, `\D`, `\S`, `[\w\s]`, `[^\W\d_]`, `(?a)\w`, `(?a)[\W]`, `(?a)\s`,
		`(?i)[a-z]`, `(?i)[^a-z]`, `(?i)[À-ž]`,
		`(?i)[\u0370-\u03ff]`, `(?i)[Ͱ-Ѐ\d]`, `(?i)[\u1c00-\u2200]`, `(?i)[\ua600-\uabff]`, `(?i)[\U00010400-\U00010fff]`,
		`(?i)[\u2c00-\U0001ffff]`,
		`(?i)[\x00-\U0010ffff]`, `(?i)[^\u0100-\u1fff]`, `(?ai)[a-zÀ-ž]`, `(?ai)[\x7f-\U00010fff]`, `(?ai)[K-\u2fff]`, `(?i)[kK]`, `(?i)[^\u212a]`, `(?i)\w`, `(?i)[\Wk]`}
	everything := make([]rune, 0, 0x110000)
	var cased []rune // " " before an expression says that only these are tried
	for r := range rune(0x110000) {
		if utf8.ValidRune(r) {
			everything = append(everything, r)
		}
	}
	for _, r := range oracle.Run[string, []rune](t, python, "patterns.py", []string{" (?s)."}, "characters")[0] {
		cased = append(cased, r)
		exprs = append(exprs, fmt.Sprintf(` (?i)\U%08x`, r))
		if r%16 == 0 {
			exprs = append(exprs, fmt.Sprintf(` (?i)[^\U%08x]`, r), fmt.Sprintf(` (?i)[_\U%08x]`, r),
				fmt.Sprintf(` (?ai)\U%08x`, r))
		}
	}
	refused := 0
	for i, want := range oracle.Run[string, []rune](t, python, "patterns.py", exprs, "characters") {
		expr, all := strings.TrimPrefix(exprs[i], " "), everything
		if expr != exprs[i] {
			all = cased
		}
		p, err := pattern.Compile(expr)
		if err != nil {
			refused++
			continue
		}
		m := p.NewMatcher()
		text := string(all)
		m.Reset(text)
		var got []rune
		for start, _, ok := m.Next(); ok; start, _, ok = m.Next() {
			r, _ := utf8.DecodeRuneInString(text[start:])
			got = append(got, r)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s matches %d characters, with Python %d: %.50U, %.50U", expr, len(got), len(want), got, want)
		}
	}
	t.Logf("%d expressions, %d refused", len(exprs), refused)
	if refused > len(exprs)/8 {
		t.Error("these are too many")
	}
}

func allSpans(p *pattern.Pattern, m *pattern.Matcher, text string) []spans {
	characters := make([]int, len(text)+1) // before each byte
	n := 0
	for i := range text {
		characters[i] = n
		n++
	}
	characters[len(text)] = n
	all := []spans{}
	m.Reset(text)
	for _, _, ok := m.Next(); ok; _, _, ok = m.Next() {
		var match spans
		for i := range p.Groups() + 1 {
			start, end := m.Group(i)
			if start >= 0 {
				start, end = characters[start], characters[end]
			}
			match = append(match, [2]int{start, end})
		}
		all = append(all, match)
	}
	return all
}

// handmade are expressions that vectorizers and preparations have, and corners of the syntax.
func handmade() (cases []patternCase) {
	texts := []string{"", "a", "I'm 42 years old, OK? see https://a.example/b?c=d&e=f now!!! \"yes\" 'no'\n",
		"naïve Ünïcødé ſtraße ΣΑΣ ᾳ İı K Å 𐐀𐐨 ²½ ٣٤ e\u0301",
		"a\nb\r\n\nc\n", "aaa bbb aab", "foo_bar-baz qux's\tx\u00a0y\u2028z\x1c", "😀👍🏽 \u200d ok <b>x</b> &amp; #tag @user"}
	for _, p := range []string{`(?u)\b\w\w+\b`, `\w+`, `[a-zA-Z]{3,}`, `\S+`, `[^\s]+`, `\b[a-z]{2,15}\b`,
		`(?u)\b\w\w+\b|!|\?|\"|\'`, `\b\w+\b`, `(?u)\b\w+\b`,
		`[A-Za-z]+(?:'[a-z]+)?`, `http\S+|www\.\S+`, `<[^>]*>`, `<.*?>`, `@\w+|#(\w+)`, `[^a-zA-Z0-9\s]`, `\d+`, `\D+`, `\W+`,
		`(\w)(\w*)`, `(?P<a>\w)(?P<b>\w?)`, `(?i)[a-zß-ö]+`,
		`(?i)ſ|k|İ|ı|σ`, `(?i)[^k]`, `(?i)[\u0370-\u03ff]+`, `(?i)[\U00010428-\U0001044f]+`, `(?ai)k+`, `(?a)\b\w+\b`,
		`(?a:\w)+`, `(?a)(?u:\w)+`, `(?-i:A)a`, `(?i:a(?-i:A))`, `(?i)(?m)^a`, `(?im)^a`,
		`(?x) a  b # comment
		| c`, `(?x: a b )c d`, `(?x)a\ b[ ]c`, `a(?#comment)b`, `a(?#c\)d)b`, `(?s).+`, `.+`, `^.*$`, `(?m)^.*$`, `\A\w`, `\w\Z`, `$`, `^`, `\b`, `\B`, `(?m)$`, `(?m)^`, `(?a)\B`,
		`[]a]+`, `[^]a]+`, `[a-]+`, `[\w-]+`, `[\]\\^-]`, `[+--]`, `[a\-z]`, `[\b]`, `[\x41-\x43\u0061\U00000062\060]`, `\07`,
		`\0`, `\101`, `\18`, `\1`, `(a)\1`, `(?P<n>a)(?P=n)`, `(?=a)`, `(?!a)`, `(?<=a)b`, `(?<!a)b`,
		`(?>a)`, `a++`, `a?+`, `a{1,2}+`, `(a)?(?(1)b|c)`, `a**`, `a*??`, `a{2}{3}`, `*a`, `a|*`, `^*`, `(?:^)*`, `\b+`, `(`,
		`)`, `(a`, `[a`, `[]`, `[`, `\`, `a{`, `a{}`, `a{,}`, `a{1`, `a{1,`, `a{1,2`, `a{2,1}`, `a{0}`, `(a){0}b`, `a{,2}`,
		`a{99999999999}`, `[z-a]`, `[\w-a]`, `[a-\d]`, `\q`, `\8`, `[\8]`, `\x4`, `\u004`, `\U0011ffff`, `(?z)a`, `(?i`,
		`(?i)`, `a(?i)`, `|(?i)a`, `((?i)a)`, `(?i-i:a)`, `(?-:a)`, `(?au)a`, `(?a)(?u)a`, `(?u)(?a)a`, `(?L)a`, `(?P<1>a)`,
		`(?P<a>a)(?P<a>b)`, `(?P<a`, `(?Pa)`, `(?<a>b)`, `(?`, `(?P`, `(?#`, `(?#a`,
		`(?:a?)*?b`, `(a*)*`, `(a*)+`, `(a*?)*`, `(a|b*)*`, `(?:(a)|b)*`, `((a)|(b))*`, `(?:a{0,2}){2,3}`, `(?:(?:a*){2,})*b`,
		`(a??)*`, `(?:\b|a)*`, `(?:^a|)+`, `(?:(?:(?:(?:(?:(?:a*)*)*)*)*)*)*`,
		`(?:|a)+`, `(?:a|)+`, `(|a)*?b`, `(a?){3}`, `(a?){2,4}`, `(a?){2,4}?`, `((a?)*)*`, `((a*)(b*))*`, `\N{DIGIT ONE}`, `{`, `}`, `]`, `a]`, `x{a}`, `x{1,a}`, `(?i)\u0131`, `(?i)µ`, `(?i)[µ]`, `(?i)[^µ]`, `(?i)ß`, `(?i)ẞ`, `(?i)ﬅ`, `(?i)Ω`, `(?i)Ⓐ`, `(?i)ǅ`} {
		for _, template := range []string{`-`, `<\1>`, `\g<0>!`, `\g<a>_\n\\\.`, `\2\1`, `\0\07\101\60`, `\g<1>0`, `\q`,
			`\g<b`, `\g<>`, `\x41`, `\400`, `\11`} {
			cases = append(cases, patternCase{p, texts, template})
		}
	}
	return cases
}

// generator makes expressions and texts.
type generator struct {
	*rand.Rand
	groups int
}

const characters = "aaabbbcAB1_ \n.-é"

var atoms = strings.Fields(`a a b b c A . \w \W \d \D \s \S \b \B ^ $ \A \Z [ab] [^a] [a-c] [^\w] [\s\d] [\W_] é É \n [é-ü] \u03c3 Σ ſ 😀 [😀-😂] [^b-y] \. - 1 _`)

func (g *generator) pick(from []string) string { return from[g.IntN(len(from))] }

func (g *generator) patternCase() patternCase {
	flags := ""
	if g.IntN(3) == 0 {
		flags = g.pick([]string{"(?i)", "(?m)", "(?s)", "(?a)", "(?ai)", "(?im)", "(?ms)", "(?u)", "(?x)"})
	}
	c := patternCase{Pattern: flags + g.expression(3)}
	for range 6 {
		c.Texts = append(c.Texts, g.text())
	}
	c.Template = g.pick([]string{"-", `<\1>`, `\g<0>\g<0>`, `\2\1`, "", `\\\n`, `[\3]`})
	return c
}

func (g *generator) text() string {
	var text strings.Builder
	pieces := []rune(characters + "  \n\nσΣςſsSkK\u212aİiıI٣²😀😁👍\u0301\u00a0\x1c\u2028ßÄä𐐀𐐨\u00adÿ\x00")
	if g.IntN(2) == 0 {
		pieces = pieces[:1+g.IntN(10)]
	}
	for range g.IntN(9) {
		text.WriteRune(pieces[g.IntN(len(pieces))])
	}
	return text.String()
}

func (g *generator) expression(depth int) string {
	var alternatives []string
	for range 1 + g.IntN(4)/2 {
		var sequence strings.Builder
		for range g.IntN(4) {
			sequence.WriteString(g.term(depth))
		}
		alternatives = append(alternatives, sequence.String())
	}
	return strings.Join(alternatives, "|")
}

func (g *generator) term(depth int) string {
	term := g.pick(atoms)
	if depth > 0 && g.IntN(3) == 0 {
		switch g.IntN(5) {
		case 0:
			term = "(?:" + g.expression(depth-1) + ")"
		case 1:
			term = g.pick([]string{"(?i:", "(?s:", "(?m:", "(?-i:", "(?i-s:", "(?x:"}) + g.expression(depth-1) + ")"
		case 2:
			g.groups++
			term = fmt.Sprintf("(?P<g%d>%s)", g.groups, g.expression(depth-1))
		default:
			term = "(" + g.expression(depth-1) + ")"
		}
	}
	if g.IntN(3) == 0 {
		term += g.pick([]string{"*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{,2}", "{2,}", "{2,3}?", "{0,2}?"})
	}
	return term
}
