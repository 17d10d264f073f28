//go:build unix

package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/broker/brokertest"
	"reddit-classifier/internal/local"
	"reddit-classifier/internal/version"
	"reddit-classifier/test/shared"
)

// TestBrokersGoAway has every command that talks to Kafka lose it in the middle: it says so, and Ctrl-C ends it: at
// once, or when a record in flight has had the second that it may take.
func TestBrokersGoAway(t *testing.T) {
	for _, test := range []struct {
		args    string
		running string // is said when it is at work; empty: it is when it writes
		within  time.Duration
		code    int
		ends    string // the end of the output
	}{
		{"up --no-console --listen 127.0.0.1:0 --brokers", "removed", 3 * time.Second, 0, ""},
		{"source --sink http://127.0.0.1:1 --dead-letter http://127.0.0.1:1 --brokers", "retrying", time.Second, 0, ""},
		{"sink --listen 127.0.0.1:0 --topics in --brokers", "msg=ready", 3 * time.Second, 0, ""},
		{"replay --errors errors --to in --brokers", "", time.Second, 1,
			", 95 not reached: run the command again, it replays no letter twice\nreddit-classifier: interrupted\n"},
	} {
		name, _, _ := strings.Cut(test.args, " ")
		t.Run(name, func(t *testing.T) {
			kafka, err := kfake.NewCluster(kfake.NumBrokers(1),
				kfake.SeedTopics(2, "in", "errors", local.Input, local.Output, local.Errors))
			if err != nil {
				t.Fatal(err)
			}
			defer kafka.Close()
			addr := kafka.ListenAddrs()[0]
			fill(t, addr)
			cmd := exec.CommandContext(t.Context(), "reddit-classifier", append(strings.Fields(test.args), addr)...)
			cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0") // the race detector's second at the end
			var said transcript
			cmd.Stdout, cmd.Stderr = &said, &said
			writes := writing(kafka, 6)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if test.running == "" {
				<-writes
			}
			said.await(t, test.running)
			if name == "source" || name == "sink" { // whose first line names the build
				said.await(t, "msg=ready")
				said.await(t, " release="+version.String()+"\n")
			}
			kafka.Close()
			if name == "sink" { // which needs nothing from Kafka until somebody posts
				go postTo(said.after("url=") + "/in")
			}
			said.await(t, "a Kafka broker cannot be reached; retrying")
			begin := time.Now()
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
			cmd.Wait()
			took := time.Since(begin)
			if code := cmd.ProcessState.ExitCode(); code != test.code || !strings.HasSuffix(said.String(), test.ends) ||
				took > test.within {
				t.Errorf("exit code %d after %v, and said %s", code, took, said.String())
			}
		})
	}
}

// writing cuts the connection of the n-th write, and tells.
func writing(kafka *kfake.Cluster, n int) <-chan struct{} {
	reached := make(chan struct{})
	kafka.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		kafka.KeepControl()
		if n--; n != 0 {
			return nil, nil, false
		}
		close(reached)
		return nil, errors.New("cut"), true
	})
	return reached
}

func postTo(url string) {
	r, err := http.NewRequest(http.MethodPost, url, strings.NewReader("hello"))
	if err != nil {
		return
	}
	for name, value := range map[string]string{"Specversion": "1.0", "Id": "7", "Source": "/me", "Type": "t"} {
		r.Header.Set("Ce-"+name, value)
	}
	if answer, err := http.DefaultClient.Do(r); err == nil {
		answer.Body.Close()
	}
}

// fill gives source and replay something to do.
func fill(t *testing.T, addr string) {
	t.Helper()
	records := []*kgo.Record{{Topic: local.Input, Value: []byte("hello")}}
	for i := range 100 {
		records = append(records, letter(fmt.Sprint(i), "422"))
	}
	brokertest.Produce(t, brokertest.Connect(t, broker.At(addr)), records...)
}

// transcript is the output of a process so far.
type transcript struct{ shared.Buffer }

// after returns the word after a text.
func (s *transcript) after(text string) string {
	_, rest, _ := strings.Cut(s.String(), text)
	return strings.Fields(rest)[0]
}

// await waits until the output contains a text.
func (s *transcript) await(t *testing.T, text string) {
	t.Helper()
	shared.Eventually(t, fmt.Sprintf("%q in the output", text), func() bool { return strings.Contains(s.String(), text) })
}
