package prepare

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"reddit-classifier/model/text/pattern"
	"reddit-classifier/model/text/python"
	"reddit-classifier/model/text/stem"
)

// Kind is the kind of a step.
type Kind uint8

// The kinds of steps. The package comment describes them.
const (
	Lower Kind = iota
	Unescape
	Replace
	Keep
	Remove
	Collapse
	Strip
	StopWords
	Stem
)

// Step is a step of a [Program]. Fields that its kind does not use are zero.
type Step struct {
	Kind    Kind
	Pattern string         // Replace; StopWords and Stem: pattern of tokens, "" for tokens between white space
	With    string         // Replace: a replacement of re.sub; Keep and Remove: plain text
	Keep    Characters     // Keep
	Remove  Removal        // Remove
	Words   []string       // StopWords
	Stemmer stem.Algorithm // Stem
}

// Characters is a set of character classes, one bit each.
type Characters uint8

// The classes of characters.
const (
	Letters Characters = 1 << iota
	Digits
	Spaces
	Blanks
	Words
	Decimals
	allCharacters = 1<<iota - 1
)

var classes = [...]string{"letters", "digits", "spaces", "blanks", "words", "decimals"}

// ParseCharacters returns the class with the name: letters, digits, spaces, blanks, words or decimals.
func ParseCharacters(name string) (Characters, error) {
	if i := slices.Index(classes[:], name); i >= 0 {
		return 1 << i, nil
	}
	return 0, fmt.Errorf("unknown characters %q: use %s", name, strings.Join(classes[:], ", "))
}

// String returns the names of the classes, separated by commas.
func (c Characters) String() string {
	var names []string
	for i, name := range classes {
		if c>>i&1 != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// has reports whether r is in one of the classes.
func (c Characters) has(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z':
		return c&(Letters|Words) != 0
	case '0' <= r && r <= '9':
		return c&(Digits|Words|Decimals) != 0
	}
	return c&Blanks != 0 && r == ' ' || c&Spaces != 0 && python.IsSpace(r) || c&Words != 0 && python.IsWord(r) ||
		c&Decimals != 0 && python.IsDecimal(r)
}

// Removal says what a step of kind [Remove] removes.
type Removal uint8

// The removals.
const (
	Punctuation Removal = iota
	DigitRuns
	URLs
	removals
)

var removalNames = [removals]string{"punctuation", "digits", "urls"}

// removalPatterns are the regular expressions of the removals. Punctuation needs none.
var removalPatterns = [removals]string{DigitRuns: `\d+`, URLs: `https?://\S+|www\.\S+`}

// ParseRemoval returns the removal with the name: punctuation, digits or urls.
func ParseRemoval(name string) (Removal, error) {
	if i := slices.Index(removalNames[:], name); i >= 0 {
		return Removal(i), nil
	}
	return 0, fmt.Errorf("unknown %q: use %s", name, strings.Join(removalNames[:], ", "))
}

// String returns the name of the removal.
func (r Removal) String() string {
	if r < removals {
		return removalNames[r]
	}
	return fmt.Sprintf("Removal(%d)", int(r))
}

// compiledStep is a step with the values that executing it needs.
type compiledStep struct {
	Step
	pattern  *pattern.Pattern
	template *pattern.Template
	words    func() map[string]struct{}
	kept     [utf8.RuneSelf]bool // Keep: whether an ASCII character is kept
}

// Check returns an error if the step is invalid.
func (s Step) Check() error {
	_, err := s.compile()
	return err
}

// compile checks the step and prepares it for execution.
func (s Step) compile() (c compiledStep, err error) {
	c.Step = s
	for _, texts := range [][]string{{s.Pattern, s.With}, s.Words} {
		for _, text := range texts {
			if !utf8.ValidString(text) {
				return c, fmt.Errorf("%q is not valid UTF-8", text)
			}
		}
	}
	switch s.Kind {
	case Lower, Unescape, Collapse, Strip:
	case Replace:
		if c.pattern, err = pattern.Compile(s.Pattern); err == nil {
			c.template, err = c.pattern.Template(s.With)
		}
	case Keep:
		if s.Keep == 0 || s.Keep > allCharacters {
			return c, errors.New("it must be said which characters to keep")
		}
		for r := range rune(utf8.RuneSelf) {
			c.kept[r] = s.Keep.has(r)
		}
	case Remove:
		if s.Remove >= removals {
			return c, fmt.Errorf("it must be said what to remove: %s", strings.Join(removalNames[:], ", "))
		}
		if expr := removalPatterns[s.Remove]; expr != "" {
			c.template = pattern.Literal(s.With)
			c.pattern, err = pattern.Compile(expr)
		}
	case StopWords:
		if !ascending(s.Words) {
			c.Words = slices.Compact(slices.Sorted(slices.Values(s.Words)))
		}
		c.words = sync.OnceValue(func() map[string]struct{} { return setOf(c.Words) })
		c.pattern, err = s.tokens()
	case Stem:
		if s.Stemmer > stem.SnowballEnglish {
			return c, errors.New("unknown stemmer")
		}
		c.pattern, err = s.tokens()
	default:
		return c, errors.New("unknown kind of step")
	}
	return c, err
}

// tokens returns the pattern of tokens, or nil if white space separates them.
func (s *Step) tokens() (*pattern.Pattern, error) {
	if s.Pattern == "" {
		return nil, nil
	}
	return pattern.CompileTokens(s.Pattern)
}

func ascending(words []string) bool {
	for i := 1; i < len(words); i++ {
		if words[i-1] >= words[i] {
			return false
		}
	}
	return true
}

func setOf(words []string) map[string]struct{} {
	set := make(map[string]struct{}, len(words))
	for _, word := range words {
		set[word] = struct{}{}
	}
	return set
}

// quoted returns text in quotes, without escaping its backslashes if possible.
func quoted(text string) string {
	for _, r := range text {
		if r == '\'' || !strconv.IsPrint(r) {
			return strconv.Quote(text)
		}
	}
	return "'" + text + "'"
}

func (s *Step) describe() string {
	text := ""
	switch s.Kind {
	case Lower:
		return "lower"
	case Unescape:
		return "unescape"
	case Collapse:
		return "collapse"
	case Strip:
		return "strip"
	case Replace:
		return fmt.Sprintf("replace %s with %s", quoted(s.Pattern), quoted(s.With))
	case Keep:
		text = "keep " + s.Keep.String()
	case Remove:
		text = "remove " + s.Remove.String()
	case StopWords:
		few := s.Words[:min(3, len(s.Words))]
		text = fmt.Sprintf("stop words: %d", len(s.Words))
		if len(few) < len(s.Words) {
			text += fmt.Sprintf(" (%s, …)", strings.Join(few, ", "))
		} else if len(few) > 0 {
			text += fmt.Sprintf(" (%s)", strings.Join(few, ", "))
		}
	case Stem:
		text = "stem: " + s.Stemmer.String()
	}
	if (s.Kind == Keep || s.Kind == Remove) && s.With != "" {
		text += ", replaced with " + quoted(s.With)
	}
	if (s.Kind == StopWords || s.Kind == Stem) && s.Pattern != "" {
		text += ", tokens " + quoted(s.Pattern)
	}
	return text
}
