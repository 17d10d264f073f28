// Package eventing stands in for the two parts of Knative Eventing that stand between Kafka and the function, so that the whole
// system runs without a cluster: Source does what a KafkaSource does, Sink what a KafkaSink does. Both follow the data plane of
// knative-extensions/eventing-kafka-broker, whose class names the comments give, and differ from it in one thing: where a
// KafkaSource gives up on a record that its dead letter sink does not take, Source goes on trying.
package eventing

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/twmb/franz-go/pkg/kgo"
)

// RecordType is the type of the event that a record becomes which is not a CloudEvent itself.
const RecordType = "dev.knative.kafka.event"

// Names of extensions that KafkaSource and KafkaSink give a meaning to.
const (
	PartitionKey   = "partitionkey" // the record's key
	Key            = "key"          // the same, as older versions called it
	KafkaPartition = "knativekafkapartition"
	KafkaOffset    = "knativekafkaoffset"
	ErrorPrefix    = "knativeerror"     // of all that tells of a failure
	ErrorDest      = "knativeerrordest" // where the event could not be delivered
	ErrorCode      = "knativeerrorcode" // with which status
	ErrorData      = "knativeerrordata" // and which body: base64 of its first 1,024 bytes
	DataOmitted    = "dataomitted"      // ours: the letter is without its data, which would not fit
)

const (
	structured  = "application/cloudevents"       // content type of an event as a whole, followed by +json
	batched     = "application/cloudevents-batch" // of several
	contentType = "content-type"
)

// Event is a CloudEvent as transports see it.
type Event struct {
	Attributes  map[string]string // required, optional and extension attributes by name, all but datacontenttype
	ContentType string            // the data's media type; may be empty
	Data        []byte
}

// ID returns the event's id.
func (e Event) ID() string { return e.Attributes["id"] }

// Source returns the event's source.
func (e Event) Source() string { return e.Attributes["source"] }

// With returns a copy of e that has the attributes given as well.
func (e Event) With(attributes map[string]string) Event {
	all := maps.Clone(e.Attributes)
	maps.Copy(all, attributes)
	e.Attributes = all
	return e
}

// valid names the first thing that keeps e from being a CloudEvent 1.0.
func (e Event) valid() error {
	for _, name := range []string{"id", "source", "type"} {
		if e.Attributes[name] == "" {
			return fmt.Errorf("not a CloudEvent: it has no %s", name)
		}
	}
	if v := e.Attributes["specversion"]; v != "1.0" {
		return fmt.Errorf("not a CloudEvent 1.0: its specversion is %q", v)
	}
	return nil
}

// FromRecord returns the event that a KafkaSource makes of a record. A record that is an event already (Kafka's binary or structured
// mode) is unpacked; any other becomes the data of an event of type RecordType, with source#topic as its source
// (InvalidCloudEventInterceptor). Partition and offset are added to either (CloudEventOverridesMutator).
func FromRecord(r *kgo.Record, source string) Event {
	e, err := Unpack(r)
	if err != nil {
		e = wrap(r, source)
	}
	e.Attributes[KafkaPartition] = strconv.Itoa(int(r.Partition))
	e.Attributes[KafkaOffset] = strconv.FormatInt(r.Offset, 10)
	return e
}

// Unpack reads a record that is an event, by the CloudEvents Kafka binding.
func Unpack(r *kgo.Record) (Event, error) {
	e := Event{Attributes: make(map[string]string, len(r.Headers)+2), Data: r.Value}
	for _, h := range r.Headers {
		switch name := strings.ToLower(h.Key); {
		case name == contentType:
			e.ContentType = string(h.Value)
		case strings.HasPrefix(name, "ce_"):
			e.Attributes[name[len("ce_"):]] = string(h.Value)
		}
	}
	if isStructured(e.ContentType) {
		return parseStructured(r.Value)
	}
	return e, e.valid()
}

