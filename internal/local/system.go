// Package local runs the whole system on one machine: Kafka (embedded, or a real cluster), its topics, a source that
// stands in for a KafkaSource, the function on its HTTP server, and a sink that stands in for two KafkaSinks.
//
//	input ──Source──▶ Host(function) ──POST──▶ Sink ──▶ output
//	          └────── refused events ────────▶ Sink ──▶ errors
package local

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	fn "knative.dev/func-go/http"

	"reddit-classifier/function"
	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/eventing"
)

// The names of the topics and their limits in bytes are those of the manifests in config.
const (
	Input          = "reddit-classifier-input"
	Output         = "reddit-classifier-output"
	Errors         = "reddit-classifier-errors"
	partitions     = 2
	maxBytes       = 983_040
	maxErrorsBytes = 1_048_576 // a dead letter is larger than its record
)

const (
	Group       = "reddit-classifier-up" // fixed, so that on a real cluster the next run continues where this one ends
	sinkTimeout = 30 * time.Second
	// grace is the time for requests and writes in flight when the system stops, even if the cluster is unavailable.
	grace = time.Second
)

// Namespace and SourceName are parts of the source attribute of the events that records become.
const (
	Namespace  = "default"
	SourceName = "reddit-classifier"
)

// Config says what to run.
type Config struct {
	Cluster  broker.Cluster // without addresses: an embedded broker
	Listen   string         // address of the function
	Function func(sinkURL string) (fn.Handler, error)
	Delivery eventing.Delivery
	Strict   bool         // lose the records that a KafkaSource loses
	Log      *slog.Logger // nil: nothing is logged
	Comments bool         // set Answer.Comments
	// OnAnswer is called for each record of the output and error topics. Calls do not overlap. It may be nil.
	OnAnswer func(Answer)
	// OnDelivery is called when the source has finished a record. Calls may overlap. It may be nil.
	OnDelivery func(eventing.Outcome)
}

// System is a running system.
type System struct {
	Cluster  broker.Cluster
	Created  []string // topics that did not exist
	config   Config
	sinkURL  string // the URL of a topic's sink is sinkURL/TOPIC
	host     *Host
	client   *kgo.Client      // writes to the input topic
	producer *broker.Producer // of the sink
	inputs   sync.Map         // by event id, the input of an unanswered record
	shutdown []func()         // in order of start
}

// URL returns the URL of the function.
func (s *System) URL() string { return s.host.URL() }

// Start starts all parts, each after the parts that it depends on. [System.Close] stops them.
func Start(ctx context.Context, c Config) (*System, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &System{config: c, Cluster: c.Cluster}
	for _, step := range []func(context.Context) error{
		s.startBroker, s.startTopics, s.watchAnswers, s.startSink, s.startFunction, s.startSource,
	} {
		if err := step(ctx); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

// Close stops all parts in the reverse order of their start, so that events in flight can be finished.
func (s *System) Close() {
	if s.producer != nil { // the source and the function wait for its writes
		defer time.AfterFunc(grace, s.producer.Close).Stop()
	}
	for _, stop := range slices.Backward(s.shutdown) {
		stop()
	}
	s.shutdown = nil
}

func (s *System) onClose(stop func()) { s.shutdown = append(s.shutdown, stop) }

// startBackground calls f in a goroutine. Close cancels the context and waits until f returns.
func (s *System) startBackground(f func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(ctx)
	}()
	s.onClose(func() {
		cancel()
		<-done
	})
}

func (s *System) startBroker(context.Context) error {
	if len(s.Cluster.Addrs) > 0 {
		return nil
	}
	addr, stop, err := broker.Embedded(0)
	if err != nil {
		return err
	}
	s.Cluster.Addrs = []string{addr}
	s.onClose(stop)
	return nil
}

func (s *System) startTopics(ctx context.Context) error {
	client, err := s.Cluster.Connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	limit, errorsLimit := maxBytes, maxErrorsBytes
	if len(s.config.Cluster.Addrs) == 0 {
		limit, errorsLimit = 0, 0 // the limit of the embedded broker is above that of the function
	}
	s.Created, err = broker.Ensure(ctx, client,
		broker.Topic{Name: Input, Partitions: partitions, MaxBytes: limit},
		broker.Topic{Name: Output, Partitions: partitions, MaxBytes: limit},
		broker.Topic{Name: Errors, Partitions: partitions, MaxBytes: errorsLimit})
	return err
}

// watchAnswers reads the output and error topics from their current ends, so that it misses no answer and reads no old
// one.
func (s *System) watchAnswers(ctx context.Context) error {
	producer, err := s.Cluster.NewProducer(ctx, 0, Input)
	if err != nil {
		return err
	}
	client := producer.Client
	s.client = client
	s.onClose(client.Close)
	ends, err := broker.CheckListed(kadm.NewClient(client).ListEndOffsets(ctx, Output, Errors))
	if err != nil {
		return fmt.Errorf("reading the ends of the output and error topics: %w", err)
	}
	watcher, err := s.Cluster.Connect(ctx, kgo.ConsumePartitions(ends.Offsets().KOffsets()))
	if err != nil {
		return err
	}
	s.onClose(watcher.Close)
	s.startBackground(func(ctx context.Context) {
		for ctx.Err() == nil {
			watcher.PollFetches(ctx).EachRecord(s.reportAnswer)
		}
	})
	return nil
}

// reportAnswer reports a record of the output or error topic.
func (s *System) reportAnswer(r *kgo.Record) {
	a := ReadAnswer(r)
	if in, ok := s.inputs.LoadAndDelete(a.EventID); ok {
		a.Text, a.Comments = in.(input).text, in.(input).comments
	}
	if s.config.OnAnswer != nil {
		s.config.OnAnswer(a)
	}
}

func (s *System) startSink(ctx context.Context) error {
	producer, err := s.Cluster.NewProducer(ctx, sinkTimeout, Output, Errors)
	if err != nil {
		return err
	}
	s.producer = producer
	s.onClose(producer.Close)
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("the sink %w", err)
	}
	s.sinkURL = "http://" + l.Addr().String()
	s.startBackground(func(ctx context.Context) {
		err := ServeSink(ctx, l, &eventing.Sink{Producer: producer, Topics: []string{Output, Errors}, Log: s.config.Log})
		if err != nil {
			s.config.Log.Error("the sink ended", "error", err)
		}
	})
	return nil
}

