package kubernetes

import "fmt"

const (
	// deadLetterGrowth is how many bytes a dead letter can be larger than its record: attributes, three copies of the key,
	// and base64 of 1,024 bytes of the answer.
	deadLetterGrowth = 16 << 10
	// maxRequest is max.request.size of the producer of a KafkaSink. It does not write larger records, whatever the limit
	// of the topic.
	maxRequest = 1 << 20
	// defaultSegment is the default of segment.ms. A record can be kept for that much longer than retention.ms.
	defaultSegment = 7 * 24 * 60 * 60 * 1000
)

// checkDeadLetterTopic reports input topics whose records may be too large for the error topic as dead letters, or that
// keep replayed records for a shorter time than the error topic keeps the dead letters.
func checkDeadLetterTopic(all []Object, source Object) []string {
	r, _ := source.reference("spec", "delivery", "deadLetterSink", "ref")
	sink, _ := find(all, source, r)
	errors, ok := topic(all, sink.text("spec", "topic"))
	if !ok {
		return nil // reported elsewhere
	}
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	largest := errors.number("spec", "config", "max.message.bytes")
	kept := errors.number("spec", "config", "retention.ms")
	segment := errors.number("spec", "config", "segment.ms")
	if segment == 0 {
		segment = defaultSegment
	}
	for _, name := range source.texts("spec", "topics") {
		input, ok := topic(all, name)
		if !ok {
			continue
		}
		if size := input.number("spec", "config", "max.message.bytes"); size+deadLetterGrowth > min(largest, maxRequest) {
			say(
				"max.message.bytes of %s is %d: a dead letter is up to %d bytes larger, and %d fit %s",
				name,
				size,
				deadLetterGrowth,
				min(largest, maxRequest),
				topicName(errors),
			)
		}
		if retention := input.number("spec", "config", "retention.ms"); retention >= 0 &&
			(kept < 0 || retention < kept+segment) {
			say(
				"retention.ms of %s is %d: %s may keep a dead letter for %d, and it would be replayed again after its record is deleted",
				name,
				retention,
				topicName(errors),
				kept+segment,
			)
		}
	}
	return problems
}
