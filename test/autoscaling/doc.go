// Package autoscaling simulates the function behind a KafkaSource on Knative: nothing, a burst of comments, the backlog draining,
// nothing again.
//
// Every decision about the number of pods is taken by Knative's own code: annotations are validated and turned into a decider by
// Serving's packages, concurrency goes through its MetricCollector (stable and panic window), and its UniScaler says how many pods
// there should be. Simulated, event by event and without chance, are what Knative scales and what feeds it: the source's rule of
// how many records are in flight, the activator's queue, pods that take time to start and to answer. How long an answer takes is
// measured on the real function (test/func) and read from measured.json; func.yaml says how it scales.
//
// The rule of scaling to zero is written anew here, as Serving does not export it.
package autoscaling
