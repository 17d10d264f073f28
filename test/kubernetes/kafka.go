package kubernetes

import (
	"fmt"
	"net"
	"regexp"
	"strconv"
)

var kafkaNames = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,249}$`)

// kafkaName reports whether Kafka takes this name for a topic or a group.
func kafkaName(s string) bool { return kafkaNames.MatchString(s) && s != "." && s != ".." }

// checkServers wants each bootstrap server to be host:port.
func checkServers(o Object) []string {
	servers := o.texts("spec", "bootstrapServers")
	if len(servers) == 0 {
		return []string{"spec.bootstrapServers is empty"}
	}
	var problems []string
	for _, s := range servers {
		host, port, err := net.SplitHostPort(s)
		if n, e := strconv.Atoi(port); err != nil || e != nil || host == "" || n < 1 || n > 65535 {
			problems = append(problems, fmt.Sprintf("spec.bootstrapServers holds %q: it is host:port", s))
		}
	}
	return problems
}

// checkTopic returns what is wrong with a KafkaTopic in itself.
func checkTopic(o Object) []string {
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if !kafkaName(topicName(o)) {
		say("%q is no name for a topic", topicName(o))
	}
	if o.text("metadata", "labels", "strimzi.io/cluster") == "" {
		say("the label strimzi.io/cluster is missing: Strimzi would not look at the topic")
	}
	replicas, ok := o.at("spec", "replicas").(int64)
	if !ok {
		say("spec.replicas is not set")
	}
	if _, ok := o.at("spec", "partitions").(int64); !ok {
		say("spec.partitions is not set")
	}
	switch insync, ok := o.at("spec", "config", "min.insync.replicas").(int64); {
	case !ok:
		say("min.insync.replicas is not set: acks=all would mean whoever is there")
	case insync > replicas:
		say("min.insync.replicas is %d with %d replicas: no write would ever succeed", insync, replicas)
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

// checkTopics wants a KafkaTopic for every topic that a source reads or a sink writes, and enough partitions for the consumers.
func checkTopics(all []Object, o Object) []string {
	var problems []string
	names := o.texts("spec", "topics")
	if o.Kind == "KafkaSink" {
		names = []string{o.text("spec", "topic")}
	}
	for _, name := range names {
		t, ok := topic(all, name)
		if !ok {
			problems = append(problems, fmt.Sprintf("no KafkaTopic declares the topic %q", name))
			continue
		}
		partitions, _ := t.at("spec", "partitions").(int64)
		if most, err := strconv.ParseInt(o.text("metadata", "annotations", scaling+"max-scale"), 10, 32); err == nil && most > partitions {
			problems = append(problems, fmt.Sprintf("annotation %smax-scale is %d: of more consumers than the %d partitions of %s the rest is idle", scaling, most, partitions, name))
		}
	}
	return problems
}

const (
	// letterGrowth is how much larger than its record a dead letter may be: attributes, the key three times over, and base64 of
	// 1,024 bytes of the answer.
	letterGrowth = 16 << 10
	// largestRequest is max.request.size of KafkaSink's producer: a larger record is not written, whatever the topic takes.
	largestRequest = 1 << 20
	// usualSegment is Kafka's segment.ms: a record outlives its retention by up to that.
	usualSegment = 7 * 24 * 60 * 60 * 1000
)

// checkLetters wants each record that a source reads to fit the topic of its dead letters when it is refused, and to be kept, when
// it is replayed, for as long as the letter that it was.
func checkLetters(all []Object, source Object) []string {
	r, _ := source.reference("spec", "delivery", "deadLetterSink", "ref")
	sink, _ := find(all, source, r)
	letters, ok := topic(all, sink.text("spec", "topic"))
	if !ok {
		return nil // which is said elsewhere
	}
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	largest, ok := letters.config("max.message.bytes")
	if !ok {
		say("max.message.bytes of %s is not set: whether a dead letter fits would be up to the brokers", topicName(letters))
	}
	kept, ok := letters.config("retention.ms")
	if !ok {
		say("retention.ms of %s is not set", topicName(letters))
	}
	segment, ok := letters.config("segment.ms")
	if !ok {
		segment = usualSegment
	}
	for _, name := range source.texts("spec", "topics") {
		input, ok := topic(all, name)
		if !ok {
			continue
		}
		switch size, ok := input.config("max.message.bytes"); {
		case !ok:
			say("max.message.bytes of %s is not set: what it takes may be refused and be too large for %s", name, topicName(letters))
		case size+letterGrowth > min(largest, largestRequest):
			say("max.message.bytes of %s is %d: a dead letter is up to %d bytes larger, and %d fit %s", name, size, letterGrowth, min(largest, largestRequest), topicName(letters))
		}
		switch retention, ok := input.config("retention.ms"); {
		case !ok:
			say("retention.ms of %s is not set", name)
		case retention >= 0 && (kept < 0 || retention < kept+segment):
			say("retention.ms of %s is %d: a letter in %s may live for %d, and be replayed again when its record is gone", name, retention, topicName(letters), kept+segment)
		}
	}
	return problems
}

// config returns a number out of a KafkaTopic's configuration.
func (o Object) config(key string) (int64, bool) {
	n, ok := o.at("spec", "config", key).(int64)
	return n, ok
}
