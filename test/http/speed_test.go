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

// TestAsFastAsStock compares the function, which predicts, with func-go's stock CloudEvents server and a handler that
// does nothing. The function passes if it is as fast in processor time per request or in requests per second: which of
// the two is scarce depends on the other processes of the machine. Both servers take many short turns, so that other
// processes affect both, and the ratio of each pair of turns counts. The stock server hangs some requests. The client
// gives these up after 100 ms and continues on a new connection, which costs the stock server no processor time and few
// requests per second.
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
	const most = 40 // MiB
	if used := ours.memory("VmHWM"); used > most {
		t.Errorf("%d MiB of memory under load, more than %d", used, most)
	}
	t.Logf("memory at most: ours %d MiB, stock %d MiB", ours.memory("VmHWM"), stock.memory("VmHWM"))
}

// faster reports whether ours is at least as fast, in requests per second or in processor time per request.
func faster(tb testing.TB, ours, stock *side, conns int) bool {
	tb.Helper()
	const turns = 12
	*ours, *stock = side{server: ours.server}, side{server: stock.server}
	var cost, rate []float64 // ratios of ours to stock, by pair of turns
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

// spread formats the median and the quartiles of sorted numbers.
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

// load sends deliveries over connections for some time, and counts those that were answered and those that hung.
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

// hungAfter is the time after which a request counts as hung. It is far longer than any answer takes.
const hungAfter = 100 * time.Millisecond

// deliver sends deliveries over one connection until end, or until one is not answered. It returns the number of
// answers.
func deliver(addr string, end time.Time) (answered int, err error) {
	c, err := dial(addr)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	for ; time.Now().Before(end); answered++ {
		status, err := c.roundTrip(delivery, hungAfter)
		if err != nil {
			return answered, err
		}
		if status/100 != 2 {
			return answered, fmt.Errorf("answered %d", status)
		}
	}
	return answered, nil
}

// 100,000 requests over 64 connections are answered, while the clients of 2,000 others disconnect: half of them while
// they send the body, half of them before they read the answer.
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
	for range 2 { // tests of other packages may be using the processors
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
