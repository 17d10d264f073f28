package cloudevent

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// view is what has to agree between the sdk's reading of an event and ours.
type view struct {
	ID, Source, Type, Subject, ContentType, Schema string
	Time                                           time.Time
	Extensions                                     map[string]string
	Data                                           string
}

// sdkView returns the view of an event of the sdk, as the 1.0 event that it is or corresponds to.
func sdkView(e *event.Event) view {
	data := e.Data()
	if old, ok := e.Context.(*event.EventContextV03); ok {
		e.Context = old.AsV1()
	}
	v := view{e.ID(), e.Source(), e.Type(), e.Subject(), e.DataContentType(), e.DataSchema(), e.Time().UTC(),
		map[string]string{}, string(data)}
	for name, value := range e.Extensions() {
		v.Extensions[name] = fmt.Sprint(value)
	}
	return v
}

func viewOf(t interface{ Fatal(...any) }, e *Event) view {
	v := view{e.ID, CanonicalSource(e.Source), e.Type, e.Subject, e.DataContentType, e.DataSchema, time.Time{},
		map[string]string{}, string(e.Data)}
	if e.Time != "" {
		at, err := ParseTime(e.Time)
		if err != nil {
			t.Fatal(err)
		}
		v.Time = at.UTC()
	}
	for _, x := range e.Extensions {
		v.Extensions[x.Name] = x.Value
	}
	return v
}

// read reads a request as a server does.
func read(h http.Header, body []byte, only Selection) (*Event, error) {
	mode, err := ModeOf(h.Get("Content-Type"))
	if err != nil {
		return nil, err
	}
	e := &Event{}
	if mode == Structured {
		return e, e.ReadJSON(body)
	}
	e.Data = body
	return e, e.ReadHeaders(h, only)
}

// TestAgreesWithTheSDK makes requests, good and bad, and compares: what the sdk reads we read, and in the same way.
func TestAgreesWithTheSDK(t *testing.T) {
	some := []string{"comment", "partitionkey"}
	rapid.Check(t, func(t *rapid.T) {
		h, body := drawRequest(t)
		want, err := cehttp.NewEventFromHTTPRequest(&http.Request{Header: h.Clone(),
			Body: io.NopCloser(bytes.NewReader(body))})
		if err == nil {
			err = want.Validate()
		}
		got, ours := read(h, body, nil)
		if err != nil {
			return // that we refuse too is the part of TestRefused
		}
		if ours != nil {
			t.Fatalf("the sdk reads it, we do not: %v\n%v\n%s", ours, h, body)
		}
		sdk := sdkView(want)
		if diff := cmp.Diff(sdk, viewOf(t, got)); diff != "" {
			t.Fatalf("not as the sdk reads it (-sdk +ours):\n%s\n%v\n%s", diff, h, body)
		}
		if h.Get("Ce-Id") == "" {
			return
		}
		maps.DeleteFunc(sdk.Extensions, func(name, _ string) bool { return !slices.Contains(some, name) })
		selected, err := read(h, body, Select(some...))
		if err != nil {
			t.Fatal(err)
		}
		selected.Delete(func(name string) bool { return name == "schemaurl" })
		if diff := cmp.Diff(sdk, viewOf(t, selected)); diff != "" {
			t.Fatalf("a selection is not as the sdk reads it (-sdk +ours):\n%s\n%v\n%s", diff, h, body)
		}
	})
}

