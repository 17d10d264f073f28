package function

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"reddit-classifier/cloudevent"
)

// Letter is the data of an event of type [ErrorType] that is posted to DEAD_LETTER_SINK. It says why an event was
// refused, and has everything that is needed to deliver the event again.
type Letter struct {
	Error  string    `json:"error"`
	Reason string    `json:"reason"`
	Code   int       `json:"code"`
	Time   time.Time `json:"time"` // when it was refused
	Origin Origin    `json:"origin"`
	// Event has the attributes of the event by name, including datacontenttype, as far as they could be read. Values that
	// are not valid UTF-8 are in EventBase64 instead.
	Event       map[string]string `json:"event"`
	EventBase64 map[string][]byte `json:"event_base64,omitempty"`
	// Mode says what Data is: the event's data ([ModeBinary]), an event as JSON ([ModeStructured]), or a JSON array of
	// events ([ModeBatch]).
	Mode string `json:"mode"`
	Data []byte `json:"data_base64,omitempty"`
	// DataOmitted says that Data was left out because the letter would have been too large. The data is then only in the
	// record that Origin names.
	DataOmitted bool `json:"data_omitted,omitempty"`
	// Shortened says that attributes were omitted or truncated too.
	Shortened bool `json:"shortened,omitempty"`
}

// Origin says where an event came from, as far as a KafkaSource has recorded it in the event.
type Origin struct {
	Source    string `json:"source,omitempty"`
	Topic     string `json:"topic,omitempty"`
	Partition *int   `json:"partition,omitempty"`
	Offset    *int64 `json:"offset,omitempty"`
	Key       string `json:"key,omitempty"`
	ID        string `json:"id,omitempty"`
	Time      string `json:"time,omitempty"`
}

// The values of [Letter].Mode.
const (
	ModeBinary     = "binary"
	ModeStructured = "structured"
	ModeBatch      = "batch"
)

// maxLetter is the maximum size of a letter's data in bytes: what a KafkaSink's producer sends, minus attributes.
const maxLetter = 1<<20 - attributesRoom

// maxLetterAttribute is the maximum size of an attribute, in bytes, in a letter that is too large even without its
// data.
const maxLetterAttribute = 1 << 10

// rejectedEvent is a refused event, as far as it could be read.
type rejectedEvent struct {
	event   *cloudevent.Event
	carrier *cloudevent.Event // the event in the headers of the request; in binary mode the event itself
	mode    string            // empty: the data could not be kept
	data    []byte
	index   int // in its batch
	kind    shape
	refusal *Error
}

// carrierOf returns the event in a request's headers. A request in structured mode or with a batch has such headers if
// it is a record that a KafkaSource has wrapped.
func carrierOf(h http.Header) *cloudevent.Event {
	e := &cloudevent.Event{}
	_ = e.ReadHeaders(h, nil) // as far as it can be read
	return e
}

// letter returns the event about a refused event. Its id depends only on the event and the model, so that a second
// delivery gets the same id.
func (c *classifier) letter(ctx context.Context, u *rejectedEvent) *cloudevent.Event {
	in := u.event
	salt := "\x00error"
	if in.ID == "" || in.Source == "" { // they do not identify the event: add what does
		sum := sha256.Sum256(u.data)
		salt += strings.Join([]string{
			u.carrier.Source, u.carrier.ID, strconv.Itoa(u.index), hex.EncodeToString(sum[:]),
		}, "\x00")
	}
	out := &cloudevent.Event{}
	c.envelope(ctx, out, in, ErrorType, salt)
	if !out.Has("partitionkey") {
		if key := partitionKey(u.carrier); key != "" {
			out.SetExtension(cloudevent.Extension{Name: "partitionkey", Value: key})
		}
	}
	out.SetExtension(cloudevent.Extension{Name: "code", Value: strconv.Itoa(u.refusal.Code), Bare: true})
	out.SetExtension(cloudevent.Extension{Name: "reason", Value: u.refusal.Reason})
	l := Letter{
		Error:  u.refusal.Message,
		Reason: u.refusal.Reason,
		Code:   u.refusal.Code,
		Time:   time.Now().UTC(),
		Mode:   u.mode,
		Data:   u.data,
	}
	l.Origin = originOf(u.carrier, in)
	l.Event, l.EventBase64 = attributesOf(in)
	l.DataOmitted = u.mode == ""
	out.Data, _ = json.Marshal(l)
	if exceedsRecord(out) {
		l.Data, l.DataOmitted = nil, true
		out.Data, _ = json.Marshal(l)
	}
	if exceedsRecord(out) {
		l.shorten()
		out.Data, _ = json.Marshal(l)
		out.Subject = truncateAttribute(out.Subject)
		for i := range out.Extensions {
			out.Extensions[i].Value = truncateAttribute(out.Extensions[i].Value)
		}
	}
	return out
}

