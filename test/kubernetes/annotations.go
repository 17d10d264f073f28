package kubernetes

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// scaling is the prefix of the annotations by which KEDA scales the consumers of a source.
const scaling = "autoscaling.eventing.knative.dev/"

// annotation is an annotation that a kind may have. A misspelt annotation is ignored silently.
type annotation struct {
	kind, key string
	required  bool
	values    []string // allowed values; empty: an integer
	least     int64
}

var annotations = []annotation{
	{kind: "Broker", key: "eventing.knative.dev/broker.class", required: true, values: []string{"Kafka"}},
	{
		kind:     "Trigger",
		key:      "kafka.eventing.knative.dev/delivery.order",
		required: true,
		values:   []string{"ordered", "unordered"},
	},
	{kind: "KafkaSource", key: scaling + "class", values: []string{"keda.autoscaling.knative.dev", "disabled"}},
	{kind: "KafkaSource", key: scaling + "min-scale"},
	{kind: "KafkaSource", key: scaling + "max-scale", least: 1},
	{kind: "KafkaSource", key: scaling + "polling-interval", least: 1},
	{kind: "KafkaSource", key: scaling + "cooldown-period"},
	{kind: "KafkaSource", key: scaling + "lag-threshold", least: 1},
	{kind: "KafkaSource", key: scaling + "activation-lag-threshold"},
}

// checkAnnotations reports annotations that the kind of an object does not have, or that have invalid values.
func checkAnnotations(o Object) []string {
	var problems []string
	values, _ := o.at("metadata", "annotations").(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		i := slices.IndexFunc(annotations, func(a annotation) bool { return a.kind == o.Kind && a.key == key })
		if i < 0 {
			problems = append(problems, fmt.Sprintf("annotation %s is none that %s knows", key, o.Kind))
			continue
		}
		problems = append(problems, annotations[i].check(fmt.Sprint(values[key]))...)
	}
	for _, a := range annotations {
		if a.kind == o.Kind && a.required && values[a.key] == nil {
			problems = append(problems, "annotation "+a.key+" is missing")
		}
	}
	return problems
}

func (a annotation) check(value string) []string {
	if len(a.values) > 0 {
		if !slices.Contains(a.values, value) {
			return []string{fmt.Sprintf("annotation %s is %q, not one of %q", a.key, value, a.values)}
		}
		return nil
	}
	if n, err := strconv.ParseInt(value, 10, 32); err != nil || n < a.least {
		return []string{fmt.Sprintf("annotation %s is %q: it is a whole number, at least %d", a.key, value, a.least)}
	}
	return nil
}
