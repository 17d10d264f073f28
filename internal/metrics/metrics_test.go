package metrics

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

func TestText(t *testing.T) {
	r := &Registry{}
	r.Counter("b_total", "Help\nof \\ b.").Add(3)
	c := r.Counters("a_total", "Of a.", "x", "y")
	c.With("\"q\"\n\\", "").Inc()
	c.With("p", "\xff").Inc()
	c.With("p", "\xff").Inc()
	h := r.Histogram("h_seconds", "Of h.", 0.5, 1)
	for _, v := range []float64{0.25, 0.5, 0.75, 2} {
		h.Observe(v)
	}
	r.Gauge("g", "Of g.", func() float64 { return 1e-7 })
	r.Register(KindGauge, "none", "Has no sample.", func(*Samples) {})
	const want = "# HELP a_total Of a.\n# TYPE a_total counter\na_total{x=\"\\\"q\\\"\\n\\\\\",y=\"\"} 1\na_total{x=\"p\",y=\"\ufffd\"} 2\n" +
		"# HELP b_total Help\\nof \\\\ b.\n# TYPE b_total counter\nb_total 3\n# HELP g Of g.\n# TYPE g gauge\ng 1e-07\n" +
		"# HELP h_seconds Of h.\n# TYPE h_seconds histogram\nh_seconds_bucket{le=\"0.5\"} 2\nh_seconds_bucket{le=\"1\"} 3\nh_seconds_bucket{le=\"+Inf\"} 4\nh_seconds_sum 3.5\nh_seconds_count 4\n"
	if diff := cmp.Diff(want, string(r.AppendText(nil))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	defer func() {
		if recover() == nil {
			t.Error("a name is registered twice")
		}
	}()
	r.Counter("g", "")
}

// TestProcess reads the metrics of this process as Prometheus does.
func TestProcess(t *testing.T) {
	text := NewRegistry().AppendText(nil)
	p := expfmt.NewTextParser(model.UTF8Validation)
	families, err := p.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if v := families["process_start_time_seconds"].Metric[0].GetGauge().GetValue(); v < 1e9 {
		t.Errorf("started %v", v)
	}
	if f := families["process_resident_memory_bytes"]; f != nil && f.Metric[0].GetGauge().GetValue() < 1<<20 {
		t.Errorf("memory %v", f)
	}
	problems, err := promlint.New(bytes.NewReader(text)).Lint()
	if err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
}

// FuzzText writes labels that Prometheus' parser reads back.
func FuzzText(f *testing.F) {
	f.Add("a", "\x00\"\\\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		r := &Registry{}
		r.Counters("c_total", a, "x", "y").With("v", b).Inc()
		p := expfmt.NewTextParser(model.UTF8Validation)
		families, err := p.TextToMetricFamilies(bytes.NewReader(r.AppendText(nil)))
		if err != nil || families["c_total"].Metric[0].GetCounter().GetValue() != 1 {
			t.Errorf("%q, %q: %v", a, b, err)
		}
	})
}
