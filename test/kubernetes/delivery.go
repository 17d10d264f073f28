package kubernetes

import (
	"fmt"
	"math"
	"time"

	"github.com/rickb777/date/period"
	duckv1 "knative.dev/eventing/pkg/apis/duck/v1"
)

const (
	// serverTimeout is the time limit of func-go's server for an answer.
	serverTimeout = 30 * time.Second
	// leastWaiting is the shortest time for which retries must continue, so that no record is dead-lettered while Kafka or
	// a sink is replaced.
	leastWaiting = 5 * time.Minute
	// mostRetrying is the longest time for which a record may be retried. Until then it counts as in flight; in ordered
	// delivery it blocks its partition.
	mostRetrying = time.Hour
)

// duration parses an ISO 8601 duration as Knative does.
func duration(text string) (time.Duration, error) {
	p, err := period.Parse(text)
	if err != nil {
		return 0, err
	}
	d, _ := p.Duration()
	return d, nil
}

// checkDelivery reports missing fields of spec.delivery: if one is set, the others have no defaults.
func checkDelivery(o Object) []string {
	fields, ok := o.at("spec", "delivery").(map[string]any)
	if !ok {
		return []string{"spec.delivery is not set: a refused record would be lost silently"}
	}
	var problems []string
	for _, name := range []string{"retry", "backoffPolicy", "backoffDelay", "timeout", "deadLetterSink"} {
		if fields[name] == nil {
			problems = append(problems, "spec.delivery."+name+" is not set, and has no default if another field of spec.delivery is set")
		}
	}
	var spec duckv1.DeliverySpec
	if err := strictly(fields, &spec); err != nil {
		return append(problems, "spec.delivery: "+err.Error())
	}
	if err := spec.Validate(webhook()); err != nil {
		problems = append(problems, err.ViaField("spec.delivery").Error())
	}
	if len(problems) > 0 {
		return problems
	}
	return checkRetries(spec)
}

// checkRetries reports deliveries that end too early or too late. All fields must be set.
func checkRetries(spec duckv1.DeliverySpec) []string {
	var problems []string
	timeout, _ := duration(*spec.Timeout)
	if timeout < serverTimeout {
		problems = append(
			problems,
			fmt.Sprintf(
				"spec.delivery.timeout is %v: the function may take %v to answer, and would get the record again while it still posts the prediction",
				timeout,
				serverTimeout,
			),
		)
	}
	delay, _ := duration(*spec.BackoffDelay)
	n := float64(*spec.Retry)
	steps := math.Pow(2, n+1) - 2 // the sum of 2^1 to 2^n
	if *spec.BackoffPolicy == duckv1.BackoffPolicyLinear {
		steps = n * (n + 1) / 2
	}
	waiting := delay.Seconds() * steps
	if waiting < leastWaiting.Seconds() {
		problems = append(
			problems,
			fmt.Sprintf(
				"spec.delivery gives up after %.3g s of backoff: it must be %v or more, for outages of a sink or of Kafka",
				waiting,
				leastWaiting,
			),
		)
	}
	if trying := waiting + (n+1)*timeout.Seconds(); trying > mostRetrying.Seconds() {
		problems = append(
			problems,
			fmt.Sprintf(
				"spec.delivery may retry a record for %.3g s: it must be %v at most, because other records wait for it",
				trying,
				mostRetrying,
			),
		)
	}
	return problems
}
