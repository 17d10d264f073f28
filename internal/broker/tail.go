package broker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Tail calls each with the last records of a topic, up to n of each partition, as far as they are there now.
func (c Cluster) Tail(ctx context.Context, topic string, n int64, within time.Duration, each func(*kgo.Record)) error {
	client, err := c.Connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := Require(ctx, client, topic); err != nil {
		return err
	}
	from, left, err := tail(ctx, kadm.NewClient(client), topic, n)
	if err != nil || len(left) == 0 {
		return err
	}
	// Control records are asked for as well: a transaction's last offset is one.
	consumer, err := c.Connect(
		ctx,
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: from}),
		kgo.KeepControlRecords(),
	)
	if err != nil {
		return err
	}
	defer consumer.Close()
	for len(left) > 0 {
		poll, cancel := context.WithTimeoutCause(
			ctx,
			within,
			fmt.Errorf("nothing came for %v; check that the brokers run", within),
		)
		fetches := consumer.PollFetches(poll)
		err := errors.Join(context.Cause(poll), fetches.Err())
		cancel()
		if err != nil {
			return fmt.Errorf("topic %s cannot be read to its end: %w", topic, err)
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

// tail returns where the last n records of each partition begin, and the offsets behind them.
func tail(
	ctx context.Context,
	admin *kadm.Client,
	topic string,
	n int64,
) (from map[int32]kgo.Offset, ends map[int32]int64, err error) {
	starts, err := admin.ListStartOffsets(ctx, topic)
	if err == nil {
		err = starts.Error()
	}
	if err != nil {
		return nil, nil, err
	}
	listed, err := admin.ListEndOffsets(ctx, topic)
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return nil, nil, err
	}
	from, ends = make(map[int32]kgo.Offset), make(map[int32]int64)
	listed.Each(func(end kadm.ListedOffset) {
		start, _ := starts.Lookup(topic, end.Partition)
		if begin := max(start.Offset, end.Offset-n); begin < end.Offset {
			from[end.Partition], ends[end.Partition] = kgo.NewOffset().At(begin), end.Offset
		}
	})
	return from, ends, nil
}
