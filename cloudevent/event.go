package cloudevent

import (
	"cmp"
	"iter"
	"net/url"
	"slices"
	"strings"
)

// Version is the version of CloudEvents that events are written in.
const Version = "1.0"

// MaxExtensions is the maximum number of extensions of an event in JSON.
const MaxExtensions = 256

// MaxAttribute is the maximum size in bytes of an attribute of an event in JSON.
const MaxAttribute = 64 << 10

// Event is a CloudEvent. An empty optional attribute is absent. The zero value is an event without attributes.
type Event struct {
	SpecVersion     string // as it was read; events are always written as [Version]
	ID              string
	Source          string // a URI reference, as it was read
	Type            string
	Subject         string
	Time            string // RFC 3339, as it was read
	DataSchema      string
	DataContentType string
	Extensions      []Extension // with different names
	Data            []byte

	seen  uint16 // attributes set, by their index in names
	shape encoding
}

// Extension is an extension attribute.
type Extension struct {
	Name  string // letters and digits, in lower case
	Value string
	// Bare says that the value is a boolean or an integer of 32 bits, which JSON writes without quotes.
	Bare bool
}

// encoding is the data of an event in JSON, before it is decoded.
type encoding struct {
	raw    []byte // the JSON value
	base64 bool
}

// names are the standard attributes.
var names = [...]string{"specversion", "id", "source", "type", "subject", "time", "dataschema", "datacontenttype"}

// attributeIndex returns the index of a name in names, or -1 for an extension.
func attributeIndex(name string) int { return slices.Index(names[:], name) }

func (e *Event) setAttribute(i int, value string) {
	e.seen |= 1 << i
	*e.attribute(i) = value
}

func (e *Event) attribute(i int) *string {
	switch i {
	case 0:
		return &e.SpecVersion
	case 1:
		return &e.ID
	case 2:
		return &e.Source
	case 3:
		return &e.Type
	case 4:
		return &e.Subject
	case 5:
		return &e.Time
	case 6:
		return &e.DataSchema
	}
	return &e.DataContentType
}

// Reset empties e and keeps its memory.
func (e *Event) Reset() {
	clear(e.Extensions)
	*e = Event{Extensions: e.Extensions[:0]}
}

// Clone returns a copy of e that shares only the bytes of Data with it.
func (e *Event) Clone() *Event {
	c := *e
	c.Extensions = slices.Clone(e.Extensions)
	return &c
}

// Has reports whether e has the attribute or extension, even if it is empty.
func (e *Event) Has(name string) bool {
	if i := attributeIndex(name); i >= 0 {
		return e.seen&(1<<i) != 0 || *e.attribute(i) != ""
	}
	return e.index(name) >= 0
}

// Get returns the value of an attribute or extension, or the empty string if it is absent.
func (e *Event) Get(name string) string {
	if i := attributeIndex(name); i >= 0 {
		return *e.attribute(i)
	}
	return e.Extension(name)
}

// Extension returns the value of an extension, or the empty string if it is absent.
func (e *Event) Extension(name string) string {
	if i := e.index(name); i >= 0 {
		return e.Extensions[i].Value
	}
	return ""
}

func (e *Event) index(name string) int {
	for i := range e.Extensions {
		if e.Extensions[i].Name == name {
			return i
		}
	}
	return -1
}

// Set sets the attribute or extension with a lower-case name. It replaces an existing value.
func (e *Event) Set(name, value string) {
	if i := attributeIndex(name); i >= 0 {
		e.setAttribute(i, value)
		return
	}
	e.SetExtension(Extension{Name: name, Value: value})
}

// SetExtension sets an extension. It replaces an existing one with the same name.
func (e *Event) SetExtension(x Extension) {
	if i := e.index(x.Name); i >= 0 {
		e.Extensions[i] = x
		return
	}
	e.Extensions = append(e.Extensions, x)
}

// Delete removes the extensions for which remove returns true.
func (e *Event) Delete(remove func(name string) bool) {
	e.Extensions = slices.DeleteFunc(e.Extensions, func(x Extension) bool { return remove(x.Name) })
}

