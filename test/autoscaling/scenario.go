package autoscaling

import "time"

// Scenario is one simulated burst.
type Scenario struct {
	Source Source
	Scale  Scale
	Measured
	Comments int           // in a record
	Sink     time.Duration // how long K_SINK takes to accept a prediction; the function only waits
	Outage   Outage        // of K_SINK
	Pod      time.Duration // from the decision for a pod to the start of its process: scheduling, image, sandbox

	Rate  int           // records a second during a burst
	Seed  uint64        // 0: they come evenly, else by chance (a Poisson process)
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

// bursts is how many bursts come.
func (s Scenario) bursts() int {
	if s.Again > 0 {
		return 2
	}
	return 1
}

// records is how many records a burst brings.
func (s Scenario) records() int { return int(s.Burst.Seconds() * float64(s.Rate)) }

// Point is the state at the end of a second.
type Point struct {
	Lag      int     // records that are not settled yet
	Pods     int     // ready
	InFlight float64 // requests on the way, on average over the second
}

// Result is what came of a scenario.
type Result struct {
	Records  int // that came
	Answered int // whose prediction is in the output topic
	Repeated int // of these, whose prediction is there more than once, with the same id
	Dead     int // in the topic of dead letters; the prediction of such a record may be in the output topic all the same
	Lost     int // in neither topic
	Retried  int // attempts after a record's first

	MaxLag, MaxPods int
	Wakes           []time.Duration // each time there was no ready pod: from the first request to the first ready pod
	P50, P99        time.Duration   // from a record's arrival to its answer
	Drained         time.Duration   // from the (first) burst's end to the last record's settling
	Zero            time.Duration   // from the last record's settling to the last pod being told to go
	Decisions       []Decision
	Points          []Point // each second
}

// Decision is a change of the number of pods that the autoscaler wants.
type Decision struct {
	At   time.Duration
	Pods int32
}

// Flaps returns how often the number of wanted pods rose again after it had fallen. One burst needs one rise and one
// fall.
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
