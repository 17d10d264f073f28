package broker

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// properties are the keys and values of a Java properties file.
type properties map[string]string

// get returns the value of a key, or value if the key is not set.
func (p properties) get(key, value string) string {
	if v, ok := p[key]; ok {
		return v
	}
	return value
}

// settingName matches the names of Kafka's settings. In a file with a line broken at the wrong place, a key can be
// anything, even a password.
var settingName = regexp.MustCompile(`^[a-z]+(\.[a-z]+)+$`)

// unknownKeys returns the keys that this package does not use, in order. It does not return keys that may be secrets.
func unknownKeys(p properties) (keys []string) {
	for _, key := range slices.Sorted(maps.Keys(p)) {
		switch {
		case slices.Contains(knownKeys, key):
		case settingName.MatchString(key):
			keys = append(keys, key)
		default:
			keys = append(keys, "(a line that is not a setting)")
		}
	}
	return keys
}

// parseProperties reads the format of java.util.Properties: a line is key = value, key: value or key value; # and !
// begin comments. A backslash at the end of a line continues it. \t, \n, \r, \f and \uXXXX are escapes, and a backslash
// before any other character is dropped. If a key occurs twice, the last value counts.
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

// logicalLine is a line together with the lines that continue it.
type logicalLine struct {
	number int // of the first line, from 1
	text   string
}

// logicalLines joins continued lines, and removes comments and empty lines.
func logicalLines(file string) (all []logicalLine) {
	file = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(file)
	continued := false
	for i, line := range strings.Split(file, "\n") {
		line = strings.TrimLeft(line, " \t\f")
		if !continued && (line == "" || line[0] == '#' || line[0] == '!') {
			continue
		}
		slashes := len(line) - len(strings.TrimRight(line, `\`))
		text := line[:len(line)-slashes%2]
		if continued {
			all[len(all)-1].text += text
		} else {
			all = append(all, logicalLine{i + 1, text})
		}
		continued = slashes%2 == 1
	}
	return all
}

// unescapeUntil unescapes s up to the first unescaped character of ends. It returns the unescaped text and the rest of
// s, which begins with that character.
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
					return "", "", fmt.Errorf(`\u is not followed by four hex digits`)
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
