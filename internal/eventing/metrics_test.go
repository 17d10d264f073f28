package eventing

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"reddit-classifier/internal/metrics"
)

// values returns the counters of a registry by name and labels, and the number of observations of each histogram.
func values(t *testing.T, r *metrics.Registry) map[string]float64 {
	t.Helper()
	text := r.AppendText(nil)
	p := expfmt.NewTextParser(model.UTF8Validation)
	families, err := p.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	problems, err := promlint.New(bytes.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	all := make(map[string]float64)
	for _, family := range families {
		for _, m := range family.Metric {
			name := family.GetName()
			for _, l := range m.Label {
				name += " " + l.GetName() + "=" + l.GetValue()
			}
			all[name] = m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return all
}

func TestSourceCounts(t *testing.T) {
	r, calls := &metrics.Registry{}, 0
	s := &Source{After: func(Outcome) { calls++ }}
	s.Count(r)
	for _, o := range []Outcome{{Attempts: 1}, {Attempts: 3, Duration: time.Second}, {Attempts: 2, DeadLettered: true},
		{DeadLettered: true, Lost: true}} {
		s.After(o)
	}
	want := map[string]float64{
		"reddit_classifier_source_records_total outcome=accepted":    2,
		"reddit_classifier_source_records_total outcome=dead_letter": 1,
		"reddit_classifier_source_records_total outcome=lost":        1, "reddit_classifier_source_attempts_total": 6,
		"reddit_classifier_source_delivery_seconds": 4,
	}
	if diff := cmp.Diff(want, values(t, r)); diff != "" || calls != 4 {
		t.Errorf("After called %d times, want 4 (-want +got):\n%s", calls, diff)
	}
}

func TestSinkCounts(t *testing.T) {
	r := &metrics.Registry{}
	s := &Sink{Topics: []string{"out"}}
	s.Count(r)
	for _, request := range [][2]string{{http.MethodGet, "/out"}, {http.MethodPost, "/other1"},
		{http.MethodPost, "/other2"}} {
		s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(request[0], request[1], nil))
	}
	want := map[string]float64{
		"reddit_classifier_sink_writes_total code=405 topic=out": 1, "reddit_classifier_sink_writes_total code=404 topic=": 2,
		"reddit_classifier_sink_write_seconds": 3,
	}
	if diff := cmp.Diff(want, values(t, r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSinkLogsRefusals names the event that was refused, also where its body was not read.
func TestSinkLogsRefusals(t *testing.T) {
	for _, tt := range []struct {
		path, body string
		header     map[string]string
		want       string
	}{
		{"/stranger", "", map[string]string{"Ce-Id": "7", "Ce-Source": "/me"}, "status=404 id=7 source=/me error="},
		{"/out", `{"specversion":"1.0","id":"8","source":"/me","type":"t","time":"noon","data":"secret"}`,
			map[string]string{"Content-Type": "application/cloudevents+json"}, "status=400 id=8 source=/me error="},
		{"/stranger", "", map[string]string{"Ce-Id": strings.Repeat("x", 1000)}, "id=" + strings.Repeat("x", 256) + "... source="},
	} {
		var log bytes.Buffer
		s := &Sink{Topics: []string{"out"}, Log: slog.New(slog.NewTextHandler(&log, nil))}
		r := httptest.NewRequest(http.MethodPost, tt.path, strings.NewReader(tt.body))
		for name, value := range tt.header {
			r.Header.Set(name, value)
		}
		s.ServeHTTP(httptest.NewRecorder(), r)
		if !strings.Contains(log.String(), tt.want) || strings.Contains(log.String(), "secret") {
			t.Errorf("%s: want %q in %s", tt.path, tt.want, &log)
		}
	}
}
