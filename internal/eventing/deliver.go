package eventing

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// deliver posts a record to the sink and, if the sink does not accept it, to the dead letter sink. It returns false if
// ctx was done before either accepted it. The end of ctx does not cancel an attempt under way; the end of requests
// does.
func (s *Source) deliver(ctx, requests context.Context, r queuedRecord) bool {
	if s.Before != nil {
		s.Before(r.Record)
	}
	begin := time.Now()
	o := Outcome{Record: r.Record, Loss: lossBeforePost(r)}
	if o.Loss != "" && s.Strict {
		o.Lost = true
	} else if !s.post(ctx, requests, &o) {
		return false // the next owner of the partition delivers it
	}
	if o.Loss != "" {
		s.losses.report(Position(r.Record), o.Loss)
	}
	if s.After != nil {
		o.Duration = time.Since(begin)
		s.After(o)
	}
	return true
}

// lossBeforePost returns why a KafkaSource loses the record before it posts it.
func lossBeforePost(r queuedRecord) Loss {
	switch {
	case hasNullHeader(r.Record): // an event is lost as well: the tracer fails on it
		return NullHeader
	case r.failedPoll && isPlain(r.Record):
		return PolledWithNullHeader
	}
	return ""
}

// post brings a record to the sink or to the dead letter sink, and records the outcome in o. It returns false if ctx
// was done before either accepted it.
func (s *Source) post(ctx, requests context.Context, o *Outcome) bool {
	e := FromRecord(o.Record, "/apis/v1/namespaces/"+s.Namespace+"/kafkasources/"+s.Name, s.Keys)
	trace := recordTrace(o.Record)
	if o.Loss == "" && len(e.setHeader(make(http.Header))) > 0 {
		o.Loss = ControlCharacter
	}
	var r result
	r, o.Attempts = s.postWithRetries(ctx, requests, e, trace)
	if r.accepted() {
		return true
	}
	if ctx.Err() != nil && !r.isFinal() {
		return false
	}
	letter := e.With(r.extensions(s.Sink))
	s.Log.Warn("dead letter", "id", truncateForLog(e.ID()), "source", truncateForLog(e.Source()), "attempts", o.Attempts,
		"reason", letter.Refusal().Reason, "answer", r.String())
	return s.postDeadLetter(ctx, requests, letter, trace, o)
}

// postWithRetries posts an event until the sink accepts it, refuses it for good, or the retries of s.Delivery are used
// up. It returns the result of the last attempt.
func (s *Source) postWithRetries(ctx, requests context.Context, e Event, trace trace) (r result, attempts int) {
	for n := 1; ; n++ {
		r = s.sink.post(requests, e, trace, s.Delivery.Timeout)
		if r.accepted() || r.isFinal() || n > s.Delivery.Retry {
			return r, n
		}
		backoff := s.Delivery.backoff(n)
		level := slog.LevelDebug
		if n == 1 { // one warning per event: with one per attempt, a long outage of the function would flood the log
			level = slog.LevelWarn
		}
		s.Log.Log(ctx, level, "retrying", "id", e.ID(), "attempt", n, "backoff", backoff, "answer", r.String())
		if !sleep(ctx, backoff) {
			return r, n
		}
	}
}

// postDeadLetter posts a dead letter until it is accepted. It returns false if ctx was done before.
//
// A KafkaSource posts a dead letter in binary mode as often as the event itself; then it commits and loses it. So does
// a Strict source. Otherwise, a dead letter that is refused is posted in structured mode, one that seems to be too
// large is posted without its data, and a sink that is unavailable is retried until it accepts.
func (s *Source) postDeadLetter(ctx, requests context.Context, e Event, trace trace, o *Outcome) bool {
	structured := false
	for n := 1; ; n++ {
		var r result
		if structured {
			r = s.deadLetter.postStructured(requests, e, s.Delivery.Timeout)
		} else {
			r = s.deadLetter.post(requests, e, trace, s.Delivery.Timeout)
		}
		switch {
		case r.accepted():
			o.DeadLettered = true
			return true
		case r.isFinal() && (structured || s.Strict):
			s.reportLoss(e, r, DeadLetterRefused, o)
			return true
		case r.isFinal():
			structured, o.Loss = true, DeadLetterRefused
			continue
		case n > s.Delivery.Retry && s.Strict:
			why := DeadLetterTimeout
			if o.Loss != "" {
				why = o.Loss // the control character
			}
			s.reportLoss(e, r, why, o)
			return true
		case r.status == http.StatusServiceUnavailable && len(e.Data) >= largeDeadLetter && n >= 3:
			// The extensions have made it too large for its topic. Its offset in the input topic tells where the data
			// is.
			o.Loss = DeadLetterTimeout
			e = e.With(map[string]string{DataOmitted: "true"})
			e.Data = nil
			continue
		}
		s.Log.Warn("the dead letter sink does not accept", "id", e.ID(), "attempt", n, "answer", r.String())
		if !sleep(ctx, min(s.Delivery.backoff(min(n, 10)), 10*time.Second)) {
			return false
		}
	}
}

// reportLoss gives up a record that neither sink accepts.
func (s *Source) reportLoss(e Event, r result, why Loss, o *Outcome) {
	s.Log.Error("a dead letter is lost: neither the function nor the dead letter sink accepts it",
		"id", e.ID(), "answer", r.String())
	o.Lost, o.Loss = true, why
}

// sleep waits for d. It returns false if ctx was done before.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
