// Package local runs the whole system on one machine: Kafka (embedded unless there is a real one), its topics, a source
// that stands for a KafkaSource, the function on the HTTP server that it has when deployed, and a sink that stands for
// the two KafkaSinks.
//
//	input ──Source──▶ Host(function) ──POST──▶ Sink ──▶ output
//	          └─ what the function refuses ──▶ Sink ──▶ errors
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

	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/eventing"
)

// Topics are named as the manifests in config name them, and take records as large.
const (
	Input            = "reddit-classifier-input"
	Output           = "reddit-classifier-output"
	Errors           = "reddit-classifier-errors"
	partitions       = 2
	maxBytes         = 983_040
	maxBytesOfErrors = 1_048_576 // a dead letter is its record and more
)

const (
	Group       = "reddit-classifier-up" // one name, so that on a real cluster the next run goes on where this one ends
	sinkTimeout = 30 * time.Second
	// grace is how long what is in flight may take when the system stops: a cluster that is away does not hold it up.
	grace = time.Second
)

// Namespace and SourceName make up the source of the events that records become.
const (
	Namespace  = "default"
	SourceName = "reddit-classifier"
)

// Config says what to run.
type Config struct {
	Cluster  broker.Cluster // without addresses: an embedded one
	Listen   string         // address of the function
	Function func(sink string) (fn.Handler, error)
	Delivery eventing.Delivery
	Strict   bool // the source loses what a KafkaSource loses
	Log      *slog.Logger
	// Answered is called for each record of the output and error topics, one after the other.
	Answered func(Answer)
	// Delivered is called for each record that the source has done with, from several goroutines.
	Delivered func(eventing.Outcome)
}

// System is a running system.
type System struct {
	Cluster  broker.Cluster
	Created  []string // topics that did not exist
	config   Config
	sink     string // address of the sinks, which the topics' names follow
	host     *Host
	client   *kgo.Client      // feeds and watches
	producer *broker.Producer // the sinks'
	texts    sync.Map         // event id → start of its comment
	shutdown []func()         // in order of start
}

// URL is where the function takes events.
func (s *System) URL() string { return s.host.URL() }

