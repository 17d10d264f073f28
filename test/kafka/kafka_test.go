// Package kafka tests the delivery on a real Apache Kafka, with source, function and sink as processes that fail.
package kafka

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/cmd/reddit-classifier/broker"
	"reddit-classifier/cmd/reddit-classifier/local"
	"reddit-classifier/test/e2e"
)

const (
	partitions = 6
	inputs     = 20_000
	keys       = 1_000
	group      = "delivery"
	feeding    = 50 * time.Second // over which the records come, so that what fails does so in between
)

// gate stands before the sink and turns posts away when told to.
type gate struct {
	http.Handler
	shut   atomic.Bool
	turned atomic.Int64
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.shut.Load() {
		g.turned.Add(1)
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	g.Handler.ServeHTTP(w, r)
}

func newGate(t *testing.T, sink string) (*gate, string) {
	t.Helper()
	to, err := url.Parse("http://" + sink)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ErrorLog = nil
	proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 64}
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	g := &gate{Handler: proxy}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return g, server.URL
}

func TestDelivery(t *testing.T) {
	if testing.Short() {
		t.Skip("takes two minutes")
	}
	kafka, addr := startKafka(t, local.Input, local.Output, local.Errors)
	program := build(t)
	sinkAt, _ := freeAddress(t)
	functionAt, _ := freeAddress(t)
	sink := start(t, "sink", program, "sink", "--brokers", addr, "--listen", sinkAt)
	listening(t, sinkAt)
	gate, sinkURL := newGate(t, sinkAt)
	function := start(t, "function", program, "serve", "--listen", functionAt, "--sink", sinkURL+"/"+local.Output)
	listening(t, functionAt)
	sourceArgs := []string{
		program, "source", "--brokers", addr, "--group", group, "--sink", "http://" + functionAt, "--dead-letter", sinkURL + "/" + local.Errors,
		"--retry", "12", "--backoff-delay", "50ms", "--timeout", "20s",
	}
	source := start(t, "source", sourceArgs...)

	fed := make(chan error, 1)
	go func() { fed <- feed(t.Context(), addr) }()

	say := func(format string, args ...any) {
		t.Logf("%s "+format, append([]any{time.Now().Format("15:04:05")}, args...)...)
	}
	for range 3 {
		time.Sleep(2 * time.Second)
		say("the function is killed, and started again a second later")
		function.kill()
		time.Sleep(time.Second)
		function.again(t)
	}
	time.Sleep(2 * time.Second)
	say("the sink answers 503 for three seconds")
	gate.shut.Store(true)
	time.Sleep(3 * time.Second)
	gate.shut.Store(false)
	time.Sleep(2 * time.Second)
	say("the sink hangs for four seconds")
	sink.cmd.Process.Signal(syscall.SIGSTOP)
	time.Sleep(4 * time.Second)
	sink.cmd.Process.Signal(syscall.SIGCONT)
	time.Sleep(time.Second)
	say("a second source comes")
	visitor := start(t, "visitor", sourceArgs...)
	time.Sleep(8 * time.Second)
	say("and goes")
	if err := visitor.stop(); err != nil {
		t.Errorf("the second source ended with %v", err)
	}
	time.Sleep(4 * time.Second)
	say("the broker is stopped for ten seconds")
	if err := kafka.stop(); err != nil {
		t.Logf("the broker ended with %v", err) // a JVM that was asked to end says 143
	}
	time.Sleep(10 * time.Second)
	kafka.again(t)
	await(t, kafka, addr).Close()
	say("the broker is back")

	if err := <-fed; err != nil {
		t.Fatal(err)
	}
	say("all is fed")
	drain(t, addr)
	say("all is consumed; the gate turned %d posts away", gate.turned.Load())
	for _, p := range []*process{source, function, sink} {
		if err := p.stop(); err != nil {
			t.Errorf("%s ended with %v", p.name, err)
		}
	}

	ledger, err := e2e.Read(t.Context(), []string{addr}, local.Input, local.Output, local.Errors)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(ledger)
	for _, lost := range ledger.Lost() {
		t.Error(lost)
	}
	if len(ledger.Disorder) > 0 {
		t.Errorf("%d keys out of order: %v", len(ledger.Disorder), ledger.Disorder)
	}
	if ledger.Inputs != inputs || ledger.Dead != inputs/100 {
		t.Errorf("%d records and %d dead letters, want %d and %d", ledger.Inputs, ledger.Dead, inputs, inputs/100)
	}

	t.Run("replay", func(t *testing.T) { replay(t, program, addr) })
}

