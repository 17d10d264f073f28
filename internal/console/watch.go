package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/function"
	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/internal/local"
)

// Watch reads the topics of a cluster for a feed. It joins no consumer group and commits nothing, so other consumers
// are not affected.
type Watch struct {
	Cluster broker.Cluster
	Topics  Topics
	Group   string // consumer group whose lag is measured; empty: none
	Last    int64  // number of existing records to read from each partition
}

const (
	lagEvery   = 2 * time.Second
	lagTimeout = 5 * time.Second
)

// Start starts to read in the background until stop is called. It returns an error if the cluster cannot be reached or
// a topic does not exist.
func (w Watch) Start(ctx context.Context, f *Feed) (stop func(), err error) {
	client, err := w.connect(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{}, 2)
	go func() {
		w.read(ctx, client, f)
		done <- struct{}{}
	}()
	go func() {
		w.measure(ctx, client, f)
		done <- struct{}{}
	}()
	return func() {
		cancel()
		<-done
		<-done
		client.Close()
	}, nil
}

// connect returns a client that reads the three topics from w.Last records before their ends.
func (w Watch) connect(ctx context.Context) (*kgo.Client, error) {
	client, err := w.Cluster.Connect(ctx)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	names := []string{w.Topics.Input, w.Topics.Output, w.Topics.Errors}
	if err := broker.Require(ctx, client, names...); err != nil {
		return nil, err
	}
	admin := kadm.NewClient(client)
	starts, err := broker.CheckListed(admin.ListStartOffsets(ctx, names...))
	var ends kadm.ListedOffsets
	if err == nil {
		ends, err = broker.CheckListed(admin.ListEndOffsets(ctx, names...))
	}
	if err != nil {
		return nil, fmt.Errorf("reading the offsets of the topics: %w", err)
	}
	from := make(map[string]map[int32]kgo.Offset)
	ends.Each(func(end kadm.ListedOffset) {
		offset := max(0, end.Offset-w.Last)
		if start, ok := starts.Lookup(end.Topic, end.Partition); ok {
			offset = max(offset, start.Offset)
		}
		if from[end.Topic] == nil {
			from[end.Topic] = make(map[int32]kgo.Offset)
		}
		from[end.Topic][end.Partition] = kgo.NewOffset().At(offset)
	})
	return w.Cluster.Connect(ctx, kgo.ConsumePartitions(from))
}

func (w Watch) read(ctx context.Context, client *kgo.Client, f *Feed) {
	for ctx.Err() == nil {
		fetches := client.PollFetches(ctx)
		fetches.EachError(func(topic string, partition int32, err error) {
			if ctx.Err() == nil && !errors.Is(err, kgo.ErrClientClosed) {
				f.Notice("warn", fmt.Sprintf("topic %s cannot be read: %v", topic, err), time.Now())
			}
		})
		fetches.EachRecord(func(r *kgo.Record) {
			if r.Topic == w.Topics.Input {
				f.Input(input(r))
				return
			}
			output(f, r)
		})
	}
}

// input returns the input of a record.
func input(r *kgo.Record) Input {
	e := eventing.FromRecord(r, "", eventing.TextKeys)
	return Input{ID: e.ID(), Key: string(r.Key), At: r.Timestamp, Comments: texts(e)}
}

// texts returns the comments of an event. If the function finds none, it returns the data as a whole.
func texts(e eventing.Event) []string {
	comments, err := function.Comments(e.ContentType(), e.Data)
	if err != nil && len(e.Data) > 0 {
		return []string{string(e.Data)}
	}
	return comments
}

// output adds a record of the output or error topic to the feed.
func output(f *Feed, r *kgo.Record) {
	a := local.ReadAnswer(r)
	ev := Event{
		EventID: a.EventID,
		Key:     string(r.Key),
		At:      r.Timestamp,
		Origin:  fmt.Sprintf("%s/%d/%d", r.Topic, r.Partition, r.Offset),
		Data:    r.Value,
	}
	e, err := eventing.Unpack(r)
	if err == nil {
		ev.Attributes, ev.ContentType, ev.Data = e.Attributes, e.ContentType(), e.Data
		delete(ev.Attributes, "datacontenttype")
	}
	if a.Refusal == nil {
		ev.Labels = a.Labels
		f.Answer(ev, a.Rows)
		return
	}
	e = refused(e)
	source := e.Source()
	if at, ok := e.Attributes[eventing.KafkaOffset]; ok {
		source += fmt.Sprintf(", partition %s, offset %s", e.Attributes[eventing.KafkaPartition], at)
	}
	f.DeadLetter(ev, Refusal{
		Code: a.Refusal.Code, Reason: a.Refusal.Reason, Message: a.Refusal.Message, Source: source, Comments: texts(e),
	})
}

// refused returns the refused event of a dead letter: the dead letter itself if it is the source's, or what it has in
// its data if it is the function's.
func refused(e eventing.Event) eventing.Event {
	var l function.Letter
	if e.Attributes["type"] != function.ErrorType || json.Unmarshal(e.Data, &l) != nil || l.Event == nil {
		return e
	}
	return eventing.Event{Attributes: l.Event, Data: l.Data}
}

// measure measures the lag of the group periodically.
func (w Watch) measure(ctx context.Context, client *kgo.Client, f *Feed) {
	if w.Group == "" {
		return
	}
	admin := kadm.NewClient(client)
	ticker := time.NewTicker(lagEvery)
	defer ticker.Stop()
	for {
		if records, err := lag(ctx, admin, w.Group, w.Topics.Input); err == nil {
			f.SetLag(Lag{w.Group, records})
		} else if ctx.Err() == nil {
			f.Notice("warn", fmt.Sprintf("the lag of the group %s cannot be measured: %v", w.Group, err), time.Now())
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// lag returns how many records of the topic the group has not committed. The group need not exist yet.
func lag(ctx context.Context, admin *kadm.Client, group, topic string) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, lagTimeout)
	defer cancel()
	committed, err := admin.FetchOffsets(ctx, group)
	if err == nil {
		err = committed.Error()
	}
	if err != nil && !errors.Is(err, kerr.GroupIDNotFound) { // a group that does not exist yet has committed nothing
		return 0, err
	}
	ends, err := broker.CheckListed(admin.ListCommittedOffsets(ctx, topic)) // up to which the source reads
	if err != nil {
		return 0, err
	}
	starts, err := broker.CheckListed(admin.ListStartOffsets(ctx, topic))
	if err != nil {
		return 0, err
	}
	var behind int64
	ends.Each(func(end kadm.ListedOffset) {
		from := int64(0)
		if start, ok := starts.Lookup(topic, end.Partition); ok {
			from = start.Offset
		}
		if at, ok := committed.Lookup(topic, end.Partition); ok {
			from = max(from, at.At)
		}
		behind += max(0, end.Offset-from)
	})
	return behind, nil
}