// Start starts everything, in the order of dependence, and returns when records are being consumed. Close stops it.
func Start(ctx context.Context, c Config) (*System, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &System{config: c, Cluster: c.Cluster}
	for _, step := range []func(context.Context) error{
		s.startBroker, s.startTopics, s.startWatch, s.startSink, s.startFunction, s.startSource,
	} {
		if err := step(ctx); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

// Close stops everything, last started first, so that what is in flight can still be finished.
func (s *System) Close() {
	if s.producer != nil { // source and function wait for it
		defer time.AfterFunc(grace, s.producer.Close).Stop()
	}
	for _, stop := range slices.Backward(s.shutdown) {
		stop()
	}
	s.shutdown = nil
}

func (s *System) atEnd(stop func()) { s.shutdown = append(s.shutdown, stop) }

// background runs f until the system closes, which waits for it.
func (s *System) background(f func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(ctx)
	}()
	s.atEnd(func() {
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
	s.atEnd(stop)
	return nil
}

func (s *System) startTopics(ctx context.Context) error {
	client, err := s.Cluster.Connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	limit, limitOfErrors := maxBytes, maxBytesOfErrors
	if len(s.config.Cluster.Addrs) == 0 {
		limit, limitOfErrors = 0, 0 // the embedded broker takes more than the function does
	}
	s.Created, err = broker.Ensure(ctx, client,
		broker.Topic{Name: Input, Partitions: partitions, MaxBytes: limit},
		broker.Topic{Name: Output, Partitions: partitions, MaxBytes: limit},
		broker.Topic{Name: Errors, Partitions: partitions, MaxBytes: limitOfErrors})
	return err
}

// startWatch reads the output and error topics from where they end now, so that no answer is missed and no old one is
// shown.
func (s *System) startWatch(ctx context.Context) error {
	producer, err := s.Cluster.NewProducer(ctx, 0, Input)
	if err != nil {
		return err
	}
	client := producer.Client
	s.client = client
	s.atEnd(client.Close)
	ends, err := kadm.NewClient(client).ListEndOffsets(ctx, Output, Errors)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return fmt.Errorf("where the topics end: %w", err)
	}
	watcher, err := s.Cluster.Connect(ctx, kgo.ConsumePartitions(ends.Offsets().KOffsets()))
	if err != nil {
		return err
	}
	s.atEnd(watcher.Close)
	s.background(func(ctx context.Context) {
		for ctx.Err() == nil {
			watcher.PollFetches(ctx).EachRecord(s.answered)
		}
	})
	return nil
}

func (s *System) answered(r *kgo.Record) {
	a := ReadAnswer(r)
	if text, ok := s.texts.LoadAndDelete(a.Of); ok {
		a.Text = text.(string)
	}
	if s.config.Answered != nil {
		s.config.Answered(a)
	}
}

func (s *System) startSink(ctx context.Context) error {
	producer, err := s.Cluster.NewProducer(ctx, sinkTimeout, Output, Errors)
	if err != nil {
		return err
	}
	s.producer = producer
	s.atEnd(producer.Close)
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("the sink %w", err)
	}
	s.sink = "http://" + l.Addr().String()
	s.background(func(ctx context.Context) {
		err := ServeSink(ctx, l, &eventing.Sink{Producer: producer, Topics: []string{Output, Errors}, Log: s.config.Log})
		if err != nil {
			s.config.Log.Error("the sink ended", "error", err)
		}
	})
	return nil
}

func (s *System) startFunction(ctx context.Context) error {
	function, err := s.config.Function(s.sink + "/" + Output)
	if err != nil {
		return err
	}
	s.host, err = StartHost(ctx, s.config.Listen, function)
	if err != nil {
		return err
	}
	s.atEnd(func() {
		if err := s.host.StopWithin(grace); err != nil {
			s.config.Log.Warn("stopping the function", "error", err)
		}
	})
	return nil
}

func (s *System) startSource(context.Context) error {
	source := &eventing.Source{
		Client:     s.Cluster.Options(),
		Topic:      Input,
		Group:      Group,
		Sink:       s.host.URL(),
		DeadLetter: s.sink + "/" + Errors,
		Namespace:  Namespace,
		Name:       SourceName,
		Delivery:   s.config.Delivery,
		Strict:     s.config.Strict,
		Grace:      grace,
		Log:        s.config.Log,
		Before:     func(r *kgo.Record) { s.texts.Store(eventing.Position(r), snippet(r.Value)) },
		After:      s.config.Delivered,
	}
	s.background(func(ctx context.Context) {
		if err := source.Run(ctx); err != nil {
			s.config.Log.Error("the source ended", "error", err)
		}
	})
	return nil
}

// maxHeaders is more than a sink takes, so that it is the sink who refuses them.
const maxHeaders = 8 << 20

// Serve serves handler until ctx is done, then waits for what is in flight.
func Serve(ctx context.Context, l net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: maxHeaders}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	err := server.Shutdown(ctx)
	<-served
	return err
}

// ServeSink is Serve, but that what is in flight has only a moment to be written; then its post is answered with 503.
func ServeSink(ctx context.Context, l net.Listener, sink *eventing.Sink) error {
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, sink.Producer.Close) })()
	return Serve(ctx, l, sink)
}

// Feed writes messages to the input topic until next returns io.EOF. Each is reported to sent when it is written, with
// the id of the event that it becomes.
func (s *System) Feed(ctx context.Context, next func() (Message, error), sent func(id string)) error {
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
			sent(eventing.Position(r))
		})
	}
	if ctx.Err() == nil {
		s.client.Flush(ctx)
	}
	return context.Cause(ctx)
}
