package eventing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Source stands in for a KafkaSource: it consumes a topic and posts each record as a CloudEvent to Sink. An event that
// Sink does not accept is posted to DeadLetter. The record is committed when one of the two has accepted it.
//
// A record that a KafkaSource would lose is delivered and logged; with Strict it is lost as well. The exported fields
// are set before [Source.Run] and do not change afterwards.
type Source struct {
	Client     []kgo.Opt // options of the client that reaches the cluster
	Topic      string
	Group      string
	Sink       string // URL to which events are posted
	DeadLetter string // URL to which events are posted that Sink does not accept
	Namespace  string // of the KafkaSource, as are Name and Keys
	Name       string
	Keys       KeyType
	Strict     bool // lose the records that a KafkaSource loses
	Unordered  bool // allow many events in flight per partition instead of one
	InFlight   int  // limit of events in flight over all partitions if Unordered; 0 means 100
	FromEnd    bool // a new group starts at the end of the topic (initialOffset: latest)
	Delivery   Delivery
	// Grace is how long a request in flight may still take after the context of Run is done. 0 means 30 seconds, which
	// is also the time that such a request has when its partition is assigned to another consumer.
	Grace time.Duration
	Log   *slog.Logger // nil: nothing is logged

	// Before is called before a record's first attempt, After when the record needs no more work. Either may be nil.
	// The calls for one partition are in the order of its records unless Unordered.
	Before func(*kgo.Record)
	After  func(Outcome)

	sink       sender
	deadLetter sender
	losses     losses
	client     *kgo.Client
	slots      chan struct{}   // has an element per event in flight if Unordered
	runCtx     context.Context // the context of Run
	leaving    atomic.Bool     // the last commit was tried; the source is about to leave the group

	mu      sync.Mutex
	workers map[int32]*partitionWorker
}

// Outcome is the end of a record's delivery.
type Outcome struct {
	Record       *kgo.Record
	DeadLettered bool          // the dead letter sink accepted it
	Loss         Loss          // why a KafkaSource would lose it
	Lost         bool          // this source lost it as well
	Attempts     int           // posts to Sink
	Duration     time.Duration // from the first attempt until it needed no more work
}

const (
	commitEvery  = 5 * time.Second // auto.commit.interval.ms
	leaveTimeout = 3 * time.Second
	// inFlightGrace is how long a request in flight may still take after its partition is assigned to another consumer
	// or the source stops. It is the time limit of a request in func-go. Two events of one key can be in flight at the
	// same time only while it runs.
	inFlightGrace = 30 * time.Second
	maxPoll       = 50 // max.poll.records
	// A partition is paused when its worker has maxQueue records, and resumed at half of that. The rest lasts for
	// longer than fetchWait, the time for which a fetch without the partition may still be under way.
	maxQueue  = 2000
	fetchWait = 100 * time.Millisecond
	// The source waits pollErrorBackoff after a poll that failed, and logs an error that persists once in
	// logErrorEvery.
	pollErrorBackoff = 200 * time.Millisecond
	logErrorEvery    = 30 * time.Second
	checkTopicEvery  = time.Second
	// largeDeadLetter is the size in bytes from which a dead letter that gets 503 may be too large for its topic. The
	// usual limit of a topic is 1 MiB.
	largeDeadLetter = 900 << 10
)

// errTopicDeleted is the cause of the end of consume when the topic was deleted. A topic that has its name later is
// another topic.
var errTopicDeleted = errors.New("the topic was deleted")

// Run delivers records until ctx is done. Then it waits for the events in flight, commits and leaves the group. It
// returns an error only if another try cannot help.
func (s *Source) Run(ctx context.Context) error {
	if err := s.prepare(); err != nil {
		return err
	}
	defer s.losses.summarize()
	defer s.sink.client.CloseIdleConnections()
	start := kgo.NewOffset().AtStart()
	if s.FromEnd {
		start = kgo.NewOffset().AtEnd()
	}
	for {
		err := s.consume(ctx, start)
		if !errors.Is(err, errTopicDeleted) {
			return err
		}
		s.Log.Warn("the topic was deleted; waiting until it is created again", "topic", s.Topic)
		if err := s.awaitTopic(ctx); err != nil {
			return err
		}
		start = kgo.NewOffset().AtStart()
	}
}

