package console

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// collector hands what a feed has counted to Prometheus.
type collector struct {
	feed                                  *Feed
	lag, inputs, answers, letters, waited *prometheus.Desc
}

// Collector returns what makes the feed's counts metrics. The reasons of dead letters are at most keptReasons and "others".
func (f *Feed) Collector() prometheus.Collector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("reddit_classifier_"+name, help, labels, nil)
	}
	return &collector{
		feed:    f,
		lag:     desc("lag_records", "Records of the input topic that the consumer group has not committed.", "group"),
		inputs:  desc("input_records_total", "Records of the input topic that were seen."),
		answers: desc("output_records_total", "Records of the output topic that were seen."),
		letters: desc("dead_letters_total", "Records of the error topic that were seen, by the reason in them.", "reason"),
		waited:  desc("answer_latency_seconds", "Time from when a record of the input topic was written until its answer or dead letter was."),
	}
}

// latencyBuckets are the upper bounds of answer_latency_seconds.
var latencyBuckets = [...]time.Duration{
	5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond,
	time.Second, 5 * time.Second, 30 * time.Second, 5 * time.Minute,
}

// waits is a histogram of latencies since the console began to count.
type waits struct {
	bins  [len(latencyBuckets)]uint64
	count uint64
	sum   time.Duration
}

func (w *waits) add(d time.Duration) {
	w.count++
	w.sum += d
	for i, most := range latencyBuckets {
		if d <= most {
			w.bins[i]++
			return
		}
	}
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.lag, c.inputs, c.answers, c.letters, c.waited} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(to chan<- prometheus.Metric) {
	f := c.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lag != nil {
		to <- prometheus.MustNewConstMetric(c.lag, prometheus.GaugeValue, float64(f.lag.Records), f.lag.Group)
	}
	to <- prometheus.MustNewConstMetric(c.inputs, prometheus.CounterValue, float64(f.counts.inputs))
	to <- prometheus.MustNewConstMetric(c.answers, prometheus.CounterValue, float64(f.counts.answers))
	for _, r := range f.counts.byReason() {
		to <- prometheus.MustNewConstMetric(c.letters, prometheus.CounterValue, float64(r.Count), r.Reason)
	}
	buckets, n := make(map[float64]uint64, len(latencyBuckets)), uint64(0)
	for i, most := range latencyBuckets {
		n += f.counts.waits.bins[i]
		buckets[most.Seconds()] = n
	}
	to <- prometheus.MustNewConstHistogram(c.waited, f.counts.waits.count, f.counts.waits.sum.Seconds(), buckets)
}
