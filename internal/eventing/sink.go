package eventing

import (
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"reddit-classifier/internal/broker"
)

// Sink is the HTTP side of KafkaSinks: an event posted to /TOPIC is written to that topic, and 202 says that all
// replicas in sync have it. As with KafkaSink, its answers have no body, and a 503 does not say that the record was not
// written: an event that is too large for its topic is answered with it, too.
type Sink struct {
	Producer *broker.Producer // its time-out bounds how long an answer takes (KafkaSink: two minutes)
	Topics   []string         // those that may be written to
	// MaxHeaderBytes is how large the headers of a request may be; 0 means 8 KiB, as Vert.x has it.
	MaxHeaderBytes int
	Log            *slog.Logger // nil: nothing is logged

	answered func(topic string, status int, took time.Duration) // nil: nothing is counted
}

const (
	maxEvent       = 32 << 20 // bytes; the topic's own limit is usually far below
	maxHeaderBytes = 8 << 10
)

// ServeHTTP takes one event in binary or structured mode (IngressRequestHandlerImpl).
func (s *Sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	status, err := s.serve(w, r)
	if s.answered != nil {
		s.answered(strings.Trim(r.URL.Path, "/"), status, time.Since(began))
	}
	if err != nil && s.Log != nil {
		s.Log.Warn("refused", "path", r.URL.Path, "status", status, "error", err)
	}
	w.WriteHeader(status)
}

func (s *Sink) serve(w http.ResponseWriter, r *http.Request) (status int, err error) {
	topic := strings.Trim(r.URL.Path, "/")
	limit := s.MaxHeaderBytes
	if limit == 0 {
		limit = maxHeaderBytes
	}
	switch {
	case headerBytes(r) > limit:
		return http.StatusRequestHeaderFieldsTooLarge, errors.New("the headers are too large")
	case r.Method != http.MethodPost:
		return http.StatusMethodNotAllowed, errors.New("not a POST")
	case !slices.Contains(s.Topics, topic):
		return http.StatusNotFound, errors.New("no such sink: post to /TOPIC, one of " + strings.Join(s.Topics, ", "))
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
	if err != nil {
		return http.StatusServiceUnavailable, err
	}
	e, err := FromRequest(r.Header, body)
	if err != nil {
		return http.StatusBadRequest, err
	}
	if e.keyNotText {
		return http.StatusServiceUnavailable, errors.New("the partition key is no string, which the producer cannot write")
	}
	record := e.Record(topic)
	newTrace(r.Header.Get("Traceparent"), r.Header.Get("Tracestate")).setRecord(record)
	// Not r's context: what the producer has begun to write cannot be taken back when the client goes away.
	if err := s.Producer.Write(s.Producer.Context(), record); err != nil {
		return http.StatusServiceUnavailable, err
	}
	return http.StatusAccepted, nil
}

// headerBytes returns how long the lines of a request's headers are, without their ends, as Netty counts them.
func headerBytes(r *http.Request) int {
	n := len("Host: ") + len(r.Host)
	for name, values := range r.Header {
		for _, value := range values {
			n += len(name) + len(": ") + len(value)
		}
	}
	return n
}

// FromRequest reads an event from a request's header and body, in binary or structured mode (VertxMessageFactory).
// Header values are read as ISO-8859-1.
func FromRequest(h http.Header, body []byte) (Event, error) {
	content := FromLatin1(h.Get("Content-Type"))
	switch {
	case isStructured(content):
		return parseStructured(body)
	case strings.HasPrefix(content, eventMedia):
		return Event{}, errors.New("an event of this content type cannot be read: post it alone, in binary mode or in JSON")
	}
	e, err := newEvent(h.Get("Ce-Specversion"))
	if err != nil {
		return e, err
	}
	for _, name := range slices.Sorted(maps.Keys(h)) { // the order of the request is not known; Content-Type comes last
		attribute, ok := strings.CutPrefix(strings.ToLower(name), "ce-")
		switch {
		case name == "Content-Type":
			attribute = dataContentType
		case !ok || attribute == "" || attribute == specVersion:
			continue
		}
		for _, value := range h[name] { // the last one counts, and all must be valid
			if err := e.set(attribute, FromLatin1(value)); err != nil {
				return e, err
			}
		}
	}
	if len(body) > 0 {
		e.Data = body
	}
	return e, e.check()
}
