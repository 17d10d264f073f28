package function

import (
	"bytes"
	"context"
	"net/http"
	"strconv"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/cloudevents/sdk-go/v2/types"
	oteltrace "go.opentelemetry.io/otel/trace"

	"reddit-classifier/cloudevent"
)

// HandleEvent answers one event with one event, without posting to a sink. The error for a refused event is an
// [*Error]. [Function.Handle] limits the memory that requests hold together; HandleEvent leaves that to the caller.
func (f *Function) HandleEvent(ctx context.Context, in event.Event) (*event.Event, error) {
	if !f.inFlight.enter() {
		return nil, errStopping
	}
	defer f.inFlight.leave()
	r := f.state.Load()
	if r == nil {
		return nil, errNotReady
	}
	b := pool.Get().(*buffers) // not returned to the pool after a panic
	out, err := b.fromSDK(&in)
	if err == nil {
		if r.observer.tracer != nil {
			var span oteltrace.Span
			ctx, span = r.observer.startInnerSpan(ctx, out)
			defer span.End()
		}
		out, err = r.answerRecovering(ctx, b, out)
	}
	if err != nil {
		e := AsError(err)
		r.observer.countRefused(ctx, b.request.shape, e)
		return nil, e
	}
	r.observer.accepted(ctx, b.request.shape, http.StatusOK)
	defer b.recycle()
	return toSDK(out), nil
}

// fromSDK converts an event of the sdk.
func (b *buffers) fromSDK(in *event.Event) (*cloudevent.Event, error) {
	var a *event.EventContextV1
	switch from := in.Context.(type) {
	case *event.EventContextV1:
		a = from
	case *event.EventContextV03:
		a = from.AsV1()
	default:
		return nil, badRequest("unsupported_specversion", "only CloudEvents 1.0 and 0.3 are supported")
	}
	e := &b.in
	e.SpecVersion, e.ID, e.Source, e.Type, e.Data = cloudevent.Version, a.ID, a.Source.String(), a.Type, in.Data()
	if a.Subject != nil {
		e.Subject = *a.Subject
	}
	if a.DataContentType != nil {
		e.DataContentType = *a.DataContentType
	}
	if a.DataSchema != nil {
		e.DataSchema = a.DataSchema.String()
	}
	if a.Time != nil {
		e.Time = a.Time.String()
	}
	for name, value := range a.Extensions {
		text, _ := types.Format(value) // the sdk only sets values that it can format
		e.Extensions = append(e.Extensions, cloudevent.Extension{Name: name, Value: text, Bare: isUnquoted(value)})
	}
	return e, e.Validate()
}

// isUnquoted reports whether the JSON format writes a value without quotes.
func isUnquoted(value any) bool {
	switch value.(type) {
	case bool, int32:
		return true
	}
	return false
}

// toSDK returns a copy of an answer as an event of the sdk.
func toSDK(e *cloudevent.Event) *event.Event {
	subject, contentType := e.Subject, e.DataContentType
	a := &event.EventContextV1{
		ID:              e.ID,
		Source:          *types.ParseURIRef(e.Source),
		Type:            e.Type,
		DataContentType: &contentType,
		Extensions:      make(map[string]any, len(e.Extensions)),
	}
	if subject != "" {
		a.Subject = &subject
	}
	for _, x := range e.Extensions {
		a.Extensions[x.Name] = x.Value
		if x.Bare {
			a.Extensions[x.Name] = parseUnquoted(x.Value)
		}
	}
	return &event.Event{Context: a, DataEncoded: bytes.Clone(e.Data)}
}

// parseUnquoted returns the value of an extension that is a boolean or an integer.
func parseUnquoted(value string) any {
	if n, err := strconv.ParseInt(value, 10, 32); err == nil {
		return int32(n)
	}
	return value == "true"
}
