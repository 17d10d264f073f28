package compile

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Properties has the character properties of a Python release. data/unicode.py writes them.
type Properties struct {
	Version   string
	Space     set // str.isspace
	Word      set // \w
	Digit     set // \d
	Cased     set // a capital sigma after it, at the end of a word, becomes a final sigma
	Ignorable set // skipped in the search for a cased character
	Lower     map[rune][]rune
}

// ReadProperties reads a file that data/unicode.py wrote. The error names the line that is invalid.
func ReadProperties(r io.Reader) (*Properties, error) {
	p := &Properties{Lower: map[rune][]rune{}}
	sets := map[string]*set{
		"space":     &p.Space,
		"word":      &p.Word,
		"digit":     &p.Digit,
		"cased":     &p.Cased,
		"ignorable": &p.Ignorable,
	}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		if fields[0] == "version" && len(fields) == 2 {
			p.Version = fields[1]
			continue
		}
		points, err := codePoints(fields[1:])
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		s, known := sets[fields[0]]
		switch {
		case known && len(points) == 2:
			*s = append(*s, span{points[0], points[1]})
		case fields[0] == "lower" && len(points) >= 2:
			p.Lower[points[0]] = points[1:]
		default:
			return nil, fmt.Errorf("line %d: %q is not a property", n, lines.Text())
		}
	}
	for _, s := range sets {
		*s = normalize(*s)
	}
	return p, lines.Err()
}

func codePoints(fields []string) ([]rune, error) {
	out := make([]rune, len(fields))
	for i, f := range fields {
		v, err := strconv.ParseUint(f, 16, 32)
		if err != nil || v > maxRune {
			return nil, fmt.Errorf("%q is not a code point", f)
		}
		out[i] = rune(v)
	}
	return out, nil
}
