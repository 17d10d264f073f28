package kubernetes

import (
	"context"
	"fmt"
	"slices"

	cloudevents "github.com/cloudevents/sdk-go/v2"
	"go.uber.org/zap"
	"knative.dev/eventing/pkg/apis/eventing/v1"
	"knative.dev/eventing/pkg/eventfilter"
	"knative.dev/eventing/pkg/eventfilter/subscriptionsapi"
)

// The types of the events: of a record as a KafkaSource delivers it, and of an answer of the function.
const (
	recordType     = "dev.knative.kafka.event"
	predictionType = "reddit.classifier.prediction.v1"
)

// checkDeadLetters reports objects whose dead letters do not reach a topic of their own. A KafkaSource commits a record
// even if the dead letter sink does not accept it, so without a working sink the record is lost.
func checkDeadLetters(all []Object, o Object) []string {
	r, ok := o.reference("spec", "delivery", "deadLetterSink", "ref")
	if !ok {
		return []string{"spec.delivery.deadLetterSink refers to no object: refused events would be lost"}
	}
	sink, ok := find(all, o, r)
	if !ok || sink.Kind != "KafkaSink" {
		return []string{
			fmt.Sprintf("the dead letter sink %v is not a KafkaSink of the overlay: refused events would be lost", r),
		}
	}
	var problems []string
	for _, source := range ofKind(all, "KafkaSource") {
		if slices.Contains(source.texts("spec", "topics"), sink.text("spec", "topic")) {
			problems = append(
				problems,
				fmt.Sprintf(
					"dead letters go to %s, which %v reads: a refused record would loop for ever",
					sink.text("spec", "topic"),
					source,
				),
			)
		}
	}
	for _, path := range [][]string{{"spec", "reply", "ref"}, {"spec", "subscriber", "ref"}, {"spec", "sink", "ref"}} {
		if answers, ok := o.reference(path...); ok && answers == r {
			problems = append(problems, fmt.Sprintf("dead letters go to %v, as the events themselves do", r))
		}
	}
	return problems
}

// checkAnswers follows a prediction from the source to a topic. A KafkaSource discards replies, so there must be
// exactly one of these: a SinkBinding, a Broker whose Triggers pass predictions on, or a Subscription of a channel with
// a reply.
func (e External) checkAnswers(all []Object, source Object) []string {
	sink, _ := source.reference("spec", "sink", "ref")
	var bound []ref
	for _, b := range ofKind(all, "SinkBinding") {
		if subject, _ := b.reference("spec", "subject"); e.isFunction(b, subject) {
			to, _ := b.reference("spec", "sink", "ref")
			bound = append(bound, to)
		}
	}
	var to []ref
	var problems []string
	switch sink.kind {
	case "Service":
		if len(bound) == 0 {
			return []string{
				"delivers to the function, which no SinkBinding binds: KafkaSource discards its replies, so every prediction would be lost",
			}
		}
		to = bound
	case "Broker":
		to, problems = e.throughBroker(all, sink.name)
	case "KafkaChannel":
		to = e.throughChannel(all, sink)
	}
	if sink.kind != "Service" && len(bound) > 0 {
		problems = append(
			problems,
			fmt.Sprintf(
				"delivers to %v, but a SinkBinding makes the function post its predictions elsewhere and reply nothing",
				sink,
			),
		)
	}
	if len(to) != 1 {
		return append(problems, fmt.Sprintf("%d ways lead predictions from %v to a topic, not one", len(to), sink))
	}
	out, _ := find(all, source, to[0])
	r, _ := source.reference("spec", "delivery", "deadLetterSink", "ref")
	deadLetters, _ := find(all, source, r)
	switch {
	case out.Kind != "KafkaSink":
		problems = append(problems, fmt.Sprintf("predictions go to %v, which is not a KafkaSink of the overlay", to[0]))
	case out.text("spec", "topic") == deadLetters.text("spec", "topic"):
		problems = append(problems, "predictions and dead letters go to the same topic "+out.text("spec", "topic"))
	case slices.Contains(source.texts("spec", "topics"), out.text("spec", "topic")):
		problems = append(
			problems,
			fmt.Sprintf("predictions go to %s, which the source reads: a loop", out.text("spec", "topic")),
		)
	}
	return append(problems, checkSizes(all, source, out)...)
}

// checkSizes reports an output topic that is too small for the predictions of the largest record. With many comments
// they are as large as the record.
func checkSizes(all []Object, source, sink Object) []string {
	output, ok := topic(all, sink.text("spec", "topic"))
	if !ok {
		return nil // reported elsewhere
	}
	var problems []string
	most := output.number("spec", "config", "max.message.bytes")
	for _, name := range source.texts("spec", "topics") {
		input, _ := topic(all, name)
		if size := input.number("spec", "config", "max.message.bytes"); size > most {
			problems = append(
				problems,
				fmt.Sprintf(
					"max.message.bytes of %s is %d, less than the %d of %s: some predictions would never be written",
					topicName(output),
					most,
					size,
					name,
				),
			)
		}
	}
	return problems
}

// throughBroker returns the subscribers to which the Triggers of a Broker send predictions, and the problems of their
// filters.
func (e External) throughBroker(all []Object, broker string) (to []ref, problems []string) {
	receives := false // the function receives records
	for _, o := range ofKind(all, "Trigger") {
		if o.text("spec", "broker") != broker {
			continue
		}
		subscriber, _ := o.reference("spec", "subscriber", "ref")
		function := e.isFunction(o, subscriber)
		if function && passes(o, predictionType) {
			problems = append(problems, fmt.Sprintf("%v sends the function its own predictions: a loop", o))
		}
		if function && passes(o, recordType) {
			receives = true
		}
		if !function && passes(o, predictionType) {
			to = append(to, subscriber)
		}
		if !function && passes(o, recordType) {
			problems = append(problems, fmt.Sprintf("%v sends comments to %v, where predictions belong", o, subscriber))
		}
	}
	if !receives {
		problems = append(problems, "no Trigger of the Broker sends records to the function")
	}
	return to, problems
}

// passes reports whether a Trigger passes events of a type, according to Knative's own filters.
func passes(trigger Object, eventType string) bool {
	var t v1.Trigger
	if err := strictly(trigger.fields, &t); err != nil {
		return false
	}
	event := cloudevents.NewEvent()
	event.SetID("partition:1/offset:0")
	event.SetSource("/apis/v1/namespaces/default/kafkasources/reddit-classifier#reddit-classifier-input")
	event.SetType(eventType)
	filter := subscriptionsapi.CreateSubscriptionsAPIFilters(zap.NewNop(), t.Spec.Filters)
	return filter.Filter(context.Background(), event) != eventfilter.FailFilter
}

// throughChannel returns the objects to which the Subscriptions of a channel send the replies of the function.
func (e External) throughChannel(all []Object, channel ref) (to []ref) {
	for _, o := range ofKind(all, "Subscription") {
		from, _ := o.reference("spec", "channel")
		subscriber, _ := o.reference("spec", "subscriber", "ref")
		if reply, ok := o.reference("spec", "reply", "ref"); ok && from == channel && e.isFunction(o, subscriber) {
			to = append(to, reply)
		}
	}
	return to
}
