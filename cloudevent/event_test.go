package cloudevent

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestRefused names the reason for each kind of event that is none.
func TestRefused(t *testing.T) {
	const head = `{"specversion":"1.0","id":"1","source":"/a","type":"b"`
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"x%d":""`, i)
		}
		return b.String()
	}
	for _, tt := range []struct{ name, json, reason string }{
		{"not an object", `[]`, "not_a_cloudevent"},
		{"no version", `{"id":"1","source":"/a","type":"b"}`, "not_a_cloudevent"},
		{"other version", `{"specversion":"2.0","id":"1","source":"/a","type":"b"}`, "unsupported_specversion"},
		{"no id", `{"specversion":"1.0","source":"/a","type":"b"}`, "not_a_cloudevent"},
		{"blank id", `{"specversion":"1.0","id":" ","source":"/a","type":"b"}`, "not_a_cloudevent"},
		{"no type", `{"specversion":"1.0","id":"1","source":"/a"}`, "not_a_cloudevent"},
		{"no source", `{"specversion":"1.0","id":"1","type":"b"}`, "not_a_cloudevent"},
		{"id is a number", `{"specversion":"1.0","id":1,"source":"/a","type":"b"}`, "bad_attribute"},
		{"source is no URI", `{"specversion":"1.0","id":"1","source":":","type":"b"}`, "bad_attribute"},
		{"time is none", head + `,"time":"noon"}`, "bad_attribute"},
		{"schema is no URI", head + `,"dataschema":"%zz"}`, "bad_attribute"},
		{"id twice", head + `,"id":"1"}`, "bad_attribute"},
		{"upper-case id twice", head + `,"ID":"1"}`, "bad_attribute"},
		{"extension twice", head + `,"k":"","k":7}`, "bad_attribute"},
		{"data twice", head + `,"data":1,"data_base64":"YQ=="}`, "bad_attribute"},
		{"extension is an object", head + `,"x":{}}`, "bad_attribute"},
		{"extension is a fraction", head + `,"x":1.5}`, "bad_attribute"},
		{"extension is a small fraction", head + `,"x":1e-7}`, "bad_attribute"},
		{"extension is large", head + `,"x":2147483648}`, "bad_attribute"},
		{"too many extensions", head + many(MaxExtensions+1) + `}`, "bad_attribute"},
		{"attribute is long", head + `,"subject":"` + strings.Repeat("s", MaxAttribute+1) + `"}`, "bad_attribute"},
		{"bad base64", head + `,"data_base64":"Y"}`, "bad_data"},
		{"text that is none", head + `,"datacontenttype":"text/plain","data":{}}`, "bad_data"},
		{"invalid UTF-8", "{\"specversion\":\"\xff\"}", "invalid_utf8"},
	} {
		var e *Error
		if err := (&Event{}).ReadJSON([]byte(tt.json)); !errors.As(err, &e) || e.Status != 400 || e.Reason != tt.reason {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.reason)
		}
	}
	for _, good := range []string{head + many(MaxExtensions) + `}`, head + `,"x":-2147483648,"y":1e2,"z":3.0}`} {
		e := &Event{}
		if err := e.ReadJSON([]byte(good)); err != nil ||
			e.Extension("y") != "" && (e.Extension("y") != "100" || e.Extension("z") != "3") {
			t.Errorf("%v: %v", e.Extensions, err)
		}
	}
}

func TestParseTime(t *testing.T) {
	for s, want := range map[string]string{
		"2018-04-05T17:31:00Z": "2018-04-05T17:31:00Z", "2018-04-05t17:31:00z": "2018-04-05T17:31:00Z",
		"2018-04-05t17:31:00.5+02:00": "2018-04-05T15:31:00.5Z",
		"2016-12-31T23:59:60Z":        "2016-12-31T23:59:59Z", "2016-12-31t23:59:60.25z": "2016-12-31T23:59:59.25Z",
		"2017-01-01T00:59:60+01:00": "2016-12-31T23:59:59Z",
		"2018-04-05 17:31:00Z":      "", "2018-04-05T17:31:00": "", "2018-04-05T17:31:61Z": "", "2018-04-05T17:60:00Z": "",
		"2018-02-30T17:31:00Z": "", "": "", "noon": "", "2018-04-05T17:31Z": "",
		"2018-04-05T17:31:00,5Z": "",
	} {
		got, err := ParseTime(s)
		if want == "" {
			if err == nil {
				t.Errorf("%q is read as %v", s, got)
			}
		} else if err != nil || got.UTC().Format(time.RFC3339Nano) != want {
			t.Errorf("%q is %v, %v; want %s", s, got, err, want)
		}
	}
}

// TestPlain: a source that is not parsed is one that net/url would write as it is.
func TestPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`/?[a-z/#.:~_%-]{0,8}`).Draw(t, "source")
		u, err := url.Parse(s)
		if isPlainPath(s) && (err != nil || u.String() != s) {
			t.Fatalf("%q is plain, but %v, %v", s, u, err)
		}
		if err == nil && CanonicalSource(s) != u.String() {
			t.Fatalf("%q is %q, want %q", s, CanonicalSource(s), u)
		}
	})
	if !isPlainPath("/apis/v1/namespaces/default/kafkasources/comments#reddit-classifier-input") {
		t.Error("a KafkaSource's source is parsed each time")
	}
}

