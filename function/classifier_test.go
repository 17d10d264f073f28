package function

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/cloudevent"
)

// TestIDs has ids as sha256sum gives them of source, NUL, id, NUL, digest and what follows.
func TestIDs(t *testing.T) {
	c := &classifier{digest: strings.Repeat("0123456789abcdef", 4), source: "/us"}
	for _, tt := range []struct{ source, id, salt, want string }{
		{"/apis/v1/namespaces/default/kafkasources/comments#input", "partition:1/offset:7", "",
			"ee2d9663c1a8b1ec12c32a1d45be2b1e"},
		{"a b", "1", "", "ee4ee3a702ce9a783d3731c8ce59c418"},
		{"/a", "1", "\x00error", "91f2ca3c4329893ef860298eb79f3c83"},
	} {
		out := &cloudevent.Event{}
		c.envelope(t.Context(), out, &cloudevent.Event{Source: tt.source, ID: tt.id}, PredictionType, tt.salt)
		if out.ID != tt.want {
			t.Errorf("the answer to %s %s has the id %s, want %s", tt.source, tt.id, out.ID, tt.want)
		}
	}
}

// TestEnvelope has all that an answer takes from the event it answers.
func TestEnvelope(t *testing.T) {
	c := &classifier{digest: strings.Repeat("0123456789abcdef", 4), source: "/us"}
	in := &cloudevent.Event{ID: "1", Source: "/a", Type: "b", Subject: "s", Time: "2026-11-22T16:09:00Z",
		DataContentType: "text/plain"}
	for _, name := range []string{"tracestate", "key", "other", "correlationid", "traceparent"} {
		in.Set(name, "of "+name)
	}
	out := &cloudevent.Event{}
	c.envelope(t.Context(), out, in, PredictionType, "")
	want := map[string]string{
		"id": c.answerID("/a", "1", ""), "source": "/us", "type": PredictionType, "subject": "s",
		"datacontenttype": applicationJSON, "partitionkey": "of key",
		"traceparent": "of traceparent", "tracestate": "of tracestate", "correlationid": "of correlationid",
		"causationid": "1", "modeldigest": "0123456789ab",
	}
	got := map[string]string{}
	for name, value := range out.All() {
		got[name] = value
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	in.Set("partitionkey", "first")
	if c.envelope(t.Context(), out, in, PredictionType, ""); out.Get("partitionkey") != "first" {
		t.Errorf("the partition key is %s", out.Get("partitionkey"))
	}
}

// TestReset: buffers that have served hold nothing of the request before.
func TestReset(t *testing.T) {
	b := &buffers{}
	b.body.WriteString("secret")
	b.in.Set("partitionkey", "secret")
	b.out.Set("causationid", "secret")
	if err := b.request.read(&dialect{}, &b.scanner, "",
		[]byte(`{"meta":{"tags":{"a":"secret"},"puid":"secret"},"id":"secret","body":"secret","strData":"secret"}`)); err != nil {
		t.Fatal(err)
	}
	b.response = append(b.response, "secret"...)
	comments := b.request.comments[:1]
	b.reset()
	if comments[0] != "" || len(b.request.comments) != 0 || b.body.Len() != 0 || len(b.response) != 0 ||
		b.in.Has("partitionkey") || b.out.Has("causationid") {
		t.Errorf("after reset: %+v", b)
	}
	b.request.comments = nil
	if !reflect.DeepEqual(b.request, request{}) {
		t.Errorf("the request is %+v", b.request)
	}
}
