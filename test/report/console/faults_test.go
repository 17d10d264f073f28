package console

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"

	"reddit-classifier/test/report/chromium"
)

const inputTopic = "reddit-classifier-input"

// faulty is a system that runs with a fault in it: a Kafka in this process, the command up, and its page.
type faulty struct {
	kafka  *kfake.Cluster
	client *kgo.Client
	page   context.Context
}

// startFaulty starts up.
func startFaulty(t *testing.T) *faulty {
	t.Helper()
	browser := chromium.Start(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "reddit-classifier")
	build := exec.Command("go", "build", "-o", path, "./cmd/reddit-classifier")
	build.Dir = filepath.Join("..", "..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	f := &faulty{}
	var err error
	if f.kafka, err = kfake.NewCluster(kfake.Ports(0)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.kafka.Close)
	input := filepath.Join(dir, "none.jsonl") // instead of the samples
	if err := os.WriteFile(input, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	up := exec.Command(path, "up", "--brokers", f.kafka.ListenAddrs()[0], "--listen", "127.0.0.1:0",
		"--listen-console", "127.0.0.1:0", "--input", input)
	out, err := up.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := up.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = up.Process.Signal(syscall.SIGTERM)
		defer time.AfterFunc(20*time.Second, func() { _ = up.Process.Kill() }).Stop()
		_, _ = io.Copy(io.Discard, out)
		_ = up.Wait()
	})
	address := regexp.MustCompile(`^The page is at (\S+)`)
	url := ""
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if found := address.FindStringSubmatch(lines.Text()); found != nil {
			url = found[1]
		}
		if strings.HasPrefix(lines.Text(), "Answers ") {
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	if f.client, err = kgo.NewClient(kgo.SeedBrokers(f.kafka.ListenAddrs()...),
		kgo.MaxVersions(kversion.V2_8_0())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.client.Close)
	f.page = open(t, browser, url)
	return f
}

// write writes a record to the input topic.
func (f *faulty) write(t *testing.T, key, value string) {
	t.Helper()
	r := &kgo.Record{Topic: inputTopic, Key: []byte(key), Value: []byte(value)}
	if err := f.client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// found waits for a finding that has all the words, within a few seconds.
func (f *faulty) found(t *testing.T, words ...string) {
	t.Helper()
	var last string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		last = ""
		const all = `[...document.querySelectorAll("#findings li")].map((e) => e.innerText)`
		for _, text := range read[[]string](t, f.page, all) {
			last += text + "\n"
			missing := false
			for _, w := range words {
				missing = missing || !strings.Contains(text, w)
			}
			if !missing {
				t.Log(text)
				return
			}
		}
	}
	t.Fatalf("no finding has %q; there are:\n%s", words, last)
}

// gone waits until no finding has the words.
func (f *faulty) gone(t *testing.T, words string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		all := read[string](t, f.page, `document.getElementById("findings").innerText`)
		if !strings.Contains(all, words) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("it is still said: %s", all)
		}
	}
}

// shoot writes pictures of the page's beginning if -screenshots asks for them: on a desk and a phone, light and dark.
func (f *faulty) shoot(t *testing.T, name string) {
	t.Helper()
	if *screenshots == "" {
		return
	}
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1280, 390} {
			var png []byte
			run(t, f.page, motionless(scheme), chromedp.EmulateViewport(width, 844), chromedp.Sleep(300*time.Millisecond),
				chromedp.CaptureScreenshot(&png))
			file := filepath.Join(*screenshots, fmt.Sprintf("fault-%s-%d-%s.png", name, width, scheme))
			if err := os.WriteFile(file, png, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestFaults plants faults into a system that runs, one after the other, and expects the page to say in words what is
// wrong, and to say no more of a sink that accepts again.
func TestFaults(t *testing.T) {
	f := startFaulty(t)
	f.write(t, "before", `{"data":{"ndarray":["before"]}}`)
	until(t, f.page, `document.querySelector("#tiles b")?.textContent === "1"`)
	if got := read[int](t, f.page, `document.querySelectorAll("#findings li").length`); got != 0 {
		t.Errorf("%d findings without a fault", got)
	}

	var refuses atomic.Bool // all records but those of this test's client: up's names topics by their ids
	refuses.Store(true)
	f.kafka.ControlKey(int16(kmsg.Produce), func(request kmsg.Request) (kmsg.Response, error, bool) {
		f.kafka.KeepControl()
		r := request.(*kmsg.ProduceRequest)
		return refusal(r), nil, refuses.Load() && r.Topics[0].Topic != inputTopic
	})
	f.write(t, "k", `{"data":{"ndarray":["while the sink refuses"]}}`)
	f.found(t, "The sink refuses events", "503 for /reddit-classifier-output", "TOPIC_AUTHORIZATION_FAILED")
	f.shoot(t, "sink")
	refuses.Store(false)
	until(t, f.page, `document.querySelector("#tiles b")?.textContent === "2"`)
	f.gone(t, "The sink refuses events")

	for i := range 12 {
		f.write(t, fmt.Sprintf("sensor-%d", i), `{"data":{"ndarray":[[0.5,1.5]]}}`)
	}
	f.found(t, "12 records were refused in the last minute. All: not_text: ",
		"came from topic reddit-classifier-input, partition ", `key "sensor-`, "Its sender has to send something else")
	f.shoot(t, "numbers")

	for i := range 300 {
		f.write(t, fmt.Sprint(i), `{"data":{"ndarray":["`+ordinary[1]+`"]}}`)
	}
	f.found(t, "The scores of the last ", " comments differ from those in training", "above 0.25")
	f.shoot(t, "drift")
}

// refusal answers that none of the records may be written.
func refusal(r *kmsg.ProduceRequest) kmsg.Response {
	answer := r.ResponseKind().(*kmsg.ProduceResponse)
	for _, topic := range r.Topics {
		a := kmsg.NewProduceResponseTopic()
		a.Topic, a.TopicID = topic.Topic, topic.TopicID
		for _, p := range topic.Partitions {
			ap := kmsg.NewProduceResponseTopicPartition()
			ap.Partition, ap.ErrorCode = p.Partition, kerr.TopicAuthorizationFailed.Code
			a.Partitions = append(a.Partitions, ap)
		}
		answer.Topics = append(answer.Topics, a)
	}
	return answer
}
