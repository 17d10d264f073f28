package function

import (
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/cloudevents/sdk-go/v2/types"
)

// What stands in the headers of every answer. Nobody changes the values of a header in place, so all may have the same.
var (
	versionHeader     = []string{event.CloudEventsVersionV1}
	predictionHeader  = []string{PredictionType}
	contentTypeHeader = []string{applicationJSON}
)

// writeHeaders puts an event's attributes into the headers of a message in binary mode.
func writeHeaders(h http.Header, a *event.EventContextV1) {
	values := make([]string, 0, 5+len(a.Extensions)) // one allocation for what would be one each
	put := func(name, value string) {
		values = append(values, headerValue(value))
		h[name] = values[len(values)-1 : len(values) : len(values)]
	}
	h["Ce-Specversion"] = versionHeader
	put("Ce-Id", a.ID)
	put("Ce-Source", answered.text(&a.Source))
	if a.Type == PredictionType {
		h["Ce-Type"] = predictionHeader
	} else {
		put("Ce-Type", a.Type)
	}
	if a.Subject != nil {
		put("Ce-Subject", *a.Subject)
	}
	switch {
	case a.DataContentType == nil:
	case *a.DataContentType == applicationJSON:
		h["Content-Type"] = contentTypeHeader
	default:
		put("Content-Type", *a.DataContentType)
	}
	for name, value := range a.Extensions {
		text, ok := value.(string)
		if !ok {
			text, _ = types.Format(value)
		}
		put(headerName(name), text)
	}
}

// headerName returns the header of an extension, in the form that net/http keeps headers in.
func headerName(extension string) string {
	switch extension { // what every answer has, without building it
	case "causationid":
		return "Ce-Causationid"
	case "modeldigest":
		return "Ce-Modeldigest"
	case "partitionkey":
		return "Ce-Partitionkey"
	}
	return textproto.CanonicalMIMEHeaderKey("Ce-" + extension)
}

// headerValue percent-encodes what cannot stand in a header at all: control characters, which only an event in JSON can have.
func headerValue(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7f {
			return encodeControls(s)
		}
	}
	return s
}

func encodeControls(s string) string {
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, len(s)+8)
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == 0x7f {
			b = append(b, '%', hex[c>>4], hex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}

// appendEvent appends one of our events, whose data is JSON, in the JSON format.
func appendEvent(dst []byte, e *event.Event) []byte {
	a := e.Context.(*event.EventContextV1)
	dst = append(dst, `{"specversion":"1.0","id":`...)
	dst = appendString(dst, a.ID)
	dst = appendMember(dst, "source", a.Source.String())
	dst = appendMember(dst, "type", a.Type)
	if a.Subject != nil {
		dst = appendMember(dst, "subject", *a.Subject)
	}
	if a.DataContentType != nil {
		dst = appendMember(dst, "datacontenttype", *a.DataContentType)
	}
	for name, value := range a.Extensions {
		switch v := value.(type) {
		case string:
			dst = appendMember(dst, name, v)
		case bool:
			dst = strconv.AppendBool(append(append(append(dst, `,"`...), name...), `":`...), v)
		case int32:
			dst = strconv.AppendInt(append(append(append(dst, `,"`...), name...), `":`...), int64(v), 10)
		}
	}
	if len(e.DataEncoded) > 0 {
		dst = append(append(dst, `,"data":`...), e.DataEncoded...)
	}
	return append(dst, '}')
}

func appendMember(dst []byte, name, value string) []byte {
	dst = append(append(append(dst, `,"`...), name...), `":`...)
	return appendString(dst, strings.ToValidUTF8(value, string(utf8.RuneError)))
}