// drawRequest makes a request that is a CloudEvent more often than not.
func drawRequest(t *rapid.T) (http.Header, []byte) {
	version := rapid.SampledFrom([]string{"1.0", "1.0", "1.0", "1.0", "0.3", "0.3", "2", ""}).Draw(t, "specversion")
	attributes := map[string]any{"specversion": version}
	values := rapid.SampledFrom([]string{"1", "partition:1/offset:0", "a b", "100%", "%41", "caf\u00e9", "\U0001f602", "",
		"x"})
	for _, name := range []string{"id", "type", "subject", "comment", "partitionkey", "kafkaheaderx", "0digit"} {
		if rapid.IntRange(0, 9).Draw(t, "has "+name) > 0 {
			attributes[name] = values.Draw(t, name)
		}
	}
	attributes["source"] = rapid.SampledFrom([]string{
		"/a", "https://example.org/a?b=c#d", "urn:x:y", "a b", "/apis/v1/namespaces/n/kafkasources/k#t", "", "%zz", ":",
		"/a#", "/", "//a/b", "/a#b#c", "/caf\u00e9",
	}).Draw(t, "source")
	attributes["time"] = rapid.SampledFrom([]string{"2026-11-22T16:09:00Z", "2026-11-22T16:09:00.123456789+02:00", "",
		"yesterday"}).Draw(t, "time")
	schema := map[bool]string{true: "schemaurl", false: "dataschema"}[version == "0.3"]
	attributes[schema] = rapid.SampledFrom([]string{"https://example.org/schema", "", "/relative"}).Draw(t, "schema")
	contentType := rapid.SampledFrom([]string{jsonType, "text/plain", "application/xml",
		"application/json; charset=utf-8"}).Draw(t, "datacontenttype")
	data := rapid.SampledFrom([]string{`{"data":{"ndarray":["a"]}}`, `"text"`, `"caf\u00e9"`, `[1,2]`}).Draw(t, "data")
	if rapid.Bool().Draw(t, "binary") {
		h := http.Header{"Content-Type": {contentType}}
		for name, value := range attributes {
			h.Set("ce-"+name, value.(string))
		}
		return h, []byte(data)
	}
	attributes["datacontenttype"] = jsonType
	kind := rapid.IntRange(0, 2).Draw(t, "kind of data")
	switch {
	case kind == 0:
		attributes["data"] = json.RawMessage(data)
	case kind == 1 && version == "0.3":
		attributes["data"], attributes["datacontentencoding"] = []byte(data), "base64"
	case kind == 1:
		attributes["data_base64"] = []byte(data)
	default:
		attributes["data"], attributes["datacontenttype"] = data, "text/plain"
	}
	attributes["flag"] = rapid.Bool().Draw(t, "flag")
	attributes["number"] = rapid.Int32().Draw(t, "number")
	body, err := json.Marshal(attributes)
	if err != nil {
		t.Fatal(err)
	}
	return http.Header{"Content-Type": {StructuredType}}, body
}

func sample() *Event {
	return &Event{
		ID: "1\n", Source: "/us", Type: "reddit.classifier.test", Subject: "caf\u00e9 \"x\"", Time: "2026-11-22T16:09:00Z",
		DataSchema:      "https://example.org/s",
		DataContentType: jsonType, Data: []byte(`{"n":1.10,"s":"a"}`),
		Extensions: []Extension{{Name: "partitionkey", Value: "k 1%"}, {"code", "422", true}, {"flag", "true", true}},
	}
}

// TestWrittenIsReadBackByTheSDK writes an event in every way and has the sdk read it.
func TestWrittenIsReadBackByTheSDK(t *testing.T) {
	e := sample()
	want := viewOf(t, e)
	for name, b := range map[string][]byte{"JSON": e.AppendJSON(nil), "JSON with base64": e.AppendJSONBase64(nil)} {
		var got event.Event
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(name, err, string(b))
		}
		if err := got.Validate(); err != nil {
			t.Error(name, err)
		}
		if diff := cmp.Diff(want, sdkView(&got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if code := got.Extensions()["code"]; code != int32(422) {
			t.Errorf("%s: the extension code is %T %v", name, code, code)
		}
	}
	w := httptest.NewRecorder()
	e.WriteHeaders(w.Header())
	_, _ = w.Write(e.Data)
	got, err := cehttp.NewEventFromHTTPResponse(w.Result())
	if err != nil {
		t.Fatal(err)
	}
	want.ID = "1%0A" // control characters cannot stand in a header
	if diff := cmp.Diff(want, sdkView(got)); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

// FuzzReadJSON: a structured event is read or refused, and an event that is read is one to the sdk.
func FuzzReadJSON(f *testing.F) {
	f.Add([]byte(`{"specversion":"1.0","id":"1","source":"/a","type":"b","data":{"strData":"a"},"n":1,"t":true,"x":null}`))
	f.Add([]byte(`{"specversion":"1.0","id":"1","source":"/a","type":"b","datacontenttype":"text/plain","data_base64":"YQ=="}`))
	f.Add([]byte(`{"specversion":"0.3","id":"1","source":"/a","type":"b","datacontentencoding":"base64","schemaurl":"/s","data":"YQ=="}`))
	f.Add([]byte(`{"specversion":"1.0","id":"1","source":"/a","type":"b","time":"2018-04-05t17:31:60z","n":1.5}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		e := &Event{}
		if err := e.ReadJSON(b); err != nil {
			return
		}
		written := e.AppendJSON(nil)
		var back event.Event
		if err := json.Unmarshal(written, &back); err != nil {
			if e.Time != "" || e.DataSchema != "" || e.DataContentType != "" {
				return // the sdk takes fewer times, schemas and types than we
			}
			t.Fatalf("%q was written as %q, but %v", b, written, err)
		}
		again := &Event{}
		if err := again.ReadJSON(written); err != nil || !bytes.Equal(again.Data, e.Data) {
			t.Fatalf("%q was written as %q and read as %q, %v", b, written, again.Data, err)
		}
	})
}

func TestStringsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.String().Draw(t, "s")
		var got string
		if err := json.Unmarshal(AppendString(nil, want), &got); err != nil || got != want {
			t.Fatalf("%q became %q: %v", want, got, err)
		}
	})
}
