package broker

import (
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// outageMonitor logs when brokers cannot be reached. A client itself retries for ever without logging.
type outageMonitor struct {
	log     *slog.Logger
	mu      sync.Mutex
	outages map[string]*outage // by address of the broker
}

type outage struct {
	since, logged time.Time
}

const (
	logOutageAfter = time.Second      // shorter outages are not logged
	logOutageEvery = 30 * time.Second // as long as the outage lasts
)

var _ kgo.HookBrokerConnect = (*outageMonitor)(nil)

// OnBrokerConnect is called after each attempt to connect.
func (m *outageMonitor) OnBrokerConnect(meta kgo.BrokerMetadata, _ time.Duration, _ net.Conn, err error) {
	addr := net.JoinHostPort(meta.Host, strconv.Itoa(int(meta.Port)))
	now := time.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	o := m.outages[addr]
	switch {
	case err == nil:
		if o != nil && !o.logged.IsZero() {
			m.log.Warn("the Kafka broker can be reached again", "address", addr)
		}
		delete(m.outages, addr)
	case o == nil:
		m.outages[addr] = &outage{since: now}
	case now.Sub(o.since) >= logOutageAfter && now.Sub(o.logged) >= logOutageEvery:
		o.logged = now
		m.log.Error("a Kafka broker cannot be reached; retrying",
			"address", addr, "for", now.Sub(o.since).Round(time.Second), "error", err)
	}
}
