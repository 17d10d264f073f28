package cloudevent

import (
	"mime"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
)

// Content types of events in structured and batched mode.
const (
	StructuredType = "application/cloudevents+json"
	BatchType      = "application/cloudevents-batch+json"
)

const jsonType = "application/json"

// Mode is a content mode of the HTTP binding.
type Mode int

// The modes of the HTTP binding.
const (
	Binary     Mode = iota // attributes in headers, data in the body
	Structured             // the whole event in the body
	Batched                // an array of events in the body
)

// ModeOf returns the mode of a request with this Content-Type. The error is an [*Error] with status 415.
func ModeOf(contentType string) (Mode, error) {
	const prefix = "application/cloudevents"
	if len(contentType) < len(prefix) || !strings.EqualFold(contentType[:len(prefix)], prefix) {
		return Binary, nil
	}
	name, params, err := mime.ParseMediaType(contentType)
	if charset := params["charset"]; err == nil && charset != "" && !strings.EqualFold(charset, "utf-8") {
		return 0, unsupported("unsupported_charset", "the charset %s is not supported: use UTF-8", Quote(charset))
	}
	switch {
	case err == nil && name == StructuredType:
		return Structured, nil
	case err == nil && name == BatchType:
		return Batched, nil
	}
	return 0, unsupported("unsupported_content_type",
		"events as %s are not supported: use %s, %s or the binary mode", Quote(contentType), StructuredType, BatchType)
}

// Selection is a set of headers of attributes and extensions.
type Selection []selectedHeader

type selectedHeader struct {
	header, name string
	index        int // in names; -1: an extension
}

// Select returns a selection of the standard attributes and of extensions, which must have different names. Reading a
// selection costs less than reading all headers, of which a KafkaSource sends a dozen.
func Select(extensions ...string) Selection {
	var s Selection
	for i, name := range names[:len(names)-1] { // datacontenttype is Content-Type
		s = append(s, selectedHeader{headerName(name), name, i})
	}
	for _, name := range append([]string{"schemaurl"}, extensions...) {
		s = append(s, selectedHeader{headerName(name), name, -1})
	}
	return s
}

// ReadHeaders reads the attributes of an event in binary mode into e, which must be empty: the headers of a selection,
// or all if it is nil. A header whose name no attribute can have is ignored. The caller sets e.Data to the body.
func (e *Event) ReadHeaders(h http.Header, only Selection) error {
	for i := range only {
		s := &only[i]
		values := h[s.header]
		switch {
		case len(values) == 0:
		case s.index >= 0:
			e.setAttribute(s.index, values[0])
		default:
			e.Extensions = append(e.Extensions, Extension{Name: s.name, Value: values[0]})
		}
	}
	if only == nil {
		e.readAll(h)
	}
	if values := h["Content-Type"]; len(values) > 0 {
		e.DataContentType = values[0]
	}
	e.normalize()
	if e.SpecVersion == "" {
		return badRequest("not_a_cloudevent",
			"the request is not a CloudEvent: it has no ce-specversion and is not %s", StructuredType)
	}
	return e.Validate()
}

func (e *Event) readAll(h http.Header) {
	for header, values := range h {
		if len(header) < 4 || !strings.EqualFold(header[:3], "ce-") || len(values) == 0 {
			continue
		}
		name := strings.ToLower(header[3:])
		if i := attributeIndex(name); i >= 0 && name != "datacontenttype" {
			e.setAttribute(i, values[0])
		} else if IsExtensionName(name) {
			e.Extensions = append(e.Extensions, Extension{Name: name, Value: values[0]})
		}
	}
	e.sort()
}

// normalize removes a blank subject, and renames the attributes of version 0.3 as in 1.0.
func (e *Event) normalize() {
	if e.Subject != "" && strings.TrimSpace(e.Subject) == "" {
		e.Subject = ""
	}
	if e.SpecVersion != "0.3" {
		return
	}
	if i := e.index("schemaurl"); i >= 0 {
		e.DataSchema = e.Extensions[i].Value
		e.Extensions = slices.Delete(e.Extensions, i, i+1)
	}
}

// The values of headers that nearly every event has. Nobody changes a header's values in place, so events can share
// them.
var (
	versionHeader     = []string{Version}
	contentTypeHeader = []string{jsonType}
)

// WriteHeaders sets the headers of a message in binary mode to the attributes of e.
func (e *Event) WriteHeaders(h http.Header) {
	values := make([]string, 0, 7+len(e.Extensions)) // one allocation instead of one for each header
	put := func(header, value string) {
		values = append(values, headerValue(value))
		h[header] = values[len(values)-1 : len(values) : len(values)]
	}
	h["Ce-Specversion"] = versionHeader
	put("Ce-Id", e.ID)
	put("Ce-Source", e.Source)
	put("Ce-Type", e.Type)
	if e.Subject != "" {
		put("Ce-Subject", e.Subject)
	}
	if e.Time != "" {
		put("Ce-Time", e.Time)
	}
	if e.DataSchema != "" {
		put("Ce-Dataschema", e.DataSchema)
	}
	switch e.DataContentType {
	case "":
	case jsonType:
		h["Content-Type"] = contentTypeHeader
	default:
		put("Content-Type", e.DataContentType)
	}
	for _, x := range e.Extensions {
		put(headerName(x.Name), x.Value)
	}
}

// FitsHeaders reports whether binary mode keeps every attribute of e unchanged for receivers that read headers as
// Latin-1 and trim them: all values are printable ASCII without leading, trailing or repeated spaces, and the headers
// together have at most limit bytes.
func (e *Event) FitsHeaders(limit int) bool {
	size := 0
	for name, value := range e.All() {
		size += len("ce-") + len(name) + len(": \r\n") + len(value)
		if size > limit || !printable(value) {
			return false
		}
	}
	return true
}

func printable(s string) bool {
	before := byte(' ')
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c > '~' || c == ' ' && before == ' ' {
			return false
		}
		before = c
	}
	return s == "" || before != ' '
}

// headerName returns the canonical header name of an attribute.
func headerName(name string) string {
	switch name { // extensions of every prediction: no allocation
	case "causationid":
		return "Ce-Causationid"
	case "modeldigest":
		return "Ce-Modeldigest"
	case "partitionkey":
		return "Ce-Partitionkey"
	}
	return textproto.CanonicalMIMEHeaderKey("Ce-" + name)
}

// headerValue percent-encodes control characters, which a header cannot contain.
func headerValue(s string) string {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return encodeControls(s)
		}
	}
	return s
}

func encodeControls(s string) string {
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, len(s)+8)
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == 0x7f {
			b = append(b, '%', hex[c>>4], hex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}
