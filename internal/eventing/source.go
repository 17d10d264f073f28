package eventing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Source consumes a topic and posts each record as a CloudEvent, as a KafkaSource does. What is delivered is committed;
// what is not is posted to DeadLetter, and committed when that accepted it. A record that a KafkaSource loses is
// delivered as well, and logged; Strict loses it, too. The exported fields are set before Run and not changed after.
type Source struct {
	Client     []kgo.Opt // how to reach the cluster
	Topic      string
	Group      string
	Sink       string // address that events are posted to
	DeadLetter string // address that takes those which Sink refuses
	Namespace  string // of the KafkaSource that this stands for
	Name       string
	Keys       KeyType
	Strict     bool // lose what a KafkaSource loses
	Unordered  bool // many events in flight per partition, not one
	InFlight   int  // how many in all, when Unordered; 0 means 100
	FromEnd    bool // where a new group starts (initialOffset: latest)
	Delivery   Delivery
	// Grace is how long a request in flight may take to end when Run's ctx is done; 0 means 30 seconds, as when a
	// partition goes to another consumer.
	Grace time.Duration
	Log   *slog.Logger // nil: nothing is logged

	// Before is called before a record's first delivery, After when it needs no more work; nil is fine. Calls for one
	// partition come in its order unless Unordered.
	Before func(*kgo.Record)
	After  func(Outcome)

	sink, dead sender
	losses     losses
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
	Loss     Loss // why a KafkaSource loses it
	Lost     bool // and so did this one
	Attempts int  // at Sink
	Took     time.Duration
}

const (
	commitEvery = 5 * time.Second // auto.commit.interval.ms
	leaveWithin = 3 * time.Second
	// inFlightGrace is how long a request in flight may take to end when its partition goes to another consumer or the
	// source stops: as long as func-go lets a request take. Only then can two events of one key be on their way at the
	// same time.
	inFlightGrace = 30 * time.Second
	maxPoll       = 50 // max.poll.records
	// A partition is paused when its lane has maxQueue records, and resumed at half of that: more than it delivers in
	// fetchWait, which is how long a fetch that leaves it out may still be on its way.
	maxQueue  = 2000
	fetchWait = 100 * time.Millisecond
	// A client pauses after a poll that failed, and tells a failure that lasts once in errorEvery.
	afterError = 200 * time.Millisecond
	errorEvery = 30 * time.Second
	topicEvery = time.Second // how often it is looked whether the topic is still the same
	// bigLetter is how large a dead letter must be for its topic not to take it: 1 MiB is the usual limit.
	bigLetter = 900 << 10
)

// errRecreated says that the topic was deleted: what is consumed under its name from here on is another one.
var errRecreated = errors.New("the topic was deleted")

// Run delivers until ctx is done, then finishes what is in flight, commits and leaves the group. It fails only where
// trying again cannot help.
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
		if !errors.Is(err, errRecreated) {
			return err
		}
		s.Log.Warn("the topic was deleted; waiting for one of its name", "topic", s.Topic)
		if err := s.awaitTopic(ctx); err != nil {
			return err
		}
		start = kgo.NewOffset().AtStart()
	}
}

// awaitTopic returns when there is a topic, or ctx is done.
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

// consume delivers until ctx is done, or the topic is no more.
func (s *Source) consume(ctx context.Context, start kgo.Offset) error {
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
	s.leaving.Store(false)
	there, gone := context.WithCancelCause(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { s.watchTopic(there, gone) })
	err = s.poll(there)
	gone(nil)
	watching.Wait()
	s.close(err == nil) // offsets of a topic that is no more are not those of the next one
	return err
}

// watchTopic calls gone with errRecreated when the topic is another one than it was, or none: fetches do not always say
// so.
func (s *Source) watchTopic(ctx context.Context, gone context.CancelCauseFunc) {
	admin := kadm.NewClient(s.client)
	var id kadm.TopicID
	for sleep(ctx, topicEvery) {
		topics, err := admin.ListTopics(ctx, s.Topic)
		if err != nil || topics[s.Topic].Err != nil && !errors.Is(topics[s.Topic].Err, kerr.UnknownTopicOrPartition) {
			continue // it is not known
		}
		now := topics[s.Topic].ID
		if !topics.Has(s.Topic) || id != (kadm.TopicID{}) && now != id {
			gone(errRecreated)
			return
		}
		id = now
	}
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
	s.losses = losses{log: s.Log, strict: s.Strict}
	s.sink = sender{client, s.Sink, s.Namespace, s.Strict}
	s.dead = sender{client, s.DeadLetter, s.Namespace, s.Strict}
	s.slots = make(chan struct{}, s.InFlight)
	s.mu.Lock()
	s.lanes = make(map[int32]*lane)
	s.mu.Unlock()
	return nil
}

func (s *Source) poll(ctx context.Context) error {
	told := make(map[string]time.Time) // error → when it was logged
	for {
		fetches := s.client.PollRecords(ctx, maxPoll)
		switch {
		case errors.Is(context.Cause(ctx), errRecreated):
			return errRecreated
		case ctx.Err() != nil || fetches.IsClientClosed():
			return nil
		}
		var failed error
		fetches.EachError(func(topic string, partition int32, err error) {
			failed = errors.Join(failed, err)
			if now := time.Now(); now.Sub(told[err.Error()]) > errorEvery {
				told[err.Error()] = now
				s.Log.Warn("fetching", "topic", topic, "partition", partition, "error", err)
			}
		})
		if errors.Is(failed, kerr.UnknownTopicID) {
			return errRecreated
		}
		spoilt := s.Strict && slices.ContainsFunc(fetches.Records(), spoils)
		fetches.EachPartition(func(p kgo.FetchTopicPartition) {
			var items []item
			for _, r := range p.Records {
				items = append(items, item{r, spoilt})
			}
			if len(items) > 0 {
				s.lane(p.Partition).add(items)
			}
		})
		s.client.AllowRebalance()
		if failed != nil {
			sleep(ctx, afterError)
		}
	}
}

