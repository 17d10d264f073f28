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

// Sink stands in for the receiver of KafkaSinks: it writes an event that is posted to /TOPIC to that topic. 202 means
// that all in-sync replicas have the record. 503 does not mean that the record was not written; an event that is too
// large for its topic gets 503 as well. Like those of a KafkaSink, its answers have no body.
type Sink struct {
	Producer *broker.Producer // its timeout limits the time of an answer (KafkaSink: two minutes)
	Topics   []string         // the topics that may be written to
	// MaxHeaderBytes is the largest size of a request's headers; 0 means 8 KiB, the default of Vert.x.
	MaxHeaderBytes int
	Log            *slog.Logger // nil: nothing is logged

	observe func(topic string, status int, d time.Duration) // nil: nothing is counted
}

const (
	maxEvent       = 32 << 20 // bytes; the limit of a topic is usually far lower
	maxHeaderBytes = 8 << 10
)

// ServeHTTP writes one event in binary or structured mode (IngressRequestHandlerImpl).
func (s *Sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begin := time.Now()
	status, e, err := s.serve(w, r)
	if s.observe != nil {
		s.observe(strings.Trim(r.URL.Path, "/"), status, time.Since(begin))
	}
	if err != nil && s.Log != nil {
		id, source := e.ID(), e.Source()
		if e.Attributes == nil { // it was refused before it was read
			id, source = FromLatin1(r.Header.Get("Ce-Id")), FromLatin1(r.Header.Get("Ce-Source"))
		}
		s.Log.Warn("refused", "path", r.URL.Path, "status", status, "id", truncateForLog(id), "source", truncateForLog(source),
			"error", err)
	}
	w.WriteHeader(status)
}

// truncateForLog returns the part of an attribute that a log takes.
func truncateForLog(s string) string {
	const most = 256
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}

// serve returns the event as far as it could be read.
func (s *Sink) serve(w http.ResponseWriter, r *http.Request) (status int, e Event, err error) {
	topic := strings.Trim(r.URL.Path, "/")
	limit := s.MaxHeaderBytes
	if limit == 0 {
		limit = maxHeaderBytes
	}
	switch {
	case headerBytes(r) > limit:
		return http.StatusRequestHeaderFieldsTooLarge, e, errors.New("the headers are too large")
	case r.Method != http.MethodPost:
		return http.StatusMethodNotAllowed, e, errors.New("not a POST")
	case !slices.Contains(s.Topics, topic):
		return http.StatusNotFound, e, errors.New("no such sink: post to /TOPIC, one of " + strings.Join(s.Topics, ", "))
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
	if err != nil {
		return http.StatusServiceUnavailable, e, err
	}
	if e, err = FromRequest(r.Header, body); err != nil {
		return http.StatusBadRequest, e, err
	}
	if e.keyNotString {
		return http.StatusServiceUnavailable, e, errors.New("the partition key is not a string, so the producer cannot write it")
	}
	record := e.Record(topic)
	newTrace(r.Header.Get("Traceparent"), r.Header.Get("Tracestate")).setRecord(record)
	// Not r's context: a record that the producer has begun to write is not cancelled when the client disconnects.
	if err := s.Producer.Write(s.Producer.Context(), record); err != nil {
		return http.StatusServiceUnavailable, e, err
	}
	return http.StatusAccepted, e, nil
}

// headerBytes returns the size of a request's headers as Netty counts it: the lengths of the lines without their ends.
func headerBytes(r *http.Request) int {
	n := len("Host: ") + len(r.Host)
	for name, values := range r.Header {
		for _, value := range values {
			n += len(name) + len(": ") + len(value)
		}
	}
	return n
}

// FromRequest reads an event in binary or structured mode from a request's header and body (VertxMessageFactory). It
// decodes the values of headers as ISO-8859-1.
func FromRequest(h http.Header, body []byte) (Event, error) {
	content := FromLatin1(h.Get("Content-Type"))
	switch {
	case isStructured(content):
		return parseStructured(body)
	case strings.HasPrefix(content, eventMedia):
		return Event{}, errors.New("only binary mode and structured mode in JSON are supported: post events one by one")
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
		for _, value := range h[name] { // the last value counts, but all must be valid
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
