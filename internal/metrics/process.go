package metrics

import (
	"bytes"
	"os"
	"runtime"
	"strconv"
	"time"
)

// started is the time at which the program started, or a moment later.
var started = time.Now()

// NewRegistry returns a registry with the metrics of the process, under the names that all Prometheus clients use.
func NewRegistry() *Registry {
	r := &Registry{}
	r.Gauge(
		"process_start_time_seconds",
		"When the process was started, in seconds since 1970.",
		func() float64 { return float64(started.UnixMilli()) / 1000 },
	)
	r.Gauge("go_goroutines", "Goroutines that exist.", func() float64 { return float64(runtime.NumGoroutine()) })
	r.Register(KindGauge, "go_info", "The release of Go.", func(s *Samples) { s.Add(1, "version", runtime.Version()) })
	r.Register(KindCounter, "process_cpu_seconds_total", "Processor time that the process has used.", func(s *Samples) {
		if p, ok := readProcess(); ok {
			s.Add(p.cpu)
		}
	})
	r.Register(KindGauge, "process_resident_memory_bytes", "Memory that the process has.", func(s *Samples) {
		if p, ok := readProcess(); ok {
			s.Add(p.memory)
		}
	})
	return r
}

type process struct{ cpu, memory float64 }

// readProcess reads the statistics of this process from Linux: proc_pid_stat(5).
func readProcess() (p process, ok bool) {
	const ticks = 100 // per second, on every Linux that Go supports
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return p, false
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:]) // from the third field on
	if len(fields) < 22 {
		return p, false
	}
	field := func(n int) float64 {
		v, err := strconv.ParseFloat(string(fields[n-3]), 64)
		ok = ok && err == nil
		return v
	}
	ok = true
	p = process{(field(14) + field(15)) / ticks, field(24) * float64(os.Getpagesize())}
	return p, ok
}
