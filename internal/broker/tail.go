package broker

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Tail calls f with the last n records of each partition of a topic, up to the current end of the topic. It fails if no
// record arrives within timeout.
func (c Cluster) Tail(ctx context.Context, topic string, n int64, timeout time.Duration, f func(*kgo.Record)) error {
	client, err := c.Connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := Require(ctx, client, topic); err != nil {
		return err
	}
	admin := kadm.NewClient(client)
	starts, err := CheckListed(admin.ListStartOffsets(ctx, topic))
	if err != nil {
		return err
	}
	ends, err := CheckListed(admin.ListEndOffsets(ctx, topic))
	if err != nil {
		return err
	}
	from, to := make(map[int32]int64), make(map[int32]int64)
	ends.Each(func(end kadm.ListedOffset) {
		start, _ := starts.Lookup(topic, end.Partition)
		from[end.Partition], to[end.Partition] = max(start.Offset, end.Offset-n), end.Offset
	})
	return c.Read(ctx, topic, from, to, timeout, f)
}

// Read calls f with the records of a topic, by partition from the offset in from up to, and without, the one in to. It
// fails if no record arrives within timeout.
func (c Cluster) Read(ctx context.Context, topic string, from, to map[int32]int64, timeout time.Duration,
	f func(*kgo.Record)) error {
	ends := make(map[int32]int64) // of the partitions that are not read to their ends
	starts := make(map[int32]kgo.Offset)
	for partition, end := range to {
		if start := from[partition]; start < end {
			ends[partition], starts[partition] = end, kgo.NewOffset().At(start)
		}
	}
	if len(ends) == 0 {
		return nil
	}
	// Control records are fetched as well, because the last offset of a transaction is one.
	consumer, err := c.Connect(ctx,
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: starts}), kgo.KeepControlRecords())
	if err != nil {
		return err
	}
	defer consumer.Close()
	for len(ends) > 0 {
		fetches, err := poll(ctx, consumer, timeout)
		if err != nil {
			return fmt.Errorf("topic %s cannot be read to its end: %w", topic, err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			end, ok := ends[r.Partition]
			if !ok || r.Offset >= end {
				return
			}
			if !r.Attrs.IsControl() {
				f(r)
			}
			if r.Offset == end-1 {
				delete(ends, r.Partition)
			}
		})
	}
	return nil
}

// poll returns the next records. Without the timeout, a client would wait for unavailable brokers for ever.
func poll(ctx context.Context, consumer *kgo.Client, timeout time.Duration) (kgo.Fetches, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout,
		fmt.Errorf("no records for %v; check that the brokers run", timeout))
	defer cancel()
	fetches := consumer.PollFetches(ctx)
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return fetches, fetches.Err()
}
