package eventing_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/eventing"
)

// A request is either refused, or the record that is written for it unpacks to the same event.
func FuzzFromRequest(f *testing.F) {
	f.Add("text/plain", "7", "/me", "key", []byte("hello"))
	f.Add("application/cloudevents+json", "", "", "",
		[]byte(`{"specversion":"1.0","id":"7","source":"/me","type":"t","data":{"a":1}}`))
	f.Add("application/cloudevents+json", "", "", "",
		[]byte(`{"specversion":"1.0","id":"7","source":"/me","type":"t","time":"2020-01-01T00:00:00Z","n":5,"data_base64":"AAE="}`))
	f.Add("application/cloudevents+json", "", "", "", []byte(`{"specversion":"1.0","id":"","source":"","type":"","":""}`))
	f.Fuzz(func(t *testing.T, contentType, id, source, key string, body []byte) {
		h := http.Header{
			"Content-Type": {contentType}, "Ce-Specversion": {"1.0"}, "Ce-Type": {"t"},
			"Ce-Id": {id}, "Ce-Source": {source}, "Ce-Partitionkey": {key},
		}
		e, err := eventing.FromRequest(h, body)
		if err != nil || strings.HasPrefix(e.Attributes["datacontenttype"], "application/cloudevents") {
			return // an event in data cannot be told from the outer event
		}
		got, err := eventing.Unpack(e.Record("out"))
		delete(e.Attributes, "") // the Java SDK writes a header ce_ for it, and reads no such header
		if diff := cmp.Diff(e, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(eventing.Event{})); err != nil ||
			diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}

// Any record becomes an event with an id, a source and a type.
func FuzzFromRecord(f *testing.F) {
	f.Add([]byte("key"), []byte("hello"), "ce_id", []byte("7"))
	f.Add([]byte(nil), []byte(`{"specversion":"1.0","id":"7","source":"/me","type":"t"}`), "Content-Type",
		[]byte("application/cloudevents+json"))
	f.Fuzz(func(t *testing.T, key, value []byte, name string, header []byte) {
		r := &kgo.Record{Topic: "in", Key: key, Value: value,
			Headers: []kgo.RecordHeader{{Key: name, Value: header}, {Key: "ce_specversion", Value: []byte("1.0")}}}
		e := eventing.FromRecord(r, "/source", eventing.TextKeys)
		for _, attribute := range []string{"id", "source", "type", "specversion", eventing.KafkaPartition,
			eventing.KafkaOffset} {
			if e.Attributes[attribute] == "" {
				t.Errorf("no %s in %v", attribute, e)
			}
		}
	})
}
