package http

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestAsFastAsStock compares our server, which predicts, with func-go's stock CloudEvents server and a handler that
// does nothing, by processor time per request and by requests per second: either may show that ours is as fast, since
// it depends on what else runs on the machine which of them is scarce. They take many short turns, so that what else
// runs meets both, and of each pair of turns the ratio counts. The stock server hangs requests; the client gives such a
// one up after a moment and goes on over a new connection, so that nearly as many are at work as with ours; the moment
// costs the stock server no processor time, and little of its requests per second.
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
	const most = 40 // MiB, so that speed is not bought with memory
	if used := ours.memory("VmHWM"); used > most {
		t.Errorf("%d MiB of memory under load; at most %d are promised", used, most)
	}
	t.Logf("memory at most: ours %d MiB, stock %d MiB", ours.memory("VmHWM"), stock.memory("VmHWM"))
}

// faster tells whether ours is, or as fast: in requests per second or in processor time per request.
func faster(tb testing.TB, ours, stock *side, conns int) bool {
	tb.Helper()
	const turns = 12
	*ours, *stock = side{server: ours.server}, side{server: stock.server}
	var cost, rate []float64 // ours in parts of the stock server's, by pair of turns
	for i := range turns {
		first, second := ours, stock
		if i%2 == 1 {
			first, second = stock, ours
		}
		first.load(tb, conns)
		second.load(tb, conns)
		cost = append(cost, ours.cost[i]/stock.cost[i])
		rate = append(rate, ours.rate[i]/stock.rate[i])
	}
	slices.Sort(cost)
	slices.Sort(rate)
	tb.Logf("%2d connections: ours %v; stock %v; ours/stock by turn: processor %s, requests/s %s", conns, ours, stock,
		spread(cost), spread(rate))
	return cost[turns/2] <= 1 || rate[turns/2] >= 1
}

// spread shows sorted numbers by their median and their quartiles.
func spread(sorted []float64) string {
	n := len(sorted)
	return fmt.Sprintf("%.2f (%.2f to %.2f)", sorted[n/2], sorted[n/4], sorted[n*3/4])
}

// side is one of two servers that are compared.
type side struct {
	*server
	hung int
	cost []float64 // microseconds of processor time per request, by turn
	rate []float64 // requests per second, by turn
}

func (s *side) load(tb testing.TB, conns int) {
	tb.Helper()
	const turn = 400 * time.Millisecond
	used := s.cpu()
	answered, hung := load(tb, s.addr, conns, turn)
	used = s.cpu() - used
	s.hung += hung
	s.cost = append(s.cost, float64(used.Microseconds())/float64(max(answered, 1)))
	s.rate = append(s.rate, float64(answered)/turn.Seconds())
}

func (s *side) String() string {
	return fmt.Sprintf("%.0f requests/s at %.1f µs of processor each (%d hung)", middle(s.rate), middle(s.cost), s.hung)
}

func middle(x []float64) float64 {
	sorted := slices.Sorted(slices.Values(x))
	return sorted[len(sorted)/2]
}

// load sends deliveries over some connections for a while, and counts those which were answered and those which hung.
func load(tb testing.TB, addr string, conns int, during time.Duration) (answered, hung int) {
	tb.Helper()
	var good, bad atomic.Int64
	var group sync.WaitGroup
	end := time.Now().Add(during)
	for range conns {
		group.Go(func() {
			for time.Now().Before(end) {
				n, err := deliver(addr, end)
				good.Add(int64(n))
				if errors.Is(err, errHung) {
					bad.Add(1)
				} else if err != nil {
					tb.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	return int(good.Load()), int(bad.Load())
}

// patience is how long a request may take before it counts as hung: far longer than any that is answered.
const patience = 100 * time.Millisecond

// deliver sends deliveries over one connection until end or until one is not answered, and returns how many were.
func deliver(addr string, end time.Time) (answered int, err error) {
	c, err := dial(addr)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	for ; time.Now().Before(end); answered++ {
		status, err := c.roundTrip(delivery, patience)
		if err != nil {
			return answered, err
		}
		if status/100 != 2 {
			return answered, fmt.Errorf("answered %d", status)
		}
	}
	return answered, nil
}

// TestNothingHangs has 100,000 requests answered over 64 connections, while 2,000 more are given up in the middle: half
// of them while the body is sent, half of them before the answer is read.
func TestNothingHangs(t *testing.T) {
	s := serve(t, "ours")
	const conns, each, every = 64, 102_400 / 64, 48
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
	t.Logf("%d answered, %d aborted, %d hung in %v; one alone after that took %v; memory %d MiB at most", answered.Load(),
		aborted.Load(), hung.Load(), time.Since(began).Round(time.Millisecond), after, s.memory("VmHWM"))
	if hung.Load() > 0 || answered.Load() < 100_000 || aborted.Load() < 2_000 {
		t.Errorf("%d requests hung; there should be none, 100,000 answered and 2,000 aborted", hung.Load())
	}
	if err != nil || after > 50*time.Millisecond {
		t.Errorf("one alone took %v, %v", after, err)
	}
}