func TestFitsHeaders(t *testing.T) {
	for value, want := range map[string]bool{
		"": true, "a": true, "a b": true, "a  b": false, " a": false, "a ": false, "a\tb": false, "caf\u00e9": false,
		"\x7f": false, "\n": false, "~!%": true, " ": false,
	} {
		e := &Event{ID: "1", Source: "/a", Type: "b", Extensions: []Extension{{Name: "key", Value: value}}}
		if got := e.FitsHeaders(4096); got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
	e := &Event{ID: strings.Repeat("i", 4096), Source: "/a", Type: "b"}
	if e.FitsHeaders(4096) || !e.FitsHeaders(8192) {
		t.Error("the limit is not kept")
	}
}

// TestRecords writes events as Kafka records and reads them back.
func TestRecords(t *testing.T) {
	type header struct { // as kgo.RecordHeader
		Key   string
		Value []byte
	}
	want := sample()
	headers := RecordHeaders[header](want)
	var got Event
	if err := ReadRecord(&got, headers, want.Data); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(viewOf(t, want), viewOf(t, &got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, tt := range []struct {
		name    string
		headers []header
		value   string
		want    view
		reason  string
	}{
		{"structured", []header{{"Content-Type", []byte("Application/CloudEvents+JSON; charset=utf-8")},
			{"ce_id", []byte("other")}}, `{"specversion":"1.0","id":"1","source":"/a","type":"b","data":[1]}`,
			view{ID: "1", Source: "/a", Type: "b", ContentType: jsonType, Data: "[1]"}, ""},
		{"names", []header{{"CE_SpecVersion", []byte("1.0")}, {"ce_ID", []byte("1")}, {"ce_source", []byte("/a")},
			{"ce_type", []byte("b")}, {"ce_a-b", []byte("x")}, {"ce_", nil}, {"other", nil}, {"ce_k", []byte("1")},
			{"CE_K", []byte("2")}}, "v",
			view{ID: "1", Source: "/a", Type: "b", Data: "v", Extensions: map[string]string{"k": "2"}}, ""},
		{"plain", []header{{"content-type", []byte("text/plain")}}, "v", view{}, "not_a_cloudevent"},
	} {
		var e Event
		err := ReadRecord(&e, tt.headers, []byte(tt.value))
		if tt.reason != "" {
			if bad := (*Error)(nil); !errors.As(err, &bad) || bad.Reason != tt.reason {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		if tt.want.Extensions == nil {
			tt.want.Extensions = map[string]string{}
		}
		if diff := cmp.Diff(tt.want, viewOf(t, &e)); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", tt.name, err, diff)
		}
	}
}

// TestRecordOfManyHeaders: the time that reading takes does not grow with the square of the headers.
func TestRecordOfManyHeaders(t *testing.T) {
	headers := make([]RecordHeader, 100_000)
	for i := range headers {
		headers[i] = RecordHeader{fmt.Sprintf("ce_x%d", i%50_000), []byte{byte(i >> 16)}}
	}
	headers = append(headers, RecordHeaders[RecordHeader](sample())...)
	began := time.Now()
	var e Event
	if err := ReadRecord(&e, headers, nil); err != nil || len(e.Extensions) != 50_003 {
		t.Fatal(len(e.Extensions), err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestModeOf(t *testing.T) {
	for contentType, want := range map[string]Mode{
		"": Binary, "application/json": Binary, "application/cloudevents+json": Structured,
		"Application/CloudEvents+JSON;charset=UTF-8": Structured,
		"application/cloudevents-batch+json":         Batched, "application/cloudevents+avro": -1,
		"application/cloudevents":                     -1,
		"application/cloudevents+json;charset=latin1": -1,
	} {
		got, err := ModeOf(contentType)
		if bad := (*Error)(nil); errors.As(err, &bad) && bad.Status == http.StatusUnsupportedMediaType {
			got = -1
		}
		if got != want {
			t.Errorf("%s: %v, %v; want %v", contentType, got, err, want)
		}
	}
}

func TestAttributes(t *testing.T) {
	e := &Event{}
	for _, name := range []string{"id", "extra"} {
		if e.Has(name) {
			t.Errorf("an empty event has %s", name)
		}
		e.Set(name, "")
		if !e.Has(name) || e.Get(name) != "" {
			t.Errorf("%s is not there after it was set to nothing", name)
		}
		e.Set(name, "x")
		if e.Get(name) != "x" {
			t.Errorf("%s is %q", name, e.Get(name))
		}
	}
	if len(e.Extensions) != 1 {
		t.Errorf("the extensions are %v", e.Extensions)
	}
	c := e.Clone()
	if e.Reset(); c.Get("extra") != "x" || c.ID != "x" || e.Has("id") || e.Has("extra") {
		t.Errorf("after Reset: %v; the clone: %v", e, c)
	}
}

// TestBatch reads every element, and names what is wrong with one without losing those behind it.
func TestBatch(t *testing.T) {
	const head = `{"specversion":"1.0","source":"/a","type":"b","id":`
	batch := []byte("\ufeff [" + head + `"1","k":"v","data":1},17,` + head + `2},{"id":"4"},` + head + `"5"}] `)
	n, err := CountBatch(batch)
	if n != 5 || err != nil {
		t.Fatal(n, err)
	}
	var got []string
	err = ReadBatch(batch, func(e *Event, raw []byte, err error) error {
		reason := "ok"
		if bad := (*Error)(nil); errors.As(err, &bad) {
			reason = bad.Reason
		}
		got = append(got,
			e.ID+" "+e.Extension("k")+" "+string(e.Data)+" "+reason+" "+string(raw[:1])+string(raw[len(raw)-1:]))
		return nil
	})
	want := []string{"1 v 1 ok {}", "   not_a_cloudevent 17", "   bad_attribute {}", "4   not_a_cloudevent {}",
		"5   ok {}"}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, bad := range []string{"{}", "[{}", "[{}] x", "[\"\xff\"]", "[}"} {
		if _, err := CountBatch([]byte(bad)); err == nil {
			t.Errorf("%s is counted", bad)
		}
	}
}

// FuzzReadRecord: a record is read or refused.
func FuzzReadRecord(f *testing.F) {
	f.Add("ce_id", "1", "ce_time", "noon", "v")
	f.Add("content-type", "application/cloudevents+json", "", "",
		`{"specversion":"1.0","id":"1","source":"/a","type":"b"}`)
	f.Fuzz(func(t *testing.T, k1, v1, k2, v2, value string) {
		headers := []RecordHeader{{"ce_specversion", []byte("1.0")}, {"ce_id", []byte("i")}, {"ce_source", []byte("/s")},
			{"ce_type", []byte("t")}, {k1, []byte(v1)}, {k2, []byte(v2)}}
		var e, again Event
		if ReadRecord(&e, headers, []byte(value)) != nil {
			return
		}
		if err := ReadRecord(&again, RecordHeaders[RecordHeader](&e), e.Data); err != nil {
			if IsStructured(e.DataContentType) { // an event whose data is an event
				return
			}
			t.Fatalf("%v was read, but not what was written of it: %v", headers, err)
		}
	})
}
