package function_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"maps"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	prometheus "github.com/prometheus/common/model"

	"reddit-classifier/function"
	"reddit-classifier/internal/metrics"
	"reddit-classifier/model"
	"reddit-classifier/model/head"
)

var update = flag.Bool("update", false, "write testdata/metrics.txt anew")

// counting returns a function that counts, and what it has counted: the value of each series by its name and labels.
func counting(t *testing.T, settings ...func(*function.Config)) (f *function.Function,
	values func() map[string]float64) {
	t.Helper()
	r := &metrics.Registry{}
	f = start(t, append(settings, func(c *function.Config) { c.Registry = r })...)
	return f, func() map[string]float64 {
		all := make(map[string]float64)
		for _, family := range gather(t, r) {
			for _, m := range family.Metric {
				name := family.GetName()
				var labels []string
				for _, l := range m.Label {
					labels = append(labels, l.GetName()+"="+l.GetValue())
				}
				if labels != nil {
					name += "{" + strings.Join(labels, ",") + "}"
				}
				all[name] = m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
		return all
	}
}

// gather reads what a registry writes as Prometheus does.
func gather(t *testing.T, r *metrics.Registry) (list []*dto.MetricFamily) {
	t.Helper()
	p := expfmt.NewTextParser(prometheus.UTF8Validation)
	families, err := p.TextToMetricFamilies(bytes.NewReader(r.AppendText(nil)))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(families)) {
		list = append(list, families[name])
	}
	return list
}

// TestMetricNames keeps what dashboards and alerts rest on: names, types, labels and help. It also lets promtool's lint
// look at them.
func TestMetricNames(t *testing.T) {
	sink := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,
		_ *http.Request) {
		w.WriteHeader(http.StatusAccepted)
	}))
	defer sink.Close()
	r := &metrics.Registry{}
	f := start(t, to(sink.URL, time.Second), func(c *function.Config) { c.Registry = r })
	handle(f, kafka("a"))
	handle(f, kafka(`{"strData":5}`))
	families := gather(t, r)
	var b strings.Builder
	for _, family := range families {
		labels := make(map[string]bool)
		for _, m := range family.Metric {
			for _, l := range m.Label {
				labels[l.GetName()] = true
			}
		}
		fmt.Fprintf(&b, "%s %s %v\n  %s\n", family.GetName(), strings.ToLower(family.GetType().String()),
			slices.Sorted(maps.Keys(labels)), family.GetHelp())
	}
	golden := filepath.Join("testdata", "metrics.txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("dashboards and alerts name these; with -update they are written anew (-want +got):\n%s", diff)
	}
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestMetricsCount(t *testing.T) {
	f, values := counting(t)
	before := values()
	removed, kept := "Only an idiot would pay for this kind of research.", "See https://example.org for the control group."
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	if m.Label(removed) != 1 || m.Label(kept) != 0 {
		t.Fatal("the comments are of one class")
	}
	for _, data := range []string{
		`{"data":{"ndarray":["` + removed + `","` + kept + `"]}}`, `{"instances":["` + removed + `"]}`,
		`{"inputs":[{"name":"a","datatype":"BYTES","shape":[1],"data":["` + kept + `"]}]}`, `{"data":{"ndarray":[5]}}`,
		`{"data":`, "",
	} {
		handle(f, kafka(data))
	}
	one := `{"specversion":"1.0","id":"%d","source":"/a","type":"b","data":{"strData":%s}}`
	batch := "["
	for i := range 5 {
		batch += fmt.Sprintf(one, i, "7") + ","
	}
	batch += fmt.Sprintf(one, 9, `"`+kept+`"`) + "]"
	handle(f, post(batch, "Content-Type", "application/cloudevents-batch+json"))
	handle(f, httptest.NewRequest(http.MethodGet, "/", nil))
	got := make(map[string]float64)
	for name, v := range values() {
		if v != before[name] && !strings.Contains(name, "bytes") {
			got[strings.TrimPrefix(name, "reddit_classifier_")] = v - before[name]
		}
	}
	want := map[string]float64{
		"events_total{code=200,protocol=seldon,reason=}":              2,
		"events_total{code=200,protocol=kserve,reason=}":              1,
		"events_total{code=200,protocol=open_inference,reason=}":      1,
		"events_total{code=400,protocol=unknown,reason=invalid_json}": 1,
		"events_total{code=422,protocol=unknown,reason=no_data}":      1,
		"events_total{code=422,protocol=seldon,reason=not_text}":      6,
		"comments_total":              5,
		"labels_total{class=kept}":    3,
		"labels_total{class=removed}": 2,
		"score{class=removed}":        5,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestScores checks the bounds of the parts, and that every eighth prediction is timed.
func TestScores(t *testing.T) {
	r := &metrics.Registry{}
	f := start(t, func(c *function.Config) { c.Registry = r })
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	var all []float64
	for i := range 80 {
		comment := strings.Repeat("lol study idiot ", i)
		if handle(f, kafka(comment)).Code == http.StatusOK {
			p := m.PredictProba(comment)[1]
			sum, all = sum+p, append(all, p)
		}
	}
	for _, family := range gather(t, r) {
		h := family.Metric[0].GetHistogram()
		switch family.GetName() {
		case "reddit_classifier_score":
			if int(h.GetSampleCount()) != len(all) || math.Abs(h.GetSampleSum()-sum) > 1e-6 || len(h.Bucket) != 21 {
				t.Errorf("%d of %d scores, sum %v, want %v", h.GetSampleCount(), len(all), h.GetSampleSum(), sum)
			}
			for _, b := range h.Bucket {
				n := uint64(0)
				for _, p := range all {
					if p <= b.GetUpperBound() {
						n++
					}
				}
				if n != b.GetCumulativeCount() {
					t.Errorf("%d are at most %v, want %d", b.GetCumulativeCount(), b.GetUpperBound(), n)
				}
			}
		case "reddit_classifier_prediction_seconds":
			if h.GetSampleCount() != 10 || h.GetSampleSum() <= 0 {
				t.Errorf("%d predictions took %v s", h.GetSampleCount(), h.GetSampleSum())
			}
		}
	}
}

// TestScoresOfClasses: of more than two classes each one has its scores.
func TestScoresOfClasses(t *testing.T) {
	r := &metrics.Registry{}
	path := artifact(t, linear(head.LinkSoftmax, false), "x", "y", "z")
	f := start(t, func(c *function.Config) { c.Registry, c.ModelPath = r, path })
	if w := handle(f, kafka("bb")); w.Code != http.StatusOK {
		t.Fatal(w.Code, w.Body)
	}
	got := map[string]float64{}
	for _, family := range gather(t, r) {
		for _, m := range family.Metric {
			if family.GetName() == "reddit_classifier_score" {
				got[m.Label[0].GetValue()] = m.GetHistogram().GetSampleSum()
			}
		}
	}
	want := map[string]float64{"x": 0.21194155761708544, "y": 0.5761168847658291, "z": 0.21194155761708544}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestTrainingScores compares the training's histograms with those of the artifact: of two classes that of the second.
func TestTrainingScores(t *testing.T) {
	binary, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	counts := &model.Scores{Of: model.ScoresOfFolds, Counts: make([][model.ScoreBins]uint64, 3)}
	for i := range 3 {
		counts.Counts[i][7*i+1] = uint64(10 + i)
	}
	three := artifactOf(t, model.Manifest{Scores: counts}, linear(head.LinkSoftmax, false), "x", "y", "z")
	for path, want := range map[string]map[string][model.ScoreBins]uint64{
		"default": {binary.Names()[1]: binary.Scores().Counts[1]},
		three:     {"x": counts.Counts[0], "y": counts.Counts[1], "z": counts.Counts[2]},
	} {
		r := &metrics.Registry{}
		start(t, func(c *function.Config) { c.Registry, c.ModelPath = r, path })
		for _, family := range gather(t, r) {
			if family.GetName() != "reddit_classifier_training_score" {
				continue
			}
			for _, m := range family.Metric {
				class := m.Label[0].GetValue()
				isHistogramOf(t, class, m.GetHistogram(), want[class])
				delete(want, class)
			}
		}
		if len(want) > 0 {
			t.Errorf("there are no histograms of %v", want)
		}
	}
}

// isHistogramOf compares a histogram of twentieths with counts. Its sum takes each score for the middle of its part.
func isHistogramOf(t *testing.T, class string, h *dto.Histogram, counts [model.ScoreBins]uint64) {
	t.Helper()
	total, sum := uint64(0), 0.0
	for i, n := range counts {
		total += n
		sum += float64(n) * (float64(i)/20 + 0.025)
		bound := float64(i+1) / 20
		if b := h.Bucket[i]; b.GetCumulativeCount() != total || math.Abs(b.GetUpperBound()-bound) > 1e-9 {
			t.Errorf("%s: %d are at most %v, want %d and %v", class, b.GetCumulativeCount(), b.GetUpperBound(), total, bound)
		}
	}
	if total == 0 || h.GetSampleCount() != total || math.Abs(h.GetSampleSum()-sum) > 1e-6*sum {
		t.Errorf("%s: %d scores of sum %v, want %d of sum %v", class, h.GetSampleCount(), h.GetSampleSum(), total, sum)
	}
}

// TestSinkIsCounted has a sink that is busy once.
func TestSinkIsCounted(t *testing.T) {
	busy := true
	sink := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if busy {
			busy = false
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	defer sink.Close()
	f, values := counting(t, to(sink.URL, 5*time.Second))
	handle(f, kafka("a"))
	got := values()
	for name, want := range map[string]float64{
		"sink_requests_total{code=503}": 1, "sink_requests_total{code=202}": 1, "sink_retries_total": 1,
		"sink_request_seconds":                           2,
		"events_total{code=202,protocol=seldon,reason=}": 1, "in_flight_requests": 0,
		"memory_limit_bytes{budget=bodies}": 16 << 20,
	} {
		if got["reddit_classifier_"+name] != want {
			t.Errorf("%s is %v, want %v", name, got["reddit_classifier_"+name], want)
		}
	}
}

// TestNoStrangersLabels sends events whose every part is made up.
func TestNoStrangersLabels(t *testing.T) {
	f, values := counting(t)
	before := len(values())
	for i := range 50 {
		name := fmt.Sprintf("stranger%d", i)
		r := post(`{"`+name+`":"`+name+`"}`, "Ce-Id", name, "Ce-Source", "/"+name, "Ce-Type", name, "Ce-Specversion", "1.0",
			"Content-Type", "application/json", "Ce-Partitionkey", name)
		handle(f, r)
		handle(f, post(name, "Content-Type", "application/"+name))
		handle(f, httptest.NewRequest("STRANGE"+fmt.Sprint(i), "/", nil))
	}
	after := values()
	for name := range after {
		if strings.Contains(strings.ToLower(name), "strange") {
			t.Error(name)
		}
	}
	if n := len(after) - before; n > 4 {
		t.Errorf("%d series came of it", n)
	}
}

func read(t *testing.T, url string) (int, string) {
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
	return resp.StatusCode, string(b)
}

// TestMetricsPort scrapes the port of its own, which a stop closes. The public port has metrics only where METRICS_PATH
// says so.
func TestMetricsPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	taken := function.NewWith(func() function.Config { c := function.Defaults(); c.MetricsAddr = addr; return c }())
	if err := taken.Start(t.Context(), nil); err == nil ||
		!strings.Contains(err.Error(), "setting METRICS_ADDRESS is '"+addr+"', where nothing can listen") {
		t.Errorf("a port in use: %v", err)
	}
	l.Close()
	f := start(t, func(c *function.Config) { c.MetricsAddr, c.MetricsPath = addr, "/metrics" })
	handle(f, kafka("a"))
	code, text := read(t, "http://"+addr+"/metrics")
	const line = `reddit_classifier_events_total{code="200",protocol="seldon",reason=""} 1` + "\n"
	if code != 200 || !strings.Contains(text, line) || !strings.Contains(text, "process_resident_memory_bytes") ||
		!strings.Contains(text, `reddit_classifier_model_info{digest="`) {
		t.Errorf("%d: %.2000s", code, text)
	}
	if code, _ := read(t, "http://"+addr+"/"); code != 404 {
		t.Errorf("another path: %d", code)
	}
	for _, test := range []struct {
		method, path string
		want         int
	}{{"GET", "/metrics", 200}, {"POST", "/metrics", 404}, {"GET", "/", 200}, {"GET", "/metrics/", 404}} {
		w := httptest.NewRecorder()
		f.Handle(w, httptest.NewRequest(test.method, test.path, nil))
		if w.Code != test.want {
			t.Errorf("%s %s: %d, want %d", test.method, test.path, w.Code, test.want)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	if err := f.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l, err := net.Listen("tcp", addr); err != nil {
		t.Errorf("after the stop: %v", err)
	} else {
		l.Close()
	}
	silent := start(t)
	w := httptest.NewRecorder()
	silent.Handle(w, httptest.NewRequest("GET", metrics.Path, nil))
	if w.Code != 404 {
		t.Errorf("without METRICS_PATH: %d", w.Code)
	}
}

func TestMetricsSettings(t *testing.T) {
	for _, test := range []struct{ addr, path, want string }{
		{"9095", "", "setting METRICS_ADDRESS is '9095', not HOST:PORT, :PORT or off"},
		{"", "metrics",
			"setting METRICS_PATH is 'metrics', not a path that begins with / and is longer than that, such as /metrics"},
		{"", "/", "setting METRICS_PATH is '/', not a path that begins with / and is longer than that, such as /metrics"},
		{"off", "/m", ""},
	} {
		c := function.Defaults()
		c.MetricsAddr, c.MetricsPath = test.addr, test.path
		got := ""
		if err := c.Validate(); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%q, %q: %q, want %q", test.addr, test.path, got, test.want)
		}
	}
}

// TestMetricsCost checks that counting costs at most 3 % of an event, in rounds that alternate.
func TestMetricsCost(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("a measurement")
	}
	counts, _ := counting(t)
	with, without := deliver(counts), deliver(start(t))
	const calls, rounds = 200, 600
	var took [2][]time.Duration
	for range rounds {
		for i, f := range []func(){without, with} {
			began := time.Now()
			for range calls {
				f()
			}
			took[i] = append(took[i], time.Since(began)/calls)
		}
	}
	for i := range took {
		slices.Sort(took[i])
	}
	off, on := took[0][rounds/10], took[1][rounds/10]
	t.Logf("%v per event, %v with metrics: %+.1f %%", off, on, 100*float64(on-off)/float64(off))
	if float64(on) > 1.03*float64(off) {
		t.Errorf("counting costs %v of %v", on-off, off)
	}
}
