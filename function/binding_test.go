package function

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/cloudevents/sdk-go/v2/event"
)

// decode reads a request as serve does.
func decode(h http.Header, body []byte) (*event.Event, error) {
	mode, err := modeOf(h)
	if err != nil {
		return nil, err
	}
	return readBytes(mode, h, body)
}

// view is what of an event has to agree between the sdk's reading and ours.
type view struct {
	ID, Source, Type, Subject, ContentType, Schema string
	Time                                           time.Time
	Extensions                                     map[string]any
	Data                                           string
}

func viewOf(e *event.Event) view {
	v := view{e.ID(), e.Source(), e.Type(), e.Subject(), e.DataContentType(), e.DataSchema(), e.Time().UTC(), e.Extensions(), string(e.Data())}
	if v.Extensions == nil {
		v.Extensions = map[string]any{}
	}
	return v
}

// TestBindingAgreesWithTheSDK makes requests, good and bad, and compares: what the sdk reads we read, and in the same way.
// CloudEvents 0.3, which we refuse, and extensions that no answer has to do with are left out.
func TestBindingAgreesWithTheSDK(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, body := drawRequest(t)
		want, err := cehttp.NewEventFromHTTPRequest(&http.Request{Header: h.Clone(), Body: readCloser(body)})
		if err == nil {
			err = want.Validate()
		}
		got, ours := decode(h, body)
		if err != nil || want.SpecVersion() != "1.0" {
			return // that we refuse too is TestNotCloudEvents' part
		}
		if ours != nil {
			t.Fatalf("the sdk reads it, we do not: %v\n%v\n%s", ours, h, body)
		}
		sdk, our := viewOf(want), viewOf(got)
		if h.Get("Ce-Id") != "" {
			maps.DeleteFunc(sdk.Extensions, func(name string, _ any) bool {
				return !slices.ContainsFunc(read[:], func(r struct{ header, name string }) bool { return r.name == name })
			})
		}
		if diff := cmp.Diff(sdk, our); diff != "" {
			t.Fatalf("not as the sdk reads it (-sdk +ours):\n%s\n%v\n%s", diff, h, body)
		}
	})
}

