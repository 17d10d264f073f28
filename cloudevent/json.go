package cloudevent

import (
	"bytes"
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"reddit-classifier/internal/jsonscan"
)

var byteOrderMark = []byte("\ufeff")

// ReadJSON reads an event in the JSON format. Data that is JSON is a part of b, as it stands there.
func (e *Event) ReadJSON(b []byte) error {
	if !utf8.Valid(b) {
		return badRequest("invalid_utf8", "the event is not valid UTF-8")
	}
	s := jsonscan.New(bytes.TrimPrefix(b, byteOrderMark))
	err := e.readJSON(&s)
	if err == nil {
		err = s.End()
	}
	return err
}

// CountBatch returns how many events a batch has. It is an error if the batch is not a JSON array, while its elements
// may be anything.
func CountBatch(b []byte) (n int, err error) {
	if !utf8.Valid(b) {
		return 0, badRequest("invalid_utf8", "the batch is not valid UTF-8")
	}
	s := jsonscan.New(bytes.TrimPrefix(b, byteOrderMark))
	if s.Peek() != '[' {
		return 0, badRequest("not_a_cloudevent", "the batch is not a JSON array")
	}
	err = s.Array(func() error {
		n++
		return s.Skip()
	})
	if err == nil {
		err = s.End()
	}
	return n, err
}

// ReadBatch reads a batch that CountBatch has counted, and calls each with every event and the JSON that it was read
// from or, beside what could be read of it, with the reason why it is none. The event is good until each returns. The
// first error of each ends the batch.
func ReadBatch(b []byte, each func(e *Event, raw []byte, err error) error) error {
	s := jsonscan.New(bytes.TrimPrefix(b, byteOrderMark))
	var e Event
	return s.Array(func() error {
		e.Reset()
		s.Peek()
		begin := s.Offset()
		err := e.readJSON(&s)
		return each(&e, s.Since(begin), err)
	})
}

// readJSON reads the next value of s. After an error that is not of the JSON itself, s is behind the value.
func (e *Event) readJSON(s *jsonscan.Scanner) error {
	if s.Peek() != '{' {
		if err := s.Skip(); err != nil {
			return err
		}
		return badRequest("not_a_cloudevent", "the event is not a JSON object")
	}
	var bad error // the first thing wrong with the event where the JSON is right
	err := s.Object(func(key []byte) error {
		wrong, err := e.member(s, key)
		if bad == nil {
			bad = wrong
		}
		return err
	})
	if err != nil {
		return err
	}
	if bad != nil {
		return bad
	}
	e.normalize()
	if err := e.Validate(); err != nil {
		return err
	}
	return e.decodeData()
}

// member reads one member of the event's object. It returns what is wrong with it apart from what is wrong with the
// JSON.
func (e *Event) member(s *jsonscan.Scanner, key []byte) (wrong, err error) {
	c := s.Peek()
	switch {
	case string(key) == "data" || string(key) == "data_base64":
		return e.readData(s, string(key) == "data_base64")
	case c == '"':
		value, err := s.Text()
		if err != nil {
			return nil, err
		}
		return e.setString(strings.ToLower(string(key)), value), nil
	}
	raw, err := s.Raw()
	if err != nil || c == 'n' { // null: absent
		return nil, err
	}
	return e.setScalar(strings.ToLower(string(key)), raw), nil
}

func (e *Event) readData(s *jsonscan.Scanner, inBase64 bool) (wrong, err error) {
	null := s.Peek() == 'n'
	raw, err := s.Raw()
	if e.shape.raw != nil {
		wrong = badRequest("bad_attribute", "the event has data twice")
	}
	if !null {
		e.shape = encoding{raw, inBase64}
	}
	return wrong, err
}

// once returns an error unless an attribute or extension is set for the first time. The format leaves open what an
// event means that has one twice, and parsers differ in which they take: it is refused, and the first one kept for the
// refusal.
func (e *Event) once(name string) error {
	if i := attributeIndex(name); i >= 0 {
		if e.seen&(1<<i) == 0 {
			return nil
		}
	} else if e.index(name) < 0 {
		if len(e.Extensions) == MaxExtensions {
			return badRequest("bad_attribute", "the event has more than %d extensions", MaxExtensions)
		}
		return nil
	}
	return badRequest("bad_attribute", "the event has the attribute %s twice", Quote(name))
}

func (e *Event) setString(name string, value []byte) error {
	if len(value) > MaxAttribute {
		return badRequest("bad_attribute", "the attribute %s is longer than %d bytes", Quote(name), MaxAttribute)
	}
	if err := e.once(name); err != nil {
		return err
	}
	if i := attributeIndex(name); i >= 0 {
		e.setAttribute(i, string(value))
	} else if IsExtensionName(name) { // others are passed over
		e.Extensions = append(e.Extensions, Extension{Name: name, Value: string(value)})
	}
	return nil
}

