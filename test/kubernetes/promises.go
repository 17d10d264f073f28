package kubernetes

import (
	"fmt"
	"reflect"
	"strings"
)

// promise is a value that the objects of a kind must have, so that an overlay does what the documentation says. If the
// value is nil, any value will do.
type promise struct {
	kind  string
	path  []string
	value any
}

var (
	unordered = promise{"KafkaSource", []string{"spec", "ordering"}, "unordered"}
	ordered   = promise{"KafkaSource", []string{"spec", "ordering"}, "ordered"}
)

// promises has the promises by the last part of the folder under config.
var promises = map[string][]promise{
	"sink": {unordered},
	"broker": {
		unordered,
		{"Broker", []string{"spec", "config", "name"}, nil},
		{"Trigger", []string{"metadata", "annotations", "kafka.eventing.knative.dev/delivery.order"}, "unordered"},
	},
	"channel": {ordered},
	"keda": {
		unordered,
		scaled("class", "keda.autoscaling.knative.dev"),
		scaled("min-scale", "0"),
		scaled("max-scale", "10"),
		scaled("polling-interval", nil),
		scaled("cooldown-period", nil),
		scaled("lag-threshold", nil),
	},
	"tls-sasl": {
		unordered,
		{"KafkaSource", []string{"spec", "net"}, nil},
		{"KafkaSink", []string{"spec", "auth", "secret", "ref", "name"}, "reddit-classifier-kafka"},
	},
	"local": {
		unordered,
		{"KafkaTopic", []string{"spec", "partitions"}, int64(2)},
		{"KafkaTopic", []string{"spec", "replicas"}, int64(1)},
	},
	"service": {
		{"Service", []string{"spec", "template", "metadata", "annotations", "autoscaling.knative.dev/min-scale"}, "0"},
	},
}

func scaled(name string, value any) promise {
	return promise{"KafkaSource", []string{"metadata", "annotations", scaling + name}, value}
}

// CheckPromises returns the promises of an overlay that its objects do not keep.
func CheckPromises(overlay string, all []Object) []string {
	var problems []string
	for _, p := range promises[overlay] {
		for _, o := range ofKind(all, p.kind) {
			switch v, name := o.at(p.path...), strings.Join(p.path, "."); {
			case v == nil:
				problems = append(problems, fmt.Sprintf("%v: %s is not set, and overlay %s is about it", o, name, overlay))
			case p.value != nil && !reflect.DeepEqual(v, p.value):
				problems = append(
					problems,
					fmt.Sprintf("%v: %s is %v; for overlay %s the README says %v", o, name, v, overlay, p.value),
				)
			}
		}
	}
	return problems
}