// exceedsRecord reports whether a letter does not fit into a record. Its partition key counts twice: it is also the
// record's key.
func exceedsRecord(e *cloudevent.Event) bool {
	return len(e.Data) > maxLetter || e.AttributesSize()+len(e.Extension("partitionkey")) > attributesRoom
}

// shorten omits all extensions but partitionkey, and truncates the attributes that are left.
func (l *Letter) shorten() {
	l.Shortened = true
	l.EventBase64 = nil
	short := map[string]string{}
	for _, name := range []string{
		"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "partitionkey",
	} {
		if value := l.Event[name]; value != "" {
			short[name] = truncateAttribute(value)
		}
	}
	l.Event = short
	o := &l.Origin
	for _, s := range []*string{&o.Source, &o.Topic, &o.Key, &o.ID, &o.Time} {
		*s = truncateAttribute(*s)
	}
}

func truncateAttribute(s string) string {
	if len(s) > maxLetterAttribute {
		return strings.ToValidUTF8(s[:maxLetterAttribute], "")
	}
	return s
}

// originOf returns the origin that a KafkaSource has recorded: in the request's headers, carrier, or in the event
// itself.
func originOf(carrier, in *cloudevent.Event) Origin {
	from := carrier
	if from.Source == "" {
		from = in
	}
	o := Origin{
		Source: toValidUTF8(from.Source), Key: toValidUTF8(partitionKey(from)),
		ID: toValidUTF8(from.ID), Time: toValidUTF8(from.Time),
	}
	if path, topic, ok := strings.Cut(from.Source, "#"); ok && strings.Contains(path, "/kafkasources/") {
		o.Topic = toValidUTF8(topic)
	}
	if n, err := strconv.Atoi(from.Extension("knativekafkapartition")); err == nil {
		o.Partition = &n
	}
	if n, err := strconv.ParseInt(from.Extension("knativekafkaoffset"), 10, 64); err == nil {
		o.Offset = &n
	}
	return o
}

// partitionKey returns the Kafka key of an event.
func partitionKey(e *cloudevent.Event) string {
	if key := e.Extension("partitionkey"); key != "" {
		return key
	}
	return e.Extension("key")
}

func toValidUTF8(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

// attributesOf returns the attributes of an event by name, in a map of their own those that are not valid UTF-8.
func attributesOf(e *cloudevent.Event) (valid map[string]string, others map[string][]byte) {
	valid = map[string]string{}
	for name, value := range e.All() {
		if utf8.ValidString(value) {
			valid[name] = value
			continue
		}
		if others == nil {
			others = map[string][]byte{}
		}
		others[name] = []byte(value)
	}
	return valid, others
}

// isEvent reports whether a request is meant to be an event: it has a Ce- header, or a content type of events. Every
// request of a KafkaSource has one of them.
func isEvent(h http.Header) bool {
	if len(h["Ce-Specversion"]) > 0 || len(h["Ce-Id"]) > 0 {
		return true
	}
	if contentType := firstHeader(h, "Content-Type"); len(contentType) >= len(eventTypes) &&
		strings.EqualFold(contentType[:len(eventTypes)], eventTypes) {
		return true
	}
	for name := range h {
		if strings.HasPrefix(name, "Ce-") {
			return true
		}
	}
	return false
}

// eventTypes is the prefix of the content types of events.
const eventTypes = "application/cloudevents"

// isRefusal reports whether the error is a refusal of the event, which sending it again cannot change. Then it becomes
// a letter.
func (e *Error) isRefusal() bool {
	return e.Code/100 == 4 && e.Code != http.StatusMethodNotAllowed && e.Reason != errIncomplete.Reason
}

// maxServing is the maximum time of a request including the delivery of its letter: the server gives up after 30s.
const maxServing = 28 * time.Second

// deliver posts the letter of a refused event. Its error is a 503.
func (r *servingState) deliver(ctx context.Context, b *buffers, u *rejectedEvent) error {
	ctx, cancel := context.WithDeadlineCause(ctx, b.began.Add(maxServing), r.letters.timeoutError())
	defer cancel()
	err := r.letters.postStructured(ctx, r.classifier.letter(ctx, u), b.trace)
	if err == nil {
		r.observer.delivered(u.event, u.refusal)
		return nil
	}
	e := AsError(err)
	return &Error{
		Code: http.StatusServiceUnavailable, Reason: "dead_letter_sink",
		Message: "the event is refused (" + u.refusal.Reason + "), and the dead letter sink has not accepted it: " +
			e.Message + " (" + e.Reason + ")",
		cause: e.cause,
	}
}
