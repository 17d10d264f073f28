package kubernetes

import (
	"fmt"
	"net"
	"regexp"
)

// The ports of the listeners in Strimzi's examples.
const (
	plainPort = "9092"
	tlsPort   = "9093"
)

var kafkaNames = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,249}$`)

// kafkaName reports whether a name is valid for a topic or a group of Kafka.
func kafkaName(s string) bool { return kafkaNames.MatchString(s) && s != "." && s != ".." }

// checkServers reports bootstrap servers that are not host:port, or do not have the port of the right listener.
func checkServers(o Object) []string {
	servers := o.texts("spec", "bootstrapServers")
	if len(servers) == 0 {
		return []string{"spec.bootstrapServers is empty"}
	}
	want := plainPort
	if authenticates(o) {
		want = tlsPort
	}
	var problems []string
	for _, s := range servers {
		switch host, port, err := net.SplitHostPort(s); {
		case err != nil || host == "":
			problems = append(problems, fmt.Sprintf("spec.bootstrapServers holds %q: it is host:port", s))
		case port != want:
			problems = append(
				problems,
				fmt.Sprintf("spec.bootstrapServers holds %q: with TLS the port is %s, without %s", s, tlsPort, plainPort),
			)
		}
	}
	return problems
}

// checkSink returns the problems of a KafkaSink.
func checkSink(o Object) []string {
	var problems []string
	if mode := o.text("spec", "contentMode"); mode != "binary" {
		problems = append(
			problems,
			fmt.Sprintf("spec.contentMode is %q: it must be binary, because readers need the plain value and replay needs the headers", mode),
		)
	}
	if o.Name != o.text("spec", "topic") {
		problems = append(
			problems,
			fmt.Sprintf(
				"writes to %q: a sink must have the name of its topic",
				o.text("spec", "topic"),
			),
		)
	}
	for _, name := range []string{"numPartitions", "replicationFactor"} {
		if o.at("spec", name) != nil {
			problems = append(
				problems,
				"spec."+name+" is set: the sink would create and delete a topic that Strimzi manages",
			)
		}
	}
	return problems
}
