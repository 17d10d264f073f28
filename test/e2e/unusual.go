package e2e

import (
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/eventing"
)

// Unusual is a record of a kind that a KafkaSource, or a naive stand-in for it, loses or changes. It must end as a
// prediction in the output topic, or as a dead letter with a reason in the error topic.
type Unusual struct {
	Name   string
	Record kgo.Record
	Events int           // how many predictions and dead letters it yields; 0 means 1
	Loss   eventing.Loss // why a KafkaSource loses it; empty if it does not
}

// UnusualRecords returns one record of each kind.
func UnusualRecords() []Unusual {
	event := func(kv ...string) []kgo.RecordHeader {
		return append(
			brokertest.Headers("ce_specversion", "1.0", "ce_id", "7", "ce_source", "/me", "ce_type", "t",
				"content-type", "text/plain"),
			brokertest.Headers(kv...)...)
	}
	batch := `[{"specversion":"1.0","id":"good","source":"/s","type":"t","data":{"instances":["in a batch"]}},` +
		`{"specversion":"1.0","id":"bad-shape","source":"/s","type":"t","data":{"instances":[1]}},` +
		`{"id":"bad-event","source":"/s","type":"t","data":{"instances":["hi"]}}]`
	return []Unusual{
		{"a key beyond Latin-1", kgo.Record{Key: []byte("é€😀"), Value: []byte("a comment with a long key")}, 0, ""},
		{
			"a key of control characters",
			kgo.Record{Key: []byte{0, 0, 0, 7}, Value: []byte("a comment with a number for its key")},
			0,
			eventing.ControlCharacter,
		},
		{
			"a line break in a header",
			kgo.Record{Value: []byte("a comment with a header"), Headers: brokertest.Headers("x", "1\n2")},
			0,
			eventing.ControlCharacter,
		},
		{
			"a header without a value",
			kgo.Record{Value: []byte("a comment"), Headers: []kgo.RecordHeader{{Key: "x"}}},
			0,
			eventing.NullHeader,
		},
		{
			"upper case",
			kgo.Record{
				Value:   []byte("a comment"),
				Headers: brokertest.Headers("CE_SPECVERSION", "1.0", "CE_ID", "7", "CE_SOURCE", "/me", "CE_TYPE", "t"),
			},
			0,
			"",
		},
		{"a bad time", kgo.Record{Value: []byte("a comment"), Headers: event("ce_time", "lunchtime")}, 0, ""},
		{"a bad source", kgo.Record{Value: []byte("a comment"), Headers: event("ce_source", "/a%zz")}, 0, ""},
		{"an old version", kgo.Record{Value: []byte("a comment"), Headers: event("ce_specversion", "0.3")}, 0, ""},
		{"an empty id", kgo.Record{Value: []byte("a comment"), Headers: event("ce_id", "")}, 0, ""},
		{
			"a value that is not an event",
			kgo.Record{Value: []byte("{"), Headers: brokertest.Headers("content-type", "application/cloudevents+json")},
			0,
			"",
		},
		{
			"a batch of three events, of which one is valid",
			kgo.Record{Value: []byte(batch), Headers: brokertest.Headers("content-type", "application/cloudevents-batch+json")},
			3,
			"",
		},
		{"a tombstone", kgo.Record{Key: []byte("gone")}, 0, ""},
		{"large headers", kgo.Record{Key: []byte(strings.Repeat("k", 5000)), Value: []byte("{")}, 0, ""},
		{"an ordinary one", kgo.Record{Key: []byte("k"), Value: []byte("the last comment")}, 0, ""},
	}
}