// setScalar sets an extension that is a boolean or an integer; no other attribute is anything but a string.
func (e *Event) setScalar(name string, raw []byte) error {
	if attributeIndex(name) >= 0 {
		return badRequest("bad_attribute", "the attribute %s is not a string", name)
	}
	if err := e.once(name); err != nil {
		return err
	}
	value := string(raw)
	switch raw[0] {
	case 't', 'f':
	case '{', '[':
		return badRequest("bad_attribute", "the extension %s is an object or an array", Quote(name))
	default:
		n, err := strconv.ParseFloat(value, 64)
		if err != nil || n > math.MaxInt32 || n < math.MinInt32 {
			return badRequest("bad_attribute", "the extension %s is a number beyond 32 bits", Quote(name))
		}
		if n != math.Trunc(n) {
			return badRequest("bad_attribute",
				"the extension %s is a fraction; extensions are strings, booleans and integers", Quote(name))
		}
		value = strconv.Itoa(int(n))
	}
	if IsExtensionName(name) {
		e.Extensions = append(e.Extensions, Extension{name, value, true})
	}
	return nil
}

// decodeData sets Data: JSON as it stands if the data is of a JSON type, which it is when the event does not say
// otherwise; else the content of the JSON string.
func (e *Event) decodeData() (err error) {
	d := e.shape
	if d.raw == nil {
		return nil
	}
	if e.SpecVersion == "0.3" && strings.EqualFold(e.Extension("datacontentencoding"), "base64") {
		d.base64 = true
	}
	if !d.base64 && (e.DataContentType == "" || IsJSON(e.DataContentType)) {
		if e.DataContentType == "" {
			e.DataContentType = jsonType
		}
		e.Data = d.raw
		return nil
	}
	if d.raw[0] != '"' {
		return badRequest("bad_data", "the data of an event that is not JSON must be a string")
	}
	s := jsonscan.New(d.raw)
	text, err := s.Text()
	if err != nil || !d.base64 {
		e.Data = text
		return err
	}
	data := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(data, text)
	if err != nil {
		return badRequest("bad_data", "data_base64 is not base64")
	}
	e.Data = data[:n]
	return nil
}

// IsJSON tells whether data of a content type stands as JSON in an event that is JSON.
func IsJSON(contentType string) bool {
	name, _, _ := strings.Cut(contentType, ";")
	name = strings.ToLower(strings.TrimSpace(name))
	return name == jsonType || strings.HasSuffix(name, "/json") || strings.HasSuffix(name, "+json")
}

// AppendJSON appends e in the JSON format. Data of a JSON type must be JSON and stands as it is; other data is a string
// if it is text of type text/plain, and base64 if not.
func (e *Event) AppendJSON(dst []byte) []byte {
	dst = e.appendAttributes(dst)
	switch {
	case len(e.Data) == 0:
	case e.DataContentType != "" && IsJSON(e.DataContentType):
		dst = append(append(dst, `,"data":`...), e.Data...)
	case strings.HasPrefix(e.DataContentType, "text/") && utf8.Valid(e.Data):
		dst = AppendString(append(dst, `,"data":`...), string(e.Data))
	default:
		dst = e.appendBase64(dst)
	}
	return append(dst, '}')
}

// AppendJSONBase64 appends e in the JSON format with its data as base64: readers get the bytes, while JSON might be
// rendered anew.
func (e *Event) AppendJSONBase64(dst []byte) []byte {
	dst = e.appendAttributes(dst)
	if len(e.Data) > 0 {
		dst = e.appendBase64(dst)
	}
	return append(dst, '}')
}

func (e *Event) appendBase64(dst []byte) []byte {
	dst = append(dst, `,"data_base64":"`...)
	dst = base64.StdEncoding.AppendEncode(dst, e.Data)
	return append(dst, '"')
}

func (e *Event) appendAttributes(dst []byte) []byte {
	dst = append(dst, `{"specversion":"1.0","id":`...)
	dst = AppendString(dst, valid(e.ID))
	dst = appendMember(dst, "source", e.Source)
	dst = appendMember(dst, "type", e.Type)
	for i := 4; i < len(names); i++ {
		if value := *e.attribute(i); value != "" {
			dst = appendMember(dst, names[i], value)
		}
	}
	for _, x := range e.Extensions {
		if x.Bare {
			dst = append(append(append(append(dst, `,"`...), x.Name...), `":`...), x.Value...)
		} else {
			dst = appendMember(dst, x.Name, x.Value)
		}
	}
	return dst
}

func appendMember(dst []byte, name, value string) []byte {
	dst = append(append(append(dst, `,"`...), name...), `":`...)
	return AppendString(dst, valid(value))
}

func valid(s string) string { return strings.ToValidUTF8(s, string(utf8.RuneError)) }

// AppendString appends s, which is valid UTF-8, as a JSON string.
func AppendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ' || c == 0x7f:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