// awaitTopic returns when the topic exists, or ctx is done.
func (s *Source) awaitTopic(ctx context.Context) error {
	client, err := kgo.NewClient(s.Client...)
	if err != nil {
		return fmt.Errorf("source: %w", err)
	}
	defer client.Close()
	for {
		topics, err := kadm.NewClient(client).ListTopics(ctx, s.Topic)
		if err == nil && topics.Has(s.Topic) || !sleep(ctx, time.Second) {
			return nil
		}
	}
}

// consume delivers records until ctx is done. It returns errTopicDeleted when the topic is deleted.
func (s *Source) consume(ctx context.Context, start kgo.Offset) error {
	client, err := kgo.NewClient(append(append([]kgo.Opt(nil), s.Client...),
		kgo.ConsumerGroup(s.Group),
		kgo.ConsumeTopics(s.Topic),
		kgo.ConsumeResetOffset(start),
		kgo.FetchMaxWait(fetchWait),
		kgo.BlockRebalanceOnPoll(), // a record reaches its worker before its partition can be revoked
		kgo.AutoCommitMarks(),
		kgo.AutoCommitInterval(commitEvery),
		kgo.OnPartitionsRevoked(s.revoked),
		kgo.OnPartitionsLost(s.lost),
	)...)
	if err != nil {
		return fmt.Errorf("source: %w", err)
	}
	s.client, s.runCtx = client, ctx
	s.leaving.Store(false)
	topicCtx, cancel := context.WithCancelCause(ctx)
	var watcher sync.WaitGroup
	watcher.Go(func() { s.watchTopic(topicCtx, cancel) })
	err = s.poll(topicCtx)
	cancel(nil)
	watcher.Wait()
	s.close(err == nil) // the offsets of a deleted topic mean nothing in the next one
	return err
}

// watchTopic calls cancel with errTopicDeleted when the topic does not exist any more, or has another id. Fetches do
// not always report it.
func (s *Source) watchTopic(ctx context.Context, cancel context.CancelCauseFunc) {
	admin := kadm.NewClient(s.client)
	var id kadm.TopicID
	for sleep(ctx, checkTopicEvery) {
		topics, err := admin.ListTopics(ctx, s.Topic)
		if err != nil || topics[s.Topic].Err != nil && !errors.Is(topics[s.Topic].Err, kerr.UnknownTopicOrPartition) {
			continue // unknown for now
		}
		now := topics[s.Topic].ID
		if !topics.Has(s.Topic) || id != (kadm.TopicID{}) && now != id {
			cancel(errTopicDeleted)
			return
		}
		id = now
	}
}

