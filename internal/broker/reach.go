package broker

import (
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// reach tells when brokers cannot be reached: a client tries in silence, and for ever.
type reach struct {
	log  *slog.Logger
	mu   sync.Mutex
	away map[string]*absence // by address
}

type absence struct {
	since, told time.Time
}

const (
	tellAfter = time.Second      // what is over by then is not worth a line
	tellEvery = 30 * time.Second // while a broker is away
)

var _ kgo.HookBrokerConnect = (*reach)(nil)

// OnBrokerConnect is called after each attempt to connect.
func (r *reach) OnBrokerConnect(meta kgo.BrokerMetadata, _ time.Duration, _ net.Conn, err error) {
	addr := net.JoinHostPort(meta.Host, strconv.Itoa(int(meta.Port)))
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.away[addr]
	switch {
	case err == nil:
		if a != nil && !a.told.IsZero() {
			r.log.Warn("the Kafka broker is back", "address", addr)
		}
		delete(r.away, addr)
	case a == nil:
		r.away[addr] = &absence{since: now}
	case now.Sub(a.since) >= tellAfter && now.Sub(a.told) >= tellEvery:
		a.told = now
		r.log.Error(
			"a Kafka broker cannot be reached; trying on",
			"address",
			addr,
			"for",
			now.Sub(a.since).Round(time.Second),
			"error",
			err,
		)
	}
}
