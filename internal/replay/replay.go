// Package replay writes dead letters back to the input topic of the function, after the cause of their refusal is
// fixed.
//
// A replayed record is the refused event in binary mode. It has the same id and source, so the id of its answer is the
// one that it would have had the first time. It does not have the extensions that the source added. The extension
// [ReplayOf] names the dead letter. A record that could not be read as an event is written back unchanged.
//
// Running it twice does no harm: before it writes, it finds the dead letters that records of the target topic name.
// This works for as long as the target topic keeps its records. An event that is refused again becomes a new dead
// letter. It is replayed again if the reason is another one. Of several dead letters of one event, only the last
// counts.
package replay

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/function"
	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/deadletter"
)

// ReplayOf is the extension of a replayed event that names its dead letter: TOPIC/PARTITION/OFFSET.
const ReplayOf = "replayof"

// Config says what to replay.
type Config struct {
	Cluster  broker.Cluster
	From, To string // the error topic and the target topic
	Reason   string // replay only events that were refused for this reason; empty: all
	Foreign  bool   // replay records of topics other than To as well
	Again    bool   // replay events as well that were replayed and refused again for the same reason
	DryRun   bool   // write nothing
	// Timeout limits the wait for the next record of a topic and the time to write one; 0 means a minute.
	Timeout  time.Duration
	Progress func(done, all int) // called before each dead letter; may be nil

	finished func(l *Letter, left int) // called before the first dead letter, with nil, and after each; see Count
}

// Summary is the outcome of a replay.
type Summary struct {
	Letters []*Letter      // the dead letters that Reason selects
	Reasons map[string]int // how many events were refused for each reason, selected or not
	Others  int            // records of the error topic that are not dead letters
	// Since is the time from which on the target topic has all its records; zero if it has lost none. A dead letter from
	// before may have been replayed by a record that is lost.
	Since time.Time
}

// Letter is a dead letter and its outcome.
type Letter struct {
	Key       string `json:"key"`
	ID        string `json:"id"`
	Source    string `json:"source"`
	Topic     string `json:"topic"` // the position of the dead letter, as are Partition and Offset
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
	Code      string `json:"code"`
	Reason    string `json:"reason"`
	Action    Action `json:"action"`
	Unsure    bool   `json:"unsure,omitempty"` // it may have been replayed by a record that the target topic has lost

	letter  deadletter.Letter
	time    time.Time // when it was written
	earlier []*Letter // dead letters of the same event
}

// refusedAgain reports whether an earlier dead letter of the event was replayed, and the event was refused again for
// the same reason.
func (l *Letter) refusedAgain(replayed map[string]bool) bool {
	return slices.ContainsFunc(l.earlier, func(e *Letter) bool { return e.Reason == l.Reason && replayed[e.position()] })
}

// Action is the outcome of a dead letter.
type Action string

// The outcomes of dead letters.
const (
	Replayed        Action = "replayed"
	WouldReplay     Action = "would_replay"    // to replay, but for DryRun
	Foreign         Action = "foreign"         // not replayed: the record does not belong to the target topic
	AlreadyReplayed Action = "replayed_before" // the target topic has a record that names it
	RefusedAgain    Action = "refused_again"   // not replayed: the event was refused again for the same reason
	Incomplete      Action = "data_omitted"    // not replayable: its data was omitted, and is only in the origin
)

func (l *Letter) position() string { return fmt.Sprintf("%s/%d/%d", l.Topic, l.Partition, l.Offset) }

// clockSkew is the largest difference assumed between the clocks of the writers of dead letters and of replays.
const clockSkew = time.Hour

// Run replays dead letters. If it fails, the summary tells how far it got.
func Run(ctx context.Context, c Config) (Summary, error) {
	var summary Summary
	if c.Timeout <= 0 {
		c.Timeout = time.Minute
	}
	producer, err := c.Cluster.NewProducer(ctx, c.Timeout, c.To)
	if err != nil {
		return summary, err
	}
	defer producer.Close()
	if err := broker.Require(ctx, producer.Client, c.From, c.To); err != nil {
		return summary, err
	}
	admin := kadm.NewClient(producer.Client)
	all, others, err := c.letters(ctx, admin)
	if err != nil {
		return summary, err
	}
	summary.Reasons, summary.Others = make(map[string]int), others
	events := groupByEvent(all)
	for _, letters := range events {
		l := letters[len(letters)-1]
		l.earlier = letters[:len(letters)-1]
		summary.Reasons[l.Reason]++
		if c.Reason == "" || c.Reason == l.Reason {
			summary.Letters = append(summary.Letters, l)
		}
	}
	if len(summary.Letters) == 0 {
		return summary, nil
	}
	slices.SortFunc(
		summary.Letters,
		func(a, b *Letter) int {
			return cmp.Or(a.time.Compare(b.time), strings.Compare(a.position(), b.position()))
		},
	)
	replayed, err := c.replayed(ctx, admin, all[0])
	if err == nil { // after reading the topic, so that records that it loses meanwhile count as lost
		summary.Since, err = completeSince(ctx, admin, c.To)
	}
	if err != nil {
		return summary, err
	}
	return summary, c.write(ctx, producer, summary, replayed)
}

