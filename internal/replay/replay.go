// Package replay puts dead letters back to the topic that the function is fed from, after what kept it from answering was fixed.
//
// A letter becomes the event that it was, in Kafka's binary mode: same id and source, so that the answer has the id that it would
// have had at first; without what the source added; with the letter's position as ReplayOf. Running it again does nothing: before it
// writes, it looks up which letters the target topic names already, which it can for as long as that topic keeps its records. An
// event that was refused again is a new letter, and can be replayed anew; of several letters of one event only the last counts.
package replay

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/function"
	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/eventing"
)

// ReplayOf is the extension of a replayed event that names its dead letter: TOPIC/PARTITION/OFFSET.
const ReplayOf = "replayof"

// Config says what to replay.
type Config struct {
	Cluster  broker.Cluster
	From, To string // topics
	Reason   string // replay only what was refused for it; empty: everything
	Foreign  bool   // also letters of records of other topics than To
	DryRun   bool
	// Timeout is how long the cluster may take to give more records, or to take one; 0 means a minute.
	Timeout  time.Duration
	Progress func(done, all int) // is called before each letter; nil is fine
}

// Result is what was found and done.
type Result struct {
	Letters []*Letter      // those that Reason selects
	Reasons map[string]int // how many events were refused for which reason, whatever Reason selects
	Others  int            // records of the error topic that cannot be read as dead letters
	// Since is when the oldest record was written that the target topic has left; zero when it has lost none. A letter from before
	// may have been replayed without a trace.
	Since time.Time
}

// Letter is a dead letter and what becomes of it.
type Letter struct {
	Key       string `json:"key"`
	ID        string `json:"id"`
	Source    string `json:"source"`
	Topic     string `json:"topic"` // where the letter is
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
	Code      string `json:"code"`
	Reason    string `json:"reason"`
	Action    Action `json:"action"`
	Unsure    bool   `json:"unsure,omitempty"` // the target topic may have had it and have lost it

	event eventing.Event
	at    time.Time
}

// Action says what became of a letter.
type Action string

// What becomes of letters.
const (
	Replayed    Action = "replayed"
	WouldReplay Action = "would_replay"    // but for DryRun
	Foreign     Action = "foreign"         // what it was is not for the target topic, see Letter.foreign
	DoneBefore  Action = "replayed_before" // the target topic has it
	Incomplete  Action = "data_omitted"    // the letter had outgrown its topic: the data is only where it came from
)

func (l *Letter) position() string { return fmt.Sprintf("%s/%d/%d", l.Topic, l.Partition, l.Offset) }

// margin is how far the clocks of those who write letters and replays may be apart.
const margin = time.Hour

// Run replays, and returns what it found; when it fails, as far as it came.
func Run(ctx context.Context, p Config) (Result, error) {
	var found Result
	if p.Timeout <= 0 {
		p.Timeout = time.Minute
	}
	producer, err := p.Cluster.NewProducer(ctx, p.Timeout, p.To)
	if err != nil {
		return found, err
	}
	defer producer.Close()
	client := producer.Client
	if err := broker.Require(ctx, client, p.From, p.To); err != nil {
		return found, err
	}
	all, others, err := p.letters(ctx, client)
	if err != nil {
		return found, err
	}
	found.Reasons, found.Others = make(map[string]int), others
	for _, l := range all {
		found.Reasons[l.Reason]++
		if p.Reason == "" || p.Reason == l.Reason {
			found.Letters = append(found.Letters, l)
		}
	}
	if len(found.Letters) == 0 {
		return found, nil
	}
	done, err := p.done(ctx, client, found.Letters)
	if err == nil { // only now, so that what the topic loses in between counts as lost
		found.Since, err = keptSince(ctx, kadm.NewClient(client), p.To)
	}
	if err != nil {
		return found, err
	}
	return found, p.write(ctx, producer, found, done)
}

// write puts back the letters that are not done.
func (p Config) write(ctx context.Context, producer *broker.Producer, found Result, done map[string]bool) error {
	for i, l := range found.Letters {
		if p.Progress != nil {
			p.Progress(i, len(found.Letters))
		}
		l.Unsure = !done[l.position()] && l.at.Before(found.Since.Add(margin)) && !found.Since.IsZero()
		switch {
		case done[l.position()]:
			l.Action = DoneBefore
		case l.foreign(p):
			l.Action = Foreign
		case l.event.Attributes[eventing.DataOmitted] != "":
			l.Action = Incomplete
		case p.DryRun:
			l.Action = WouldReplay
		default:
			if err := producer.Write(ctx, l.record(p.To)); err != nil {
				return fmt.Errorf("letter %s is not replayed, or not known to be: %w; start again, what is done is not done twice", l.position(), err)
			}
			l.Action = Replayed
		}
	}
	return nil
}

// keptSince returns when the oldest record was written that every partition of a topic has left, zero when none has lost any, and
// now when one has nothing left.
func keptSince(ctx context.Context, admin *kadm.Client, topic string) (time.Time, error) {
	var since time.Time
	starts, err := admin.ListStartOffsets(ctx, topic)
	if err == nil {
		err = starts.Error()
	}
	if err != nil {
		return since, err
	}
	oldest, err := admin.ListOffsetsAfterMilli(ctx, 0, topic)
	if err == nil {
		err = oldest.Error()
	}
	if err != nil {
		return since, err
	}
	starts.Each(func(start kadm.ListedOffset) {
		if start.Offset == 0 {
			return
		}
		at := time.Now()
		if first, ok := oldest.Lookup(topic, start.Partition); ok && first.Timestamp >= 0 {
			at = time.UnixMilli(first.Timestamp)
		}
		if at.After(since) {
			since = at
		}
	})
	return since, nil
}

