package eventing

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"

	"reddit-classifier/internal/broker"
)

// Sink is the HTTP side of KafkaSinks: an event posted to /TOPIC is written to that topic, and 202 says that all replicas in sync
// have it. As with KafkaSink, a 503 does not say that the record was not written.
type Sink struct {
	Producer *broker.Producer // its time-out bounds how long an answer takes (KafkaSink: two minutes)
	Topics   []string         // those that may be written to
	Log      *slog.Logger     // nil: nothing is logged
}

const maxEvent = 32 << 20 // bytes; the topic's own limit is usually far below

// ServeHTTP takes one event in binary or structured mode.
func (s *Sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	topic := strings.Trim(r.URL.Path, "/")
	switch {
	case !s.has(topic):
		http.Error(w, "no such sink: post to /TOPIC, one of "+strings.Join(s.Topics, ", "), http.StatusNotFound)
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "post a CloudEvent", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	e, err := FromRequest(r.Header, body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	// Not r's context: what the producer has begun to write cannot be taken back when the client goes away.
	err = s.Producer.Write(s.Producer.Context(), e.Record(topic))
	switch {
	case err == nil:
		w.WriteHeader(http.StatusAccepted)
	case errors.Is(err, kerr.MessageTooLarge):
		http.Error(w, "the event is larger than the topic's max.message.bytes", http.StatusRequestEntityTooLarge)
	default:
		if s.Log != nil {
			s.Log.Warn("producing", "topic", topic, "id", e.ID(), "error", err)
		}
		http.Error(w, "not written, or not known to be: "+err.Error(), http.StatusServiceUnavailable)
	}
}

func (s *Sink) has(topic string) bool {
	for _, t := range s.Topics {
		if t == topic {
			return true
		}
	}
	return false
}
