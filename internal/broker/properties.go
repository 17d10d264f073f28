package broker

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// properties are what a file of Java properties says.
type properties map[string]string

func (p properties) get(key, otherwise string) string {
	if v, ok := p[key]; ok {
		return v
	}
	return otherwise
}

// settingName is what the names of settings look like. In a file with a line broken where it must not be, a key can be
// anything, a password included.
var settingName = regexp.MustCompile(`^[a-z]+(\.[a-z]+)+$`)

// unknown returns the keys that nothing here reads, in order.
func unknown(p properties) (keys []string) {
	for _, key := range slices.Sorted(maps.Keys(p)) {
		switch {
		case slices.Contains(knownKeys, key):
		case settingName.MatchString(key):
			keys = append(keys, key)
		default:
			keys = append(keys, "(a line that is no setting)")
		}
	}
	return keys
}

// parseProperties reads the format of java.util.Properties: lines of key = value, key: value or key value, # and ! for
// comments, a backslash at the end of a line that goes on, and as the start of \t \n \r \f \uXXXX or of any character
// that stands for itself. The last of several values counts.
func parseProperties(text string) (properties, error) {
	p := make(properties)
	for _, line := range logicalLines(text) {
		key, rest, err := unescapeUntil(line.text, "=: \t\f")
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line.number, err)
		}
		rest = strings.TrimLeft(rest, " \t\f")
		if rest != "" && (rest[0] == '=' || rest[0] == ':') {
			rest = strings.TrimLeft(rest[1:], " \t\f")
		}
		value, _, err := unescapeUntil(rest, "")
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line.number, err)
		}
		p[key] = value
	}
	return p, nil
}

// logicalLine is one or more lines of a file.
type logicalLine struct {
	number int // of the first, from 1
	text   string
}

// logicalLines joins lines that go on, and leaves out comments and empty ones.
func logicalLines(text string) (all []logicalLine) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	goesOn := false
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimLeft(line, " \t\f")
		if !goesOn && (line == "" || line[0] == '#' || line[0] == '!') {
			continue
		}
		slashes := len(line) - len(strings.TrimRight(line, `\`))
		part := line[:len(line)-slashes%2]
		if goesOn {
			all[len(all)-1].text += part
		} else {
			all = append(all, logicalLine{i + 1, part})
		}
		goesOn = slashes%2 == 1
	}
	return all
}

// unescapeUntil returns s up to the first of the characters in ends that has no backslash, unescaped, and what follows
// from there.
func unescapeUntil(s, ends string) (text, rest string, err error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case strings.IndexByte(ends, c) >= 0:
			return b.String(), s[i:], nil
		case c != '\\' || i+1 == len(s):
			b.WriteByte(c)
		default:
			i++
			switch s[i] {
			case 't', 'n', 'r', 'f':
				b.WriteByte(map[byte]byte{'t': '\t', 'n': '\n', 'r': '\r', 'f': '\f'}[s[i]])
			case 'u':
				code, err := strconv.ParseUint(s[i+1:min(i+5, len(s))], 16, 16)
				if err != nil || i+5 > len(s) {
					return "", "", fmt.Errorf(`\u is not followed by four hexadecimal digits`)
				}
				b.WriteRune(rune(code))
				i += 4
			default:
				b.WriteByte(s[i])
			}
		}
	}
	return b.String(), "", nil
}