func sampleAttributes(t *testing.T) *event.EventContextV1 {
	t.Helper()
	e, err := fromHeaders(http.Header{"Ce-Specversion": {"1.0"}, "Ce-Id": {"1"}, "Ce-Source": {"/a"}, "Ce-Type": {"b"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e.Context.(*event.EventContextV1)
}

type closer struct{ *bytes.Reader }

func (closer) Close() error { return nil }

func readCloser(b []byte) closer { return closer{bytes.NewReader(b)} }

// drawRequest makes a request that is a CloudEvent more often than not.
func drawRequest(t *rapid.T) (http.Header, []byte) {
	attributes := map[string]any{"specversion": rapid.SampledFrom([]string{"1.0", "1.0", "1.0", "1.0", "0.3", "2", ""}).Draw(t, "specversion")}
	values := rapid.SampledFrom([]string{"1", "partition:1/offset:0", "a b", "100%", "%41", "caf\u00e9", "\U0001f602", "", "x"})
	for _, name := range []string{"id", "type", "subject", "comment", "partitionkey", "kafkaheaderx", "0digit"} {
		if rapid.IntRange(0, 9).Draw(t, "has "+name) > 0 {
			attributes[name] = values.Draw(t, name)
		}
	}
	attributes["source"] = rapid.SampledFrom([]string{"/a", "https://example.org/a?b=c#d", "urn:x:y", "a b", "/apis/v1/namespaces/n/kafkasources/k#t", "", "%zz", ":"}).Draw(t, "source")
	attributes["time"] = rapid.SampledFrom([]string{"2026-11-22T16:09:00Z", "2026-11-22T16:09:00.123456789+02:00", "", "yesterday"}).Draw(t, "time")
	attributes["dataschema"] = rapid.SampledFrom([]string{"https://example.org/schema", "", "/relative"}).Draw(t, "dataschema")
	contentType := rapid.SampledFrom([]string{"application/json", "text/plain", "application/xml", "application/json; charset=utf-8"}).Draw(t, "datacontenttype")
	data := rapid.SampledFrom([]string{`{"data":{"ndarray":["a"]}}`, `"text"`, `"caf\u00e9"`, `[1,2]`}).Draw(t, "data")
	if rapid.Bool().Draw(t, "binary") {
		h := http.Header{"Content-Type": {contentType}}
		for name, value := range attributes {
			h.Set("ce-"+name, value.(string))
		}
		return h, []byte(data)
	}
	attributes["datacontenttype"] = "application/json"
	switch rapid.IntRange(0, 2).Draw(t, "kind of data") {
	case 0:
		attributes["data"] = json.RawMessage(data)
	case 1:
		attributes["data_base64"] = []byte(data)
	case 2:
		attributes["data"], attributes["datacontenttype"] = data, "text/plain"
	}
	attributes["flag"] = rapid.Bool().Draw(t, "flag")
	attributes["number"] = rapid.Int32().Draw(t, "number")
	body, err := json.Marshal(attributes)
	if err != nil {
		t.Fatal(err)
	}
	return http.Header{"Content-Type": {"application/cloudevents+json"}}, body
}

// TestAnswersReadBack sends an answer through the sdk's reader, in binary mode and as the JSON that batches have.
func TestAnswersReadBack(t *testing.T) {
	in, err := decode(http.Header{"Content-Type": {structuredType}}, []byte(`{"specversion":"1.0","id":"1\n","source":"/a","type":"b",
		"subject":"caf\u00e9 \"x\"","partitionkey":"k 1%","traceparent":"00-1-2-01","tracestate":"a=b","correlationid":"c","extra":"not carried"}`))
	if err != nil {
		t.Fatal(err)
	}
	c := &core{digest: strings.Repeat("0123456789abcdef", 4), shortDigest: "0123456789ab"}
	c.source.Path = "/us"
	out := c.refusal(in.Context.(*event.EventContextV1), 0, unprocessable("not_text", "why"))

	want := view{
		ID: out.ID(), Source: "/us", Type: ErrorType, Subject: "caf\u00e9 \"x\"", ContentType: applicationJSON, Data: `{"error":"why","reason":"not_text"}`,
		Extensions: map[string]any{"partitionkey": "k 1%", "traceparent": "00-1-2-01", "tracestate": "a=b", "correlationid": "c", "modeldigest": "0123456789ab", "causationid": "1\n", "code": int32(422), "reason": "not_text"},
	}
	var asJSON event.Event
	if err := json.Unmarshal(appendEvent(nil, out), &asJSON); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, viewOf(&asJSON)); diff != "" {
		t.Errorf("as JSON (-want +got):\n%s", diff)
	}
	// In headers everything is a string, and control characters are percent-encoded.
	want.Extensions["code"], want.Extensions["causationid"] = "422", "1%0A"
	w := httptest.NewRecorder()
	writeHeaders(w.Header(), out.Context.(*event.EventContextV1))
	writeBody(w, 200, out.DataEncoded)
	binary, err := cehttp.NewEventFromHTTPResponse(w.Result())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, viewOf(binary)); diff != "" {
		t.Errorf("in headers (-want +got):\n%s", diff)
	}
}

// FuzzEvent: whatever comes as a structured event or a batch is read or refused, and what is read is a CloudEvent to the sdk.
func FuzzEvent(f *testing.F) {
	f.Add([]byte(`{"specversion":"1.0","id":"1","source":"/a","type":"b","data":{"strData":"a"},"n":1,"t":true,"x":null}`))
	f.Add([]byte(`{"specversion":"1.0","id":"1","source":"/a","type":"b","datacontenttype":"text/plain","data_base64":"YQ=="}`))
	f.Add([]byte(`[{"specversion":"1.0","id":"1","source":"/a","type":"b","data":"x"},{},1]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, err := readBytes(structuredType, nil, b); err == nil {
			if _, err := attributes(e); err != nil {
				t.Fatalf("%q was read, but %v", b, err)
			}
			if a := e.Context.(*event.EventContextV1); a.DataContentType == nil || *a.DataContentType == applicationJSON {
				if err := e.Validate(); err != nil && !strings.Contains(err.Error(), "dataschema") {
					t.Fatalf("%q was read, but %v", b, err)
				}
			}
			if out := appendEvent(nil, (&core{}).refusal(e.Context.(*event.EventContextV1), 0, errStopping)); !json.Valid(out) {
				t.Fatalf("%q is answered with what is not JSON: %q", b, out)
			}
		}
	})
}

// FuzzPayload: whatever an event's data is, it is read or refused with a 4xx.
func FuzzPayload(f *testing.F) {
	for _, seed := range []string{
		`{"data":{"ndarray":["a",["b"]]},"meta":{"tags":{},"puid":"x"}}`, `{"jsonData":{"instances":["a"]}}`, `{"id":"1","body":"a"}`,
		`{"inputs":[{"name":"x","datatype":"BYTES","shape":[1,1],"data":[["a"]]}]}`, `[x](y)`, `{"strData":"\ud83d\ude02"`, "\xff",
	} {
		f.Add("", []byte(seed))
		f.Add("application/json", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, contentType string, b []byte) {
		p, err := readPayload(contentType, b)
		if err != nil {
			if e := AsError(err); e.Code/100 != 4 || e.Reason == "" || len(e.body()) > 511 {
				t.Fatalf("%q: %v", b, e)
			}
			return
		}
		if p.shape == unknown {
			t.Fatalf("%q was read, but is of no shape", b)
		}
		if out := (&core{}).appendAnswer(nil, p, make([][2]float64, len(p.comments))); !json.Valid(out) {
			t.Fatalf("%q is answered with what is not JSON: %q", b, out)
		}
	})
}

// readBytes reads an event from a request of this body.
func readBytes(mode string, h http.Header, body []byte) (*event.Event, error) {
	x := &exchange{}
	x.body.Write(body)
	return x.readEvent(mode, h)
}
