package pattern

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// backtracker matches by backtracking on the syntax tree, as Python's re does. It takes exponential time.
type backtracker struct {
	parser *parser
	text   string
	groups []int
	must   int // position at which the match must not end; -1 for none
	steps  int
}

var errTooLong = errors.New("too many steps")

// reference returns the groups of all matches of the expression.
func reference(expr, text string) (all [][]int, err error) {
	parser, root, err := parse(expr)
	if err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r == errTooLong {
			err = errTooLong
		} else if r != nil {
			panic(r)
		}
	}()
	b := &backtracker{parser: parser, text: text, must: -1}
	for at := 0; at <= len(text); {
		b.groups = make([]int, 2*len(parser.names))
		for i := range b.groups {
			b.groups[i] = -1
		}
		end := -1
		if b.node(root, at, func(p int) bool { end = p; return p != b.must }) {
			b.groups[0], b.groups[1] = at, end
			all = append(all, b.groups)
			if b.must = -1; end == at {
				b.must = at
			}
			at = end
			continue
		}
		b.must = -1
		_, n := utf8.DecodeRuneInString(text[at:])
		at += max(n, 1)
	}
	return all, nil
}

func (b *backtracker) facts(p int) (before, after facts) {
	of := func(r rune, n int) (f facts) {
		word, ascii := category('w', false), category('w', true)
		switch {
		case n == 0:
			return outside
		case r == '\n':
			f |= newline
		case word.contains(r):
			f |= 1 << 1
		}
		if ascii.contains(r) {
			f |= asciiWord
		}
		return f
	}
	before = of(utf8.DecodeLastRuneInString(b.text[:p]))
	after = of(utf8.DecodeRuneInString(b.text[p:]))
	if p == len(b.text)-1 && after&newline != 0 {
		after |= last
	}
	return before, after
}

// node calls then with each position at which a match of n from p can end, in order of preference, until then returns
// true.
func (b *backtracker) node(n *node, p int, then func(int) bool) bool {
	if b.steps++; b.steps > 30_000 {
		panic(errTooLong)
	}
	switch n.op {
	case opSet:
		r, size := utf8.DecodeRuneInString(b.text[p:])
		return size > 0 && b.parser.sets[n.set].contains(r) && then(p+size)
	case opAssert:
		return n.assert.holds(b.facts(p)) && then(p)
	case opCat:
		return b.cat(n.parts, p, then)
	case opAlt:
		for _, part := range n.parts {
			if b.node(part, p, then) {
				return true
			}
		}
		return false
	case opGroup:
		start, end := b.groups[2*n.group], b.groups[2*n.group+1]
		if b.node(n.parts[0], p, func(q int) bool {
			oldStart, oldEnd := b.groups[2*n.group], b.groups[2*n.group+1]
			b.groups[2*n.group], b.groups[2*n.group+1] = p, q
			if then(q) {
				return true
			}
			b.groups[2*n.group], b.groups[2*n.group+1] = oldStart, oldEnd
			return false
		}) {
			return true
		}
		b.groups[2*n.group], b.groups[2*n.group+1] = start, end
		return false
	}
	return b.repeat(n, 0, -1, p, then)
}

func (b *backtracker) cat(parts []*node, p int, then func(int) bool) bool {
	if len(parts) == 0 {
		return then(p)
	}
	return b.node(parts[0], p, func(q int) bool { return b.cat(parts[1:], q, then) })
}

// repeat is Python's MAX_UNTIL and MIN_UNTIL. count rounds are done, and the last optional one began at last.
func (b *backtracker) repeat(n *node, count, last, p int, then func(int) bool) bool {
	if b.steps++; b.steps > 30_000 {
		panic(errTooLong)
	}
	if count < n.min {
		return b.node(n.parts[0], p, func(q int) bool { return b.repeat(n, count+1, last, q, then) })
	}
	again := func() bool {
		return (n.max < 0 || count < n.max) && p != last &&
			b.node(n.parts[0], p, func(q int) bool { return b.repeat(n, count+1, p, q, then) })
	}
	if n.lazy {
		return then(p) || again()
	}
	return again() || then(p)
}

// allGroups returns the groups of all matches.
func allGroups(m *Matcher, text string) (all [][]int) {
	m.Reset(text)
	for _, _, ok := m.Next(); ok; _, _, ok = m.Next() {
		all = append(all, append([]int(nil), m.groups...))
	}
	return all
}

// tiny makes a Matcher cut texts and drop states as often as possible.
func tiny(p *Pattern) *Matcher {
	m := p.NewMatcher()
	m.block, m.limit = 3, 2*3+2*utf8.UTFMax+1
	return m
}

// check compares the matches with those of backtracking, also with a tiny Matcher.
func check(t *testing.T, expr, text string) {
	t.Helper()
	p, err := Compile(expr)
	if err != nil || p.loops > 3 {
		return
	}
	want, err := reference(expr, text)
	if err != nil {
		return
	}
	m := p.NewMatcher()
	for range 2 {
		if got := allGroups(m, text); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q in %q: %v, backtracking finds %v", expr, text, got, want)
		}
	}
	if got := allGroups(tiny(p), text); !reflect.DeepEqual(got, want) {
		t.Fatalf("%q in %q, cut: %v, backtracking finds %v", expr, text, got, want)
	}
	long := strings.Repeat(text+" \n", 30)
	if got, want := allGroups(tiny(p), long), allGroups(m, long); !reflect.DeepEqual(got, want) {
		t.Fatalf("%q in %q, cut: %v, not cut: %v", expr, long, got, want)
	}
}