func (s *Source) prepare() error {
	switch {
	case s.Sink == "":
		return errors.New("source: Sink is empty: set the URL to which events are posted")
	case s.DeadLetter == "":
		return errors.New("source: DeadLetter is empty: events that the function refuses would be lost")
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.InFlight <= 0 {
		s.InFlight = 100
	}
	if s.Grace <= 0 {
		s.Grace = inFlightGrace
	}
	client := newClient()
	s.losses = losses{log: s.Log, strict: s.Strict}
	s.sink = sender{client, s.Sink, s.Namespace, s.Strict}
	s.deadLetter = sender{client, s.DeadLetter, s.Namespace, s.Strict}
	s.slots = make(chan struct{}, s.InFlight)
	s.mu.Lock()
	s.workers = make(map[int32]*partitionWorker)
	s.mu.Unlock()
	return nil
}

// poll hands fetched records to the workers of their partitions until ctx is done. It returns errTopicDeleted when the
// topic is deleted.
func (s *Source) poll(ctx context.Context) error {
	logged := make(map[string]time.Time) // by error, when it was last logged
	for {
		fetches := s.client.PollRecords(ctx, maxPoll)
		switch {
		case errors.Is(context.Cause(ctx), errTopicDeleted):
			return errTopicDeleted
		case ctx.Err() != nil || fetches.IsClientClosed():
			return nil
		}
		var failed error
		fetches.EachError(func(topic string, partition int32, err error) {
			failed = errors.Join(failed, err)
			if now := time.Now(); now.Sub(logged[err.Error()]) > logErrorEvery {
				logged[err.Error()] = now
				s.Log.Warn("fetching", "topic", topic, "partition", partition, "error", err)
			}
		})
		if errors.Is(failed, kerr.UnknownTopicID) {
			return errTopicDeleted
		}
		failedPoll := s.Strict && slices.ContainsFunc(fetches.Records(), failsPoll)
		fetches.EachPartition(func(p kgo.FetchTopicPartition) {
			var records []queuedRecord
			for _, r := range p.Records {
				records = append(records, queuedRecord{r, failedPoll})
			}
			if len(records) > 0 {
				s.worker(p.Partition).add(records)
			}
		})
		s.client.AllowRebalance()
		if failed != nil {
			sleep(ctx, pollErrorBackoff)
		}
	}
}

// failsPoll reports whether InvalidCloudEventInterceptor fails on the record. A KafkaSource then drops all plain
// records of the poll.
func failsPoll(r *kgo.Record) bool { return hasNullHeader(r) && isPlain(r) }

// isPlain reports whether the record is not a CloudEvent.
func isPlain(r *kgo.Record) bool {
	_, err := Unpack(r)
	return err != nil
}

// close stops the workers, commits if commit is true, and leaves the group. Brokers that do not answer delay it by
// leaveTimeout at most.
func (s *Source) close(commit bool) {
	s.client.AllowRebalance()
	s.stop(s.assignedPartitions())
	ctx, cancel := context.WithTimeout(context.Background(), leaveTimeout)
	defer cancel()
	client, closed := s.client, make(chan struct{})
	go func() { // kgo waits for brokers that do not answer even after ctx is done
		defer close(closed)
		if commit {
			if err := client.CommitMarkedOffsets(ctx); err != nil {
				s.Log.Warn("committing before leaving the group", "error", err)
			}
		}
		s.leaving.Store(true)
		if err := client.LeaveGroupContext(ctx); err != nil {
			s.Log.Warn("leaving the group", "error", err)
		}
		client.Close()
	}()
	select {
	case <-closed:
	case <-ctx.Done():
	}
}

// worker returns the worker of a partition, which it starts if there is none.
func (s *Source) worker(partition int32) *partitionWorker {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, ok := s.workers[partition]
	if !ok {
		w = startWorker(s, partition)
		s.workers[partition] = w
	}
	return w
}

// assignedPartitions returns the partitions that have a worker.
func (s *Source) assignedPartitions() []int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.workers))
}

// revoked stops the workers of partitions that are about to be assigned to another consumer, and commits.
func (s *Source) revoked(ctx context.Context, client *kgo.Client, partitions map[string][]int32) {
	s.stop(partitions[s.Topic])
	if s.leaving.Load() {
		return // everything is committed; do not wait for brokers that hang a second time
	}
	ctx, cancel := context.WithTimeout(ctx, leaveTimeout)
	defer cancel()
	if err := client.CommitMarkedOffsets(ctx); err != nil {
		s.Log.Warn("committing revoked partitions", "error", err)
	}
}

// lost stops the workers of partitions that the source may no longer commit.
func (s *Source) lost(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
	s.stop(partitions[s.Topic])
}

// stop stops the workers of the partitions and waits until they have no event in flight.
func (s *Source) stop(partitions []int32) {
	var stopping []*partitionWorker
	s.mu.Lock()
	for _, p := range partitions {
		if w, ok := s.workers[p]; ok {
			stopping = append(stopping, w)
			delete(s.workers, p)
		}
	}
	s.mu.Unlock()
	for _, w := range stopping {
		w.cancel()
	}
	for _, w := range stopping {
		<-w.stopped
		w.release()
	}
}
