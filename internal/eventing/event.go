// Package eventing stands in for the two parts of Knative Eventing that stand between Kafka and the function, so that
// the whole system runs without a cluster: Source does what a KafkaSource does, Sink what a KafkaSink does. Both follow
// the data plane of knative-extensions/eventing-kafka-broker, whose class names the comments give.
//
// They read and write events as the CloudEvents SDK for Java does, which that data plane is built on, also where it
// differs from the specification: package cloudevent is how the function reads them. Where a KafkaSource loses a
// record, Source delivers it and says so, unless it is Strict.
package eventing

import (
	"fmt"
	"maps"
	"strings"

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

// Names of attributes.
const (
	specVersion     = "specversion"
	dataContentType = "datacontenttype"
	dataSchema      = "dataschema"
	schemaURL       = "schemaurl" // what dataschema is called in version 0.3
	contentType     = "content-type"
)

// Event is a CloudEvent as the SDK for Java holds it: an attribute may be there and empty.
type Event struct {
	Attributes map[string]string // by name, specversion and datacontenttype among them
	Data       []byte            // nil: there is none
	// keyNotText says that the partition key was a number or a boolean in JSON, which the sink's producer cannot write.
	keyNotText bool
}

// ID returns the event's id.
func (e Event) ID() string { return e.Attributes["id"] }

// Source returns the event's source.
func (e Event) Source() string { return e.Attributes["source"] }

// ContentType returns the data's media type, which may be empty.
func (e Event) ContentType() string { return e.Attributes[dataContentType] }

// With returns a copy of e, of version 1.0, that has the attributes given as well.
func (e Event) With(attributes map[string]string) Event {
	all := maps.Clone(e.Attributes)
	if all[specVersion] != "1.0" {
		all[specVersion] = "1.0"
		if schema, ok := all[schemaURL]; ok {
			delete(all, schemaURL)
			all[dataSchema] = schema
		}
	}
	maps.Copy(all, attributes)
	e.Attributes = all
	return e
}

// newEvent returns an event of a version.
func newEvent(version string) (Event, error) {
	if version != "1.0" && version != "0.3" {
		return Event{}, fmt.Errorf("not a CloudEvent: its specversion is %.40q", version)
	}
	return Event{Attributes: map[string]string{specVersion: version}}, nil
}

// set adds an attribute, and refuses a value or a name that it may not have.
func (e Event) set(name, value string) error {
	v03 := e.Attributes[specVersion] == "0.3"
	switch {
	case name == "id", name == "type", name == "subject", name == dataContentType:
	case name == "source", name == dataSchema && !v03, name == schemaURL && v03:
		if err := checkURI(value); err != nil {
			return fmt.Errorf("not a CloudEvent: its %s is no URI reference: %w", name, err)
		}
	case name == "time":
		t, ok := parseTime(value)
		if !ok {
			return fmt.Errorf("not a CloudEvent: its time is %.40q", value)
		}
		value = t
	case name == "datacontentencoding" && v03:
		return nil
	case extensionName(name) != name:
		return fmt.Errorf("not a CloudEvent: no attribute may be called %.40q", name)
	}
	e.Attributes[name] = value
	return nil
}

// check names the first thing that keeps e from being a CloudEvent.
func (e Event) check() error {
	for _, name := range []string{"id", "source", "type"} {
		if _, ok := e.Attributes[name]; !ok {
			return fmt.Errorf("not a CloudEvent: it has no %s", name)
		}
	}
	return nil
}

// Unpack reads a record that is an event, by the CloudEvents Kafka binding
// (io.cloudevents.kafka.CloudEventDeserializer). Names of headers are compared as they are: only attributes' names may
// have capitals after ce_.
func Unpack(r *kgo.Record) (Event, error) {
	content, version := lastHeader(r, contentType), lastHeader(r, "ce_"+specVersion)
	switch {
	case content != nil && content.Value == nil:
		return Event{}, fmt.Errorf("not a CloudEvent: the header %s has no value", contentType)
	case content != nil && isStructured(decodeUTF8(content.Value)):
		return parseStructured(r.Value)
	case content != nil && strings.HasPrefix(string(content.Value), eventMedia):
		return Event{}, fmt.Errorf("not a CloudEvent: the content type %.60q has no meaning", content.Value)
	case version == nil || version.Value == nil:
		return Event{}, fmt.Errorf("not a CloudEvent: it has no specversion")
	}
	return unpackBinary(r, decodeUTF8(version.Value))
}

// UnpackLetter is Unpack for a record of an error topic: a dead letter is in binary mode, also where its data is an
// event.
func UnpackLetter(r *kgo.Record) (Event, error) {
	if version := lastHeader(r, "ce_"+specVersion); version != nil && lastHeader(r, "ce_"+ErrorDest) != nil {
		return unpackBinary(r, decodeUTF8(version.Value))
	}
	return Unpack(r)
}

func unpackBinary(r *kgo.Record, version string) (Event, error) {
	e, err := newEvent(version)
	if err != nil {
		return e, err
	}
	for _, h := range r.Headers {
		if h.Value == nil {
			continue
		}
		name, ok := strings.CutPrefix(h.Key, "ce_")
		switch {
		case h.Key == contentType:
			name = dataContentType
		case !ok || name == "" || strings.EqualFold(name, specVersion):
			continue
		}
		if err := e.set(strings.ToLower(name), decodeUTF8(h.Value)); err != nil {
			return e, err
		}
	}
	if len(r.Value) > 0 {
		e.Data = r.Value
	}
	return e, e.check()
}

// lastHeader returns the last of a record's headers that has the name.
func lastHeader(r *kgo.Record, name string) *kgo.RecordHeader {
	for i := len(r.Headers) - 1; i >= 0; i-- {
		if r.Headers[i].Key == name {
			return &r.Headers[i]
		}
	}
	return nil
}

const eventMedia = "application/cloudevents"

// isStructured tells whether a content type is that of an event in JSON.
func isStructured(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	return media == eventMedia+"+json"
}

// extensionName drops what the name of an extension may not have.
func extensionName(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, s)
}
