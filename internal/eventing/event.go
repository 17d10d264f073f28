// Package eventing stands in for the two parts of Knative Eventing between Kafka and the function, so that the whole
// system runs without a cluster: [Source] stands in for a KafkaSource, [Sink] for a KafkaSink. Both behave like the
// data plane of knative-extensions/eventing-kafka-broker. Comments name the Java classes that they follow.
//
// That data plane reads and writes events with the CloudEvents SDK for Java, and so this package does what the SDK
// does, even where it differs from the specification. The function reads events with package cloudevent instead. Where
// a KafkaSource loses a record, Source delivers and logs it, unless it is Strict.
package eventing

import (
	"fmt"
	"maps"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
)

// RecordType is the type of the event that a plain record becomes: a record that is not a CloudEvent.
const RecordType = "dev.knative.kafka.event"

// Names of the extensions that have a meaning for KafkaSource and KafkaSink.
const (
	PartitionKey   = "partitionkey" // the record's key
	Key            = "key"          // the record's key, under the name of older versions
	KafkaPartition = "knativekafkapartition"
	KafkaOffset    = "knativekafkaoffset"
	ErrorPrefix    = "knativeerror"     // the prefix of the three below
	ErrorDest      = "knativeerrordest" // the address that did not accept the event
	ErrorCode      = "knativeerrorcode" // the status of its response
	ErrorData      = "knativeerrordata" // the first 1,024 bytes of the response's body, in base64
	DataOmitted    = "dataomitted"      // not Knative's: the dead letter has no data because it would be too large
)

// Names of attributes.
const (
	specVersion     = "specversion"
	dataContentType = "datacontenttype"
	dataSchema      = "dataschema"
	schemaURL       = "schemaurl" // dataschema in version 0.3
	contentType     = "content-type"
)

// Event is a CloudEvent as the SDK for Java holds it: an attribute can be set and empty.
type Event struct {
	Attributes map[string]string // by name, including specversion and datacontenttype
	Data       []byte            // nil if there is none
	// keyNotString is true if the partition key was a number or a boolean in JSON. The producer of a KafkaSink cannot
	// write such a key.
	keyNotString bool
}

// ID returns the event's id.
func (e Event) ID() string { return e.Attributes["id"] }

// Source returns the event's source.
func (e Event) Source() string { return e.Attributes["source"] }

// ContentType returns the media type of the data. It can be empty.
func (e Event) ContentType() string { return e.Attributes[dataContentType] }

// With returns a copy of e in version 1.0 of CloudEvents with the attributes added.
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

// newEvent returns an event of a version of CloudEvents.
func newEvent(version string) (Event, error) {
	if version != "1.0" && version != "0.3" {
		return Event{}, fmt.Errorf("not a CloudEvent: its specversion is %.40q", version)
	}
	return Event{Attributes: map[string]string{specVersion: version}}, nil
}

// set adds an attribute. It returns an error for an invalid name or value.
func (e Event) set(name, value string) error {
	v03 := e.Attributes[specVersion] == "0.3"
	switch {
	case name == "id", name == "type", name == "subject", name == dataContentType:
	case name == "source", name == dataSchema && !v03, name == schemaURL && v03:
		if err := checkURI(value); err != nil {
			return fmt.Errorf("not a CloudEvent: its %s is not a URI reference: %w", name, err)
		}
	case name == "time":
		t, ok := parseTime(value)
		if !ok {
			return fmt.Errorf("not a CloudEvent: its time %.40q is not in RFC 3339 format", value)
		}
		value = t
	case name == "datacontentencoding" && v03:
		return nil
	case extensionName(name) != name:
		return fmt.Errorf("not a CloudEvent: %.40q is not a valid attribute name", name)
	}
	e.Attributes[name] = value
	return nil
}

// check returns an error that names the first required attribute that e does not have.
func (e Event) check() error {
	for _, name := range []string{"id", "source", "type"} {
		if _, ok := e.Attributes[name]; !ok {
			return fmt.Errorf("not a CloudEvent: it has no %s", name)
		}
	}
	return nil
}

// Unpack reads the event that a record holds by the CloudEvents Kafka binding
// (io.cloudevents.kafka.CloudEventDeserializer). It returns an error for a plain record. The names of headers are
// case-sensitive, except for the part after ce_.
func Unpack(r *kgo.Record) (Event, error) {
	content, version := lastHeader(r, contentType), lastHeader(r, "ce_"+specVersion)
	switch {
	case content != nil && content.Value == nil:
		return Event{}, fmt.Errorf("not a CloudEvent: the header %s has no value", contentType)
	case content != nil && isStructured(decodeUTF8(content.Value)):
		return parseStructured(r.Value)
	case content != nil && strings.HasPrefix(string(content.Value), eventMedia):
		return Event{}, fmt.Errorf("not a CloudEvent: the content type %.60q is not known", content.Value)
	case version == nil || version.Value == nil:
		return Event{}, fmt.Errorf("not a CloudEvent: it has no specversion")
	}
	return unpackBinary(r, decodeUTF8(version.Value))
}

// UnpackDeadLetter is [Unpack] for a record of an error topic: a dead letter is in binary mode even if its data is an
// event itself.
func UnpackDeadLetter(r *kgo.Record) (Event, error) {
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

// lastHeader returns the last of a record's headers that has the name, or nil.
func lastHeader(r *kgo.Record, name string) *kgo.RecordHeader {
	for i := len(r.Headers) - 1; i >= 0; i-- {
		if r.Headers[i].Key == name {
			return &r.Headers[i]
		}
	}
	return nil
}

const eventMedia = "application/cloudevents"

// isStructured reports whether a content type is that of an event in JSON.
func isStructured(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	return media == eventMedia+"+json"
}

// extensionName removes the characters that an extension's name must not have.
func extensionName(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, s)
}
