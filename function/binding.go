package function

import (
	"net/http"
	"strings"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/cloudevents/sdk-go/v2/types"
)

// How events stand in HTTP messages (CloudEvents 1.0.2, HTTP protocol binding and JSON format). It is done here because the
// sdk's receiver loses requests (sdk-go issues 1224 and 1332), and in fewer steps than its bindings do it.
//
// Values of headers are neither percent-decoded nor percent-encoded, although the binding (3.1.3.2) asks for both: no part of
// Knative does so (sdk-go issue 1331, sdk-java issue 748), so a Kafka key "100%25 sure" would come out as another key. Taking
// and giving the bytes as they are is right between peers that encode and between peers that do not.

const (
	structuredType = "application/cloudevents+json"
	batchType      = "application/cloudevents-batch+json"
)

// read names the attributes and extensions that are read from headers: those that answers have to do with. A KafkaSource
// sends a dozen more, and a record's own headers besides.
var read = [...]struct{ header, name string }{
	{"Ce-Id", "id"}, {"Ce-Type", "type"}, {"Ce-Source", "source"}, {"Ce-Subject", "subject"}, {"Ce-Time", "time"},
	{"Ce-Dataschema", "dataschema"}, {"Ce-Key", "key"}, {"Ce-Partitionkey", "partitionkey"}, {"Ce-Traceparent", "traceparent"},
	{"Ce-Tracestate", "tracestate"}, {"Ce-Correlationid", "correlationid"},
}

// fromHeaders reads an event in binary mode.
func fromHeaders(h http.Header, body []byte) (*event.Event, error) {
	a := &event.EventContextV1{}
	return &event.Event{Context: a, DataEncoded: body}, readHeaders(a, h)
}

// readHeaders sets the attributes that stand in headers.
func readHeaders(a *event.EventContextV1, h http.Header) (err error) {
	for _, r := range &read {
		if values := h[r.header]; len(values) > 0 {
			if bad := setAttribute(a, r.name, values[0]); err == nil {
				err = bad
			}
		}
	}
	if values := h["Content-Type"]; len(values) > 0 && values[0] != "" {
		a.DataContentType = &values[0]
	}
	version := first(h, "Ce-Specversion")
	switch {
	case err != nil:
		return err
	case version == "":
		return badRequest("not_a_cloudevent", "the request is not a CloudEvent: it has no ce-specversion and is not "+structuredType)
	}
	return complete(a, version)
}

// setAttribute sets the attribute or the extension of a lower-case name. Empty values of what is optional count as absent.
func setAttribute(a *event.EventContextV1, name, value string) error {
	switch name {
	case "id":
		a.ID = value
	case "type":
		a.Type = value
	case "source":
		return setSource(a, value)
	case "subject":
		if strings.TrimSpace(value) != "" {
			subject := value
			a.Subject = &subject
		}
	case "time":
		return setTime(a, value)
	case "dataschema":
		if a.DataSchema = types.ParseURI(value); value != "" && a.DataSchema == nil {
			return badRequest("bad_attribute", "the attribute dataschema is not a URI")
		}
	default:
		setExtension(a, name, value)
	}
	return nil
}

func setSource(a *event.EventContextV1, value string) error {
	return asked.parse(value, &a.Source)
}

func setTime(a *event.EventContextV1, value string) error {
	if value == "" {
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, value)
	if err != nil {
		return badRequest("bad_attribute", "the attribute time is not of RFC 3339")
	}
	a.Time = &types.Timestamp{Time: t}
	return nil
}

// setExtension passes over names that an extension cannot have.
func setExtension(a *event.EventContextV1, name string, value any) {
	if name == "data" || name == "datacontenttype" || !event.IsExtensionNameValid(name) {
		return
	}
	if a.Extensions == nil {
		a.Extensions = make(map[string]any, 8)
	}
	a.Extensions[name] = value
}

// complete returns an error unless a has all that a CloudEvent 1.0 must have.
func complete(a *event.EventContextV1, version string) error {
	switch {
	case version == "":
		return badRequest("not_a_cloudevent", "the event has no specversion")
	case version != event.CloudEventsVersionV1:
		return badRequest("unsupported_specversion", "CloudEvents of version %s are not read, 1.0 is", printable(version))
	}
	return required(a)
}

func required(a *event.EventContextV1) error {
	missing := ""
	switch {
	case strings.TrimSpace(a.ID) == "":
		missing = "id"
	case strings.TrimSpace(a.Type) == "":
		missing = "type"
	case a.Source == types.URIRef{}:
		missing = "source"
	default:
		return nil
	}
	return badRequest("not_a_cloudevent", "the event has no %s", missing)
}
