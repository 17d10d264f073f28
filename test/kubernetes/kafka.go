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

// kafkaName reports whether Kafka takes this name for a topic or a group.
func kafkaName(s string) bool { return kafkaNames.MatchString(s) && s != "." && s != ".." }

// checkServers wants each bootstrap server of a source or sink to be host:port, with the port of the listener that it
// is to speak to.
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

// checkSink returns what is wrong with a KafkaSink in itself.
func checkSink(o Object) []string {
	var problems []string
	if mode := o.text("spec", "contentMode"); mode != "binary" {
		problems = append(
			problems,
			fmt.Sprintf("spec.contentMode is %q: readers want the bare value, and replay the headers, so it is binary", mode),
		)
	}
	if o.Name != o.text("spec", "topic") {
		problems = append(
			problems,
			fmt.Sprintf(
				"writes to %q: a sink has the name of its topic, by which the others choose it",
				o.text("spec", "topic"),
			),
		)
	}
	for _, name := range []string{"numPartitions", "replicationFactor"} {
		if o.at("spec", name) != nil {
			problems = append(
				problems,
				"spec."+name+" is set: the sink would make, and with its end delete, a topic that Strimzi keeps",
			)
		}
	}
	return problems
}
