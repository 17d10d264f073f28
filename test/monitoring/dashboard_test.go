package monitoring

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
)

// panel is a part of the dashboard.
type panel struct {
	Title   string
	Type    string
	GridPos struct{ X, Y, W, H int }
	Targets []struct{ Expr string }
}

func dashboard(t *testing.T) (panels []panel) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root(), "config", "monitoring", "dashboard.json"))
	if err != nil {
		t.Fatal(err)
	}
	var d struct{ Panels []panel }
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	return d.Panels
}

// TestDashboard runs the whole system, lets its metrics be read as Prometheus would, and expects every query to find
// something.
func TestDashboard(t *testing.T) {
	s, now := scraped(t)
	queries := 0
	for _, p := range dashboard(t) {
		for _, target := range p.Targets {
			queries++
			expression := strings.NewReplacer("$__rate_interval", "5m", "$namespace", ".*").Replace(target.Expr)
			result := s.query(t, expression, now)
			if len(result) == 0 {
				t.Errorf("%s: %s finds nothing", p.Title, expression)
			}
			for _, v := range result {
				if v.F != v.F || v.F < 0 {
					t.Errorf("%s: %s is %v", p.Title, expression, v)
				}
			}
		}
	}
	if queries < 25 {
		t.Errorf("%d queries", queries)
	}
	// What was sent is what is seen.
	for expression, want := range map[string]float64{
		`sum(reddit_classifier_events_total{code=~"2.."})`: 12 + 40, `sum(reddit_classifier_comments_total)`: 13 + 40,
		`sum(reddit_classifier_dead_letters_total)`: 3, `sum(reddit_classifier_score_count)`: 13 + 40,
		`sum(reddit_classifier_training_score_count)`: 5686,
	} {
		if got := s.query(t, expression, now); len(got) != 1 || got[0].F != want {
			t.Errorf("%s is %v, want %v", expression, got, want)
		}
	}
}

// TestLayout looks whether panels stand on each other, or beyond the 24 columns.
func TestLayout(t *testing.T) {
	taken := make(map[[2]int]string)
	for _, p := range dashboard(t) {
		g := p.GridPos
		if g.W <= 0 || g.H <= 0 || g.X+g.W > 24 {
			t.Errorf("%s: %+v", p.Title, g)
		}
		for x := g.X; x < g.X+g.W; x++ {
			for y := g.Y; y < g.Y+g.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" {
					t.Fatalf("%s stands on %s", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
	}
}

// scraped runs up, sends events, and reads its metrics now and then, as if minutes were between. It returns them and
// the last time.
func scraped(t *testing.T) (*store, time.Time) {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "reddit-classifier")
	build := exec.Command("go", "build", "-o", program, "./cmd/reddit-classifier")
	build.Dir = root()
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	up := exec.Command(program, "up", "--listen", "127.0.0.1:0", "--listen-console", "127.0.0.1:0", "--metrics", address)
	out, err := up.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := up.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = up.Process.Signal(os.Interrupt)
		_, _ = io.Copy(io.Discard, out)
		_ = up.Wait()
	}()
	s, at := newStore(), time.Unix(1_800_000_000, 0)
	// as soon as it can be, before anything is answered
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if resp, err := http.Get("http://" + address + "/metrics"); err == nil {
			resp.Body.Close()
			break
		}
		if time.Now().After(end) {
			t.Fatal("no metrics")
		}
	}
	s.scrape(t, address, at)
	at = at.Add(45 * time.Second)
	lines := bufio.NewScanner(out)
	var function string
	for answers := 0; answers < 15 && lines.Scan(); {
		if found := regexp.MustCompile(`the function at (\S+)\. `).FindStringSubmatch(lines.Text()); found != nil {
			function = found[1]
		}
		if regexp.MustCompile(`^\S+ +(kept|removed|refused:|answered)`).MatchString(lines.Text()) {
			answers++
		}
	}
	s.scrape(t, address, at)
	for i := range 40 {
		send(t, function, i)
		if i%10 == 9 {
			time.Sleep(2500 * time.Millisecond / 4) // in which the lag is asked for
			at = at.Add(45 * time.Second)
			s.scrape(t, address, at)
		}
	}
	return s, at
}

// send posts an event to the function.
func send(t *testing.T, function string, i int) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, function, strings.NewReader(`{"strData":"This is an input"}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"Ce-Specversion": "1.0", "Ce-Id": fmt.Sprint(i), "Ce-Source": "/test",
		"Ce-Type": "t", "Content-Type": "application/json"} {
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		t.Fatal(resp.Status)
	}
}

// scrape adds what an address exports, with the labels that the PodMonitor gives.
func (s *store) scrape(t *testing.T, address string, at time.Time) {
	t.Helper()
	resp, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	p := expfmt.NewTextParser(model.UTF8Validation)
	families, err := p.TextToMetricFamilies(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		samples, err := expfmt.ExtractSamples(&expfmt.DecodeOptions{Timestamp: model.TimeFromUnixNano(at.UnixNano())}, family)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range samples {
			l := labels.NewBuilder(labels.FromStrings("namespace", "default", "pod", "reddit-classifier-1", "job",
				"default/reddit-classifier"))
			for name, value := range x.Metric {
				l.Set(string(name), string(value))
			}
			s.add(l.Labels(), at, float64(x.Value))
		}
	}
}