var corpus = []string{`\b\w\w+\b|!|\?`, `(a*)*b|\w`, `(?i)(?:[^a-z\n]|k){2,3}?$`, `(?:|a)+(b|$)`,
	`(a?){2,4}?((?:b|\B)*)`, `(?m)^.*?(x|y)??$`,
	`(?s)(.)(?:(.)|\d)*\Z`, `((a?)*|b)*c`, `[^\W\d_]+`, `(?ai)\w[\x80-\xff]*`, `(?:a{2}){3}|(?:b{1,2}){2,}`, `(?:(?:a?){2,})*?b`}

func FuzzPattern(f *testing.F) {
	for i, expr := range corpus {
		f.Add(expr, []string{"aab abb", "Kk\u212a 12_é\xff!", "x\ny\n", ""}[i%4])
	}
	f.Fuzz(func(t *testing.T, expr, text string) {
		if len(expr) > 60 || len(text) > 30 {
			return
		}
		check(t, expr, text)
	})
}

// TestBacktracking compares with backtracking on all short texts of a few characters.
func TestBacktracking(t *testing.T) {
	var texts []string
	for length := range 6 {
		for code := range pow(4, length) {
			var text strings.Builder
			for range length {
				text.WriteString([]string{"a", "b", "\n", "é"}[code%4])
				code /= 4
			}
			texts = append(texts, text.String())
		}
	}
	exprs := append([]string{`(?:(a)|(b))*`, `(a|ab)(c|bcd)*`, `(|a)*?b`, `(?:a|b)??b`, `(?:(?:a|\b)*b)*`, `(a*?)*?$`,
		`(?:a{0,2}){2,3}é?`,
		`(?:^a|)+`, `(?:$|b|\n)+`, `.*b`, `(?:a.*b)?a`, `a(?:.*é)?|b`}, corpus...)
	for i, expr := range exprs {
		for k, text := range texts {
			if (i+k)%5 == 0 && (!testing.Short() || (i+k)%7 == 0) {
				check(t, expr, text)
			}
		}
	}
}

func pow(base, exponent int) int {
	n := 1
	for range exponent {
		n *= base
	}
	return n
}

// TestHostile matches expressions that take exponential or quadratic time with backtracking, in long texts.
func TestHostile(t *testing.T) {
	const n = 300_000
	as := strings.Repeat("a", n)
	for _, c := range []struct {
		expr, text string
		want       int // matches
	}{
		{`(a+)+$`, as + "b", 0},
		{`(a|a)*b`, as, 0},
		{`(a|aa)+$`, as + "b", 0},
		{`(?:a*)*b`, as, 0},
		{`(.*)(.*)(.*)x`, as, 0},
		{`a(?:.*b)?`, as, n},
		{`a.*b|a`, as, n},
		{`a*b`, as, 0},
		{`(?:a?){30}a{30}`, as, n / 60},
		{`[ab]*a[ab]{12}c`, strings.Repeat("abbaba", n/6), 0},
		{`\b\w+\b(?=x)?`[:7], as, 1},
		{`\s+$`, strings.Repeat(" ", n) + "x", 0},
		{``, strings.Repeat("é", n/2), n/2 + 1},
		{`.`, strings.Repeat("\xff", n), n},
	} {
		p, err := Compile(c.expr)
		if err != nil {
			t.Fatal(err)
		}
		m := p.NewMatcher()
		m.Reset(c.text)
		got := 0
		for _, _, ok := m.Next(); ok; _, _, ok = m.Next() {
			got++
		}
		if got != c.want {
			t.Errorf("%q: %d matches, want %d", c.expr, got, c.want)
		}
	}
}

// TestLimits checks that expressions that are too large are refused without much time and memory.
func TestLimits(t *testing.T) {
	for expr, says := range map[string]string{
		`(?:a{1000}){1000}`:                                  "too large",
		`(?:(?:(?:){9999}){9999}){9999}`:                     "too large",
		`((a{100}){100}){100}`:                               "too large",
		strings.Repeat("(", 300):                             "nested more than 200 deep",
		strings.Repeat("(?:a?", 7) + strings.Repeat(")*", 7): "more than 5 repetitions",
		strings.Repeat("a", 1<<16+1):                         "longer than 65536 bytes",
		"a{4294967295}":                                      "too large",
		"\xff":                                               "not valid UTF-8",
		distinct(4500):                                       "4096 classes",
	} {
		if p, err := Compile(expr); err == nil || p != nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.40q: %v, want an error with %q", expr, err, says)
		}
	}
	if _, err := Compile(distinct(2000)); err != nil {
		t.Error(err)
	}
}

// distinct returns an expression with n different characters.
func distinct(n int) string {
	var expr strings.Builder
	for i := range n {
		fmt.Fprintf(&expr, "%c|", 0x4e00+2*i)
	}
	return expr.String()
}

func TestAllocations(t *testing.T) {
	for _, expr := range append([]string{`(?u)\b\w\w+\b`, `[ab]*a[ab]{12}c`}, corpus...) {
		p, err := Compile(expr)
		if err != nil {
			t.Fatal(err)
		}
		m := p.NewMatcher()
		text := strings.Repeat(comment+"abbabaabbab", 20)
		find := func() {
			m.Reset(text)
			for _, _, ok := m.Next(); ok; _, _, ok = m.Next() {
			}
		}
		find()
		find()
		if n := testing.AllocsPerRun(10, find); n >= 1 {
			t.Errorf("%q: %v allocations for each text", expr, n)
		}
	}
}
