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
	// PredictionType is the type of the events with predictions.
	PredictionType = "reddit.classifier.prediction.v1"
	// ErrorType is the type of the events about refused events: in the answer to a batch, and in the dead letter sink.
	ErrorType = "reddit.classifier.error.v1"

	applicationJSON = "application/json"
)

// classifier turns request data into response data, and an event into an event. It is immutable, safe for concurrent
// use, and independent of the transport.
type classifier struct {
	model   *model.Model
	form    outputForm
	source  string
	explain int
	labels  bool
	dialect dialect
	limit   int  // maximum size of an answer's data in bytes
	traced  bool // answers name the span in which they are made

	name, version string
	digest        string // of the model, 64 hex digits
}

// newClassifier returns a classifier, or an error that names the setting that does not fit the model.
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
		model: m, form: outputFormOf(m, s.threshold), source: s.source, explain: s.explain, labels: s.labels,
		dialect: s.dialect, limit: s.maxAnswer,
		name: cmp.Or(s.modelName, m.Name()), version: m.Version(), digest: m.Digest(),
	}, nil
}

// answer returns the event that answers in. It is valid until b serves another request. [AsError] translates the error.
func (c *classifier) answer(ctx context.Context, b *buffers, in *cloudevent.Event) (*cloudevent.Event, error) {
	if in.Type == PredictionType || in.Type == ErrorType {
		return nil, unprocessable("loop", "the event is an answer of this function, of type %s", in.Type)
	}
	data, err := c.classify(ctx, b, in.DataContentType, in.Data, c.limit)
	if err != nil {
		return nil, err
	}
	out := &b.out
	c.envelope(ctx, out, in, PredictionType, "")
	attributes := out.AttributesSize() + len(out.Extension("partitionkey")) // the record has it twice, also as its key
	if len(data)+max(attributes-attributesRoom, 0) > c.limit {
		return nil, errAnswerTooLarge(c.limit)
	}
	out.Data = data
	return out, nil
}

// classify reads the request in data, predicts each of its comments, and encodes the response, which is valid until b
// serves another request. A response longer than limit bytes is an error.
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
	return tooLarge("answer_too_large",
		"the answer is longer than %d bytes: split the record, or explain fewer n-grams", limit)
}

// envelope sets the attributes of out, an answer to in, with the span of ctx as its trace context. The id depends only
// on the event in, the model and salt, so that a second delivery gets the same id.
func (c *classifier) envelope(ctx context.Context, out, in *cloudevent.Event, kind, salt string) {
	out.Reset()
	out.ID = c.answerID(cloudevent.CanonicalSource(in.Source), in.ID, salt)
	out.Source = c.source
	out.Type = kind
	out.Subject = in.Subject
	out.DataContentType = applicationJSON
	for _, name := range copiedExtensions {
		c.copyExtension(out, in, name, name)
	}
	if c.traced {
		setTrace(ctx, out)
	}
	if !out.Has("partitionkey") {
		c.copyExtension(out, in, "key", "partitionkey")
	}
	if in.ID != "" {
		out.Extensions = append(out.Extensions, cloudevent.Extension{Name: "causationid", Value: in.ID})
	}
	out.Extensions = append(out.Extensions, cloudevent.Extension{Name: "modeldigest", Value: c.digest[:12]})
}

// copiedExtensions are the names of extensions that an answer copies from the event.
var copiedExtensions = [...]string{"partitionkey", "traceparent", "tracestate", "correlationid"}

// headerExtensions selects the extensions that are read from the headers of an event.
var headerExtensions = cloudevent.Select(append(copiedExtensions[:], "key")...)

// copyExtension copies the extension named from of in to out, as to, unless it is empty.
func (c *classifier) copyExtension(out, in *cloudevent.Event, from, to string) {
	for i := range in.Extensions {
		if x := in.Extensions[i]; x.Name == from && x.Value != "" {
			x.Name = to
			out.Extensions = append(out.Extensions, x)
			return
		}
	}
}

// answerID returns the first 32 hex digits of SHA-256(source, 0, id, 0, model digest, salt).
func (c *classifier) answerID(source, id, salt string) string {
	b := make([]byte, 0, 256)
	b = append(append(b, source...), 0)
	b = append(append(b, id...), 0)
	b = append(append(b, c.digest...), salt...)
	sum := sha256.Sum256(b)
	var digits [32]byte
	hex.Encode(digits[:], sum[:16])
	return string(digits[:])
}

// refusal returns the event that stands for in, the i-th event of a batch, in the answer to the batch.
func (c *classifier) refusal(ctx context.Context, in *cloudevent.Event, i int, e *Error) *cloudevent.Event {
	salt := "\x00error"
	if in.ID == "" { // otherwise refused events of one batch would have the same id
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
