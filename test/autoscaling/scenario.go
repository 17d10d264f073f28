package autoscaling

import "time"

// Scenario is one simulated burst.
type Scenario struct {
	Source Source
	Scale  Scale
	Measured
	Comments int           // per record
	Sink     time.Duration // time in which K_SINK accepts a prediction
	Outage   Outage        // of K_SINK
	Pod      time.Duration // from the decision to the start of the process: scheduling, image, sandbox

	Rate  int           // records per second in a burst
	Seed  uint64        // 0: records at even intervals; otherwise a Poisson process with this seed
	Idle  time.Duration // before the burst
	Burst time.Duration // duration of a burst
	Again time.Duration // from the end of the burst to a second burst; 0: one burst
}

// work returns the processor time of a record.
func (s Scenario) work() time.Duration {
	return time.Duration(float64(s.CPU+time.Duration(s.Comments-1)*s.Comment) / s.Scale.CPUs)
}

// answer returns the time to answer a record if the pod has no other requests.
func (s Scenario) answer() time.Duration { return s.work() + s.Sink }

// bursts returns the number of bursts.
func (s Scenario) bursts() int {
	if s.Again > 0 {
		return 2
	}
	return 1
}

// records returns the number of records in a burst.
func (s Scenario) records() int { return int(s.Burst.Seconds() * float64(s.Rate)) }

// Point is the state at the end of a second.
type Point struct {
	Lag      int     // records that are not committed
	Pods     int     // ready
	InFlight float64 // average number of requests in flight
}

// Result is the result of a scenario.
type Result struct {
	Records      int
	Answered     int // records with a prediction in the output topic
	Repeated     int // records with more than one prediction there; all have the same id
	DeadLettered int // records in the error topic; they can have a prediction as well
	Lost         int // records in neither topic
	Retried      int // attempts after the first one of a record

	MaxLag, MaxPods int
	Wakes           []time.Duration // each time without a ready pod: from the first request to the first ready pod
	P50, P99        time.Duration   // from the creation of a record to its answer
	Drained         time.Duration   // from the end of the first burst to the last commit
	Zero            time.Duration   // from the last commit to the decision to stop the last pod
	Decisions       []Decision
	Points          []Point // each second
}

// Decision is a change of the number of pods that the autoscaler wants.
type Decision struct {
	At   time.Duration
	Pods int32
}

// Flaps returns how often the number of wanted pods rose after it had fallen. One burst needs one rise and one fall.
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
