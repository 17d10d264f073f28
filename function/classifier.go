package function

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strconv"

	"reddit-classifier/cloudevent"
	"reddit-classifier/model"
)

const (
	// PredictionType is the type of the events that answer.
	PredictionType = "reddit.classifier.prediction.v1"
	// ErrorType is the type of the events that stand, in the answer to a batch, for those which were refused.
	ErrorType = "reddit.classifier.error.v1"

	applicationJSON = "application/json"
)

// classifier answers data with data, and one event with one event. It is immutable, safe for any number of goroutines,
// and knows nothing of how events travel.
type classifier struct {
	model   *model.Model
	form    form
	source  string
	explain int
	labels  bool
	dialect dialect
	limit   int  // bytes of the data of an event that answers
	traced  bool // answers name the span in which they are made

	name, version string
	digest        string // of the model, 64 hex digits
}

// newClassifier returns a classifier, or an error that names the setting which the model cannot follow.
func newClassifier(m *model.Model, s *settings) (*classifier, error) {
	if !math.IsNaN(s.threshold) && math.IsNaN(m.Threshold()) {
		return nil, configError("THRESHOLD", "is set, but the model is not one of two classes with probabilities: unset it")
	}
	if s.explain > 0 {
		if _, err := m.Explain("", 0); err != nil {
			return nil, configError("EXPLAIN", "is set, but the model cannot be explained: "+err.Error()+"; set it to 0")
		}
	}
	return &classifier{
		model: m, form: formOf(m, s.threshold), source: s.source, explain: s.explain, labels: s.labels,
		dialect: s.dialect, limit: s.maxAnswer,
		name: cmp.Or(s.modelName, m.Name()), version: m.Version(), digest: m.Digest(),
	}, nil
}

// answer returns the event that answers in. It is good until b serves another request. The error is an *Error, or one
// that AsError translates.
func (c *classifier) answer(ctx context.Context, b *buffers, in *cloudevent.Event) (*cloudevent.Event, error) {
	if in.Type == PredictionType || in.Type == ErrorType {
		return nil, unprocessable("loop", "the event is one of our own answers, of type %s", in.Type)
	}
	data, err := c.classify(ctx, b, in.DataContentType, in.Data, c.limit)
	if err != nil {
		return nil, err
	}
	out := &b.out
	c.envelope(ctx, out, in, PredictionType, "")
	attributes := out.AttributesSize() + len(out.Extension("partitionkey")) // which becomes the record's key as well
	if len(data)+max(attributes-attributesRoom, 0) > c.limit {
		return nil, errAnswerTooLarge(c.limit)
	}
	out.Data = data
	return out, nil
}

// classify answers data: it reads the request in it, predicts each of its comments, and encodes the response. The
// response is good until b serves another request. It is an error if it is longer than limit.
func (c *classifier) classify(
	ctx context.Context,
	b *buffers,
	contentType string,
	data []byte,
	limit int,
) ([]byte, error) {
	q := &b.request
	if err := q.read(&c.dialect, &b.scanner, contentType, data); err != nil {
		return nil, err
	}
	if err := q.checkOutputs(&c.form); err != nil {
		return nil, err
	}
	if err := c.predict(ctx, &b.predictions, q.comments); err != nil {
		return nil, err
	}
	if b.response == nil {
		b.response = make([]byte, 0, 64+24*len(b.predictions.numbers))
	}
	b.response = c.encode(b.response[:0], q, &b.predictions)
	if len(b.response) > limit {
		return nil, errAnswerTooLarge(limit)
	}
	return b.response, nil
}

func errAnswerTooLarge(limit int) error {
	return tooLarge("answer_too_large", "the answer is longer than %d bytes: split the record, or explain less", limit)
}

// envelope makes out an event without data that answers in, in the span of ctx. Its id depends on nothing but the event in, the model and
// salt, so that a second delivery gets the same one.
func (c *classifier) envelope(ctx context.Context, out, in *cloudevent.Event, kind, salt string) {
	out.Reset()
	out.ID = c.id(cloudevent.CanonicalSource(in.Source), in.ID, salt)
	out.Source = c.source
	out.Type = kind
	out.Subject = in.Subject
	out.DataContentType = applicationJSON
	for _, name := range carried {
		c.carry(out, in, name, name)
	}
	if c.traced {
		setTrace(ctx, out)
	}
	if !out.Has("partitionkey") {
		c.carry(out, in, "key", "partitionkey")
	}
	if in.ID != "" {
		out.Extensions = append(out.Extensions, cloudevent.Extension{Name: "causationid", Value: in.ID})
	}
	out.Extensions = append(out.Extensions, cloudevent.Extension{Name: "modeldigest", Value: c.digest[:12]})
}

// carried names the extensions that an answer has from the event it answers.
var carried = [...]string{"partitionkey", "traceparent", "tracestate", "correlationid"}

// inbound names the headers that are read of an event.
var inbound = cloudevent.Select(append(carried[:], "key")...)

// carry gives out the extension from of in, unless it is empty, under the name to.
func (c *classifier) carry(out, in *cloudevent.Event, from, to string) {
	for i := range in.Extensions {
		if x := in.Extensions[i]; x.Name == from && x.Value != "" {
			x.Name = to
			out.Extensions = append(out.Extensions, x)
			return
		}
	}
}

// id returns the first 32 hex digits of SHA-256(source, 0, id, 0, model digest, salt).
func (c *classifier) id(source, id, salt string) string {
	b := make([]byte, 0, 256)
	b = append(append(b, source...), 0)
	b = append(append(b, id...), 0)
	b = append(append(b, c.digest...), salt...)
	sum := sha256.Sum256(b)
	var digits [32]byte
	hex.Encode(digits[:], sum[:16])
	return string(digits[:])
}

// refusal returns the event that says, in the answer to a batch, why in, which is the i-th, was refused.
func (c *classifier) refusal(ctx context.Context, in *cloudevent.Event, i int, e *Error) *cloudevent.Event {
	salt := "\x00error"
	if in.ID == "" { // by which those of one batch could not be told apart
		salt += strconv.Itoa(i)
	}
	out := &cloudevent.Event{}
	c.envelope(ctx, out, in, ErrorType, salt)
	out.Extensions = append(
		out.Extensions,
		cloudevent.Extension{Name: "code", Value: strconv.Itoa(e.Code), Bare: true},
		cloudevent.Extension{Name: "reason", Value: e.Reason},
	)
	out.Data = e.body()
	return out
}
