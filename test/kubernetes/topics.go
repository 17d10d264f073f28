package kubernetes

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
)

const (
	leastKept = 24 * 60 * 60 * 1000 // retention.ms: a reader may be down for a day
	// leastSize is the least max.message.bytes: the longest comment on Reddit has 10,000 characters, of up to six bytes if
	// escaped.
	leastSize = 64 << 10
)

// checkTopic returns the problems of a KafkaTopic.
func checkTopic(o Object) []string {
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if !kafkaName(topicName(o)) {
		say("%q is not a valid name of a topic", topicName(o))
	}
	for _, name := range []string{"partitions", "replicas"} {
		if o.number("spec", name) < 1 {
			say("spec.%s is not set, or less than 1", name)
		}
	}
	if insync, replicas := o.number("spec", "config", "min.insync.replicas"), o.number("spec", "replicas"); insync != max(
		1,
		replicas-1,
	) {
		say(
			"min.insync.replicas is %d with %d replicas: it must be one less, so that one replica may be down",
			insync,
			replicas,
		)
	}
	if kept := o.number("spec", "config", "retention.ms"); kept >= 0 && kept < leastKept {
		say("retention.ms is %d: records must be kept for a day (%d) at least", kept, leastKept)
	}
	if size := o.number("spec", "config", "max.message.bytes"); size < leastSize {
		say("max.message.bytes is %d: a long comment needs %d", size, leastSize)
	}
	return append(problems, checkSettings(o)...)
}

// checkSettings reports missing and unknown settings of a topic. Strimzi reports a misspelt setting only in the topic's
// status, and a setting without a rule could contradict the others.
func checkSettings(o Object) []string {
	var problems []string
	for _, key := range []string{"min.insync.replicas", "max.message.bytes", "retention.ms"} {
		if o.number("spec", "config", key) == 0 {
			problems = append(problems, key+" is not set: the default of the brokers would apply")
		}
	}
	fields, _ := o.at("spec", "config").(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		switch key {
		case "min.insync.replicas", "max.message.bytes", "retention.ms", "segment.ms":
		case "cleanup.policy":
			if fields[key] != "delete" {
				problems = append(
					problems,
					fmt.Sprintf("cleanup.policy is %v: all records of a key but the last one would be deleted", fields[key]),
				)
			}
		default:
			problems = append(problems, "spec.config."+key+" is not a known setting")
		}
	}
	return problems
}

// topicName returns the name in Kafka of a KafkaTopic.
func topicName(o Object) string {
	if name := o.text("spec", "topicName"); name != "" {
		return name
	}
	return o.Name
}

// topic returns the KafkaTopic of this name.
func topic(all []Object, name string) (Object, bool) {
	for _, o := range ofKind(all, "KafkaTopic") {
		if topicName(o) == name {
			return o, true
		}
	}
	return Object{}, false
}

// topicsOf returns the names of the topics that a source reads or a sink writes.
func topicsOf(o Object) []string {
	if o.Kind == "KafkaSink" {
		return []string{o.text("spec", "topic")}
	}
	return o.texts("spec", "topics")
}

// checkTopics reports topics of a source or sink that no KafkaTopic declares in the same cluster, or that have fewer
// partitions than there can be consumers.
func checkTopics(all []Object, o Object) []string {
	var problems []string
	for _, name := range topicsOf(o) {
		t, ok := topic(all, name)
		if !ok {
			problems = append(problems, fmt.Sprintf("no KafkaTopic declares the topic %q", name))
			continue
		}
		partitions := t.number("spec", "partitions")
		if most, err := strconv.ParseInt(o.text("metadata", "annotations", scaling+"max-scale"), 10, 32); err == nil &&
			most > partitions {
			problems = append(
				problems,
				fmt.Sprintf(
					"annotation %smax-scale is %d: consumers beyond the %d partitions of %s would be idle",
					scaling,
					most,
					partitions,
					name,
				),
			)
		}
		problems = append(problems, checkHome(o, t)...)
	}
	return problems
}

// checkHome reports servers that are not those of the cluster in which Strimzi creates the topic. The label of the
// topic names the cluster, and the operator looks only in the namespace of the cluster.
func checkHome(o, topic Object) []string {
	home := fmt.Sprintf("%s-kafka-bootstrap.%s", topic.text("metadata", "labels", "strimzi.io/cluster"), topic.Namespace)
	for _, server := range o.texts("spec", "bootstrapServers") {
		if host, _, _ := net.SplitHostPort(server); host != home && !strings.HasPrefix(host, home+".") {
			return []string{fmt.Sprintf("connects to %s, but the topic %s is created in %s", server, topicName(topic), home)}
		}
	}
	return nil
}
