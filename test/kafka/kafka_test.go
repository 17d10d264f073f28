// Package kafka tests delivery on a real Apache Kafka, with the source, the function and the sink as processes that
// fail.
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
	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/local"
	"reddit-classifier/test/e2e"
)

const (
	partitions = 6
	inputs     = 20_000
	keys       = 1_000
	feeding    = 50 * time.Second // the time in which the records are written, and in which the parts fail
)

// sinkProxy forwards posts to the sink. While it is down it answers them with 503.
type sinkProxy struct {
	http.Handler
	down     atomic.Bool
	rejected atomic.Int64 // posts answered with 503
}

func (p *sinkProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.down.Load() {
		p.rejected.Add(1)
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	p.Handler.ServeHTTP(w, r)
}

// newSinkProxy starts a proxy of the sink at the address given, and returns its URL.
func newSinkProxy(t *testing.T, sink string) (*sinkProxy, string) {
	t.Helper()
	to, err := url.Parse("http://" + sink)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ErrorLog = nil
	proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 64}
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	p := &sinkProxy{Handler: proxy}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	return p, server.URL
}

// pipeline is a function and its source. All pipelines read the same input topic; each has its own output and error
// topics.
type pipeline struct {
	ordering         string // of the source, and the name of its consumer group
	output, errors   string // topics
	function, source *process
	sourceArgs       []string
}

func newPipeline(t *testing.T, program, addr, sinkURL, ordering string) *pipeline {
	t.Helper()
	p := &pipeline{ordering: ordering, output: "output-" + ordering, errors: "errors-" + ordering}
	functionAddr, _ := freeAddress(t)
	p.function = start(t, ordering+" function", program, "serve", "--listen", functionAddr, "--sink", sinkURL+"/"+p.output)
	listening(t, functionAddr)
	p.sourceArgs = []string{
		program, "source", "--brokers", addr, "--group", ordering, "--ordering", ordering, "--sink", "http://" + functionAddr,
		"--dead-letter", sinkURL + "/" + p.errors, "--retry", "12", "--backoff-delay", "50ms", "--timeout", "20s",
	}
	p.source = start(t, ordering+" source", p.sourceArgs...)
	return p
}

// No record is lost in ordered and in unordered delivery. Both run at the same time and have the same failures.
func TestDelivery(t *testing.T) {
	if testing.Short() {
		t.Skip("takes two minutes")
	}
	kafka, addr := startKafka(t, local.Input, "output-ordered", "errors-ordered", "output-unordered", "errors-unordered")
	program := build(t)
	sinkAddr, _ := freeAddress(t)
	sink := start(t, "sink", program, "sink", "--brokers", addr, "--listen", sinkAddr, "--topics",
		"output-ordered,errors-ordered,output-unordered,errors-unordered")
	listening(t, sinkAddr)
	proxy, sinkURL := newSinkProxy(t, sinkAddr)
	t.Setenv("SINK_TIMEOUT", "1500ms") // of the functions, which is shorter than the time for which the sink hangs
	pipelines := []*pipeline{
		newPipeline(t, program, addr, sinkURL, "ordered"), newPipeline(t, program, addr, sinkURL, "unordered"),
	}

	written := make(chan error, 1)
	go func() { written <- feed(t.Context(), addr) }()

	say := func(format string, args ...any) {
		t.Logf("%s "+format, append([]any{time.Now().Format("15:04:05")}, args...)...)
	}
	for range 3 {
		time.Sleep(2 * time.Second)
		say("killing the functions for one second")
		for _, p := range pipelines {
			p.function.kill()
		}
		time.Sleep(time.Second)
		for _, p := range pipelines {
			p.function.restart(t)
		}
	}
	time.Sleep(2 * time.Second)
	say("the sink answers 503 for three seconds")
	proxy.down.Store(true)
	time.Sleep(3 * time.Second)
	proxy.down.Store(false)
	time.Sleep(2 * time.Second)
	say("the sink hangs for four seconds")
	sink.cmd.Process.Signal(syscall.SIGSTOP)
	time.Sleep(4 * time.Second)
	sink.cmd.Process.Signal(syscall.SIGCONT)
	time.Sleep(time.Second)
	say("a second source joins each group")
	var joined []*process
	for _, p := range pipelines {
		joined = append(joined, start(t, p.ordering+" second source", p.sourceArgs...))
	}
	time.Sleep(8 * time.Second)
	for _, p := range pipelines {
		assigned := assignedPartitions(t, addr, p.ordering)
		say("the sources of the group %s have %v partitions", p.ordering, assigned)
		if len(assigned) != 2 || slices.Min(assigned) == 0 {
			t.Errorf("the sources of the group %s have %v partitions, want two sources with one or more",
				p.ordering, assigned)
		}
	}
	say("the second sources leave")
	for _, second := range joined {
		if err := second.stop(); err != nil {
			t.Errorf("the second source ended with %v", err)
		}
	}
	time.Sleep(4 * time.Second)
	say("stopping the broker for ten seconds")
	if err := kafka.stop(); err != nil {
		t.Logf("the broker ended with %v", err) // a JVM exits with 143 after SIGTERM
	}
	time.Sleep(10 * time.Second)
	kafka.restart(t)
	await(t, kafka, addr).Close()
	say("the broker is back")

	if err := <-written; err != nil {
		t.Fatal(err)
	}
	say("all records are written")
	awaitNoLag(t, addr, "ordered", "unordered")
	say("all records are consumed; %d posts got 503", proxy.rejected.Load())
	if proxy.rejected.Load() == 0 {
		t.Error("no post got 503 while the sink was down")
	}
	for _, p := range pipelines {
		for _, process := range []*process{p.source, p.function} {
			if err := process.stop(); err != nil {
				t.Errorf("%s ended with %v", process.name, err)
			}
		}
	}
	if err := sink.stop(); err != nil {
		t.Errorf("the sink ended with %v", err)
	}
	for _, p := range pipelines {
		t.Run(p.ordering, func(t *testing.T) { p.check(t, addr) })
	}
	t.Run("replay", func(t *testing.T) { replay(t, program, addr, pipelines[0].errors) })
}