// spoils tells whether a record is one that InvalidCloudEventInterceptor fails on.
func spoils(r *kgo.Record) bool { return hasHeaderWithoutValue(r) && isPlain(r) }

func isPlain(r *kgo.Record) bool {
	_, err := Unpack(r)
	return err != nil
}

// close stops the lanes, commits if it should, and leaves; a broker that is away does not hold it up for long.
func (s *Source) close(commit bool) {
	s.client.AllowRebalance()
	s.stop(s.owned())
	ctx, cancel := context.WithTimeout(context.Background(), leaveWithin)
	defer cancel()
	client, closed := s.client, make(chan struct{})
	go func() { // kgo waits for the answers of brokers that hang, whatever ctx says
		defer close(closed)
		if commit {
			if err := client.CommitMarkedOffsets(ctx); err != nil {
				s.Log.Warn("last commit", "error", err)
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

// deliver brings one event to the sink or, failing that, to the dead letter sink. It returns false when ctx ended
// before either accepted it. An attempt under way is not cut off by ctx, only by cut.
func (s *Source) deliver(ctx, cut context.Context, r item) bool {
	if s.Before != nil {
		s.Before(r.Record)
	}
	begin := time.Now()
	o := Outcome{Record: r.Record, Loss: s.lossOf(r)}
	if o.Loss != "" && s.Strict {
		o.Lost = true
	} else if !s.post(ctx, cut, &o) {
		return false // the next owner of the partition tries again
	}
	if o.Loss != "" {
		s.losses.tell(Position(r.Record), o.Loss)
	}
	if s.After != nil {
		o.Took = time.Since(begin)
		s.After(o)
	}
	return true
}

// lossOf returns why a KafkaSource does not come to post the record.
func (s *Source) lossOf(r item) Loss {
	switch {
	case hasHeaderWithoutValue(r.Record): // of an event as well: the tracer fails on it
		return HeaderWithoutValue
	case r.spoilt && isPlain(r.Record):
		return BesideSuchAHeader
	}
	return ""
}

// post brings a record to one of the sinks, and says in o how it went. It returns false when ctx ended before.
func (s *Source) post(ctx, cut context.Context, o *Outcome) bool {
	e := FromRecord(o.Record, "/apis/v1/namespaces/"+s.Namespace+"/kafkasources/"+s.Name, s.Keys)
	trace := recordTrace(o.Record)
	if o.Loss == "" && len(e.setHeader(make(http.Header))) > 0 {
		o.Loss = ControlCharacter
	}
	var a answer
	a, o.Attempts = s.attempt(ctx, cut, e, trace)
	if a.accepted() {
		return true
	}
	if ctx.Err() != nil && !a.final() {
		return false
	}
	s.Log.Warn("dead letter", "id", e.ID(), "attempts", o.Attempts, "answer", a.String())
	o.Dead = true
	return s.deadLetter(ctx, cut, e.With(a.extensions(s.Sink)), trace, o)
}

// attempt posts an event until it is accepted, refused for good, or Delivery's retries are used up.
func (s *Source) attempt(ctx, cut context.Context, e Event, trace trace) (a answer, attempts int) {
	for n := 1; ; n++ {
		a = s.sink.post(cut, e, trace, s.Delivery.Timeout)
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

// deadLetter posts a dead letter until it is accepted; it returns false when ctx ended before.
//
// A KafkaSource posts it as often as the event itself, in binary mode, then commits and loses it. Unless Strict, a
// letter that is refused is posted in structured mode, one that seems to be too large goes without its data, and a sink
// that is away is waited for.
func (s *Source) deadLetter(ctx, cut context.Context, e Event, trace trace, o *Outcome) bool {
	structured := false
	for n := 1; ; n++ {
		var a answer
		if structured {
			a = s.dead.postStructured(cut, e, s.Delivery.Timeout)
		} else {
			a = s.dead.post(cut, e, trace, s.Delivery.Timeout)
		}
		switch {
		case a.accepted():
			return true
		case a.final() && (structured || s.Strict):
			return s.giveUp(e, a, LetterRefused, o)
		case a.final():
			structured, o.Loss = true, LetterRefused
			continue
		case n > s.Delivery.Retry && s.Strict:
			why := LetterNotTaken
			if o.Loss != "" {
				why = o.Loss // the control character
			}
			return s.giveUp(e, a, why, o)
		case a.status == http.StatusServiceUnavailable && len(e.Data) >= bigLetter && n >= 3:
			// With what the extensions add, it has outgrown its topic; its origin tells where the data is.
			o.Loss = LetterNotTaken
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

// giveUp ends the work on a record that is in neither sink.
func (s *Source) giveUp(e Event, a answer, why Loss, o *Outcome) bool {
	s.Log.Error(
		"a dead letter is lost: neither the function nor the dead letter sink takes it",
		"id",
		e.ID(),
		"answer",
		a.String(),
	)
	o.Dead, o.Lost, o.Loss = false, true, why
	return true
}
