// Package e2e tests the system as a whole, through the parts of the command up. Ledger is the bookkeeping that those
// tests share with the ones on a real Kafka: what went in, and whether all of it came out.
package e2e

import (
	"context"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/internal/letter"
)

// Ledger compares an input topic with the output and error topics that it was answered in.
type Ledger struct {
	Inputs     int // records of the input topic
	Answered   int // of them in the output topic
	Dead       int // in the error topic and not in the output topic
	Duplicates int // records of the output and error topics beyond the first of their event
	Missing    []string
	Unequal    []string // duplicates that differ
	Disorder   []string // keys whose first answers do not come in the order of their records
	Bare       []string // dead letters that lack origin, code or reason
}

// Read reads the topics from beginning to end.
func Read(ctx context.Context, brokers []string, input, output, errors string) (*Ledger, error) {
	in, err := Records(ctx, brokers, input)
	if err != nil {
		return nil, err
	}
	out, err := Records(ctx, brokers, output)
	if err != nil {
		return nil, err
	}
	dead, err := Records(ctx, brokers, errors)
	if err != nil {
		return nil, err
	}
	l := &Ledger{Inputs: len(in)}
	answered := l.answers(out)
	buried := l.letters(dead, input)
	for _, r := range in {
		id := eventing.Position(r)
		switch {
		case answered[id]:
			l.Answered++
		case buried[id]:
			l.Dead++
		default:
			l.Missing = append(l.Missing, id)
		}
	}
	return l, nil
}

// answers checks the output topic and returns the ids of the events that it answers.
func (l *Ledger) answers(out []*kgo.Record) map[string]bool {
	first := make(map[string]*kgo.Record) // of each input event
	last := make(map[string]int64)        // per key, the offset of the event that was answered last for the first time
	answered := make(map[string]bool)
	for _, r := range out {
		e, err := eventing.Unpack(r)
		of := e.Attributes["causationid"]
		if err != nil || of == "" {
			l.Unequal = append(l.Unequal, fmt.Sprintf("output %d/%d is not an answer", r.Partition, r.Offset))
			continue
		}
		if before, ok := first[of]; ok {
			l.Duplicates++
			if !equal(before, r) {
				l.Unequal = append(l.Unequal, of)
			}
			continue
		}
		first[of], answered[of] = r, true
		at := offset(of)
		if before, ok := last[string(r.Key)]; ok && at < before {
			l.Disorder = append(l.Disorder, string(r.Key))
		}
		last[string(r.Key)] = at
	}
	return answered
}

// letters checks the error topic and returns the ids of the events in it, of letters in both forms.
func (l *Ledger) letters(dead []*kgo.Record, input string) map[string]bool {
	buried := make(map[string]bool)
	for _, r := range dead {
		d, ok := letter.Read(r)
		if !ok {
			l.Bare = append(l.Bare, fmt.Sprintf("record %d/%d is no letter", r.Partition, r.Offset))
			continue
		}
		if buried[d.Origin] {
			l.Duplicates++
		}
		buried[d.Origin] = true
		if _, err := strconv.Atoi(d.Code); err != nil || d.Reason == "" || d.Topic != input {
			l.Bare = append(l.Bare, fmt.Sprintf("%s: code %q, reason %q, topic %q", d.Origin, d.Code, d.Reason, d.Topic))
		}
	}
	return buried
}

// equal tells whether two records are the same event with the same data.
func equal(a, b *kgo.Record) bool {
	one, err1 := eventing.Unpack(a)
	two, err2 := eventing.Unpack(b)
	return err1 == nil && err2 == nil && one.ID() == two.ID() && one.Source() == two.Source() &&
		string(a.Key) == string(b.Key) && string(a.Value) == string(b.Value)
}

// offset returns the offset in the id of an event that a record became.
func offset(id string) int64 {
	_, digits, _ := strings.Cut(id, "/offset:")
	n, _ := strconv.ParseInt(digits, 10, 64)
	return n
}

// Lost returns what must not be: empty when every record was answered, once or with equal answers, and every letter
// tells why.
func (l *Ledger) Lost() []string {
	var all []string
	for what, ids := range map[string][]string{"missing": l.Missing, "unequal": l.Unequal, "without origin, code or reason": l.Bare} {
		if len(ids) > 0 {
			all = append(all, fmt.Sprintf("%d %s: %s", len(ids), what, strings.Join(ids[:min(len(ids), 5)], ", ")))
		}
	}
	sort.Strings(all)
	return all
}

func (l *Ledger) String() string {
	return fmt.Sprintf(
		"%d records in: %d answered, %d dead letters, %d missing; %d duplicates, %d of them unequal; %d keys out of order",
		l.Inputs,
		l.Answered,
		l.Dead,
		len(l.Missing),
		l.Duplicates,
		len(l.Unequal),
		len(l.Disorder),
	)
}

// Records reads a topic up to where it ends now.
func Records(ctx context.Context, brokers []string, topic string) ([]*kgo.Record, error) {
	client, err := broker.At(brokers...).Connect(ctx, kgo.ConsumeTopics(topic))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	ends, err := kadm.NewClient(client).ListEndOffsets(ctx, topic)
	if err != nil {
		return nil, err
	}
	left := int64(0)
	ends.Each(func(o kadm.ListedOffset) { left += o.Offset })
	var all []*kgo.Record
	for int64(len(all)) < left {
		fetches := client.PollFetches(ctx)
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("%d of %d records of %s were read: %w", len(all), left, topic, err)
		}
		all = append(all, fetches.Records()...)
	}
	return all, nil
}