// feed writes the records bit by bit. One in a hundred is what no function can answer.
func feed(ctx context.Context, addr string) error {
	client, err := broker.At(addr).NewProducer(ctx, 0, local.Input)
	if err != nil {
		return err
	}
	defer client.Close()
	failed := make(chan error, inputs)
	begin := time.Now()
	for i := range inputs {
		time.Sleep(time.Until(begin.Add(feeding * time.Duration(i) / inputs)))
		m := local.NewMessage(fmt.Sprintf("key-%d", i%keys), fmt.Sprintf("Comment %d: the study, however “significant”, had no control group.", i))
		if i%100 == 42 {
			m.Value = `{"data":{"ndarray":["cut short"`
		}
		client.Produce(ctx, &kgo.Record{Topic: local.Input, Key: []byte(m.Key), Value: []byte(m.Value)}, func(_ *kgo.Record, err error) {
			if err != nil {
				failed <- err
			}
		})
	}
	if err := client.Flush(ctx); err != nil {
		return err
	}
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

// drain waits until the group has committed everything.
func drain(t *testing.T, addr string) {
	t.Helper()
	client, err := broker.At(addr).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	var lag int64
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		lags, err := admin.Lag(t.Context(), group)
		if err != nil {
			continue
		}
		described := lags[group]
		if described.Error() != nil {
			continue
		}
		if lag = described.Lag.Total(); lag == 0 {
			return
		}
	}
	t.Fatalf("%d records are still not consumed", lag)
}

// replay runs the command on the dead letters of the test before it.
func replay(t *testing.T, program, addr string) {
	run := func(args ...string) string {
		out, err := exec.Command(program, append([]string{"replay", "--brokers", addr, "--errors", local.Errors, "--to", local.Input}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return lines[len(lines)-1]
	}
	for _, step := range []struct{ args, says string }{
		{"--reason no_such_reason", "0 letters: 0 replayed"},
		{"--dry-run", "200 letters: 0 replayed, 200 would be"},
		{"--reason invalid_json", "200 letters: 200 replayed, 0 would be, 0 were before"},
		{"--reason invalid_json", "200 letters: 0 replayed, 0 would be, 200 were before"},
	} {
		if said := run(strings.Fields(step.args)...); !strings.Contains(said, step.says) {
			t.Errorf("replay %s: %q, want %q", step.args, said, step.says)
		} else {
			t.Logf("replay %s: %s", step.args, said)
		}
	}
}

// The command up on a cluster that is there already: it creates the topics that are missing, and answers everything.
func TestUp(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a broker")
	}
	_, addr := startKafka(t)
	program := build(t)
	for range 2 { // the second time on topics that have records
		out, err := exec.Command(program, "up", "--once", "--brokers", addr).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "15 records, 12 predictions, 3 dead letters") {
			t.Errorf("%v: %s", err, out)
		}
	}
	ledger, err := e2e.Read(t.Context(), []string{addr}, local.Input, local.Output, local.Errors)
	if err != nil {
		t.Fatal(err)
	}
	if ledger.Inputs != 30 || ledger.Answered != 24 || ledger.Dead != 6 || ledger.Duplicates != 0 {
		t.Error(ledger)
	}
}
