// Package autoscaling simulates the function behind a KafkaSource on Knative. A scenario begins without records; then
// there is a burst of records, the backlog drains, and the function scales to zero. The simulation shows the fate of
// every record, also if the sink fails or pods start late.
//
// Knative's own code makes all decisions about the number of pods. Serving's packages validate the annotations and make
// a decider of them; its MetricCollector averages the concurrency over the stable and the panic window; its UniScaler
// returns the number of pods. The rest is an event simulation, which is random only if the scenario has a seed.
// func.yaml has the settings of the function, the manifest of the KafkaSource those of delivery, and measured.json
// (from test/func) the times of the function. The simulation makes these assumptions:
//
//   - Scaling to zero is reimplemented, because Serving does not export it: kpa/scaler.go (handleScaleToZero),
//     kpa/kpa.go (computeActiveCondition). Its grace period does not apply while the activator is always in the
//     request path.
//   - The activator is always in the request path. This holds while max-scale × target is below target-burst-capacity
//     (default 211). A simulation for which Knative's code decides otherwise ends with an error. There is one
//     activator. It sends requests to the pods in turn, up to containerConcurrency each (activator/net:
//     newRoundRobinPolicy; below 4 it has another policy). It wakes the autoscaler at the first request of a revision
//     (handler/concurrency_reporter.go) and queues requests, up to 10,000, which no scenario reaches.
//   - In unordered delivery, a consumer polls while fewer than 50 of its records are in flight (max.poll.records), and
//     gets up to 50: so 99 at most. In ordered delivery, one record per partition is in flight. A consumer polls every
//     200 ms, up to 50 records, from partitions that have delivered the records of their last poll. A record in
//     backoff counts as in flight. (eventing-kafka-broker: UnorderedConsumerVerticle, OrderedConsumerVerticle.) The
//     times between records are measured. The manifest of the source sets the number of consumers, which share the
//     partitions.
//   - Retries follow WebClientCloudEventSender, see [Delivery]. The dead letter sink always accepts.
//   - A pod does not notice that the source has given up a request. It spends the processor time, and its prediction
//     is written. This is the worst case: the function itself stops when the connection is closed.
//   - A pod can use its whole limit of 1 processor. func.yaml requests 100m. On a full node a pod gets only its
//     request, and does about a tenth of what is simulated.
//   - A pod has one queue for its processors. It starts after the delay of the scenario. The newest pod is stopped
//     first, as by a ReplicaSet: it gets no new requests, answers those it has, and ends after 30 s (queue/sharedmain:
//     drainSleepDuration).
package autoscaling
