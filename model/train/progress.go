package train

import (
	"context"
	"sync"
)

// Report is told what a training is doing: the stage, and how much of it is done; total is 0 when that is not known,
// and Percent when done is in percent. It is called by one goroutine at a time, and often.
type Report func(stage string, done, total int)

// Percent is the total of a stage whose parts cannot be counted.
const Percent = -1

// progress passes on what is done, from several goroutines, and says when to stop.
type progress struct {
	ctx    context.Context
	report Report

	mutex       sync.Mutex
	name        string
	done, total int
}

func newProgress(ctx context.Context, report Report) *progress {
	if report == nil {
		report = func(string, int, int) {}
	}
	return &progress{ctx: ctx, report: report}
}

// err is not nil once the training is to stop.
func (p *progress) err() error { return p.ctx.Err() }

func (p *progress) stage(name string, total int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.name, p.done, p.total = name, 0, total
	p.report(name, 0, total)
}

func (p *progress) add(n int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.done += n
	p.report(p.name, p.done, p.total)
}

// share says what share of a stage in percent is done, and returns err.
func (p *progress) share(x float64) error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.done = int(100 * x)
	p.report(p.name, p.done, p.total)
	return p.err()
}
