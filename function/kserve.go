package function

import (
	"encoding/base64"
	"unicode/utf8"

	"reddit-classifier/internal/jsonscan"
)

// instances reads KServe's instances: strings, rows of one string, or objects with one text.
func (p *request) instances(s *jsonscan.Scanner) error {
	if s.Peek() != '[' {
		return unprocessable("unknown_shape", "instances is not an array")
	}
	var first byte
	n := 0
	return s.Array(func() error {
		c := s.Peek()
		if n++; n == 1 {
			first = c
		} else if (c == '[' || c == '{' || c == '"') && c != first {
			return unprocessable("mixed_rows", "instances[%d] has another JSON type than the instances before it", n-1)
		}
		switch c {
		case '[':
			return p.row(s, "instances", n-1, singleColumn)
		case '{':
			return p.instance(s, n-1)
		}
		return p.addString(s, "instances")
	})
}

// instance reads an object with exactly one member named text, body, comment, b64 or TEXT_FIELD.
func (p *request) instance(s *jsonscan.Scanner, n int) error {
	var text jsonscan.Mark
	texts, isBase64 := 0, false
	err := s.Object(func(key []byte) error {
		if b64 := string(key) == "b64"; b64 || p.dialect.isText(string(key)) {
			texts++
			text, isBase64 = s.Mark(), b64
		}
		return s.Skip()
	})
	if err != nil {
		return err
	}
	if texts != 1 {
		return unprocessable("not_text", "instances[%d] is an object with %d members named text, body, comment, b64 or "+
			"TEXT_FIELD: it must have exactly one", n, texts)
	}
	end := s.Mark()
	s.Seek(text)
	switch {
	case isBase64:
		err = p.addBase64(s, "b64")
	case s.Peek() == '{':
		err = p.onlyBase64(s, n)
	default:
		err = p.addString(s, "instances")
	}
	s.Seek(end)
	return err
}

// onlyBase64 reads {"b64":…}, the way TensorFlow's clients send byte strings.
func (p *request) onlyBase64(s *jsonscan.Scanner, n int) error {
	other := unprocessable("not_text", "the text of instances[%d] is an object other than {\"b64\":...}", n)
	found := false
	err := s.Object(func(key []byte) error {
		if string(key) != "b64" || found {
			return other
		}
		found = true
		return p.addBase64(s, "b64")
	})
	if err == nil && !found {
		return other
	}
	return err
}

// addBase64 reads a string that holds a comment in base64.
func (p *request) addBase64(s *jsonscan.Scanner, where string) error {
	if s.Peek() != '"' {
		return notText(s, where)
	}
	encoded, err := s.Text()
	if err != nil {
		return err
	}
	return p.addDecoded(encoded, where)
}

// addDecoded decodes a comment in base64 and adds it.
func (p *request) addDecoded(encoded []byte, where string) error {
	text, err := decodeBase64(encoded)
	switch {
	case err != nil:
		return unprocessable("bad_base64", "%s is not base64", where)
	case !utf8.Valid(text):
		return unprocessable("invalid_utf8", "the text in %s, in base64, is not valid UTF-8", where)
	}
	if err := checkControls(string(text), where+" in base64"); err != nil {
		return err
	}
	return p.add(string(text))
}

// decodeBase64 decodes base64 in the standard or the URL alphabet, with or without padding.
func decodeBase64(b []byte) (text []byte, err error) {
	for _, encoding := range []*base64.Encoding{
		base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding,
	} {
		text = make([]byte, encoding.DecodedLen(len(b)))
		n, e := encoding.Decode(text, b)
		if e == nil {
			return text[:n], nil
		}
		err = e
	}
	return nil, err
}
