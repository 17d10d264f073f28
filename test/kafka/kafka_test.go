// Package kafka tests the delivery on a real Apache Kafka, with source, function and sink as processes that fail.
package kafka

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/local"
	"reddit-classifier/test/e2e"
)

const (
	partitions = 6
	inputs     = 20_000
	keys       = 1_000
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

// line is a function with its source, and with topics of its own for what comes of the records that it shares with the
// other line.
type line struct {
	ordering         string // of its source, and the name of its group
	output, errors   string // topics
	function, source *process
	sourceArgs       []string
}

func newLine(t *testing.T, program, addr, sinkURL, ordering string) *line {
	t.Helper()
	l := &line{ordering: ordering, output: "output-" + ordering, errors: "errors-" + ordering}
	functionAt, _ := freeAddress(t)
	l.function = start(t, ordering+" function", program, "serve", "--listen", functionAt, "--sink", sinkURL+"/"+l.output)
	listening(t, functionAt)
	l.sourceArgs = []string{
		program, "source", "--brokers", addr, "--group", ordering, "--ordering", ordering, "--sink", "http://" + functionAt,
		"--dead-letter", sinkURL + "/" + l.errors, "--retry", "12", "--backoff-delay", "50ms", "--timeout", "20s",
	}
	l.source = start(t, ordering+" source", l.sourceArgs...)
	return l
}

// Both ways of delivery at once, so that they share what fails.
func TestDelivery(t *testing.T) {
	if testing.Short() {
		t.Skip("takes two minutes")
	}
	kafka, addr := startKafka(t, local.Input, "output-ordered", "errors-ordered", "output-unordered", "errors-unordered")
	program := build(t)
	sinkAt, _ := freeAddress(t)
	sink := start(t, "sink", program, "sink", "--brokers", addr, "--listen", sinkAt, "--topics",
		"output-ordered,errors-ordered,output-unordered,errors-unordered")
	listening(t, sinkAt)
	gate, sinkURL := newGate(t, sinkAt)
	t.Setenv("SINK_TIMEOUT", "1500ms") // of the functions, so that they give up while the sink hangs
	lines := []*line{newLine(t, program, addr, sinkURL, "ordered"), newLine(t, program, addr, sinkURL, "unordered")}

	fed := make(chan error, 1)
	go func() { fed <- feed(t.Context(), addr) }()

	say := func(format string, args ...any) {
		t.Logf("%s "+format, append([]any{time.Now().Format("15:04:05")}, args...)...)
	}
	for range 3 {
		time.Sleep(2 * time.Second)
		say("the functions are killed, and started again a second later")
		for _, l := range lines {
			l.function.kill()
		}
		time.Sleep(time.Second)
		for _, l := range lines {
			l.function.again(t)
		}
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
	say("a second source comes to each group")
	var visitors []*process
	for _, l := range lines {
		visitors = append(visitors, start(t, l.ordering+" visitor", l.sourceArgs...))
	}
	time.Sleep(8 * time.Second)
	for _, l := range lines {
		shares := sharing(t, addr, l.ordering)
		say("the group %s shares the partitions as %v", l.ordering, shares)
		if len(shares) != 2 || slices.Min(shares) == 0 {
			t.Errorf("the group %s shares the partitions as %v, want two sources with some each", l.ordering, shares)
		}
	}
	say("and goes")
	for _, visitor := range visitors {
		if err := visitor.stop(); err != nil {
			t.Errorf("the second source ended with %v", err)
		}
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
	drain(t, addr, "ordered", "unordered")
	say("all is consumed; the gate turned %d posts away", gate.turned.Load())
	if gate.turned.Load() == 0 {
		t.Error("the gate turned nothing away: the sink did not fail when it was to")
	}
	for _, l := range lines {
		for _, p := range []*process{l.source, l.function} {
			if err := p.stop(); err != nil {
				t.Errorf("%s ended with %v", p.name, err)
			}
		}
	}
	if err := sink.stop(); err != nil {
		t.Errorf("the sink ended with %v", err)
	}
	for _, l := range lines {
		t.Run(l.ordering, func(t *testing.T) { l.check(t, addr) })
	}
	t.Run("replay", func(t *testing.T) { replay(t, program, addr, lines[0].errors) })
}

// check reads what came of the records.
func (l *line) check(t *testing.T, addr string) {
	ledger, err := e2e.Read(t.Context(), []string{addr}, local.Input, l.output, l.errors)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(ledger)
	for _, lost := range ledger.Lost() {
		t.Error(lost)
	}
	if l.ordering == "ordered" && len(ledger.Disorder) > 0 {
		t.Errorf("%d keys out of order: %v", len(ledger.Disorder), ledger.Disorder)
	}
	if ledger.Inputs != inputs || ledger.Dead != inputs/100 {
		t.Errorf("%d records and %d dead letters, want %d and %d", ledger.Inputs, ledger.Dead, inputs, inputs/100)
	}
	// What failed did so: events were tried again for each reason, and some were written twice.
	said, err := os.ReadFile(l.source.log)
	if err != nil {
		t.Fatal(err)
	}
	for what, sign := range map[string]string{
		"killed function": `answer="Post `, "sink that answers 503": "sink_refused", "sink that hangs": "sink_timeout",
	} {
		n := 0
		for line := range strings.Lines(string(said)) {
			if strings.Contains(line, "msg=retrying") && strings.Contains(line, sign) {
				n++
			}
		}
		t.Logf("%d events were tried again because of a %s", n, what)
		if n == 0 {
			t.Errorf("no event was tried again because of a %s", what)
		}
	}
	if ledger.Duplicates == 0 {
		t.Error("nothing was written twice, although the functions gave up on a sink that then went on")
	}
}

// sharing returns how many partitions each member of a group has.
func sharing(t *testing.T, addr, group string) (shares []int) {
	t.Helper()
	client, err := broker.At(addr).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	groups, err := kadm.NewClient(client).DescribeGroups(t.Context(), group)
	if err != nil {
		t.Fatal(err)
	}
	for _, member := range groups[group].Members {
		n := 0
		if assigned, ok := member.Assigned.AsConsumer(); ok {
			for _, topic := range assigned.Topics {
				n += len(topic.Partitions)
			}
		}
		shares = append(shares, n)
	}
	return shares
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
		m := local.NewMessage(fmt.Sprintf("key-%d", i%keys),
			fmt.Sprintf("Comment %d: the study, however “significant”, had no control group.", i))
		if i%100 == 42 {
			m.Value = `{"data":{"ndarray":["cut short"`
		}
		client.Produce(ctx, &kgo.Record{Topic: local.Input, Key: []byte(m.Key), Value: []byte(m.Value)},
			func(_ *kgo.Record, err error) {
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

// drain waits until the groups have committed everything.
func drain(t *testing.T, addr string, groups ...string) {
	t.Helper()
	client, err := broker.At(addr).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	var lag int64
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		lags, err := admin.Lag(t.Context(), groups...)
		if err != nil || lags.Error() != nil {
			continue
		}
		lag = 0
		for _, group := range lags {
			lag += group.Lag.Total()
		}
		if lag == 0 {
			return
		}
	}
	t.Fatalf("%d records are still not consumed", lag)
}

// replay runs the command on the dead letters of the test before it.
func replay(t *testing.T, program, addr, errors string) {
	run := func(args ...string) string {
		out, err := exec.Command(program, append([]string{"replay", "--brokers", addr, "--errors", errors, "--to",
			local.Input}, args...)...).CombinedOutput()
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
