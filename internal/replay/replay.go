// Package replay puts dead letters back to the topic that the function is fed from, after what kept it from answering
// was fixed.
//
// A letter becomes the event that it was, in Kafka's binary mode: same id and source, so that the answer has the id
// that it would have had at first; without what the source added; with the letter's position as ReplayOf. Running it
// again does nothing: before it writes, it looks up which letters the target topic names already, which it can for as
// long as that topic keeps its records. An event that was refused again is a new letter, and can be replayed anew when
// the reason is another one; of several letters of one event only the last counts. A record that could not be read as
// an event is given back as it was.
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
	"reddit-classifier/internal/letter"
)

// ReplayOf is the extension of a replayed event that names its dead letter: TOPIC/PARTITION/OFFSET.
const ReplayOf = "replayof"

// Config says what to replay.
type Config struct {
	Cluster  broker.Cluster
	From, To string // topics
	Reason   string // replay only what was refused for it; empty: everything
	Foreign  bool   // also letters of records of other topics than To
	Again    bool   // also what was replayed and refused again for the same reason
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
	// Since is when the oldest record was written that the target topic has left; zero when it has lost none. A letter
	// from before may have been replayed without a trace.
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

	letter letter.Letter
	at     time.Time
	before []*Letter // of the same event
}

// refusedAgain tells whether a letter of the same event was replayed, and this is what came of it: refused for the same
// reason.
func (l *Letter) refusedAgain(done map[string]bool) bool {
	return slices.ContainsFunc(l.before, func(b *Letter) bool { return b.Reason == l.Reason && done[b.position()] })
}

// Action says what became of a letter.
type Action string

// What becomes of letters.
const (
	Replayed     Action = "replayed"
	WouldReplay  Action = "would_replay"    // but for DryRun
	Foreign      Action = "foreign"         // what it was is not for the target topic, see Letter.foreign
	DoneBefore   Action = "replayed_before" // the target topic has it
	RefusedAgain Action = "refused_again"   // the target topic has it from a letter before, and it was refused for the same reason
	Incomplete   Action = "data_omitted"    // the letter had outgrown its topic: the data is only where it came from
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
	events := byEvent(all)
	for _, letters := range events {
		l := letters[len(letters)-1]
		l.before = letters[:len(letters)-1]
		found.Reasons[l.Reason]++
		if p.Reason == "" || p.Reason == l.Reason {
			found.Letters = append(found.Letters, l)
		}
	}
	if len(found.Letters) == 0 {
		return found, nil
	}
	slices.SortFunc(
		found.Letters,
		func(a, b *Letter) int { return cmp.Or(a.at.Compare(b.at), strings.Compare(a.position(), b.position())) },
	)
	done, err := p.done(ctx, client, all[0])
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
		case l.letter.Incomplete:
			l.Action = Incomplete
		case !p.Again && l.refusedAgain(done):
			l.Action = RefusedAgain
		case p.DryRun:
			l.Action = WouldReplay
		default:
			if err := producer.Write(ctx, l.letter.Record(p.To, ReplayOf, l.position())); err != nil {
				return fmt.Errorf(
					"letter %s is not replayed, or not known to be: %w; start again, what is done is not done twice",
					l.position(),
					err,
				)
			}
			l.Action = Replayed
		}
	}
	return nil
}

// letters returns every letter in the order in which they were written, and how many records are none.
func (p Config) letters(ctx context.Context, client *kgo.Client) (all []*Letter, others int, err error) {
	err = p.read(ctx, client, p.From, time.Time{}, func(r *kgo.Record) {
		read, ok := letter.Read(r)
		if !ok {
			others++
			return
		}
		all = append(all, &Letter{
			Key: read.Key, ID: read.Event.ID(), Source: read.Event.Source(), Topic: r.Topic,
			Partition: r.Partition, Offset: r.Offset,
			Code: read.Code, Reason: read.Reason, letter: read, at: r.Timestamp,
		})
	})
	slices.SortStableFunc(all, func(a, b *Letter) int { return a.at.Compare(b.at) })
	return all, others, err
}

// byEvent returns for each event its letters, in their order.
func byEvent(all []*Letter) map[string][]*Letter {
	events := make(map[string][]*Letter)
	identities := make(map[string]string) // position of a letter → its event
	for _, l := range all {
		id := l.identity(identities)
		identities[l.position()] = id
		events[id] = append(events[id], l)
	}
	return events
}

// identity names the event of a letter. What has no id is known by its data, or as what another letter was replayed as.
func (l *Letter) identity(known map[string]string) string {
	switch before, ok := known[l.letter.Event.Attributes[ReplayOf]]; {
	case l.letter.Whole():
		return fmt.Sprintf("whole %x", sha256.Sum256(append(l.letter.Event.Data, "\x00"+l.Key...)))
	case l.ID != "":
		return fmt.Sprintf("%q %q", l.Source, l.ID)
	case ok:
		return before
	}
	return l.position()
}

// done returns the letters that the target topic names. It cannot name one before that was written.
func (p Config) done(ctx context.Context, client *kgo.Client, first *Letter) (map[string]bool, error) {
	done := make(map[string]bool)
	err := p.read(ctx, client, p.To, first.at.Add(-margin), func(r *kgo.Record) {
		for _, h := range r.Headers {
			if h.Key == "ce_"+ReplayOf {
				done[string(h.Value)] = true
			}
		}
	})
	return done, err
}

// foreign tells whether the letter has nothing to do in the target topic: it was an answer of the function, which
// refuses those, or a record of another topic. An event that came as one may have any source, and is taken for one of
// the target topic's.
func (l *Letter) foreign(p Config) bool {
	switch l.letter.Event.Attributes["type"] {
	case function.PredictionType, function.ErrorType:
		return true
	}
	return !p.Foreign && l.letter.Topic != "" && l.letter.Topic != p.To
}
