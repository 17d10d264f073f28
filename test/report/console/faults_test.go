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
	page   context.Context // of up
	beside context.Context // of the command console, which sees the topics alone
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
	brokers := f.kafka.ListenAddrs()[0]
	url := startPage(t, "Answers ", path, "up", "--brokers", brokers, "--listen", "127.0.0.1:0",
		"--listen-console", "127.0.0.1:0", "--input", input)
	beside := startPage(t, "Ctrl-C ", path, "console", "--brokers", brokers, "--listen", "127.0.0.1:0",
		"--group", "reddit-classifier-up")
	if f.client, err = kgo.NewClient(kgo.SeedBrokers(f.kafka.ListenAddrs()...),
		kgo.MaxVersions(kversion.V2_8_0())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.client.Close)
	f.page, f.beside = open(t, browser, url), open(t, browser, beside)
	return f
}

// startPage starts a program, until the test ends, and returns the URL of its page once it has said all up to a line.
func startPage(t *testing.T, last, path string, args ...string) (url string) {
	t.Helper()
	c := exec.Command(path, args...)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		defer time.AfterFunc(20*time.Second, func() { _ = c.Process.Kill() }).Stop()
		_, _ = io.Copy(io.Discard, out)
		_ = c.Wait()
	})
	address := regexp.MustCompile(`^The page is at (\S+)`)
	for lines := bufio.NewScanner(out); lines.Scan() && !strings.HasPrefix(lines.Text(), last); {
		if found := address.FindStringSubmatch(lines.Text()); found != nil {
			url = found[1]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return url
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
func found(t *testing.T, page context.Context, words ...string) {
	t.Helper()
	var last string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		last = ""
		const all = `[...document.querySelectorAll("#findings li")].map((e) => e.innerText)`
		for _, text := range read[[]string](t, page, all) {
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
func gone(t *testing.T, page context.Context, words string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		all := read[string](t, page, `document.getElementById("findings").innerText`)
		if !strings.Contains(all, words) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("it is still said: %s", all)
		}
	}
}

// shoot writes pictures of the page's beginning if -screenshots asks for them: on a desk and a phone, light and dark.
func shoot(t *testing.T, page context.Context, name string) {
	t.Helper()
	if *screenshots == "" {
		return
	}
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1280, 390} {
			var png []byte
			run(t, page, motionless(scheme), chromedp.EmulateViewport(width, 844), chromedp.Sleep(300*time.Millisecond),
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
	found(t, f.page, "The sink refuses events", "503 for /reddit-classifier-output", "TOPIC_AUTHORIZATION_FAILED")
	shoot(t, f.page, "sink")
	found(t, f.beside, "Nothing has been answered for ", "whether its sink accepts events")
	shoot(t, f.beside, "sink-beside")
	refuses.Store(false)
	until(t, f.page, `document.querySelector("#tiles b")?.textContent === "2"`)
	gone(t, f.page, "The sink refuses events")
	gone(t, f.beside, "Nothing has been answered")

	for i := range 12 {
		f.write(t, fmt.Sprintf("sensor-%d", i), `{"data":{"ndarray":[[0.5,1.5]]}}`)
	}
	for _, page := range []context.Context{f.page, f.beside} {
		found(t, page, "12 records were refused in the last minute. All: not_text: ",
			"came from topic reddit-classifier-input, partition ", `key "sensor-`, "Its sender has to send something else")
	}
	shoot(t, f.page, "numbers")

	for i := range 300 {
		f.write(t, fmt.Sprint(i), `{"data":{"ndarray":["`+ordinary[1]+`"]}}`)
	}
	for _, page := range []context.Context{f.page, f.beside} {
		found(t, page, "The scores of the last ", " comments differ from those in training", "above 0.25")
	}
	shoot(t, f.page, "drift")
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
