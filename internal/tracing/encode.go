package tracing

import (
	"encoding/binary"
	"math"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// The messages are those of opentelemetry/proto/trace/v1/trace.proto, version 1.10. Comments name the fields whose
// numbers the code has. The generated Go package would link protobuf's reflection into the function. A field is a
// varint of its number and wire type, followed by its value: https://protobuf.dev/programming-guides/encoding.

// The wire types.
const (
	varintType  = 0
	fixed64Type = 1
	bytesType   = 2
	fixed32Type = 5
)

// message appends to itself the fields of a message.
type message []byte

func (m message) tag(field, wireType uint64) message {
	return binary.AppendUvarint(m, field<<3|wireType)
}

func (m message) bytes(field uint64, b []byte) message {
	return append(binary.AppendUvarint(m.tag(field, bytesType), uint64(len(b))), b...)
}

// text leaves an empty text out, as proto3 does, and replaces what is no UTF-8, for which a whole request would be
// refused.
func (m message) text(field uint64, s string) message {
	if s == "" {
		return m
	}
	return m.value(field, s)
}

// value is text, but that an empty one is written too: of a oneof, or it would be unset.
func (m message) value(field uint64, s string) message {
	return m.bytes(field, []byte(strings.ToValidUTF8(s, "\ufffd")))
}

func (m message) varint(field, n uint64) message {
	return binary.AppendUvarint(m.tag(field, varintType), n)
}

func (m message) fixed64(field, n uint64) message {
	return binary.LittleEndian.AppendUint64(m.tag(field, fixed64Type), n)
}

func (m message) fixed32(field uint64, n uint32) message {
	return binary.LittleEndian.AppendUint32(m.tag(field, fixed32Type), n)
}

func (m message) time(field uint64, t time.Time) message {
	return m.fixed64(field, uint64(t.UnixNano()))
}

// appendRequest appends an ExportTraceServiceRequest. All spans of this program have one resource and one scope.
func appendRequest(dst []byte, spans []sdk.ReadOnlySpan) []byte {
	if len(spans) == 0 {
		return dst
	}
	scopeSpans := message{}.bytes(1, scopeOf(spans[0].InstrumentationScope())) // scope
	for _, s := range spans {
		scopeSpans = scopeSpans.bytes(2, spanOf(s)) // spans
	}
	scopeSpans = scopeSpans.text(3, spans[0].InstrumentationScope().SchemaURL) // schema_url
	resourceSpans := message{}.bytes(1, resourceOf(spans[0].Resource()))       // resource
	resourceSpans = resourceSpans.bytes(2, scopeSpans)                         // scope_spans
	resourceSpans = resourceSpans.text(3, spans[0].Resource().SchemaURL())     // schema_url
	return message(dst).bytes(1, resourceSpans)                                // resource_spans
}

func resourceOf(r *resource.Resource) message {
	return message{}.attributes(1, r.Attributes()) // attributes
}

func scopeOf(s instrumentation.Scope) message {
	return message{}.text(1, s.Name).text(2, s.Version) // name, version
}

func spanOf(s sdk.ReadOnlySpan) message {
	c := s.SpanContext()
	id, span := c.TraceID(), c.SpanID()
	m := message{}.bytes(1, id[:]).bytes(2, span[:]) // trace_id, span_id
	m = m.text(3, c.TraceState().String())           // trace_state
	if parent := s.Parent(); parent.SpanID().IsValid() {
		id := parent.SpanID()
		m = m.bytes(4, id[:]) // parent_span_id
	}
	m = m.text(5, s.Name()).varint(6, uint64(kinds[s.SpanKind()])) // name, kind
	m = m.time(7, s.StartTime()).time(8, s.EndTime())              // start_time_unix_nano, end_time_unix_nano
	m = m.attributes(9, s.Attributes())                            // attributes
	m = m.count(10, s.DroppedAttributes())                         // dropped_attributes_count
	for _, e := range s.Events() {
		event := message{}.time(1, e.Time).text(2, e.Name).attributes(3, e.Attributes) // time_unix_nano, name, attributes
		m = m.bytes(11, event.count(4, e.DroppedAttributeCount))                       // events
	}
	m = m.count(12, s.DroppedEvents()) // dropped_events_count
	for _, l := range s.Links() {
		m = m.bytes(13, linkOf(l)) // links
	}
	m = m.count(14, s.DroppedLinks()) // dropped_links_count
	if status := s.Status(); status.Code != codes.Unset {
		m = m.bytes(15, message{}.text(2, status.Description).varint(3, statuses[status.Code])) // status: message, code
	}
	return m.fixed32(16, flagsOf(c, s.Parent())) // flags
}

func linkOf(l sdk.Link) message {
	id, span := l.SpanContext.TraceID(), l.SpanContext.SpanID()
	m := message{}.bytes(1, id[:]).bytes(2, span[:]).text(3, l.SpanContext.TraceState().String()) // trace_id, span_id, …
	m = m.attributes(4, l.Attributes).count(5, l.DroppedAttributeCount)                           // attributes, dropped…
	return m.fixed32(6, flagsOf(l.SpanContext, l.SpanContext))                                    // flags
}

// kinds are the numbers of Span.SpanKind.
var kinds = map[trace.SpanKind]int{
	trace.SpanKindInternal: 1, trace.SpanKindServer: 2, trace.SpanKindClient: 3, trace.SpanKindProducer: 4,
	trace.SpanKindConsumer: 5,
}

// statuses are the numbers of Status.StatusCode.
var statuses = map[codes.Code]uint64{codes.Ok: 1, codes.Error: 2}

// flagsOf returns the W3C flags, and whether the parent is in another process.
func flagsOf(c, parent trace.SpanContext) uint32 {
	const hasIsRemote, isRemote = 0x100, 0x200
	flags := uint32(c.TraceFlags()) | hasIsRemote
	if parent.IsRemote() {
		flags |= isRemote
	}
	return flags
}

func (m message) count(field uint64, n int) message {
	if n == 0 {
		return m
	}
	return m.varint(field, uint64(n))
}

func (m message) attributes(field uint64, list []attribute.KeyValue) message {
	for _, a := range list {
		m = m.bytes(field, message{}.text(1, string(a.Key)).bytes(2, valueOf(a.Value))) // key, value
	}
	return m
}

// valueOf returns an AnyValue.
func valueOf(v attribute.Value) message {
	m := message{}
	switch v.Type() {
	case attribute.BOOL:
		if v.AsBool() {
			return m.varint(2, 1)
		}
		return m.varint(2, 0)
	case attribute.INT64:
		return m.varint(3, uint64(v.AsInt64()))
	case attribute.FLOAT64:
		return m.fixed64(4, math.Float64bits(v.AsFloat64()))
	case attribute.STRINGSLICE:
		var list message // ArrayValue
		for _, s := range v.AsStringSlice() {
			list = list.bytes(1, message{}.value(1, s))
		}
		return m.bytes(5, list)
	}
	return m.value(1, v.String()) // of a string itself; of what neither this program nor the SDK uses, as text
}

// rejectedBy reads the partial_success of an ExportTraceServiceResponse: rejected_spans and error_message.
func rejectedBy(response []byte) (n int, message string) {
	eachField(response, func(field, _ uint64, partial []byte) {
		if field != 1 {
			return
		}
		eachField(partial, func(field, number uint64, text []byte) {
			switch field {
			case 1:
				n = int(min(number, math.MaxInt32))
			case 2:
				message = strings.ToValidUTF8(string(text), "\ufffd")
			}
		})
	})
	return n, message
}

// eachField calls f for the fields of a message, up to one that cannot be read or is neither a varint nor bytes, of
// which a response has none.
func eachField(b []byte, f func(field, number uint64, text []byte)) {
	next := func() (n uint64, ok bool) {
		n, size := binary.Uvarint(b)
		if size > 0 {
			b = b[size:]
		}
		return n, size > 0
	}
	for {
		tag, ok := next()
		n, isRead := next()
		switch {
		case !ok || !isRead:
			return
		case tag&7 == varintType:
			f(tag>>3, n, nil)
		case tag&7 == bytesType && n <= uint64(len(b)):
			f(tag>>3, 0, b[:n])
			b = b[n:]
		default:
			return
		}
	}
}