func (s *System) startFunction(ctx context.Context) error {
	function, err := s.config.Function(s.sinkURL + "/" + Output)
	if err != nil {
		return err
	}
	s.host, err = StartHost(ctx, s.config.Listen, function)
	if err != nil {
		return err
	}
	s.onClose(func() {
		if err := s.host.StopWithin(grace); err != nil {
			s.config.Log.Warn("stopping the function", "error", err)
		}
	})
	return nil
}

// input has the texts of a record until it is answered.
type input struct {
	text     string // start of the comment
	comments []string
}

// rememberInput keeps the texts of a record.
func (s *System) rememberInput(r *kgo.Record) {
	in := input{text: snippet(r.Value)}
	if s.config.Comments {
		e := eventing.FromRecord(r, "", eventing.TextKeys)
		in.comments, _ = function.Comments(e.ContentType(), e.Data) // none if the function refuses it
	}
	s.inputs.Store(eventing.Position(r), in)
}

func (s *System) startSource(context.Context) error {
	source := &eventing.Source{
		Client:     s.Cluster.Options(),
		Topic:      Input,
		Group:      Group,
		Sink:       s.host.URL(),
		DeadLetter: s.sinkURL + "/" + Errors,
		Namespace:  Namespace,
		Name:       SourceName,
		Delivery:   s.config.Delivery,
		Strict:     s.config.Strict,
		Grace:      grace,
		Log:        s.config.Log,
		Before:     s.rememberInput,
		After:      s.config.OnDelivery,
	}
	s.startBackground(func(ctx context.Context) {
		if err := source.Run(ctx); err != nil {
			s.config.Log.Error("the source ended", "error", err)
		}
	})
	return nil
}

// maxHeaders is larger than the limit of the sink, so that the sink itself refuses large headers.
const maxHeaders = 8 << 20

// Serve serves handler until ctx is done, then waits for the requests in flight.
func Serve(ctx context.Context, l net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: maxHeaders}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	err := server.Shutdown(ctx)
	<-served
	return err
}

// ServeSink is [Serve] for a sink. After ctx is done, a write in flight has one second; then its post gets 503.
func ServeSink(ctx context.Context, l net.Listener, sink *eventing.Sink) error {
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, sink.Producer.Close) })()
	return Serve(ctx, l, sink)
}

// Feed writes messages to the input topic until next returns [io.EOF]. It calls onWrite for each message that is
// written, with the id of its event.
func (s *System) Feed(ctx context.Context, next func() (Message, error), onWrite func(id string)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	for ctx.Err() == nil {
		m, err := next()
		if err == io.EOF {
			break
		}
		if err != nil {
			cancel(err)
			break
		}
		r := &kgo.Record{Topic: Input, Key: []byte(m.Key), Value: []byte(m.Value)}
		s.client.Produce(ctx, r, func(r *kgo.Record, err error) {
			if err != nil {
				cancel(fmt.Errorf("comment %q cannot be written to %s: %w", m.Key, Input, err))
				return
			}
			onWrite(eventing.Position(r))
		})
	}
	if ctx.Err() == nil {
		s.client.Flush(ctx)
	}
	return context.Cause(ctx)
}
