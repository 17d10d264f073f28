package train

import (
	"context"
	"sync"
)

// ProgressFunc is called with the stage that a training is in, and how much of it is done: done of total units. A unit
// is a noun in the singular, such as fold. total is 0 if it is not known, and Percent if done is in percent; unit is
// empty then. ProgressFunc is called often, by one goroutine at a time.
type ProgressFunc func(stage, unit string, done, total int)

// Percent is the total of a stage whose progress is in percent.
const Percent = -1

// progress reports what several goroutines have done, and tells them when to stop.
type progress struct {
	ctx    context.Context
	report ProgressFunc

	mutex       sync.Mutex
	name, unit  string
	done, total int
}

func newProgress(ctx context.Context, report ProgressFunc) *progress {
	if report == nil {
		report = func(string, string, int, int) {}
	}
	return &progress{ctx: ctx, report: report}
}

// err returns the error of the context: not nil if the training is to stop.
func (p *progress) err() error { return p.ctx.Err() }

func (p *progress) stage(name, unit string, total int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.name, p.unit, p.done, p.total = name, unit, 0, total
	p.report(name, unit, 0, total)
}

func (p *progress) add(n int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.done += n
	p.report(p.name, p.unit, p.done, p.total)
}

// share reports the share of the stage that is done, from 0 to 1, and returns err.
func (p *progress) share(x float64) error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.done = int(100 * x)
	p.report(p.name, p.unit, p.done, p.total)
	return p.err()
}
