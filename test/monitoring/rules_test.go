package monitoring

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"sigs.k8s.io/yaml"
)

// rule is one of a PrometheusRule.
type rule struct {
	Record, Alert, Expr string
	For                 string
	Labels              map[string]string
	Annotations         map[string]string
}

func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// rules are those in config/monitoring.
func rules(t *testing.T) (all []rule) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root(), "config", "monitoring", "rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var object struct {
		Spec struct{ Groups []struct{ Rules []rule } }
	}
	if err := yaml.Unmarshal(b, &object); err != nil {
		t.Fatal(err)
	}
	for _, g := range object.Spec.Groups {
		all = append(all, g.Rules...)
	}
	if len(all) < 10 {
		t.Fatalf("%d rules", len(all))
	}
	return all
}

// evaluate evaluates the rules every minute up to end, as Prometheus does: a recording rule adds to the store, an alert
// fires once its expression has held for as long as it says. It returns which fire at the end, with their labels.
func evaluate(t *testing.T, s *store, begin time.Time, minutes int, all []rule) (firing []string) {
	t.Helper()
	since := make(map[string]time.Time) // alert and labels → from when on it has held
	for m := range minutes + 1 {
		at := begin.Add(time.Duration(m) * time.Minute)
		holds := make(map[string]time.Time)
		for _, r := range all {
			for _, v := range s.query(t, r.Expr, at) {
				if r.Record != "" {
					s.add(labels.NewBuilder(v.Metric).Set(labels.MetricName, r.Record).Labels(), at, v.F)
					continue
				}
				key := r.Alert + labels.NewBuilder(v.Metric).Del(labels.MetricName).Labels().String()
				holds[key] = at
				if from, ok := since[key]; ok {
					holds[key] = from
				}
				if hold := duration(t, r.For); m == minutes && at.Sub(holds[key]) >= hold {
					firing = append(firing, key)
				}
			}
		}
		since = holds
	}
	slices.Sort(firing)
	return firing
}

func duration(t *testing.T, s string) time.Duration {
	t.Helper()
	if s == "" {
		return 0
	}
	d, err := model.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(d)
}

func TestRules(t *testing.T) {
	all := rules(t)
	const quiet = `kafka_consumergroup_lag{consumergroup="reddit-classifier",topic="in",partition="0"} `
	const answered = `reddit_classifier_events_total{code="200",protocol="seldon",reason="",pod="a"} `
	training := []string{
		`reddit_classifier_training_score_bucket{class="removed",le="0.25",pod="a"} 50x800`,
		`reddit_classifier_training_score_bucket{class="removed",le="0.5",pod="a"} 80x800`,
		`reddit_classifier_training_score_bucket{class="removed",le="+Inf",pod="a"} 100x800`,
		`reddit_classifier_training_score_count{class="removed",pod="a"} 100x800`,
	}
	scores := func(low, middle, all string) []string {
		return append(slices.Clone(training),
			`reddit_classifier_score_bucket{class="removed",le="0.25",pod="a"} `+low,
			`reddit_classifier_score_bucket{class="removed",le="0.5",pod="a"} `+middle,
			`reddit_classifier_score_bucket{class="removed",le="+Inf",pod="a"} `+all, `reddit_classifier_score_count{class="removed",pod="a"} `+all)
	}
	covered := make(map[string]bool)
	for _, test := range []struct {
		name    string
		series  []string
		minutes int
		want    []string
	}{
		{"all is well", append(scores("0+5x400", "0+8x400", "0+10x400"), quiet+"5x400", answered+"0+60x400",
			`reddit_classifier_sink_requests_total{code="202"} 0+60x400`,
			`process_start_time_seconds{job="default/reddit-classifier",pod="a"} 100x400`,
			`reddit_classifier_memory_wait_seconds_count{pod="a"} 0x400`, `reddit_classifier_panics_total{pod="a"} 0x400`), 400,
			nil},
		{"nothing comes", []string{quiet + "0x60", answered + "7x60"}, 60, nil},
		{"records wait and none is answered", []string{quiet + "0x5 20x30", answered + "0+60x5 300x30"}, 25,
			[]string{`RedditClassifierNotAnswering{}`}},
		{"no pod is left to answer", []string{quiet + "20x30"}, 25, []string{`RedditClassifierNotAnswering{}`}},
		{"records wait, for a moment", []string{quiet + "0x20 20x3", answered + "0x30"}, 23, nil},
		{"the lag of the console, where Kafka's exporter is absent",
			[]string{`reddit_classifier_lag_records{group="g",pod="b"} 9x30`}, 25, []string{`RedditClassifierNotAnswering{}`}},
		{"more come than are answered", []string{quiet + "0+500x60", answered + "0+60x60"}, 60,
			[]string{`RedditClassifierLagGrows{}`}},
		{"a burst that is worked off", []string{quiet + "50000-500x60", answered + "0+600x60"}, 60, nil},
		{"numbers instead of comments",
			[]string{`reddit_classifier_events_total{code="422",protocol="seldon",reason="not_text",pod="a"} 0x5 3x10`,
				answered + "0+60x20"}, 9,
			[]string{`RedditClassifierRefuses{code="422", reason="not_text"}`}},
		{"they ended a while ago",
			[]string{`reddit_classifier_events_total{code="422",protocol="seldon",reason="not_text",pod="a"} 0x5 3x40`,
				answered + "0+60x40"}, 30, nil},
		{"the sink is away", []string{`reddit_classifier_sink_requests_total{code="none",pod="a"} 0+30x20`,
			`reddit_classifier_sink_requests_total{code="202",pod="a"} 0+1x20`,
			`reddit_classifier_events_total{code="503",protocol="seldon",reason="sink_unreachable",pod="a"} 0+6x20`}, 20,
			[]string{`RedditClassifierSinkFails{}`, `RedditClassifierUnavailable{reason="sink_unreachable"}`}},
		{"the sink refuses now and then", []string{`reddit_classifier_sink_requests_total{code="503",pod="a"} 0+1x20`,
			`reddit_classifier_sink_requests_total{code="202",pod="a"} 0+30x20`}, 20, nil},
		{"long events", []string{`reddit_classifier_memory_wait_seconds_count{pod="a"} 0+2x30`}, 25,
			[]string{`RedditClassifierMemoryWaits{}`}},
		{"other scores than in training", scores("0+1x800", "0+3x800", "0+10x800"), 500,
			[]string{`RedditClassifierScoresDrift{class="removed"}`}},
		{"other scores, but few", scores("0x400 0+1x40", "0x400 0+1x40", "0x400 0+1x40"), 440, nil},
		{"a pod that restarts",
			[]string{`process_start_time_seconds{job="default/reddit-classifier",pod="a"} 100x5 200x5 300x5 400x10`}, 20,
			[]string{`RedditClassifierRestarts{job="default/reddit-classifier", pod="a"}`}},
		{"a panic", []string{`reddit_classifier_panics_total{pod="a"} 0x5 1x5`}, 9, []string{`RedditClassifierPanics{}`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, begin := newStore(), time.Unix(1_800_000_000, 0)
			s.load(t, begin, test.series...)
			got := evaluate(t, s, begin, test.minutes, all)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, alert := range got {
				name, _, _ := strings.Cut(alert, "{")
				covered[name] = true
			}
		})
	}
	for _, r := range all {
		if r.Alert != "" && !covered[r.Alert] {
			t.Errorf("no case lets %s fire", r.Alert)
		}
	}
}

