package function

import (
	"encoding/base64"
	"math"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/cloudevents/sdk-go/v2/types"
)

// How events stand in HTTP messages (CloudEvents 1.0.2, HTTP protocol binding and JSON format). It is done here because the
// sdk's receiver loses requests (sdk-go issues 1224 and 1332), and because this takes a tenth of the time of its bindings.
//
// Values of headers are neither percent-decoded nor percent-encoded, although the binding (3.1.3.2) asks for both: no part of
// Knative does so (sdk-go issue 1331, sdk-java issue 748), so a Kafka key "100%25 sure" would come out as another key. Taking
// and giving the bytes as they are is right between peers that encode and between peers that do not.

const (
	structuredType = "application/cloudevents+json"
	batchType      = "application/cloudevents-batch+json"
)

// read names the attributes and extensions that are read from headers: those that answers have to do with. A KafkaSource
// sends a dozen more, and a record's own headers besides.
var read = [...]struct{ header, name string }{
	{"Ce-Id", "id"}, {"Ce-Type", "type"}, {"Ce-Source", "source"}, {"Ce-Subject", "subject"}, {"Ce-Time", "time"},
	{"Ce-Dataschema", "dataschema"}, {"Ce-Key", "key"}, {"Ce-Partitionkey", "partitionkey"}, {"Ce-Traceparent", "traceparent"},
	{"Ce-Tracestate", "tracestate"}, {"Ce-Correlationid", "correlationid"},
}

// fromHeaders reads an event in binary mode.
func fromHeaders(h http.Header, body []byte) (*event.Event, error) {
	a := &event.EventContextV1{}
	var err error
	for _, r := range &read {
		if values := h[r.header]; len(values) > 0 {
			if bad := setAttribute(a, r.name, values[0]); err == nil {
				err = bad
			}
		}
	}
	if values := h["Content-Type"]; len(values) > 0 && values[0] != "" {
		a.DataContentType = &values[0]
	}
	if err == nil {
		err = complete(a, h.Get("Ce-Specversion"))
	}
	return &event.Event{Context: a, DataEncoded: body}, err
}

// setAttribute sets the attribute or the extension of a lower-case name. Empty values of what is optional count as absent.
func setAttribute(a *event.EventContextV1, name, value string) error {
	switch name {
	case "id":
		a.ID = value
	case "type":
		a.Type = value
	case "source":
		return setSource(a, value)
	case "subject":
		if strings.TrimSpace(value) != "" {
			subject := value
			a.Subject = &subject
		}
	case "time":
		return setTime(a, value)
	case "dataschema":
		if a.DataSchema = types.ParseURI(value); value != "" && a.DataSchema == nil {
			return badRequest("bad_attribute", "the attribute dataschema is not a URI")
		}
	default:
		setExtension(a, name, value)
	}
	return nil
}

func setSource(a *event.EventContextV1, value string) error {
	u, err := url.Parse(value)
	if err != nil {
		return badRequest("bad_attribute", "the attribute source is not a URI reference")
	}
	a.Source = types.URIRef{URL: *u}
	return nil
}

func setTime(a *event.EventContextV1, value string) error {
	if value == "" {
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, value)
	if err != nil {
		return badRequest("bad_attribute", "the attribute time is not of RFC 3339")
	}
	a.Time = &types.Timestamp{Time: t}
	return nil
}

// setExtension passes over names that an extension cannot have.
func setExtension(a *event.EventContextV1, name string, value any) {
	if name == "data" || name == "datacontenttype" || !event.IsExtensionNameValid(name) {
		return
	}
	if a.Extensions == nil {
		a.Extensions = make(map[string]any, 8)
	}
	a.Extensions[name] = value
}

// complete returns an error unless a has all that a CloudEvent 1.0 must have.
func complete(a *event.EventContextV1, version string) error {
	switch {
	case version == "":
		return badRequest("not_a_cloudevent", "the request is not a CloudEvent: it has no ce-specversion and is not "+structuredType)
	case version != event.CloudEventsVersionV1:
		return badRequest("unsupported_specversion", "CloudEvents of version %s are not read, 1.0 is", printable(version))
	}
	return required(a)
}

