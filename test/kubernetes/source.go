package kubernetes

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rickb777/date/period"
	duckv1 "knative.dev/eventing/pkg/apis/duck/v1"
	"sigs.k8s.io/yaml"
)

// duration reads an ISO 8601 duration as Knative does.
func duration(text string) (time.Duration, error) {
	p, err := period.Parse(text)
	if err != nil {
		return 0, err
	}
	d, _ := p.Duration()
	return d, nil
}

// checkSource returns what is wrong with a KafkaSource in itself: what its definition does not check and, when wrong, is found
// out in production.
func checkSource(o Object) []string {
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	switch v := o.text("spec", "ordering"); v {
	case "ordered", "unordered":
	case "":
		say("spec.ordering is not set: choose ordered or unordered on purpose")
	default:
		say("spec.ordering is %q: it is ordered or unordered", v)
	}
	switch v := o.text("spec", "initialOffset"); v {
	case "earliest":
	case "", "latest":
		say("spec.initialOffset must be earliest: with latest, the default, records written before the source is ready are never answered")
	default:
		say("spec.initialOffset is %q: it is earliest or latest", v)
	}
	if v := o.text("spec", "consumerGroup"); !kafkaName(v) {
		say("spec.consumerGroup is %q: without a name of its own, a source that is made anew reads everything again", v)
	}
	if len(o.texts("spec", "topics")) == 0 {
		say("spec.topics is empty")
	}
	for _, topic := range o.texts("spec", "topics") {
		if !kafkaName(topic) {
			say("spec.topics holds %q: a topic's name is 1 to 249 of a-z A-Z 0-9 . _ -", topic)
		}
	}
	problems = append(problems, checkServers(o)...)
	problems = append(problems, checkDelivery(o)...)
	return append(problems, checkScaling(o)...)
}

// serverTimeout is when func-go's server gives up on an answer.
const serverTimeout = 30 * time.Second

// checkDelivery wants every field of spec.delivery: setting one of them takes away the defaults of the others.
func checkDelivery(o Object) []string {
	fields, ok := o.at("spec", "delivery").(map[string]any)
	if !ok {
		return []string{"spec.delivery is not set: a refused record would be lost without a trace"}
	}
	var problems []string
	for _, name := range []string{"retry", "backoffPolicy", "backoffDelay", "timeout", "deadLetterSink"} {
		if fields[name] == nil {
			problems = append(problems, "spec.delivery."+name+" is not set, and what is set beside it takes away its default")
		}
	}
	text, err := yaml.Marshal(fields)
	if err != nil {
		return append(problems, err.Error())
	}
	var spec duckv1.DeliverySpec
	if err := yaml.UnmarshalStrict(text, &spec); err != nil {
		return append(problems, "spec.delivery: "+err.Error())
	}
	if err := spec.Validate(webhook()); err != nil {
		problems = append(problems, err.ViaField("spec.delivery").Error())
	}
	if spec.Timeout != nil {
		if d, err := duration(*spec.Timeout); err == nil && d > 0 && d < serverTimeout {
			problems = append(problems, fmt.Sprintf("spec.delivery.timeout is %v: the function may take %v to answer, and would be asked again while it still posts the prediction", d, serverTimeout))
		}
	}
	if spec.Retry != nil && *spec.Retry == 0 {
		problems = append(problems, "spec.delivery.retry is 0: a function that starts from zero answers 503 once, and the record is a dead letter")
	}
	return problems
}

const scaling = "autoscaling.eventing.knative.dev/"

// checkScaling looks at the annotations by which KEDA scales the source's consumers.
func checkScaling(o Object) []string {
	values := map[string]int{}
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	annotations, _ := o.at("metadata", "annotations").(map[string]any)
	class, others := annotations[scaling+"class"], false
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		name, ok := strings.CutPrefix(key, scaling)
		if !ok || name == "class" {
			continue
		}
		others = true
		switch name {
		case "min-scale", "max-scale", "polling-interval", "cooldown-period", "lag-threshold", "activation-lag-threshold":
		default:
			say("annotation %s is none that KafkaSource knows", key)
			continue
		}
		n, err := strconv.ParseInt(fmt.Sprint(annotations[key]), 10, 32)
		if err != nil || n < 0 {
			say("annotation %s is %q: it is a whole number", key, annotations[key])
			continue
		}
		values[name] = int(n)
	}
	switch {
	case class != nil && class != "keda.autoscaling.knative.dev" && class != "disabled":
		say("annotation %sclass is %q: it is keda.autoscaling.knative.dev or disabled", scaling, class)
	case class == nil && others:
		say("annotation %sclass is missing: the others do nothing without it", scaling)
	}
	if most, ok := values["max-scale"]; ok && most < values["min-scale"] {
		say("annotation %smax-scale is below min-scale", scaling)
	}
	if n, ok := values["polling-interval"]; ok && n == 0 {
		say("annotation %spolling-interval is 0 seconds", scaling)
	}
	return problems
}
