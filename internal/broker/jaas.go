package broker

import (
	"errors"
	"strings"
)

// errJAAS does not quote the setting, which may contain a password.
var errJAAS = errors.New(`must be: LOGIN-MODULE required username="…" password="…";`)

// parseJAAS returns the user name and the password of a log-in: LoginModule required username="…" password="…"; Within
// quotes, a backslash escapes a quote or a backslash.
func parseJAAS(s string) (user, password string, err error) {
	words, err := jaasWords(s)
	if err != nil || len(words) < 2 {
		return "", "", errJAAS
	}
	options := make(map[string]string)
	for _, word := range words[2:] {
		name, value, ok := strings.Cut(word, "=")
		if !ok {
			return "", "", errJAAS
		}
		options[name] = value
	}
	user, password = options["username"], options["password"]
	if user == "" || password == "" {
		return "", "", errJAAS
	}
	return user, password, nil
}

// jaasWords splits the text before the semicolon at white space outside of quotes, and removes the quotes.
func jaasWords(s string) (words []string, err error) {
	var word strings.Builder
	var quote byte
	end := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0 && c == '\\' && i+1 < len(s):
			i++
			word.WriteByte(s[i])
		case c == quote:
			quote = 0
		case quote != 0:
			word.WriteByte(c)
		case c == '"' || c == '\'':
			quote = c
		case c == ';':
			end()
			return words, nil
		case strings.IndexByte(" \t\r\n\f", c) >= 0:
			end()
		default:
			word.WriteByte(c)
		}
	}
	return nil, errJAAS // there is no semicolon
}
