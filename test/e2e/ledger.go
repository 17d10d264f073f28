// Package e2e tests the whole system with the parts of the command up. Its [Ledger] checks that every record of the
// input topic was answered or dead-lettered. The tests on a real Kafka use it as well.
package e2e

import (
	"context"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/deadletter"
	"reddit-classifier/internal/eventing"
)

// Ledger compares the records of an input topic with their answers and dead letters.
type Ledger struct {
	Inputs       int      // records of the input topic
	Answered     int      // records that have an answer in the output topic
	DeadLettered int      // records that have no answer, but a dead letter in the error topic
	Duplicates   int      // answers and dead letters after the first one of a record
	Missing      []string // ids of records that have neither
	Unequal      []string // ids of records whose answers differ
	OutOfOrder   []string // keys whose first answers are not in the order of their records
	Incomplete   []string // dead letters without origin, code or reason
}

// Read reads the topics up to their current ends.
func Read(ctx context.Context, cluster broker.Cluster, input, output, errors string) (*Ledger, error) {
	in, err := Records(ctx, cluster, input)
	if err != nil {
		return nil, err
	}
	out, err := Records(ctx, cluster, output)
	if err != nil {
		return nil, err
	}
	dead, err := Records(ctx, cluster, errors)
	if err != nil {
		return nil, err
	}
	l := &Ledger{Inputs: len(in)}
	answered := l.answers(out)
	deadLettered := l.deadLetters(dead, input)
	for _, r := range in {
		id := eventing.Position(r)
		switch {
		case answered[id]:
			l.Answered++
		case deadLettered[id]:
			l.DeadLettered++
		default:
			l.Missing = append(l.Missing, id)
		}
	}
	return l, nil
}

// answers checks the records of the output topic and returns the ids of the events that they answer.
func (l *Ledger) answers(out []*kgo.Record) map[string]bool {
	first := make(map[string]*kgo.Record) // by id of the input event, its first answer
	last := make(map[string]int64)        // by key, the offset of the latest input event with a first answer
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
			l.OutOfOrder = append(l.OutOfOrder, string(r.Key))
		}
		last[string(r.Key)] = at
	}
	return answered
}

// deadLetters checks the records of the error topic and returns the ids of the events that were refused.
func (l *Ledger) deadLetters(dead []*kgo.Record, input string) map[string]bool {
	refused := make(map[string]bool)
	for _, r := range dead {
		d, ok := deadletter.Read(r)
		if !ok {
			l.Incomplete = append(l.Incomplete, fmt.Sprintf("record %d/%d is not a dead letter", r.Partition, r.Offset))
			continue
		}
		if refused[d.Origin] {
			l.Duplicates++
		}
		refused[d.Origin] = true
		if _, err := strconv.Atoi(d.Code); err != nil || d.Reason == "" || d.Topic != input {
			l.Incomplete = append(l.Incomplete,
				fmt.Sprintf("%s: code %q, reason %q, topic %q", d.Origin, d.Code, d.Reason, d.Topic))
		}
	}
	return refused
}

// equal reports whether two records are the same event with the same data.
func equal(a, b *kgo.Record) bool {
	one, err1 := eventing.Unpack(a)
	two, err2 := eventing.Unpack(b)
	return err1 == nil && err2 == nil && one.ID() == two.ID() && one.Source() == two.Source() &&
		string(a.Key) == string(b.Key) && string(a.Value) == string(b.Value)
}

// offset returns the offset in the id of the event that a plain record became.
func offset(id string) int64 {
	_, digits, _ := strings.Cut(id, "/offset:")
	n, _ := strconv.ParseInt(digits, 10, 64)
	return n
}

// Problems returns a line for each kind of problem: records that are missing or have unequal answers, and incomplete
// dead letters.
func (l *Ledger) Problems() []string {
	var all []string
	for problem, ids := range map[string][]string{
		"missing": l.Missing, "unequal": l.Unequal, "without origin, code or reason": l.Incomplete,
	} {
		if len(ids) > 0 {
			all = append(all, fmt.Sprintf("%d %s: %s", len(ids), problem, strings.Join(ids[:min(len(ids), 5)], ", ")))
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
		l.DeadLettered,
		len(l.Missing),
		l.Duplicates,
		len(l.Unequal),
		len(l.OutOfOrder),
	)
}

// Records reads a topic up to its current end.
func Records(ctx context.Context, cluster broker.Cluster, topic string) ([]*kgo.Record, error) {
	var all []*kgo.Record
	err := cluster.Tail(ctx, topic, math.MaxInt64, time.Minute, func(r *kgo.Record) { all = append(all, r) })
	return all, err
}
