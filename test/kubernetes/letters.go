package kubernetes

import "fmt"

const (
	// letterGrowth is how much larger than its record a dead letter may be: attributes, the key three times over, and
	// base64 of 1,024 bytes of the answer.
	letterGrowth = 16 << 10
	// largestRequest is max.request.size of KafkaSink's producer: a larger record is not written, whatever the topic
	// takes.
	largestRequest = 1 << 20
	// usualSegment is Kafka's segment.ms: a record outlives its retention by up to that.
	usualSegment = 7 * 24 * 60 * 60 * 1000
)

// checkLetters wants each record that a source reads to fit the topic of its dead letters when it is refused, and to be
// kept, when it is replayed, for as long as the letter that it was.
func checkLetters(all []Object, source Object) []string {
	r, _ := source.reference("spec", "delivery", "deadLetterSink", "ref")
	sink, _ := find(all, source, r)
	letters, ok := topic(all, sink.text("spec", "topic"))
	if !ok {
		return nil // which is said elsewhere
	}
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	largest := letters.number("spec", "config", "max.message.bytes")
	kept := letters.number("spec", "config", "retention.ms")
	segment := letters.number("spec", "config", "segment.ms")
	if segment == 0 {
		segment = usualSegment
	}
	for _, name := range source.texts("spec", "topics") {
		input, ok := topic(all, name)
		if !ok {
			continue
		}
		if size := input.number("spec", "config", "max.message.bytes"); size+letterGrowth > min(largest, largestRequest) {
			say(
				"max.message.bytes of %s is %d: a dead letter is up to %d bytes larger, and %d fit %s",
				name,
				size,
				letterGrowth,
				min(largest, largestRequest),
				topicName(letters),
			)
		}
		if retention := input.number("spec", "config", "retention.ms"); retention >= 0 &&
			(kept < 0 || retention < kept+segment) {
			say(
				"retention.ms of %s is %d: a letter in %s may live for %d, and be replayed again when its record is gone",
				name,
				retention,
				topicName(letters),
				kept+segment,
			)
		}
	}
	return problems
}
