package kubernetes

import "fmt"

// checkSource returns the problems of a KafkaSource that its definition does not check.
func checkSource(o Object) []string {
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	switch v := o.text("spec", "ordering"); v {
	case "ordered", "unordered":
	case "":
		say("spec.ordering is not set: set it to ordered or unordered")
	default:
		say("spec.ordering is %q: it must be ordered or unordered", v)
	}
	switch v := o.text("spec", "initialOffset"); v {
	case "earliest":
	case "", "latest":
		say(
			"spec.initialOffset must be earliest: with latest, the default, records written before the source is ready are never answered",
		)
	default:
		say("spec.initialOffset is %q: it must be earliest or latest", v)
	}
	if v := o.text("spec", "consumerGroup"); !kafkaName(v) {
		say("spec.consumerGroup is %q: without a fixed name, a source that is created again reads everything again", v)
	}
	if len(o.texts("spec", "topics")) == 0 {
		say("spec.topics is empty")
	}
	for _, topic := range o.texts("spec", "topics") {
		if !kafkaName(topic) {
			say("spec.topics holds %q: a topic's name is 1 to 249 of a-z A-Z 0-9 . _ -", topic)
		}
	}
	if o.at("spec", "consumers") != nil && o.number("spec", "consumers") < 1 {
		say("spec.consumers is below 1: nothing would be read")
	}
	return problems
}