func required(a *event.EventContextV1) error {
	missing := ""
	switch {
	case strings.TrimSpace(a.ID) == "":
		missing = "id"
	case strings.TrimSpace(a.Type) == "":
		missing = "type"
	case a.Source == types.URIRef{}:
		missing = "source"
	default:
		return nil
	}
	return badRequest("not_a_cloudevent", "the event has no %s", missing)
}

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

func (r *structured) set(name, value string) {
	switch name {
	case "specversion":
		if r.version != "" {
			r.fail(badRequest("bad_attribute", "the event has specversion twice"))
		}
		r.version = value
	case "datacontenttype":
		r.a.DataContentType = &value
	default:
		if err := setAttribute(r.a, strings.ToLower(name), value); err != nil {
			r.fail(err)
		}
	}
}

// setScalar sets an extension that is a boolean or an integer; no other attribute is anything but a string.
func (r *structured) setScalar(name string, raw []byte) {
	switch name = strings.ToLower(name); name {
	case "id", "source", "type", "specversion", "subject", "time", "dataschema", "datacontenttype":
		r.fail(badRequest("bad_attribute", "the attribute %s is not a string", name))
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

// writeHeaders puts an event's attributes into the headers of a message in binary mode.
func writeHeaders(h http.Header, a *event.EventContextV1) {
	values := make([]string, 0, 8+len(a.Extensions)) // one allocation for what would be one each
	put := func(name, value string) {
		values = append(values, headerValue(value))
		h[name] = values[len(values)-1 : len(values) : len(values)]
	}
	put("Ce-Specversion", event.CloudEventsVersionV1)
	put("Ce-Id", a.ID)
	put("Ce-Source", a.Source.String())
	put("Ce-Type", a.Type)
	if a.Subject != nil {
		put("Ce-Subject", *a.Subject)
	}
	if a.DataContentType != nil {
		put("Content-Type", *a.DataContentType)
	}
	for name, value := range a.Extensions {
		text, ok := value.(string)
		if !ok {
			text, _ = types.Format(value)
		}
		put(headerName(name), text)
	}
}

// headerName returns the header of an extension, in the form that net/http keeps headers in.
func headerName(extension string) string {
	switch extension { // what every answer has, without building it
	case "causationid":
		return "Ce-Causationid"
	case "modeldigest":
		return "Ce-Modeldigest"
	case "partitionkey":
		return "Ce-Partitionkey"
	}
	return textproto.CanonicalMIMEHeaderKey("Ce-" + extension)
}

// headerValue percent-encodes what cannot stand in a header at all: control characters, which only an event in JSON can have.
func headerValue(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7f {
			return encodeControls(s)
		}
	}
	return s
}

func encodeControls(s string) string {
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, len(s)+8)
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == 0x7f {
			b = append(b, '%', hex[c>>4], hex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}

// appendEvent appends one of our events, whose data is JSON, in the JSON format.
func appendEvent(dst []byte, e *event.Event) []byte {
	a := e.Context.(*event.EventContextV1)
	dst = append(dst, `{"specversion":"1.0","id":`...)
	dst = appendString(dst, a.ID)
	dst = appendMember(dst, "source", a.Source.String())
	dst = appendMember(dst, "type", a.Type)
	if a.Subject != nil {
		dst = appendMember(dst, "subject", *a.Subject)
	}
	if a.DataContentType != nil {
		dst = appendMember(dst, "datacontenttype", *a.DataContentType)
	}
	for name, value := range a.Extensions {
		switch v := value.(type) {
		case string:
			dst = appendMember(dst, name, v)
		case bool:
			dst = strconv.AppendBool(append(append(append(dst, `,"`...), name...), `":`...), v)
		case int32:
			dst = strconv.AppendInt(append(append(append(dst, `,"`...), name...), `":`...), int64(v), 10)
		}
	}
	if len(e.DataEncoded) > 0 {
		dst = append(append(dst, `,"data":`...), e.DataEncoded...)
	}
	return append(dst, '}')
}

func appendMember(dst []byte, name, value string) []byte {
	dst = append(append(append(dst, `,"`...), name...), `":`...)
	return appendString(dst, strings.ToValidUTF8(value, string(utf8.RuneError)))
}
