//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"reddit-classifier/test/shared"
)

// TestPages reads the page of up, and that of console beside it, which shows the same.
func TestPages(t *testing.T) {
	port := shared.FreeAddress(t)
	up := startPage(t, "up", "--listen", "127.0.0.1:0", "--metrics", port, "--listen-console", "127.0.0.1:0", "--against",
		"original")
	brokers := up.find(t, `Kafka \(embedded, in memory\) is at ([0-9.:]+),`)
	beside := startPage(t, "console", "--brokers", brokers, "--listen", "127.0.0.1:0", "--group", "reddit-classifier-up",
		"--allow-replay")
	for _, p := range []struct {
		*shownPage
		models int
		replay bool
	}{{up, 2, false}, {beside, 1, true}} {
		var about struct {
			Models []struct{ Name string }
			Topics struct{ Input, Output, Errors string }
			Replay bool
		}
		resp, err := http.Get(p.url + "api/about")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.NewDecoder(resp.Body).Decode(&about); err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if len(about.Models) != p.models || about.Topics.Output != "reddit-classifier-output" || about.Replay != p.replay {
			t.Errorf("about: %+v", about)
		}
		p.until(t, func(s shown) bool {
			return s.Answers == 12 && s.Letters == 3 && s.Inputs == 15 && s.Lag.Records == 0 &&
				s.Lag.Group == "reddit-classifier-up"
		})
	}
	resp, err := http.Post(beside.url+"api/replay", "application/json", strings.NewReader(`{"reason":"invalid_json"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var dry struct {
		Actions map[string]int
		Ticket  string
	}
	if err := json.NewDecoder(resp.Body).Decode(&dry); err != nil || dry.Actions["would_replay"] != 1 || dry.Ticket == "" {
		t.Fatalf("dry run: %+v, %v", dry, err)
	}
	wet, err := http.Post(beside.url+"api/replay", "application/json",
		strings.NewReader(`{"reason":"invalid_json","ticket":"`+dry.Ticket+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	wet.Body.Close()
	if wet.StatusCode != 200 {
		t.Errorf("replay: %s", wet.Status)
	}
	up.until(t, func(s shown) bool { return s.Inputs == 16 && s.Letters == 4 }) // what is no JSON is refused again
	scraped := get(t, "http://"+port+"/metrics")
	for _, line := range []string{
		`reddit_classifier_events_total{code="202",protocol="seldon",reason=""} 12`,
		`reddit_classifier_output_records_total 12`, `reddit_classifier_input_records_total 16`,
		`reddit_classifier_dead_letters_total{reason="invalid_json"} 2`, `reddit_classifier_answer_latency_seconds_count 16`,
		`reddit_classifier_lag_records{group="reddit-classifier-up"}`,
	} {
		if !strings.Contains(scraped, "\n"+line) {
			t.Errorf("the metrics have no %s", line)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	beside.end(t)
	up.end(t)
}

func get(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestNoPage(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "reddit-classifier", "up", "--listen", "127.0.0.1:0", "--no-console")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || strings.Contains(line, "page") {
		t.Errorf("%q, %v", line, err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

// shownPage is a process that serves the page.
type shownPage struct {
	cmd *exec.Cmd
	out *bufio.Reader
	url string
}

// shown is what a page is told.
type shown struct {
	Inputs, Answers, Letters int
	Lag                      struct {
		Group   string
		Records int
	}
}

// startPage starts a command and reads the page's address, which it prints first.
func startPage(t *testing.T, args ...string) *shownPage {
	t.Helper()
	p := &shownPage{cmd: exec.CommandContext(t.Context(), "reddit-classifier", args...)}
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewReader(out)
	p.url = p.find(t, `^The page is at (http://127\.0\.0\.1:[0-9]+/)$`)
	return p
}

// find returns what an expression finds in the next line.
func (p *shownPage) find(t *testing.T, expression string) string {
	t.Helper()
	line, err := p.out.ReadString('\n')
	found := regexp.MustCompile(expression).FindStringSubmatch(strings.TrimSpace(line))
	if err != nil || found == nil {
		t.Fatalf("%q, %v", line, err)
	}
	return found[1]
}

// until waits until the page is told what is wanted.
func (p *shownPage) until(t *testing.T, wanted func(shown) bool) {
	t.Helper()
	var s shown
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		resp, err := http.Get(p.url + "api/events")
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(resp.Body)
		_, _ = lines.ReadString('\n')
		data, err := lines.ReadString('\n')
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		s = shown{}
		if err := json.Unmarshal([]byte(strings.TrimPrefix(data, "data: ")), &s); err != nil {
			t.Fatal(err)
		}
		if wanted(s) {
			return
		}
	}
	t.Fatalf("in the end %+v", s)
}

// end interrupts the process, which is how it is meant to end.
func (p *shownPage) end(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, p.out)
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("%v: %v", p.cmd.Args, err)
	}
}