// All returns the names and values of all attributes that are not empty, and of all extensions: required attributes,
// then optional ones, then extensions in the order of e.Extensions.
func (e *Event) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i, name := range names {
			if value := *e.attribute(i); value != "" && !yield(name, value) {
				return
			}
		}
		for _, x := range e.Extensions {
			if !yield(x.Name, x.Value) {
				return
			}
		}
	}
}

// AttributesSize returns the total size in bytes of the names and values of all attributes and extensions.
func (e *Event) AttributesSize() int {
	size := 0
	for name, value := range e.All() {
		size += len(name) + len(value)
	}
	return size
}

// sort sorts the extensions by name. Of several with the same name it keeps the last.
func (e *Event) sort() {
	slices.SortStableFunc(e.Extensions, func(a, b Extension) int { return cmp.Compare(a.Name, b.Name) })
	kept := e.Extensions[:0]
	for i, x := range e.Extensions {
		if i+1 < len(e.Extensions) && e.Extensions[i+1].Name == x.Name {
			continue
		}
		kept = append(kept, x)
	}
	clear(e.Extensions[len(kept):])
	e.Extensions = kept
}

// Validate returns an [*Error] if e lacks a required attribute, has another version than 1.0 or 0.3, or has an invalid
// source, time or dataschema.
func (e *Event) Validate() error {
	missing := ""
	switch {
	case e.SpecVersion == "":
		return badRequest("not_a_cloudevent", "the event has no specversion")
	case e.SpecVersion != Version && e.SpecVersion != "0.3":
		return badRequest("unsupported_specversion",
			"CloudEvents of version %s are not supported: use 1.0 or 0.3", Quote(e.SpecVersion))
	case strings.TrimSpace(e.ID) == "":
		missing = "id"
	case strings.TrimSpace(e.Type) == "":
		missing = "type"
	case e.Source == "":
		missing = "source"
	default:
		return e.validValues()
	}
	return badRequest("not_a_cloudevent", "the event has no %s", missing)
}

func (e *Event) validValues() error {
	if e.Source != "" && !isPlainPath(e.Source) {
		if _, err := url.Parse(e.Source); err != nil {
			return badRequest("bad_attribute", "the attribute source is not a URI reference")
		}
	}
	if e.Time != "" {
		if _, err := ParseTime(e.Time); err != nil {
			return badRequest("bad_attribute", "the attribute time is not an RFC 3339 time such as 2026-11-22T16:09:00Z")
		}
	}
	if e.DataSchema != "" {
		if _, err := url.Parse(e.DataSchema); err != nil {
			return badRequest("bad_attribute", "the attribute dataschema is not a URI")
		}
	}
	return nil
}

// CanonicalSource returns a source as net/url writes it, and so as the Go sdk reads it: "a b" becomes "a%20b".
func CanonicalSource(source string) string {
	if isPlainPath(source) {
		return source
	}
	u, err := url.Parse(source)
	if err != nil {
		return source
	}
	return u.String()
}

// isPlainPath reports whether s is an absolute path, perhaps with a fragment, that net/url writes unchanged. The
// sources of KafkaSources are such paths and need no parsing.
func isPlainPath(s string) bool {
	if len(s) < 2 || s[0] != '/' || s[1] == '/' || s[len(s)-1] == '#' {
		return false
	}
	fragments := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z',
			c >= 'A' && c <= 'Z',
			c >= '0' && c <= '9',
			c == '/',
			c == '-',
			c == '_',
			c == '.',
			c == '~':
		case c == '#':
			fragments++
		default:
			return false
		}
	}
	return fragments <= 1
}

// IsExtensionName reports whether an extension can have this name: lower-case letters and digits, and neither a
// standard attribute nor data.
func IsExtensionName(name string) bool {
	if name == "" || name == "data" || name == "data_base64" || attributeIndex(name) >= 0 {
		return false
	}
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
