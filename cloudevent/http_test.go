package cloudevent

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSelect reads the headers of a selection and no others.
func TestSelect(t *testing.T) {
	h := http.Header{}
	for _, name := range []string{"specversion", "id", "source", "type", "subject", "time", "dataschema", "partitionkey",
		"other", "schemaurl"} {
		h.Set("ce-"+name, "of "+name)
	}
	h.Set("ce-specversion", "1.0")
	h.Set("ce-time", "2026-11-22T16:09:00Z")
	h.Set("ce-datacontenttype", "text/html")
	h.Set("Content-Type", "text/plain")
	var e Event
	if err := e.ReadHeaders(h, Select("partitionkey", "absent")); err != nil {
		t.Fatal(err)
	}
	want := []string{"specversion=1.0", "id=of id", "source=of source", "type=of type", "subject=of subject",
		"time=2026-11-22T16:09:00Z", "dataschema=of dataschema", "datacontenttype=text/plain", "schemaurl=of schemaurl",
		"partitionkey=of partitionkey"}
	if diff := cmp.Diff(want, list(&e)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want = append(want[:8], "other=of other", "partitionkey=of partitionkey", "schemaurl=of schemaurl")
	e.Reset()
	if err := e.ReadHeaders(h, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, list(&e)); diff != "" {
		t.Errorf("without a selection (-want +got):\n%s", diff)
	}
}

// list returns the attributes of e in their order.
func list(e *Event) (all []string) {
	for name, value := range e.All() {
		all = append(all, name+"="+value)
	}
	return all
}

// TestOrderOfHeaders: extensions are in the order of their names, whatever the order of a map is.
func TestOrderOfHeaders(t *testing.T) {
	h := http.Header{"Ce-Specversion": {"1.0"}, "Ce-Id": {"1"}, "Ce-Source": {"/a"}, "Ce-Type": {"b"}}
	var want []string
	for i := range 50 {
		h.Set(fmt.Sprintf("ce-x%02d", i), "v")
		want = append(want, fmt.Sprintf("x%02d", i))
	}
	var e Event
	if err := e.ReadHeaders(h, nil); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range e.Extensions {
		got = append(got, x.Name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestVersion03 reads events of version 0.3: schemaurl is their dataschema.
func TestVersion03(t *testing.T) {
	for _, tt := range []struct {
		header, schema string
		extensions     []string
	}{{"", "", nil}, {"Ce-Schemaurl", "/schema", nil}, {"Ce-Other", "", []string{"other"}}} {
		h := http.Header{"Ce-Specversion": {"0.3"}, "Ce-Id": {"1"}, "Ce-Source": {"/a"}, "Ce-Type": {"b"}}
		if tt.header != "" {
			h.Set(tt.header, "/schema")
		}
		var e Event
		err := e.ReadHeaders(h, nil)
		var names []string
		for _, x := range e.Extensions {
			names = append(names, x.Name)
		}
		if err != nil || e.DataSchema != tt.schema || !slices.Equal(names, tt.extensions) {
			t.Errorf("%s: %v, schema %q, extensions %v", tt.header, err, e.DataSchema, names)
		}
	}
}

// TestPlainBytes: of the bytes that a source may have, those are plain that URLs write as they are and KafkaSources
// use.
func TestPlainBytes(t *testing.T) {
	for c := range 256 {
		s := "/a" + string([]byte{byte(c)}) + "b"
		u, err := url.Parse(s)
		isSame := err == nil && u.String() == s
		want := c < 0x80 && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			strings.ContainsRune("/-_.~#", rune(c)))
		if got := isPlainPath(s); got != want || got && !isSame {
			t.Errorf("%q: plain %v, want %v; the same as a URL: %v", s, got, want, isSame)
		}
	}
	for s, want := range map[string]bool{"": false, "/": false, "//": false, "//a": false, "/a": true, "a": false,
		"a/b": false,
		"/a#": false, "/a#b": true, "/a#b#c": false} {
		if got := isPlainPath(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

// TestRecordOfManyExtensions has more extensions than there are attributes.
func TestRecordOfManyExtensions(t *testing.T) {
	e := &Event{ID: "1", Source: "/a", Type: "b", SpecVersion: "0.3"}
	for i := range 20 {
		e.Set(fmt.Sprintf("x%02d", i), "v")
	}
	headers := RecordHeaders[RecordHeader](e)
	if len(headers) != 24 || headers[0].Key != "ce_specversion" || string(headers[0].Value) != "1.0" ||
		headers[23].Key != "ce_x19" {
		t.Errorf("%d headers: %v", len(headers), headers)
	}
}

// TestMessages: limits are named as they are.
func TestMessages(t *testing.T) {
	const head = `{"specversion":"1.0","id":"1","source":"/a","type":"b"`
	var many strings.Builder
	for i := range MaxExtensions + 1 {
		fmt.Fprintf(&many, `,"x%d":""`, i)
	}
	for text, want := range map[string]string{
		head + `,"subject":"` + strings.Repeat("s", 65537) + `"}`: "'subject' is longer than 65536 bytes",
		head + many.String() + `}`:                                "more than 256 extensions",
	} {
		var bad *Error
		if err := (&Event{}).ReadJSON([]byte(text)); !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	e := &Event{}
	if err := e.ReadJSON([]byte(head + `,"subject":"` + strings.Repeat("s", 65536) + `"}`)); err != nil {
		t.Error(err)
	}
}

// TestWriteHeaders has every header of an event, and only those of attributes that are there.
func TestWriteHeaders(t *testing.T) {
	e := &Event{ID: "1\n", Source: "/a", Type: "b", Subject: "s", Time: "2026-11-22T16:09:00Z", DataSchema: "/s",
		DataContentType: "text/plain", Extensions: []Extension{{Name: "partitionkey", Value: "k"}, {Name: "x1", Value: ""}}}
	h := http.Header{}
	e.WriteHeaders(h)
	want := http.Header{"Ce-Specversion": {"1.0"}, "Ce-Id": {"1%0A"}, "Ce-Source": {"/a"}, "Ce-Type": {"b"},
		"Ce-Subject": {"s"}, "Ce-Time": {"2026-11-22T16:09:00Z"}, "Ce-Dataschema": {"/s"}, "Content-Type": {"text/plain"},
		"Ce-Partitionkey": {"k"}, "Ce-X1": {""}}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for contentType, want := range map[string][]string{"": nil, "application/json": {"application/json"}} {
		h := http.Header{}
		e := &Event{ID: "1", Source: "/a", Type: "b", DataContentType: contentType}
		if e.WriteHeaders(h); len(h) != 4+len(want) || !slices.Equal(h["Content-Type"], want) {
			t.Errorf("%q: %v", contentType, h)
		}
	}
}

// TestHas: every attribute is there once it is set, be it to nothing.
func TestHas(t *testing.T) {
	for _, name := range append(names[:], "extension") {
		var e Event
		if e.Has(name) {
			t.Errorf("an empty event has %s", name)
		}
		if e.Set(name, ""); !e.Has(name) {
			t.Errorf("%s is not there after it was set to nothing", name)
		}
		if e.Set(name, "v"); e.Get(name) != "v" {
			t.Errorf("%s is %q", name, e.Get(name))
		}
	}
	if e := (&Event{SpecVersion: "1.0"}); !e.Has("specversion") {
		t.Error("there is no specversion")
	}
}

// TestQuote: what others have sent is shown in 64 bytes of printable ASCII.
func TestQuote(t *testing.T) {
	long := strings.Repeat("x", 64)
	for s, want := range map[string]string{"": "''", "a b": "'a b'", "~}! ": "'~}! '", "\x7f\x1f\u00e9": "'????'",
		`"\`:   "'??'",
		"it's": "'it's'", long: "'" + long + "'", long + "y": "'" + long + "...'"} {
		if got := Quote(s); got != want {
			t.Errorf("%q is %s, want %s", s, got, want)
		}
	}
}
