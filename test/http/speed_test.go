package http

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestAsFastAsStock compares our server, which predicts, with func-go's stock CloudEvents server and a handler that does
// nothing. They take turns, so that what else runs on the machine meets both. A request that hangs keeps its connection to the
// end of the turn, as it would keep it for the ten minutes that a KafkaSource waits: that is where the stock server's time goes
// with more than one connection. Without that, its empty answers (a status and no attributes) cost less than our full ones by a
// few microseconds of processor time, which the log shows too.
func TestAsFastAsStock(t *testing.T) {
	if raceEnabled {
		t.Skip("a measurement")
	}
	ours, stock := &side{server: serve(t, "ours")}, &side{server: serve(t, "stock")}
	for _, conns := range []int{1, 16, 64} {
		for attempt := 1; !faster(t, ours, stock, conns); attempt++ {
			if attempt == 3 {
				t.Errorf("with %d connections the stock server is faster", conns)
				break
			}
		}
	}
}

// faster tells whether ours is, or as fast.
func faster(tb testing.TB, ours, stock *side, conns int) bool {
	tb.Helper()
	ours.begin()
	stock.begin()
	for range 2 {
		ours.load(tb, conns)
		stock.load(tb, conns)
	}
	tb.Logf("%2d connections: ours %v, stock %v", conns, ours, stock)
	const noise = 0.9 // two runs of one server differ by as much when other tests run beside them
	return float64(ours.answered) >= noise*float64(stock.answered) || ours.cost() < stock.cost()
}

// side is one of two servers that are compared.
type side struct {
	*server
	answered, hung int
	used           time.Duration
	took           time.Duration
}

func (s *side) begin() { s.answered, s.hung, s.took, s.used = 0, 0, 0, s.cpu() }

func (s *side) load(tb testing.TB, conns int) {
	tb.Helper()
	const turn = 1500 * time.Millisecond
	answered, hung := load(tb, s.addr, conns, turn)
	s.answered += answered
	s.hung += hung
	s.took += turn
}

// cost returns the processor time per request.
func (s *side) cost() time.Duration { return (s.cpu() - s.used) / time.Duration(max(s.answered, 1)) }

func (s *side) String() string {
	return fmt.Sprintf("%.0f requests/s at %v of processor each (%d hung)", float64(s.answered)/s.took.Seconds(), s.cost().Round(100*time.Nanosecond), s.hung)
}

// load sends deliveries over some connections for a while, and counts those which were answered and those which hung.
func load(tb testing.TB, addr string, conns int, during time.Duration) (answered, hung int) {
	tb.Helper()
	var good, bad atomic.Int64
	var group sync.WaitGroup
	end := time.Now().Add(during)
	for range conns {
		group.Go(func() {
			c, err := dial(addr)
			if err != nil {
				tb.Error(err)
				return
			}
			defer c.Close()
			for time.Now().Before(end) {
				status, err := c.roundTrip(delivery, time.Until(end)+time.Second)
				if errors.Is(err, errHung) {
					bad.Add(1)
					return
				}
				if err != nil || status/100 != 2 {
					tb.Error(status, err)
					return
				}
				good.Add(1)
			}
		})
	}
	group.Wait()
	return int(good.Load()), int(bad.Load())
}

// TestNothingHangs sends 100,000 requests over 64 connections, of which 2,000 are given up in the middle: half of them while
// the body is sent, half of them before the answer is read.
func TestNothingHangs(t *testing.T) {
	s := serve(t, "ours")
	const conns, each, every = 64, 100_000/64 + 1, 48
	var answered, aborted, hung atomic.Int64
	var group sync.WaitGroup
	began := time.Now()
	for range conns {
		group.Go(func() {
			var c *conn
			for i := range each {
				if c == nil {
					var err error
					if c, err = dial(s.addr); err != nil {
						t.Error(err)
						return
					}
				}
				if i%every == every/2 {
					cut := len(delivery)
					if i/every%2 == 0 {
						cut -= 20
					}
					_, _ = c.Write(delivery[:cut])
					c.Close()
					c = nil
					aborted.Add(1)
					continue
				}
				status, err := c.roundTrip(delivery, 10*time.Second)
				if errors.Is(err, errHung) {
					hung.Add(1)
					c.Close()
					c = nil
					continue
				}
				if err != nil || status != 200 {
					t.Error(status, err)
					return
				}
				answered.Add(1)
			}
			c.Close()
		})
	}
	group.Wait()
	after, err := lone(s.addr)
	for range 2 { // tests of other packages may have the processors just then
		if again, _ := lone(s.addr); err == nil {
			after = min(after, again)
		}
	}
	t.Logf("%d answered, %d aborted, %d hung in %v; one alone after that took %v; memory %d MiB at most", answered.Load(), aborted.Load(), hung.Load(), time.Since(began).Round(time.Millisecond), after, s.memory("VmHWM"))
	if hung.Load() > 0 {
		t.Errorf("%d requests hung", hung.Load())
	}
	if err != nil || after > 50*time.Millisecond {
		t.Errorf("one alone took %v, %v", after, err)
	}
}