// write decides on each dead letter, and writes those that are to be replayed.
func (c Config) write(ctx context.Context, producer *broker.Producer, s Summary, replayed map[string]bool) error {
	finished := c.finished
	if finished == nil {
		finished = func(*Letter, int) {}
	}
	finished(nil, len(s.Letters))
	for i, l := range s.Letters {
		if c.Progress != nil {
			c.Progress(i, len(s.Letters))
		}
		l.Unsure = !replayed[l.position()] && l.time.Before(s.Since.Add(clockSkew)) && !s.Since.IsZero()
		switch {
		case replayed[l.position()]:
			l.Action = AlreadyReplayed
		case l.isForeign(c):
			l.Action = Foreign
		case l.letter.Incomplete:
			l.Action = Incomplete
		case !c.Again && l.refusedAgain(replayed):
			l.Action = RefusedAgain
		case c.DryRun:
			l.Action = WouldReplay
		default:
			if err := producer.Write(ctx, l.letter.Record(c.To, ReplayOf, l.position())); err != nil {
				return fmt.Errorf("dead letter %s may not have been replayed: %w; run it again, nothing is replayed twice",
					l.position(), err)
			}
			l.Action = Replayed
		}
		finished(l, len(s.Letters)-i-1)
	}
	return nil
}

// letters returns all dead letters in the order in which they were written, and the number of other records.
func (c Config) letters(ctx context.Context, admin *kadm.Client) (all []*Letter, others int, err error) {
	err = c.read(ctx, admin, c.From, time.Time{}, func(r *kgo.Record) {
		read, ok := deadletter.Read(r)
		if !ok {
			others++
			return
		}
		all = append(all, &Letter{
			Key: read.Key, ID: read.Event.ID(), Source: read.Event.Source(), Topic: r.Topic,
			Partition: r.Partition, Offset: r.Offset,
			Code: read.Code, Reason: read.Reason, letter: read, time: r.Timestamp,
		})
	})
	slices.SortStableFunc(all, func(a, b *Letter) int { return a.time.Compare(b.time) })
	return all, others, err
}

// groupByEvent groups dead letters by their events. It keeps their order.
func groupByEvent(all []*Letter) map[string][]*Letter {
	events := make(map[string][]*Letter)
	eventOf := make(map[string]string) // by position of a dead letter, its event
	for _, l := range all {
		id := l.eventID(eventOf)
		eventOf[l.position()] = id
		events[id] = append(events[id], l)
	}
	return events
}

// eventID returns a name of the dead letter's event that is the same for all its dead letters: its source and id, or
// the digest of a record that could not be read. An event without an id that was replayed has the name of the dead
// letter that it was replayed from.
func (l *Letter) eventID(eventOf map[string]string) string {
	switch event, ok := eventOf[l.letter.Event.Attributes[ReplayOf]]; {
	case l.letter.IsRaw():
		return fmt.Sprintf("raw %x", sha256.Sum256(append(l.letter.Event.Data, "\x00"+l.Key...)))
	case l.ID != "":
		return fmt.Sprintf("%q %q", l.Source, l.ID)
	case ok:
		return event
	}
	return l.position()
}

// replayed returns the positions of the dead letters that records of the target topic name. It reads the records since
// the first dead letter was written.
func (c Config) replayed(ctx context.Context, admin *kadm.Client, first *Letter) (map[string]bool, error) {
	positions := make(map[string]bool)
	err := c.read(ctx, admin, c.To, first.time.Add(-clockSkew), func(r *kgo.Record) {
		for _, h := range r.Headers {
			if h.Key == "ce_"+ReplayOf {
				positions[string(h.Value)] = true
			}
		}
	})
	return positions, err
}

// isForeign reports whether the refused record does not belong to the target topic: it was an answer of the function,
// which refuses those, or a plain record of another topic. The source of an event does not tell its topic, so an event
// is never foreign for that.
func (l *Letter) isForeign(c Config) bool {
	switch l.letter.Event.Attributes["type"] {
	case function.PredictionType, function.ErrorType:
		return true
	}
	return !c.Foreign && l.letter.Topic != "" && l.letter.Topic != c.To
}