// check compares the records with their answers and dead letters.
func (p *pipeline) check(t *testing.T, addr string) {
	ledger, err := e2e.Read(t.Context(), broker.At(addr), local.Input, p.output, p.errors)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(ledger)
	for _, problem := range ledger.Problems() {
		t.Error(problem)
	}
	if p.ordering == "ordered" && len(ledger.OutOfOrder) > 0 {
		t.Errorf("%d keys out of order: %v", len(ledger.OutOfOrder), ledger.OutOfOrder)
	}
	if ledger.Inputs != inputs || ledger.DeadLettered != inputs/100 {
		t.Errorf("%d records and %d dead letters, want %d and %d", ledger.Inputs, ledger.DeadLettered, inputs, inputs/100)
	}
	// Each failure really took place: events were retried because of it, and some were written twice.
	log, err := os.ReadFile(p.source.log)
	if err != nil {
		t.Fatal(err)
	}
	for failure, sign := range map[string]string{
		"killed function": `answer="Post `, "sink that answers 503": "sink_refused", "sink that hangs": "sink_timeout",
	} {
		n := 0
		for line := range strings.Lines(string(log)) {
			if strings.Contains(line, "msg=retrying") && strings.Contains(line, sign) {
				n++
			}
		}
		t.Logf("%d events were retried because of a %s", n, failure)
		if n == 0 {
			t.Errorf("no event was retried because of a %s", failure)
		}
	}
	if ledger.Duplicates == 0 {
		t.Error("nothing was written twice, although the functions gave up on a sink that later wrote")
	}
}

// assignedPartitions returns how many partitions each member of a group has.
func assignedPartitions(t *testing.T, addr, group string) (counts []int) {
	t.Helper()
	client := brokertest.Connect(t, broker.At(addr))
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
		counts = append(counts, n)
	}
	return counts
}

// feed writes the records at an even rate. The function refuses one in a hundred.
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

// awaitNoLag waits until the groups have committed every record.
func awaitNoLag(t *testing.T, addr string, groups ...string) {
	t.Helper()
	admin := kadm.NewClient(brokertest.Connect(t, broker.At(addr)))
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
	t.Fatalf("%d records are not consumed after 3 minutes", lag)
}

// replay runs the command replay on the dead letters of TestDelivery.
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
		{"--dry-run", "200 letters: 0 replayed, 200 to replay"},
		{"--reason invalid_json", "200 letters: 200 replayed, 0 to replay, 0 already replayed"},
		{"--reason invalid_json", "200 letters: 0 replayed, 0 to replay, 200 already replayed"},
	} {
		if said := run(strings.Fields(step.args)...); !strings.Contains(said, step.says) {
			t.Errorf("replay %s: %q, want %q", step.args, said, step.says)
		} else {
			t.Logf("replay %s: %s", step.args, said)
		}
	}
}

// The command up works on an existing cluster: it creates missing topics, and answers every record.
func TestUp(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a broker")
	}
	_, addr := startKafka(t)
	program := build(t)
	for range 2 { // the second time the topics exist and have records
		out, err := exec.Command(program, "up", "--once", "--brokers", addr).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "15 records, 12 predictions, 3 dead letters") {
			t.Errorf("%v: %s", err, out)
		}
	}
	ledger, err := e2e.Read(t.Context(), broker.At(addr), local.Input, local.Output, local.Errors)
	if err != nil {
		t.Fatal(err)
	}
	if ledger.Inputs != 30 || ledger.Answered != 24 || ledger.DeadLettered != 6 || ledger.Duplicates != 0 {
		t.Error(ledger)
	}
}
