package eventing

import (
	"math"
	"time"
)

// Delivery says how often and for how long the delivery of an event is tried, like the spec.delivery of a KafkaSource.
type Delivery struct {
	Retry   int           // attempts after the first
	Backoff time.Duration // the n-th retry waits Backoff × 2ⁿ, or Backoff × n if Linear
	Linear  bool
	Timeout time.Duration // of one attempt; 0 means none
}

// DefaultDelivery is the delivery of a KafkaSource without spec.delivery.
var DefaultDelivery = Delivery{Retry: 10, Backoff: 300 * time.Millisecond, Timeout: 10 * time.Minute}

// backoff returns how long to wait before retry n, counted from 1 (WebClientCloudEventSender.computeRetryPolicy).
func (d Delivery) backoff(n int) time.Duration {
	if d.Linear {
		return d.Backoff * time.Duration(n)
	}
	return time.Duration(min(float64(d.Backoff)*math.Pow(2, float64(n)), float64(24*time.Hour)))
}
