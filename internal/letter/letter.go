// Package letter reads the records of an error topic. Dead letters come in two forms: what a KafkaSource's
// deadLetterSink got, which is the event with extensions that tell of the failure, and what the function itself has
// posted to its DEAD_LETTER_SINK, which is an event with the refused one in its data.
package letter

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
	Origin     string         // id of the event that came: of the batch, when one of several was refused
	Key        string         // of the record that was refused
	Topic      string         // that it was in; empty when that is not known
	Event      eventing.Event // the one that was refused, as far as it could be read
	Incomplete bool           // the data is only where the event came from

	whole *kgo.Record // the record as it was, of an event that could not be read
}

// Read reads a record; ok is false when it is no dead letter.
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

// fromSource reads a letter of a KafkaSource.
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

// fromFunction reads a letter of the function.
func fromFunction(e eventing.Event) (Letter, bool) {
	var f function.Letter
	if json.Unmarshal(e.Data, &f) != nil || f.Reason == "" || f.Mode == "" && !f.DataOmitted {
		return Letter{}, false // of a batch's answer, say
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
		l.Event.Attributes[name] = eventing.FromLatin1(string(value)) // as the source has encoded it
	}
	for _, name := range []string{"id", "source", "type"} { // an event of a KafkaSource has them all, even if empty
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
		l.whole = &kgo.Record{Value: f.Data, Headers: []kgo.RecordHeader{{Key: "content-type", Value: []byte(media)}}}
		if l.Key != "" {
			l.whole.Key = []byte(l.Key)
		}
	}
	return l, true
}

// Whole tells whether the letter has the value of the record that was refused, which could not be read as an event, or
// not as one.
func (l Letter) Whole() bool { return l.whole != nil }

// Record returns the record that was refused, for a topic: as the event that it was, in Kafka's binary mode; with an
// attribute more.
func (l Letter) Record(topic, name, value string) *kgo.Record {
	if l.whole == nil {
		e := l.Event
		e.Attributes = maps.Clone(e.Attributes)
		e.Attributes[name] = value
		r := e.Record(topic)
		if r.Key == nil && l.Key != "" {
			r.Key = []byte(l.Key)
		}
		return r
	}
	r := *l.whole
	r.Topic = topic
	r.Headers = append(
		r.Headers[:len(r.Headers):len(r.Headers)],
		kgo.RecordHeader{Key: "ce_" + name, Value: []byte(value)},
	)
	return &r
}
