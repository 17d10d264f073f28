package autoscaling

import "time"

// Scenario is one simulated burst.
type Scenario struct {
	Source Source
	Scale  Scale
	Measured
	Comments int           // in a record
	Sink     time.Duration // how long K_SINK takes to accept a prediction; the function only waits
	Pod      time.Duration // from the decision for a pod to the start of its process: scheduling, image, sandbox

	Rate  int           // records a second during a burst
	Idle  time.Duration // before the burst
	Burst time.Duration
	Again time.Duration // from the end of the burst to a second one; 0: there is none
}

// work is the time on a pod's processors that a record takes.
func (s Scenario) work() time.Duration {
	return time.Duration(float64(s.CPU+time.Duration(s.Comments-1)*s.Comment) / s.Scale.CPUs)
}

// answer is how long the function takes when it has the processor for itself.
func (s Scenario) answer() time.Duration { return s.work() + s.Sink }

// MaxTarget returns the highest target at which the number of pods stays put under steady work: what one pod has in flight when
// its processor is just full, divided by the utilization that the autoscaler aims at. Above it, pods that are full look idle: they
// fall behind, the backlog brings many pods, those look idle, all but one go, and so on.
func (s Scenario) MaxTarget(utilization float64) float64 {
	return s.answer().Seconds() / s.work().Seconds() / utilization
}

// records is how many records a burst brings.
func (s Scenario) records() int { return int(s.Burst.Seconds() * float64(s.Rate)) }

// Point is the state at the end of a second.
type Point struct {
	Lag      int     // records that are not answered yet
	Pods     int     // ready
	InFlight float64 // requests on the way, on average over the second
}

// Result is what came of a scenario.
type Result struct {
	Records, Answered int
	Repeated          int // records that were answered more than once
	MaxLag, MaxPods   int
	FirstPod          time.Duration // from the first record to the first ready pod
	P50, P99          time.Duration // from a record's arrival to its answer
	Drained           time.Duration // from the burst's end to the last answer
	Zero              time.Duration // from the last answer to no pod
	Decisions         []Decision
	Points            []Point // each second
}

// Decision is a change of the number of pods that the autoscaler wants.
type Decision struct {
	At   time.Duration
	Pods int32
}

// Flaps returns how often the number of wanted pods rose again after it had fallen. One burst needs one rise and one fall.
func (r Result) Flaps() int {
	flaps, falling := 0, false
	for i := 1; i < len(r.Decisions); i++ {
		if rises := r.Decisions[i].Pods > r.Decisions[i-1].Pods; rises && falling {
			flaps++
			falling = false
		} else if !rises {
			falling = true
		}
	}
	return flaps
}
