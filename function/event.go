package function

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/cloudevents/sdk-go/v2/types"

	"reddit-classifier/model"
)

const (
	// PredictionType is the type of the events that answer.
	PredictionType = "reddit.classifier.prediction.v1"
	// ErrorType is the type of the events that stand, in the answer to a batch, for those which were refused.
	ErrorType = "reddit.classifier.error.v1"

	applicationJSON = "application/json"
)

// core turns one event into one event. It is immutable, safe for any number of goroutines, and knows nothing of how events
// travel.
type core struct {
	model   *model.Model
	source  types.URIRef
	explain int
	labels  bool

	name, version string
	digest        string // of the model, 64 hex digits
	shortDigest   any    // its first 12, as an extension holds them
}

func newCore(m *model.Model, c Config) (*core, error) {
	source := types.ParseURIRef(c.EventSource)
	if source == nil || c.EventSource == "" {
		return nil, unacceptable("EVENT_SOURCE", c.EventSource)
	}
	digest := m.Digest()
	return &core{model: m, source: *source, explain: c.Explain, labels: c.Labels, name: m.Name(), version: m.Version(), digest: digest, shortDigest: digest[:12]}, nil
}

// space is the memory that one event is answered in.
type space struct {
	payload payload
	scanner scanner
	reply
}

// reply is the memory of an answer.
type reply struct {
	event       event.Event
	context     event.EventContextV1
	contentType string
}

// handle answers one event, in memory of its own. The error is an *Error.
func (c *core) handle(ctx context.Context, in *event.Event) (*event.Event, error) {
	return c.handleIn(&space{}, ctx, in)
}

// handleIn is handle in memory that may have served before. The answer is good until it serves again.
func (c *core) handleIn(s *space, ctx context.Context, in *event.Event) (*event.Event, error) {
	from, err := attributes(in)
	if err != nil {
		return nil, err
	}
	if from.Type == PredictionType || from.Type == ErrorType {
		return nil, unprocessable("loop", "the event is one of our own answers, of type %s", from.Type)
	}
	contentType := ""
	if from.DataContentType != nil {
		contentType = *from.DataContentType
	}
	p := &s.payload
	if err := p.read(&s.scanner, contentType, in.DataEncoded); err != nil {
		return nil, err
	}
	var one [1][2]float64 // which is nearly always enough, and not on the heap
	proba := one[:0]
	if n := len(p.comments); n > 1 {
		proba = make([][2]float64, 0, n)
	}
	for _, comment := range p.comments {
		if ctx.Err() != nil {
			return nil, interrupted(ctx)
		}
		proba = append(proba, c.model.PredictProba(comment))
	}
	data := s.event.DataEncoded[:0]
	if data == nil {
		data = make([]byte, 0, 64+48*len(proba))
	}
	out := c.answer(&s.reply, from, PredictionType, "")
	out.DataEncoded = c.appendAnswer(data, p, proba)
	if len(out.DataEncoded) > maxAnswer {
		return nil, tooLarge("answer_too_large", "the answer is longer than %d bytes: split the record, or explain less", maxAnswer)
	}
	return out, nil
}

// attributes returns the attributes of an event that is one.
func attributes(in *event.Event) (*event.EventContextV1, error) {
	from, ok := in.Context.(*event.EventContextV1)
	if !ok {
		return nil, badRequest("unsupported_specversion", "only CloudEvents 1.0 are read")
	}
	return from, required(from)
}

// answer returns an event without data that answers the one from. Its id depends on nothing but the question, the model and
// salt, so that a second delivery gets the same one.
func (c *core) answer(in *reply, from *event.EventContextV1, kind, salt string) *event.Event {
	in.contentType = applicationJSON
	extensions := in.context.Extensions
	if clear(extensions); extensions == nil {
		extensions = make(map[string]any, 6)
	}
	for _, name := range carried {
		if v, ok := from.Extensions[name]; ok && v != "" {
			extensions[name] = v
		}
	}
	if _, ok := extensions["partitionkey"]; !ok {
		if key, ok := from.Extensions["key"]; ok && key != "" {
			extensions["partitionkey"] = key
		}
	}
	if from.ID != "" {
		extensions["causationid"] = from.ID
	}
	extensions["modeldigest"] = c.shortDigest
	in.context = event.EventContextV1{
		ID:              c.id(asked.text(&from.Source), from.ID, salt),
		Source:          c.source,
		Type:            kind,
		Subject:         from.Subject,
		DataContentType: &in.contentType,
		Extensions:      extensions,
	}
	in.event = event.Event{Context: &in.context}
	return &in.event
}

// carried names the extensions that go from the question to the answer as they are.
var carried = [...]string{"partitionkey", "traceparent", "tracestate", "correlationid"}

// id returns the first 32 hex digits of SHA-256(source ‖ 0 ‖ id ‖ 0 ‖ model digest), salt after that.
func (c *core) id(source, id, salt string) string {
	b := make([]byte, 0, 256)
	b = append(append(b, source...), 0)
	b = append(append(b, id...), 0)
	b = append(append(b, c.digest...), salt...)
	sum := sha256.Sum256(b)
	var digits [32]byte
	hex.Encode(digits[:], sum[:16])
	return string(digits[:])
}

// refusal returns the event that says, in the answer to a batch, why the one from, which is the i-th, was refused.
func (c *core) refusal(from *event.EventContextV1, i int, e *Error) *event.Event {
	salt := "\x00error"
	if from.ID == "" { // by which those of one batch could not be told apart
		salt += strconv.Itoa(i)
	}
	out := c.answer(&reply{}, from, ErrorType, salt)
	attrs := out.Context.(*event.EventContextV1)
	attrs.Extensions["code"] = int32(e.Code)
	attrs.Extensions["reason"] = e.Reason
	out.DataEncoded = e.body()
	return out
}
