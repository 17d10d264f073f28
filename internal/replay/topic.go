package replay

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// keptSince returns when the oldest record was written that every partition of a topic has left, zero when none has
// lost any, and now when one has nothing left.
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

// read calls each with the records of a topic from a time on (zero: all), up to those that are there now.
func (p Config) read(
	ctx context.Context,
	client *kgo.Client,
	topic string,
	since time.Time,
	each func(*kgo.Record),
) error {
	admin := kadm.NewClient(client)
	starts, err := admin.ListStartOffsets(ctx, topic)
	if err == nil && !since.IsZero() {
		starts, err = admin.ListOffsetsAfterMilli(ctx, since.UnixMilli(), topic)
	}
	if err != nil {
		return err
	}
	ends, err := admin.ListCommittedOffsets(ctx, topic)
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
	consumer, err := p.Cluster.Connect(
		ctx,
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: from}),
		kgo.KeepControlRecords(),
	)
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
	ctx, cancel := context.WithTimeoutCause(
		ctx,
		p.Timeout,
		fmt.Errorf("nothing came for %v; check that the brokers run", p.Timeout),
	)
	defer cancel()
	fetches := consumer.PollFetches(ctx)
	return fetches, context.Cause(ctx)
}
