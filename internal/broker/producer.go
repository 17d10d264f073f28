package broker

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Producer writes records as large as their topics take.
type Producer struct {
	*kgo.Client
	timeout time.Duration
}

// NewProducer returns a producer for the topics given. A record that was not acknowledged within timeout fails,
// although it may have been written; 0 means that it is tried for ever.
func (c Cluster) NewProducer(ctx context.Context, timeout time.Duration, topics ...string) (*Producer, error) {
	ask, err := c.Connect(ctx)
	if err != nil {
		return nil, err
	}
	defer ask.Close()
	const usual = 1_000_012 // every broker's default, less the overhead
	limits := MaxBytes(ctx, ask, topics...)
	opts := []kgo.Opt{
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.ProducerBatchMaxBytesFn(func(topic string) int32 {
			if n, ok := limits[topic]; ok {
				return n
			}
			return usual
		}),
		// Or else kgo holds on to a record that may have been written until a broker tells, past every time-out and
		// cancellation.
		kgo.AllowIdempotentProduceCancellation(),
	}
	if timeout > 0 {
		opts = append(opts, kgo.RecordDeliveryTimeout(timeout))
	}
	client, err := kgo.NewClient(append(c.Options(), opts...)...)
	if err != nil {
		return nil, err
	}
	return &Producer{client, timeout}, nil
}

// Write writes a record and returns when all replicas in sync have it, and at the latest when ctx is done or the
// time-out has passed: then the record may have been written, or not.
func (p *Producer) Write(ctx context.Context, r *kgo.Record) error {
	if p.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, p.timeout, fmt.Errorf("no acknowledgement within %v", p.timeout))
		defer cancel()
	}
	written := make(chan error, 1)
	p.Produce(ctx, r, func(_ *kgo.Record, err error) { written <- err })
	select {
	case err := <-written:
		return err
	case <-ctx.Done(): // kgo sees it only between requests, and a request to a broker that hangs takes long
		return context.Cause(ctx)
	}
}
