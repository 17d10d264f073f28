// Package autoscaling simulates the function behind a KafkaSource on Knative: nothing, a burst of comments, the backlog
// draining, nothing again; and what becomes of each record when a sink fails or pods come late.
//
// Every decision about the number of pods is taken by Knative's own code: annotations are validated and turned into a
// decider by Serving's packages, concurrency goes through its MetricCollector (stable and panic window), and its
// UniScaler says how many pods there should be. The rest is simulated, event by event, and without chance unless a
// scenario has a seed. func.yaml says how the function scales, the KafkaSource's manifest how records are delivered,
// measured.json (test/func) how long the function takes. What is assumed, and where it is from:
//
//   - Scaling to zero is written anew, as Serving does not export it: kpa/scaler.go (handleScaleToZero), kpa/kpa.go
//     (computeActiveCondition). Its grace period does not pass again while the activator is in the path all the time.
//   - The activator is in the path all the time. So it is while max-scale × target is below target-burst-capacity (211 unless said
//     otherwise); a simulation in which Knative's code says something else ends with an error. There is one activator. It takes pods in
//     turns, up to containerConcurrency each (activator/net: newRoundRobinPolicy; another policy below 4), wakes the autoscaler at a
//     revision's first request (handler/concurrency_reporter.go) and queues the rest; 10,000 before it refuses, more than ever come.
//   - Unordered, a consumer polls while fewer than 50 of its records are under way (max.poll.records) and gets up to 50: at most 99.
//     Ordered, there is one for each partition, and a consumer polls once in 200 ms, up to 50 records, for the partitions that have
//     delivered what they got. One that waits for its retry counts. (eventing-kafka-broker: UnorderedConsumerVerticle,
//     OrderedConsumerVerticle.) The times between records are measured. The source's manifest says how many consumers there are, which
//     share the partitions; with KEDA each brings as much again.
//   - Retries: WebClientCloudEventSender; see Delivery. That the dead letter sink takes what it gets is assumed.
//   - A pod does not notice that the source has given up a request: it takes its processor time, and its prediction is written. That
//     is the worst case; the function itself stops when the connection is closed.
//   - A pod gets all of its limit (1 processor). func.yaml requests 100m: on a node that is full only those are sure, and a pod then does
//     about a tenth of what is said here.
//   - A pod has one queue for its processors, starts as long after the decision as the scenario says, and goes newest first, as a
//     ReplicaSet does: it takes no new request, answers what it has, and ends after 30 s (queue/sharedmain: drainSleepDuration).
package autoscaling
