// Package deadletter reads the dead letters in an error topic. They have two forms. A KafkaSource posts the refused
// event itself, with extensions that describe the failure, to its deadLetterSink. The function posts an event of its
// own, with the refused event in its data, to DEAD_LETTER_SINK.
package deadletter

import (
	"encoding/json"
	"maps"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/function"
	"reddit-classifier/internal/eventing"
)

// Letter is a dead letter.
type Letter struct {
	eventing.Refusal
	Origin     string         // id of the event that the function got: of the batch if an event of a batch was refused
	Key        string         // key of the refused record
	Topic      string         // topic of the refused record; empty if unknown
	Event      eventing.Event // the refused event, as far as it could be read
	Incomplete bool           // the data was omitted, and is only in the origin

	raw *kgo.Record // the refused record, if its value could not be read as one event
}

// Read reads a dead letter from a record. It returns false if the record is not a dead letter.
func Read(r *kgo.Record) (l Letter, ok bool) {
	e, err := eventing.UnpackDeadLetter(r)
	switch {
	case err != nil:
		return Letter{}, false
	case e.IsDeadLetter():
		return fromSource(e), true
	case e.Attributes["type"] == function.ErrorType:
		return fromFunction(e)
	}
	return Letter{}, false
}

// fromSource reads a dead letter of a KafkaSource.
func fromSource(e eventing.Event) Letter {
	l := Letter{Refusal: e.Refusal(), Origin: e.ID(), Key: e.Attributes[eventing.PartitionKey], Event: e}
	l.Incomplete = e.Attributes[eventing.DataOmitted] != ""
	l.Event.Attributes = maps.Clone(e.Attributes)
	maps.DeleteFunc(l.Event.Attributes, func(name, _ string) bool {
		return name == eventing.KafkaPartition || name == eventing.KafkaOffset ||
			strings.HasPrefix(name, eventing.ErrorPrefix)
	})
	if e.Attributes["type"] == eventing.RecordType {
		_, l.Topic, _ = strings.Cut(e.Source(), "#")
	}
	return l
}

// fromFunction reads a dead letter of the function.
func fromFunction(e eventing.Event) (Letter, bool) {
	var f function.Letter
	if json.Unmarshal(e.Data, &f) != nil || f.Reason == "" || f.Mode == "" && !f.DataOmitted {
		return Letter{}, false // for example an error in the answer to a batch
	}
	l := Letter{
		Refusal: eventing.Refusal{Code: strconv.Itoa(f.Code), Reason: f.Reason, Message: f.Error},
		Origin:  f.Origin.ID, Key: f.Origin.Key, Topic: f.Origin.Topic, Incomplete: f.DataOmitted || f.Shortened,
		Event: eventing.Event{Attributes: make(map[string]string), Data: f.Data},
	}
	for name, value := range f.Event {
		l.Event.Attributes[name] = value
	}
	for name, value := range f.EventBase64 {
		l.Event.Attributes[name] = eventing.FromLatin1(string(value)) // the source encoded it so
	}
	for _, name := range []string{"id", "source", "type"} { // every event of a KafkaSource has them, possibly empty
		if _, ok := l.Event.Attributes[name]; !ok {
			l.Event.Attributes[name] = ""
		}
	}
	if l.Origin == "" {
		l.Origin = l.Event.ID()
	}
	delete(l.Event.Attributes, eventing.KafkaPartition)
	delete(l.Event.Attributes, eventing.KafkaOffset)
	media := map[string]string{
		function.ModeStructured: "application/cloudevents+json",
		function.ModeBatch:      "application/cloudevents-batch+json",
	}
	if media, ok := media[f.Mode]; ok {
		l.raw = &kgo.Record{Value: f.Data, Headers: []kgo.RecordHeader{{Key: "content-type", Value: []byte(media)}}}
		if l.Key != "" {
			l.raw.Key = []byte(l.Key)
		}
	}
	return l, true
}

// IsRaw reports whether the refused record could not be read as one event, so that the dead letter has its value as it
// was.
func (l Letter) IsRaw() bool { return l.raw != nil }

// Record returns the refused record for a topic, with one more attribute. An event is in binary mode, whatever its mode
// was.
func (l Letter) Record(topic, name, value string) *kgo.Record {
	if l.raw == nil {
		e := l.Event
		e.Attributes = maps.Clone(e.Attributes)
		e.Attributes[name] = value
		r := e.Record(topic)
		if r.Key == nil && l.Key != "" {
			r.Key = []byte(l.Key)
		}
		return r
	}
	r := *l.raw
	r.Topic = topic
	r.Headers = append(
		r.Headers[:len(r.Headers):len(r.Headers)],
		kgo.RecordHeader{Key: "ce_" + name, Value: []byte(value)},
	)
	return &r
}
