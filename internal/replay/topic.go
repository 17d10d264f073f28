package replay

import (
	"context"
	"time"

	"reddit-classifier/internal/broker"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// completeSince returns the time from which on every partition of a topic still has its records: the time of the oldest
// record in the partition that has lost most. It is zero if no partition has lost any, and now if one has lost them
// all.
func completeSince(ctx context.Context, admin *kadm.Client, topic string) (time.Time, error) {
	var since time.Time
	starts, err := broker.CheckListed(admin.ListStartOffsets(ctx, topic))
	if err != nil {
		return since, err
	}
	oldest, err := broker.CheckListed(admin.ListOffsetsAfterMilli(ctx, 0, topic))
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

// read calls f with the committed records of a topic, from a time on if since is not zero, up to the current end.
func (c Config) read(ctx context.Context, admin *kadm.Client, topic string, since time.Time,
	f func(*kgo.Record)) error {
	starts, err := admin.ListStartOffsets(ctx, topic)
	if err == nil && !since.IsZero() {
		starts, err = admin.ListOffsetsAfterMilli(ctx, since.UnixMilli(), topic)
	}
	if err != nil {
		return err
	}
	ends, err := broker.CheckListed(admin.ListCommittedOffsets(ctx, topic))
	if err != nil {
		return err
	}
	from, to := make(map[int32]int64), make(map[int32]int64)
	ends.Each(func(end kadm.ListedOffset) {
		if start, ok := starts.Lookup(topic, end.Partition); ok {
			from[end.Partition], to[end.Partition] = start.Offset, end.Offset
		}
	})
	return c.Cluster.Read(ctx, topic, from, to, c.Timeout, f)
}
