package broker

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Producer writes records up to the largest size that their topics accept.
type Producer struct {
	*kgo.Client
	timeout time.Duration
}

// NewProducer returns a producer for the topics given. A write fails if it is not acknowledged within timeout, although
// the record may have been written. A timeout of 0 means none.
func (c Cluster) NewProducer(ctx context.Context, timeout time.Duration, topics ...string) (*Producer, error) {
	client, err := c.Connect(ctx)
	if err != nil {
		return nil, err
	}
	limits := MaxBytes(ctx, client, topics...)
	client.Close()
	const defaultLimit = 1_000_012 // the default of all brokers, minus the overhead
	opts := []kgo.Opt{
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.ProducerBatchMaxBytesFn(func(topic string) int32 {
			if n, ok := limits[topic]; ok {
				return n
			}
			return defaultLimit
		}),
		// Without this, kgo keeps a record that may have been written until a broker answers, regardless of timeouts and
		// cancellation.
		kgo.AllowIdempotentProduceCancellation(),
	}
	if timeout > 0 {
		opts = append(opts, kgo.RecordDeliveryTimeout(timeout))
	}
	client, err = kgo.NewClient(append(c.Options(), opts...)...)
	if err != nil {
		return nil, err
	}
	return &Producer{client, timeout}, nil
}

// Write writes a record and waits until all in-sync replicas have it. It fails if ctx is done or the timeout has passed
// before. Then the record may have been written.
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
	case <-ctx.Done(): // kgo checks ctx only between requests, and a request to a broker that hangs takes long
		return context.Cause(ctx)
	}
}
