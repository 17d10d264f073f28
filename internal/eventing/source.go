package eventing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Source consumes a topic and posts each record as a CloudEvent, as a KafkaSource does. What is delivered is committed; what is not
// is posted to DeadLetter, and committed when that accepted it. The exported fields are set before Run and not changed after.
type Source struct {
	Client     []kgo.Opt // how to reach the cluster
	Topic      string
	Group      string
	Sink       string // address that events are posted to
	DeadLetter string // address that takes those which Sink refuses
	Namespace  string // of the KafkaSource that this stands for
	Name       string
	Unordered  bool // many events in flight per partition, not one
	InFlight   int  // how many in all, when Unordered; 0 means 100
	FromEnd    bool // where a new group starts (initialOffset: latest)
	Delivery   Delivery
	// Grace is how long a request in flight may take to end when Run's ctx is done; 0 means 30 seconds, as when a partition goes to
	// another consumer.
	Grace time.Duration
	Log   *slog.Logger // nil: nothing is logged

	// Before is called before a record's first delivery, After when it needs no more work; nil is fine. Calls for one partition
	// come in its order unless Unordered.
	Before func(*kgo.Record)
	After  func(Outcome)

	sink, dead sender
	client     *kgo.Client
	slots      chan struct{}   // one per event in flight when Unordered
	running    context.Context // Run's
	leaving    atomic.Bool     // all is committed, as far as the brokers let it

	mu    sync.Mutex
	lanes map[int32]*lane
}

// Outcome tells how a record ended.
type Outcome struct {
	Record   *kgo.Record
	Dead     bool // in the dead letter sink
	Attempts int  // at Sink
	Took     time.Duration
}

const (
	commitEvery = 200 * time.Millisecond
	leaveWithin = 3 * time.Second
	// inFlightGrace is how long a request in flight may take to end when its partition goes to another consumer or the source stops:
	// as long as func-go lets a request take. Only then can two events of one key be on their way at the same time.
	inFlightGrace = 30 * time.Second
	maxPoll       = 500 // max.poll.records
	// A partition is paused when its lane has maxQueue records, and resumed at half of that: more than it delivers in fetchWait, which
	// is how long a fetch that leaves it out may still be on its way.
	maxQueue  = 2000
	fetchWait = 100 * time.Millisecond
)

// Run delivers until ctx is done, then finishes what is in flight, commits and leaves the group. It fails only where trying again
// cannot help.
func (s *Source) Run(ctx context.Context) error {
	if err := s.prepare(); err != nil {
		return err
	}
	defer s.sink.client.CloseIdleConnections()
	start := kgo.NewOffset().AtStart()
	if s.FromEnd {
		start = kgo.NewOffset().AtEnd()
	}
	client, err := kgo.NewClient(append(append([]kgo.Opt(nil), s.Client...),
		kgo.ConsumerGroup(s.Group),
		kgo.ConsumeTopics(s.Topic),
		kgo.ConsumeResetOffset(start),
		kgo.FetchMaxWait(fetchWait),
		kgo.BlockRebalanceOnPoll(), // a record is handed to its lane before its partition can be revoked
		kgo.AutoCommitMarks(),
		kgo.AutoCommitInterval(commitEvery),
		kgo.OnPartitionsRevoked(s.revoked),
		kgo.OnPartitionsLost(s.lost),
	)...)
	if err != nil {
		return fmt.Errorf("source: %w", err)
	}
	s.client, s.running = client, ctx
	defer s.close()
	return s.poll(ctx)
}

func (s *Source) prepare() error {
	switch {
	case s.Sink == "":
		return errors.New("source: no address to post events to")
	case s.DeadLetter == "":
		return errors.New("source: no dead letter sink: what the function refuses would be lost")
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
	s.sink = sender{client, s.Sink, s.Namespace}
	s.dead = sender{client, s.DeadLetter, s.Namespace}
	s.slots = make(chan struct{}, s.InFlight)
	s.lanes = make(map[int32]*lane)
	return nil
}

func (s *Source) poll(ctx context.Context) error {
	for {
		fetches := s.client.PollRecords(ctx, maxPoll)
		if ctx.Err() != nil || fetches.IsClientClosed() {
			return nil
		}
		fetches.EachError(func(topic string, partition int32, err error) {
			s.Log.Warn("fetching", "topic", topic, "partition", partition, "error", err)
		})
		fetches.EachPartition(func(p kgo.FetchTopicPartition) {
			if len(p.Records) > 0 {
				s.lane(p.Partition).add(p.Records)
			}
		})
		s.client.AllowRebalance()
	}
}

// close stops the lanes, commits and leaves; a broker that is away does not hold it up for long.
func (s *Source) close() {
	s.client.AllowRebalance()
	s.stop(s.owned())
	ctx, cancel := context.WithTimeout(context.Background(), leaveWithin)
	defer cancel()
	if err := s.client.CommitMarkedOffsets(ctx); err != nil {
		s.Log.Warn("last commit", "error", err)
	}
	s.leaving.Store(true)
	if err := s.client.LeaveGroupContext(ctx); err != nil {
		s.Log.Warn("leaving the group", "error", err)
	}
	closed := make(chan struct{})
	go func() {
		s.client.Close() // waits for the answer to its leaving, whatever ctx says
		close(closed)
	}()
	select {
	case <-closed:
	case <-ctx.Done():
	}
}

func (s *Source) lane(partition int32) *lane {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.lanes[partition]
	if !ok {
		l = startLane(s, partition)
		s.lanes[partition] = l
	}
	return l
}

func (s *Source) owned() []int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []int32
	for p := range maps.Keys(s.lanes) {
		all = append(all, p)
	}
	return all
}

