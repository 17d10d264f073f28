package cloudevent

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The scenarios of the specification's conformance suite (cloudevents/conformance), in our own words: an event comes in
// each protocol binding and content mode, its attributes and data are understood, and what is written is read as the
// same event.

// commented is the event of all scenarios.
func commented() view {
	return view{
		ID: "C234-1234-1234", Source: "https://example.org/r/science/comments/7", Type: "org.example.comment.created",
		Subject: "t1_abc", Time: time.Date(2026, 11, 5, 17, 31, 0, 0, time.UTC), Schema: "https://example.org/comment.json",
		ContentType: "application/json", Data: `{"data":{"ndarray":["first!"]}}`,
		Extensions: map[string]string{"comexampleextension1": "value", "comexampleothervalue": "5"},
	}
}

const binaryRequest = "POST /events HTTP/1.1\r\n" +
	"Host: example.org\r\n" +
	"ce-specversion: 1.0\r\n" +
	"ce-type: org.example.comment.created\r\n" +
	"CE-Time: 2026-11-05T17:31:00Z\r\n" +
	"ce-id: C234-1234-1234\r\n" +
	"ce-source: https://example.org/r/science/comments/7\r\n" +
	"ce-subject: t1_abc\r\n" +
	"ce-dataschema: https://example.org/comment.json\r\n" +
	"ce-comexampleextension1: value\r\n" +
	"ce-comexampleothervalue: 5\r\n" +
	"Content-Type: application/json\r\n" +
	"Content-Length: 31\r\n" +
	"\r\n" +
	`{"data":{"ndarray":["first!"]}}`

const structuredEvent = `{
  "specversion": "1.0",
  "type": "org.example.comment.created",
  "time": "2026-11-05T17:31:00Z",
  "id": "C234-1234-1234",
  "source": "https://example.org/r/science/comments/7",
  "subject": "t1_abc",
  "dataschema": "https://example.org/comment.json",
  "comexampleextension1": "value",
  "comexampleothervalue": 5,
  "datacontenttype": "application/json",
  "data": {"data":{"ndarray":["first!"]}}
}`

func TestConformanceHTTPBinary(t *testing.T) {
	req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(binaryRequest)))
	if err != nil {
		t.Fatal(err)
	}
	if mode, err := ModeOf(req.Header.Get("Content-Type")); err != nil || mode != Binary {
		t.Fatalf("the mode is %v, %v", mode, err)
	}
	var e Event
	if err := e.ReadHeaders(req.Header, nil); err != nil {
		t.Fatal(err)
	}
	if e.Data, err = io.ReadAll(req.Body); err != nil {
		t.Fatal(err)
	}
	conform(t, &e)
	// And back.
	h := http.Header{}
	e.WriteHeaders(h)
	var again Event
	if err := again.ReadHeaders(h, nil); err != nil {
		t.Fatal(err)
	}
	again.Data = e.Data
	conform(t, &again)
}

func TestConformanceHTTPStructured(t *testing.T) {
	mode, err := ModeOf("application/cloudevents+json; charset=utf-8")
	if err != nil || mode != Structured {
		t.Fatalf("the mode is %v, %v", mode, err)
	}
	var e Event
	if err := e.ReadJSON([]byte(structuredEvent)); err != nil {
		t.Fatal(err)
	}
	conform(t, &e)
	var again Event
	if err := again.ReadJSON(e.AppendJSON(nil)); err != nil {
		t.Fatal(err)
	}
	conform(t, &again)
}

func TestConformanceHTTPBatch(t *testing.T) {
	if mode, err := ModeOf("application/cloudevents-batch+json"); err != nil || mode != Batched {
		t.Fatalf("the mode is %v, %v", mode, err)
	}
	n := 0
	err := ReadBatch([]byte("["+structuredEvent+","+structuredEvent+"]"), func(e *Event, _ []byte, err error) error {
		if err != nil {
			t.Fatal(err)
		}
		conform(t, e)
		n++
		return nil
	})
	if err != nil || n != 2 {
		t.Errorf("%d events, %v", n, err)
	}
}

func TestConformanceKafka(t *testing.T) {
	type header struct {
		Key   string
		Value []byte
	}
	binary := []header{
		{"ce_specversion", []byte("1.0")}, {"ce_type", []byte("org.example.comment.created")},
		{"ce_time", []byte("2026-11-05T17:31:00Z")}, {"ce_id", []byte("C234-1234-1234")},
		{"ce_source", []byte("https://example.org/r/science/comments/7")}, {"ce_subject", []byte("t1_abc")},
		{"ce_dataschema", []byte("https://example.org/comment.json")}, {"ce_comexampleextension1", []byte("value")},
		{"ce_comexampleothervalue", []byte("5")}, {"content-type", []byte("application/json")},
	}
	var e Event
	if err := ReadRecord(&e, binary, []byte(`{"data":{"ndarray":["first!"]}}`)); err != nil {
		t.Fatal(err)
	}
	conform(t, &e)
	var again Event
	if err := ReadRecord(&again, RecordHeaders[header](&e), e.Data); err != nil {
		t.Fatal(err)
	}
	conform(t, &again)
	var structured Event
	headers := []header{{"content-type", []byte("application/cloudevents+json; charset=UTF-8")}}
	if err := ReadRecord(&structured, headers, []byte(structuredEvent)); err != nil {
		t.Fatal(err)
	}
	conform(t, &structured)
}

func conform(t *testing.T, e *Event) {
	t.Helper()
	if err := e.Validate(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(commented(), viewOf(t, e)); diff != "" {
		t.Errorf("the event (-want +got):\n%s", diff)
	}
}
