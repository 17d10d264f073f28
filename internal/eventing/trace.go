package eventing

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"regexp"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
)

// trace is a W3C trace context: the headers traceparent and tracestate. Like the dispatcher and the receiver of
// Knative, Source and Sink pass it on with a span id of their own.
type trace struct{ parent, state string }

var traceParent = regexp.MustCompile(`^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$`)

// newTrace returns the context of a new span below parent. It is empty if parent is not valid.
func newTrace(parent, state string) trace {
	if !traceParent.MatchString(parent) || parent[3:35] == strings.Repeat("0", 32) ||
		parent[36:52] == strings.Repeat("0", 16) {
		return trace{}
	}
	var span [8]byte
	rand.Read(span[:])
	return trace{parent[:36] + hex.EncodeToString(span[:]) + parent[52:], state}
}

// recordTrace returns the context of a new span below the one in a record's headers, whose names are case-insensitive.
func recordTrace(r *kgo.Record) trace {
	var parent, state string
	for _, h := range r.Headers {
		switch {
		case parent == "" && strings.EqualFold(h.Key, "traceparent"):
			parent = string(h.Value)
		case state == "" && strings.EqualFold(h.Key, "tracestate"):
			state = string(h.Value)
		}
	}
	return newTrace(parent, state)
}

func (t trace) setHeader(h http.Header) {
	if t.parent != "" {
		h.Set("Traceparent", t.parent)
	}
	if t.parent != "" && t.state != "" && strings.IndexFunc(t.state, isControl) < 0 {
		h.Set("Tracestate", t.state)
	}
}

func (t trace) setRecord(r *kgo.Record) {
	if t.parent != "" {
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: "traceparent", Value: []byte(t.parent)})
	}
	if t.parent != "" && t.state != "" {
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: "tracestate", Value: []byte(t.state)})
	}
}
