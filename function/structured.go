package function

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/cloudevents/sdk-go/v2/event"
)

// What an event in JSON may have beside its data. In headers the server's own limit holds, of a megabyte in all.
const (
	maxExtensions = 256
	maxAttribute  = 64 << 10
)

// fromJSON reads one event in the JSON format. With an error it still returns the attributes that were found, which the
// answer to a batch carries.
func fromJSON(s *scanner) (*event.Event, error) {
	r := structured{a: &event.EventContextV1{}}
	out := &event.Event{Context: r.a}
	if s.peek() != '{' {
		if err := s.skip(); err != nil {
			return out, err
		}
		return out, badRequest("not_a_cloudevent", "the event is not a JSON object")
	}
	err := s.object(func(key []byte) error { return r.member(s, key) })
	if err != nil { // of the JSON itself
		return out, err
	}
	if r.err == nil {
		r.err = complete(r.a, r.version)
	}
	if r.err == nil {
		out.DataEncoded, r.err = r.decodeData()
	}
	return out, r.err
}

// structured is an event being read. Its err is the first thing wrong with the event where the JSON is right, so that in a
// batch the events after it can still be read.
type structured struct {
	a        *event.EventContextV1
	version  string
	seen     uint // bit i: the attribute i of structuredNames
	data     []byte
	inBase64 bool
	err      error
}

func (r *structured) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *structured) member(s *scanner, key []byte) error {
	c := s.peek()
	if name := string(key); name == "data" || name == "data_base64" {
		raw, err := s.raw()
		if r.data != nil {
			r.fail(badRequest("bad_attribute", "the event has data twice"))
		}
		if c != 'n' {
			r.data, r.inBase64 = raw, name == "data_base64"
		}
		return err
	}
	if c == '"' {
		value, err := s.text()
		r.set(string(key), string(value))
		return err
	}
	raw, err := s.raw()
	if err == nil && c != 'n' { // null: absent
		r.setScalar(string(key), raw)
	}
	return err
}

// structuredNames are the attributes of CloudEvents itself, which are strings all.
var structuredNames = [...]string{"specversion", "id", "source", "type", "subject", "time", "dataschema", "datacontenttype"}

// once tells whether an attribute or extension is set for the first time. The format leaves open what an event means that has one
// twice, and parsers differ in which they take: so it is refused, and the first one kept for the refusal.
func (r *structured) once(name string) bool {
	if i := slices.Index(structuredNames[:], name); i >= 0 {
		if bit := uint(1) << i; r.seen&bit == 0 {
			r.seen |= bit
			return true
		}
	} else if _, twice := r.a.Extensions[name]; !twice {
		if len(r.a.Extensions) == maxExtensions {
			r.fail(badRequest("bad_attribute", "the event has more than %d extensions", maxExtensions))
			return false
		}
		return true
	}
	r.fail(badRequest("bad_attribute", "the event has the attribute %s twice", printable(name)))
	return false
}

func (r *structured) set(name, value string) {
	name = strings.ToLower(name)
	switch {
	case len(value) > maxAttribute:
		r.fail(badRequest("bad_attribute", "the attribute %s is longer than %d bytes", printable(name), maxAttribute))
	case !r.once(name):
	case name == "specversion":
		r.version = value
	case name == "datacontenttype":
		r.a.DataContentType = &value
	default:
		if err := setAttribute(r.a, name, value); err != nil {
			r.fail(err)
		}
	}
}

// setScalar sets an extension that is a boolean or an integer; no other attribute is anything but a string.
func (r *structured) setScalar(name string, raw []byte) {
	name = strings.ToLower(name)
	if slices.Contains(structuredNames[:], name) {
		r.fail(badRequest("bad_attribute", "the attribute %s is not a string", name))
		return
	}
	if !r.once(name) {
		return
	}
	switch raw[0] {
	case 't', 'f':
		setExtension(r.a, name, raw[0] == 't')
	case '{', '[':
		r.fail(badRequest("bad_attribute", "an extension is an object or an array"))
	default:
		n, err := strconv.ParseFloat(string(raw), 64)
		if err != nil || n > math.MaxInt32 || n < math.MinInt32 {
			r.fail(badRequest("bad_attribute", "an extension is a number beyond 32 bits"))
			return
		}
		setExtension(r.a, name, int32(n))
	}
}

// decodeData returns the event's data as bytes: JSON as it stands if the data is of a JSON type, which it is when the event
// does not say otherwise; else the content of the JSON string.
func (r *structured) decodeData() ([]byte, error) {
	if len(r.data) == 0 {
		return nil, nil
	}
	if !r.inBase64 && (r.a.DataContentType == nil || isJSON(*r.a.DataContentType)) {
		if r.a.DataContentType == nil {
			contentType := applicationJSON
			r.a.DataContentType = &contentType
		}
		return r.data, nil
	}
	if r.data[0] != '"' {
		return nil, badRequest("bad_data", "the data of an event that is not JSON must be a string")
	}
	text, err := (&scanner{b: r.data}).text()
	if err != nil || !r.inBase64 {
		return text, err
	}
	data := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(data, text)
	if err != nil {
		return nil, badRequest("bad_data", "data_base64 is not base64")
	}
	return data[:n], nil
}

// isJSON tells whether data of a content type stands as JSON in a structured event.
func isJSON(contentType string) bool {
	name, _, _ := strings.Cut(contentType, ";")
	name = strings.ToLower(strings.TrimSpace(name))
	return name == applicationJSON || strings.HasSuffix(name, "/json") || strings.HasSuffix(name, "+json")
}
