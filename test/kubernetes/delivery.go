package kubernetes

import (
	"fmt"
	"math"
	"time"

	"github.com/rickb777/date/period"
	duckv1 "knative.dev/eventing/pkg/apis/duck/v1"
)

const (
	// serverTimeout is when func-go's server gives up on an answer.
	serverTimeout = 30 * time.Second
	// leastWaiting is how long a Kafka or a sink that is being replaced may be away without a record becoming a dead
	// letter.
	leastWaiting = 5 * time.Minute
	// mostRetrying is how long a record may be tried: its place among those in flight, with ordered delivery its
	// partition, is taken until then.
	mostRetrying = time.Hour
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

// checkRetries judges how long a valid delivery, in which all is set, goes on.
func checkRetries(spec duckv1.DeliverySpec) []string {
	var problems []string
	timeout, _ := duration(*spec.Timeout)
	if timeout < serverTimeout {
		problems = append(
			problems,
			fmt.Sprintf(
				"spec.delivery.timeout is %v: the function may take %v to answer, and would be asked again while it still posts the prediction",
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
				"spec.delivery gives up after %.3g s of waiting: it is %v or more, for a sink or a Kafka that is away",
				waiting,
				leastWaiting,
			),
		)
	}
	if trying := waiting + (n+1)*timeout.Seconds(); trying > mostRetrying.Seconds() {
		problems = append(
			problems,
			fmt.Sprintf(
				"spec.delivery may try a record for %.3g s: it is %v at most, for what waits behind it",
				trying,
				mostRetrying,
			),
		)
	}
	return problems
}