// wrap makes an event of a plain record.
func wrap(r *kgo.Record, source string) Event {
	a := map[string]string{
		"specversion": "1.0",
		"id":          Position(r),
		"source":      source + "#" + r.Topic,
		"type":        RecordType,
		"subject":     fmt.Sprintf("partition:%d#%d", r.Partition, r.Offset),
		"time":        r.Timestamp.UTC().Format(time.RFC3339Nano),
	}
	if len(r.Key) > 0 { // KeyDeserializer: an empty key is none
		a[PartitionKey], a[Key] = string(r.Key), string(r.Key)
	}
	e := Event{Attributes: a, Data: r.Value}
	for _, h := range r.Headers {
		if strings.EqualFold(h.Key, contentType) {
			e.ContentType = strings.ToLower(string(h.Value))
			continue
		}
		a["kafkaheader"+extensionName(h.Key)] = string(h.Value)
	}
	return e
}

// Position is the id of the event that a plain record becomes.
func Position(r *kgo.Record) string {
	return fmt.Sprintf("partition:%d/offset:%d", r.Partition, r.Offset)
}

// extensionName drops what the name of an attribute may not have.
func extensionName(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, strings.ToLower(s))
}

// Record returns the record that a KafkaSink writes: Kafka's binary mode, with the partition key as its key.
func (e Event) Record(topic string) *kgo.Record {
	r := &kgo.Record{Topic: topic, Value: e.Data}
	if key, ok := e.Attributes[PartitionKey]; ok {
		r.Key = []byte(key)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Attributes)) {
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: "ce_" + name, Value: []byte(e.Attributes[name])})
	}
	if e.ContentType != "" {
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: contentType, Value: []byte(e.ContentType)})
	}
	return r
}

// setHeader writes the event as the headers of HTTP's binary mode.
func (e Event) setHeader(h http.Header) {
	for name, value := range e.Attributes {
		h.Set("Ce-"+name, headerValue(value))
	}
	if e.ContentType != "" {
		h.Set("Content-Type", e.ContentType)
	}
}

var errBatch = errors.New("a batch of events is not accepted: send them one by one")

// FromRequest reads an event from a request's header and body, in binary or structured mode.
func FromRequest(h http.Header, body []byte) (Event, error) {
	ct := h.Get("Content-Type")
	switch {
	case strings.HasPrefix(strings.ToLower(ct), batched):
		return Event{}, errBatch
	case isStructured(ct):
		return parseStructured(body)
	}
	e := Event{Attributes: make(map[string]string, 16), ContentType: ct, Data: body}
	for name, values := range h {
		if attribute, ok := strings.CutPrefix(strings.ToLower(name), "ce-"); ok {
			e.Attributes[attribute] = values[0]
		}
	}
	return e, e.valid()
}

func isStructured(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && strings.HasPrefix(media, structured+"+")
}

// parseStructured reads the JSON format.
func parseStructured(b []byte) (Event, error) {
	var parsed event.Event
	if err := json.Unmarshal(b, &parsed); err != nil {
		return Event{}, fmt.Errorf("not a CloudEvent in JSON: %w", err)
	}
	if err := parsed.Validate(); err != nil {
		return Event{}, fmt.Errorf("not a CloudEvent: %w", err)
	}
	if isStructured(parsed.DataContentType()) { // its record would be read as the event within
		return Event{}, fmt.Errorf("an event whose data is an event, %s, cannot be told from that in Kafka", parsed.DataContentType())
	}
	a := map[string]string{
		"specversion": parsed.SpecVersion(), "id": parsed.ID(), "source": parsed.Source(), "type": parsed.Type(),
	}
	for name, value := range map[string]string{"subject": parsed.Subject(), "dataschema": parsed.DataSchema()} {
		if value != "" {
			a[name] = value
		}
	}
	if t := parsed.Time(); !t.IsZero() {
		a["time"] = t.UTC().Format(time.RFC3339Nano)
	}
	for name, value := range parsed.Extensions() {
		a[name] = fmt.Sprint(value)
	}
	e := Event{Attributes: a, ContentType: parsed.DataContentType(), Data: parsed.Data()}
	return e, e.valid()
}