// revoked ends the work on partitions that another consumer is about to get, and commits how far it came.
func (s *Source) revoked(ctx context.Context, client *kgo.Client, partitions map[string][]int32) {
	s.stop(partitions[s.Topic])
	if s.leaving.Load() {
		return // and nothing has come since: brokers that hang need not be waited for twice
	}
	ctx, cancel := context.WithTimeout(ctx, leaveWithin)
	defer cancel()
	if err := client.CommitMarkedOffsets(ctx); err != nil {
		s.Log.Warn("commit of revoked partitions", "error", err)
	}
}

// lost ends the work on partitions that are no longer ours to commit.
func (s *Source) lost(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
	s.stop(partitions[s.Topic])
}

func (s *Source) stop(partitions []int32) {
	var stopping []*lane
	s.mu.Lock()
	for _, p := range partitions {
		if l, ok := s.lanes[p]; ok {
			stopping = append(stopping, l)
			delete(s.lanes, p)
		}
	}
	s.mu.Unlock()
	for _, l := range stopping {
		l.cancel()
	}
	for _, l := range stopping {
		<-l.stopped
		l.release()
	}
}

// deliver brings one event to the sink or, failing that, to the dead letter sink. It returns false when ctx ended before either
// accepted it. An attempt under way is not cut off by ctx, only by cut.
func (s *Source) deliver(ctx, cut context.Context, r *kgo.Record) bool {
	if s.Before != nil {
		s.Before(r)
	}
	begin := time.Now()
	e := FromRecord(r, "/apis/v1/namespaces/"+s.Namespace+"/kafkasources/"+s.Name)
	a, attempts := s.attempt(ctx, cut, e)
	if !a.accepted() {
		if ctx.Err() != nil && !a.final() {
			return false // the next owner of the partition tries again
		}
		s.Log.Warn("dead letter", "id", e.ID(), "attempts", attempts, "answer", a.String())
		if !s.bury(ctx, cut, e.With(a.extensions(s.Sink))) {
			return false
		}
	}
	if s.After != nil {
		s.After(Outcome{Record: r, Dead: !a.accepted(), Attempts: attempts, Took: time.Since(begin)})
	}
	return true
}

// attempt posts an event until it is accepted, refused for good, or Delivery's retries are used up.
func (s *Source) attempt(ctx, cut context.Context, e Event) (a answer, attempts int) {
	for n := 1; ; n++ {
		a = s.sink.post(cut, e, s.Delivery.Timeout)
		if a.accepted() || a.final() || n > s.Delivery.Retry {
			return a, n
		}
		pause := s.Delivery.pause(n)
		level := slog.LevelDebug
		if n == 1 { // a warning per event, not per attempt: a function that is away for long would fill the log
			level = slog.LevelWarn
		}
		s.Log.Log(ctx, level, "retrying", "id", e.ID(), "attempt", n, "pause", pause, "answer", a.String())
		if !sleep(ctx, pause) {
			return a, n
		}
	}
}

// bury posts a dead letter until it is accepted. A KafkaSource would try as often as with the event itself, then commit and lose it.
func (s *Source) bury(ctx, cut context.Context, e Event) bool {
	for n := 1; ; n++ {
		a := s.dead.post(cut, e, s.Delivery.Timeout)
		if a.accepted() {
			return true
		}
		if a.err == nil && a.status == http.StatusRequestEntityTooLarge && len(e.Data) > 0 {
			// With what the extensions add, the letter has outgrown its topic. Its origin tells where the data is.
			e = e.With(map[string]string{DataOmitted: "true"})
			e.Data = nil
			continue
		}
		s.Log.Warn("the dead letter sink does not accept", "id", e.ID(), "attempt", n, "answer", a.String())
		if !sleep(ctx, min(s.Delivery.pause(min(n, 10)), 10*time.Second)) {
			return false
		}
	}
}
