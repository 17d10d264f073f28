package cloudevent

import (
	"mime"
	"strings"
)

// RecordHeader is a header of a Kafka record. It has the fields of franz-go's kgo.RecordHeader, so that [ReadRecord]
// and [RecordHeaders] work with that type although this package does not depend on a Kafka client.
type RecordHeader struct {
	Key   string
	Value []byte
}

// ReadRecord reads an event from a Kafka record in binary or structured mode into e, which must be empty. Header names
// are case-insensitive; of several headers with the same name the last counts. The record's key, which is the extension
// partitionkey of an event, is not read.
func ReadRecord[H ~struct {
	Key   string
	Value []byte
}](e *Event, headers []H, value []byte) error {
	for _, header := range headers {
		h := RecordHeader(header)
		name := strings.ToLower(h.Key)
		if name == "content-type" {
			e.DataContentType = string(h.Value)
			continue
		}
		attribute, ok := strings.CutPrefix(name, "ce_")
		if !ok || attribute == "datacontenttype" {
			continue
		}
		if i := attributeIndex(attribute); i >= 0 {
			e.setAttribute(i, string(h.Value))
		} else if IsExtensionName(attribute) {
			e.Extensions = append(e.Extensions, Extension{Name: attribute, Value: string(h.Value)})
		}
	}
	e.sort()
	if IsStructured(e.DataContentType) {
		e.Reset()
		return e.ReadJSON(value)
	}
	e.normalize()
	e.Data = value
	return e.Validate()
}

// IsStructured reports whether a content type is that of an event in structured mode, in JSON or another format.
func IsStructured(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && strings.HasPrefix(media, "application/cloudevents+")
}

// RecordHeaders returns the headers of the Kafka record for e in binary mode. The record's value is e.Data, and its key
// is the extension partitionkey.
func RecordHeaders[H ~struct {
	Key   string
	Value []byte
}](e *Event) []H {
	headers := make([]H, 0, len(names)+len(e.Extensions))
	headers = append(headers, H(RecordHeader{"ce_specversion", []byte(Version)}))
	for name, value := range e.All() {
		switch name {
		case "specversion":
			continue
		case "datacontenttype":
			name = "content-type"
		default:
			name = "ce_" + name
		}
		headers = append(headers, H(RecordHeader{name, []byte(value)}))
	}
	return headers
}
