package kubernetes

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// The keys of a Kafka Broker's ConfigMap.
const (
	brokerServers    = "bootstrap.servers"
	brokerPartitions = "default.topic.partitions"
	brokerReplicas   = "default.topic.replication.factor"
	brokerSecret     = "auth.secret.ref.name"
	brokerTopic      = "default.topic.config." // the prefix of settings of the topic
)

// checkConfigMap returns the problems of a ConfigMap of a Kafka Broker.
func checkConfigMap(all []Object, o Object) []string {
	var c corev1.ConfigMap
	if err := strictly(o.fields, &c); err != nil {
		return []string{err.Error()}
	}
	var problems []string
	known := []string{brokerServers, brokerPartitions, brokerReplicas, brokerSecret}
	for _, key := range slices.Sorted(maps.Keys(c.Data)) {
		if !slices.Contains(known, key) && !strings.HasPrefix(key, brokerTopic) {
			problems = append(problems, "data."+key+" is none that a Kafka Broker knows")
		}
	}
	for _, key := range []string{brokerPartitions, brokerReplicas} {
		if n, err := strconv.ParseInt(c.Data[key], 10, 16); err != nil || n < 1 {
			problems = append(
				problems,
				fmt.Sprintf("data.%s is %q: a Kafka Broker wants a whole number, at least 1", key, c.Data[key]),
			)
		}
	}
	partitions, _ := strconv.ParseInt(c.Data[brokerPartitions], 10, 16)
	replicas, _ := strconv.ParseInt(c.Data[brokerReplicas], 10, 16)
	return append(problems, checkBetween(all, partitions, replicas)...)
}

// checkChannel returns the problems of a KafkaChannel.
func checkChannel(all []Object, o Object) []string {
	problems := checkBetween(all, o.number("spec", "numPartitions"), o.number("spec", "replicationFactor"))
	if kept, err := duration(o.text("spec", "retentionDuration")); err == nil && kept.Milliseconds() < leastKept {
		problems = append(problems, fmt.Sprintf("spec.retentionDuration is %v: records must be kept for a day at least", kept))
	}
	return problems
}

// checkBetween reports a Broker or a channel whose topic has fewer partitions or replicas than a topic that a source
// reads. Fewer partitions would reduce the parallelism, fewer replicas the durability.
func checkBetween(all []Object, partitions, replicas int64) []string {
	var problems []string
	for _, source := range ofKind(all, "KafkaSource") {
		for _, name := range source.texts("spec", "topics") {
			t, _ := topic(all, name)
			if p, r := t.number("spec", "partitions"), t.number("spec", "replicas"); partitions < p || replicas < r {
				problems = append(
					problems,
					fmt.Sprintf(
						"has %d partitions and %d replicas, and %s, which goes through it, has %d and %d",
						partitions,
						replicas,
						name,
						p,
						r,
					),
				)
			}
		}
	}
	return problems
}