// letters returns the last letter of each event, in the order in which they were written, and how many records are none.
func (p Config) letters(ctx context.Context, client *kgo.Client) (letters []*Letter, others int, err error) {
	type identity struct{ source, id string }
	var all []*Letter
	last := make(map[identity]*Letter)
	err = p.read(ctx, client, p.From, time.Time{}, func(r *kgo.Record) {
		e, err := eventing.Unpack(r)
		if err != nil || !e.IsDead() {
			others++
			return
		}
		refusal := e.Refusal()
		l := &Letter{
			Key: e.Attributes[eventing.PartitionKey], ID: e.ID(), Source: e.Source(), Topic: r.Topic, Partition: r.Partition, Offset: r.Offset,
			Code: refusal.Code, Reason: refusal.Reason, event: e, at: r.Timestamp,
		}
		all = append(all, l)
		if before, ok := last[identity{l.Source, l.ID}]; !ok || !l.at.Before(before.at) {
			last[identity{l.Source, l.ID}] = l
		}
	})
	for _, l := range all {
		if last[identity{l.Source, l.ID}] == l {
			letters = append(letters, l)
		}
	}
	return letters, others, err
}

// done returns the letters that the target topic names. It cannot name one before that was written.
func (p Config) done(ctx context.Context, client *kgo.Client, letters []*Letter) (map[string]bool, error) {
	since := letters[0].at
	for _, l := range letters {
		if l.at.Before(since) {
			since = l.at
		}
	}
	done := make(map[string]bool)
	err := p.read(ctx, client, p.To, since.Add(-margin), func(r *kgo.Record) {
		for _, h := range r.Headers {
			if h.Key == "ce_"+ReplayOf {
				done[string(h.Value)] = true
			}
		}
	})
	return done, err
}

// foreign tells whether the letter has nothing to do in the target topic: it was an answer of the function, which refuses those, or a
// record of another topic. An event that came as one may have any source, and is taken for one of the target topic's.
func (l *Letter) foreign(p Config) bool {
	switch l.event.Attributes["type"] {
	case function.PredictionType, function.ErrorType:
		return true
	case eventing.RecordType:
		return !p.Foreign && !strings.HasSuffix(l.Source, "#"+p.To)
	}
	return false
}

// record is the letter as the event that it was.
func (l *Letter) record(topic string) *kgo.Record {
	e := l.event
	e.Attributes = maps.Clone(e.Attributes)
	maps.DeleteFunc(e.Attributes, func(name, _ string) bool {
		return name == eventing.KafkaPartition || name == eventing.KafkaOffset || strings.HasPrefix(name, eventing.ErrorPrefix)
	})
	e.Attributes[ReplayOf] = l.position()
	return e.Record(topic)
}

// read calls each with the records of a topic from a time on (zero: all), up to those that are there now.
func (p Config) read(ctx context.Context, client *kgo.Client, topic string, since time.Time, each func(*kgo.Record)) error {
	admin := kadm.NewClient(client)
	starts, err := admin.ListStartOffsets(ctx, topic)
	if err == nil && !since.IsZero() {
		starts, err = admin.ListOffsetsAfterMilli(ctx, since.UnixMilli(), topic)
	}
	if err != nil {
		return err
	}
	ends, err := admin.ListEndOffsets(ctx, topic)
	if err != nil {
		return err
	}
	if err := ends.Error(); err != nil {
		return err
	}
	left := make(map[int32]int64) // partition → offset at which it is read
	from := make(map[int32]kgo.Offset)
	ends.Each(func(end kadm.ListedOffset) {
		if start, ok := starts.Lookup(topic, end.Partition); ok && start.Offset < end.Offset {
			left[end.Partition] = end.Offset
			from[end.Partition] = kgo.NewOffset().At(start.Offset)
		}
	})
	if len(left) == 0 {
		return nil
	}
	// Control records are asked for as well: a transaction's last offset is one.
	consumer, err := p.Cluster.Connect(ctx, kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: from}), kgo.KeepControlRecords())
	if err != nil {
		return err
	}
	defer consumer.Close()
	for len(left) > 0 {
		fetches, err := p.poll(ctx, consumer)
		if err != nil {
			return fmt.Errorf("topic %s cannot be read to its end: %w", topic, err)
		}
		if err := fetches.Err(); err != nil {
			return err
		}
		fetches.EachRecord(func(r *kgo.Record) {
			end, ok := left[r.Partition]
			if !ok || r.Offset >= end {
				return
			}
			if !r.Attrs.IsControl() {
				each(r)
			}
			if r.Offset == end-1 {
				delete(left, r.Partition)
			}
		})
	}
	return nil
}

// poll returns what there is to read next. A client waits for ever for brokers that are away.
func (p Config) poll(ctx context.Context, consumer *kgo.Client) (kgo.Fetches, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, p.Timeout, fmt.Errorf("nothing came for %v; check that the brokers run", p.Timeout))
	defer cancel()
	fetches := consumer.PollFetches(ctx)
	return fetches, context.Cause(ctx)
}