// TestAnnotations looks whether each alert says what is wrong and what to do, in a section of the documentation that is
// there, and whether its metrics are those that the function exports.
func TestAnnotations(t *testing.T) {
	docs, err := os.ReadFile(filepath.Join(root(), "docs", "monitoring.md"))
	if err != nil {
		t.Fatal(err)
	}
	exported, err := os.ReadFile(filepath.Join(root(), "function", "testdata", "metrics.txt"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"kafka_consumergroup_lag": true, "process_start_time_seconds": true,
		"reddit_classifier_lag_records": true}
	for line := range strings.Lines(string(exported)) {
		if name, _, ok := strings.Cut(line, " "); ok && name != "" {
			known[name] = true
		}
	}
	all := rules(t)
	for _, r := range all {
		if r.Record != "" {
			known[r.Record] = true
		}
	}
	for _, r := range all {
		e, err := parser.ParseExpr(r.Expr)
		if err != nil {
			t.Errorf("%s%s: %v", r.Record, r.Alert, err)
			continue
		}
		parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
			if v, ok := n.(*parser.VectorSelector); ok &&
				!known[regexp.MustCompile(`_(bucket|count|sum)$`).ReplaceAllString(v.Name, "")] && !known[v.Name] {
				t.Errorf("%s%s: nothing exports %s", r.Record, r.Alert, v.Name)
			}
			return nil
		})
		if r.Alert == "" {
			continue
		}
		if got := slices.Sorted(maps.Keys(r.Annotations)); !slices.Equal(got,
			[]string{"description", "runbook_url", "summary"}) || r.Labels["severity"] == "" {
			t.Errorf("%s has %q and severity %q", r.Alert, got, r.Labels["severity"])
		}
		if want := "docs/monitoring.md#" + strings.ToLower(r.Alert); r.Annotations["runbook_url"] != want ||
			!strings.Contains(string(docs), "\n### "+r.Alert+"\n") {
			t.Errorf("%s: its runbook is %s, want %s with a section there", r.Alert, r.Annotations["runbook_url"], want)
		}
		for name, text := range r.Annotations {
			tmpl, err := template.New(name).Funcs(template.FuncMap{"humanize": func(v float64) string { return "1" },
				"humanizePercentage": func(v float64) string { return "1%" }}).
				Parse("{{ $labels := .Labels }}{{ $value := .Value }}" + text)
			if err == nil {
				err = tmpl.Execute(&bytes.Buffer{}, struct {
					Labels map[string]string
					Value  float64
				}{nil, 1})
			}
			if err != nil {
				t.Errorf("%s: %s: %v", r.Alert, name, err)
			}
		}
	}
}
