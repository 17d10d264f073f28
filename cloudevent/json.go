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

// ReadJSON reads an event in the JSON format into e, which must be empty. Data that is JSON is a subslice of b. The
// error is an [*Error] or a [*jsonscan.Error].
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

// CountBatch returns the number of events in a batch. It is an error if the batch is not a JSON array; its elements are
// not checked.
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

// ReadBatch reads a batch that [CountBatch] has accepted. It calls each with every event, the JSON that it was read
// from, and an error if it is not a valid event; the event then has what could be read of it. The event is valid until
// each returns. If each returns an error, ReadBatch stops and returns it.
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

// readJSON reads the next value of s. If the JSON is valid but the event is not, s is after the value.
func (e *Event) readJSON(s *jsonscan.Scanner) error {
	if s.Peek() != '{' {
		if err := s.Skip(); err != nil {
			return err
		}
		return badRequest("not_a_cloudevent", "the event is not a JSON object")
	}
	var bad error // the first error in the event, while the JSON is valid
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

// member reads one member of the event's object. It returns an error in the event, wrong, apart from an error in the
// JSON, err.
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

// rejectDuplicate returns an error if an attribute or extension is already set. The format does not define what an
// event with a duplicate attribute means, and parsers differ, so such an event is refused. The refusal uses the first
// value.
func (e *Event) rejectDuplicate(name string) error {
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
	if err := e.rejectDuplicate(name); err != nil {
		return err
	}
	if i := attributeIndex(name); i >= 0 {
		e.setAttribute(i, string(value))
	} else if IsExtensionName(name) { // others are ignored
		e.Extensions = append(e.Extensions, Extension{Name: name, Value: string(value)})
	}
	return nil
}

// setScalar sets an extension that is a boolean or an integer. Standard attributes must be strings.
func (e *Event) setScalar(name string, raw []byte) error {
	if attributeIndex(name) >= 0 {
		return badRequest("bad_attribute", "the attribute %s is not a string", name)
	}
	if err := e.rejectDuplicate(name); err != nil {
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

// decodeData sets e.Data. Data of a JSON type, which is the default, is the JSON value; other data is the content of a
// JSON string.
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
		return badRequest("bad_data", "data of another type than JSON must be a JSON string")
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

// IsJSON reports whether data of a content type is a JSON value in an event in the JSON format.
func IsJSON(contentType string) bool {
	name, _, _ := strings.Cut(contentType, ";")
	name = strings.ToLower(strings.TrimSpace(name))
	return name == jsonType || strings.HasSuffix(name, "/json") || strings.HasSuffix(name, "+json")
}

// AppendJSON appends e in the JSON format. Data of a JSON type must be valid JSON and is copied; data of a type text/…
// that is valid UTF-8 becomes a string, and other data base64.
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

// AppendJSONBase64 appends e in the JSON format with its data as base64, so that receivers get the same bytes. They
// might format JSON data differently.
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
	dst = AppendString(dst, toValidUTF8(e.ID))
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
	return AppendString(dst, toValidUTF8(value))
}

func toValidUTF8(s string) string { return strings.ToValidUTF8(s, string(utf8.RuneError)) }

// AppendString appends s, which must be valid UTF-8, as a JSON string.
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
