package monitoring

//lint:file-ignore SA1019 the dashboard is of the classic schema, which every Grafana reads

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	grafana "github.com/grafana/grafana-foundation-sdk/go/dashboard"
	query "github.com/grafana/grafana-foundation-sdk/go/prometheus"
)

// dashboard reads config/monitoring/dashboard.json as Grafana's schema says, all of it.
func dashboard(t *testing.T) grafana.Dashboard {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root(), "config", "monitoring", "dashboard.json"))
	if err != nil {
		t.Fatal(err)
	}
	plugins.RegisterDefaultPlugins()
	var strict, d grafana.Dashboard
	// It gives an empty list of errors where there is none, and then leaves panels out.
	if err := strict.UnmarshalJSONStrict(b); err != nil && err.Error() != "" {
		t.Fatalf("Grafana's schema: %v", err)
	}
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	if err := d.Validate(); err != nil {
		t.Fatalf("Grafana's schema: %v", err)
	}
	return d
}

// panels are those of a dashboard that are no rows.
func panels(t *testing.T, d grafana.Dashboard) (list []*grafana.Panel) {
	t.Helper()
	for _, p := range d.Panels {
		if p.Panel != nil {
			list = append(list, p.Panel)
		}
	}
	if len(list) < 15 {
		t.Fatalf("%d panels", len(list))
	}
	return list
}

// expressions are the queries of a panel, with what Grafana puts in for its variables.
func expressions(t *testing.T, p *grafana.Panel) (list []string) {
	t.Helper()
	for _, target := range p.Targets {
		q, ok := target.(*query.Dataquery)
		if !ok {
			if v, is := target.(query.Dataquery); is {
				q, ok = &v, true
			}
		}
		if !ok {
			t.Fatalf("%s: a query is a %T", *p.Title, target)
		}
		list = append(list, strings.NewReplacer("$__rate_interval", "1m", "$namespace", ".*", "$class", ".*").Replace(q.Expr))
	}
	return list
}

// TestPrometheus runs the whole system while a Prometheus reads its metrics, with refusals and a sink that fails, and
// expects every query of the dashboard to find something, and every rule to be evaluated and to say what is wrong.
func TestPrometheus(t *testing.T) {
	installed(t, "prometheus")
	d := dashboard(t)
	path := program(t)
	s := startSystem(t, path)
	// The sink lets records be written to the input topic.
	input := free(t)
	start(t, nil, path, "sink", "--brokers", s.kafka, "--topics", "reddit-classifier-input", "--listen", input)
	await(t, input)
	p := startPrometheus(t, s.metrics)
	until(t, p, `count(reddit_classifier_model_info) == 2`) // before events come, so that rates see them
	comments := strings.Repeat(`"lol so basically my grandma was right all along",`, 20)
	batch := `{"data":{"ndarray":[` + strings.TrimSuffix(comments, ",") + `]}}`
	const batches = 40
	for i := range batches {
		if got := post(t, "http://"+input+"/reddit-classifier-input", fmt.Sprint(i), batch); got != 202 {
			t.Fatalf("the sink answers %d", got)
		}
	}
	if got := post(t, s.function, "first", `{"strData":"This is an input"}`); got != 202 {
		t.Fatalf("the function answers %d", got)
	}
	if got := post(t, s.function, "numbers", `{"data":{"ndarray":[[1,2]]}}`); got != 422 {
		t.Fatalf("the function answers %d to numbers", got)
	}
	s.refusing.Store(true)
	away := func() {
		if got := post(t, s.function, "away", `{"strData":"This is an input"}`); got != 503 {
			t.Fatalf("the function answers %d while its sink refuses", got)
		}
	}
	away()
	// What was sent is what is seen, once it was read.
	for expression, want := range map[string]float64{
		`sum(reddit_classifier_events_total{code=~"2..",pod="up"})`:                        12 + batches,
		`sum(reddit_classifier_comments_total{pod="up"})`:                                  13 + 20*batches,
		`sum(reddit_classifier_events_total{code="422",reason="not_text",pod="function"})`: 1,
		`sum(reddit_classifier_events_total{code="503",reason="sink_refused"})`:            1,
		`sum(reddit_classifier_sink_requests_total{code="202",pod="function"})`:            1,
		`sum(reddit_classifier_dead_letters_total)`:                                        3,
		`sum(reddit_classifier_score_count{pod="up"})`:                                     13 + 20*batches,
		`max(reddit_classifier_training_score_count)`:                                      5686,
	} {
		until(t, p, fmt.Sprintf("%s == %v", expression, want))
	}
	until(t, p, `count(reddit_classifier:score_distance:6h) == 1`)
	until(t, p, `count(reddit_classifier_lag_records) == 1`)

	asked := 0
	for _, panel := range panels(t, d) {
		for _, expression := range expressions(t, panel) {
			asked++
			result := p.query(t, expression)
			if len(result) == 0 {
				t.Errorf("%s: %s finds nothing", *panel.Title, expression)
			}
			for _, v := range result {
				if math.IsNaN(v.Value) || v.Value < 0 {
					t.Errorf("%s: %s is %v", *panel.Title, expression, v)
				}
			}
		}
	}
	if asked < 25 {
		t.Errorf("%d queries", asked)
	}
	for _, v := range d.Templating.List {
		if v.Type == grafana.VariableTypeQuery {
			if got := p.values(t, v); !slices.Contains([]string{"default", "removed"}, strings.Join(got, ",")) {
				t.Errorf("the variable %s has the values %q", v.Name, got)
			}
		}
	}

	want := map[string]string{
		"RedditClassifierNotAnswering": "inactive", "RedditClassifierLagGrows": "inactive",
		"RedditClassifierRefuses": "firing", "RedditClassifierUnavailable": "pending",
		"RedditClassifierSinkFails": "pending", "RedditClassifierMemoryWaits": "inactive",
		"RedditClassifierScoresDrift": "pending", "RedditClassifierRestarts": "inactive",
		"RedditClassifierPanics": "inactive",
	}
	for end := time.Now().Add(30 * time.Second); ; away() {
		states, wrong := p.alerts(t)
		diff := cmp.Diff(want, states)
		if diff == "" && len(wrong) == 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%q, alerts (-want +got):\n%s", wrong, diff)
		}
	}
	// Whatever a rule names is exported, but for what others export.
	names := regexp.MustCompile(`\b(reddit_classifier_|process_|kafka_)\w+`)
	for _, r := range writeRules(t, filepath.Join(t.TempDir(), "rules.yaml")) {
		for _, name := range names.FindAllString(r.Expr, -1) {
			if name != "kafka_consumergroup_lag" && len(p.query(t, name)) == 0 {
				t.Errorf("%s%s: nothing exports %s", r.Record, r.Alert, name)
			}
		}
	}
}

// values are those that Prometheus has for a variable of the dashboard, label_values(METRIC, LABEL).
func (p prometheus) values(t *testing.T, v grafana.VariableModel) (list []string) {
	t.Helper()
	q, _ := v.Query.Map["query"].(string)
	found := regexp.MustCompile(`^label_values\((\w+), (\w+)\)$`).FindStringSubmatch(q)
	if found == nil {
		t.Fatalf("the variable %s asks %q", v.Name, q)
	}
	p.ask(t, "label/"+found[2]+"/values", url.Values{"match[]": {found[1]}}, &list)
	return list
}

// until waits until an expression finds something.
func until(t *testing.T, p prometheus, expression string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if len(p.query(t, expression)) > 0 {
			return
		}
		if time.Now().After(end) {
			left, _, _ := strings.Cut(expression, " ==")
			t.Fatalf("%s does not come true: it is %v", expression, p.query(t, left))
		}
	}
}

// TestNames lets promtool check the metrics that each program exports, and compares their names, types and help with
// testdata/metrics.txt: dashboards and alerts name them.
func TestNames(t *testing.T) {
	promtool, path := installed(t, "promtool"), program(t)
	s, sink := startSystem(t, path), free(t)
	for _, args := range [][]string{
		{"console", "--listen", "127.0.0.1:0"}, {"sink", "--listen", sink},
		{"source", "--sink", s.function, "--dead-letter", s.function},
	} {
		address := free(t)
		s.metrics[args[0]] = address
		start(t, nil, path, append(args, "--brokers", s.kafka, "--metrics", address)...)
	}
	// Metrics that are there only once there is something to tell.
	await(t, sink)
	if got := post(t, "http://"+sink+"/reddit-classifier-output", "1", "{}"); got != 202 {
		t.Fatalf("the sink answers %d", got)
	}
	for _, name := range []string{"console", "up"} {
		for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			if bytes.Contains(get(t, "http://"+s.metrics[name]+"/metrics"), []byte("\nreddit_classifier_lag_records{")) {
				break
			}
		}
	}
	var exported strings.Builder
	for _, name := range slices.Sorted(maps.Keys(s.metrics)) {
		text := get(t, "http://"+s.metrics[name]+"/metrics")
		fmt.Fprintf(&exported, "%s\n", name)
		for _, line := range ownMetric.FindAllSubmatch(text, -1) {
			fmt.Fprintf(&exported, "  %s %s\n    %s\n", line[1], line[3], line[2])
		}
		c := exec.CommandContext(t.Context(), promtool, "check", "metrics")
		c.Stdin = bytes.NewReader(text)
		if out, err := c.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("promtool check metrics, of %s: %v\n%s", name, err, out)
		}
	}
	golden := filepath.Join("testdata", "metrics.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(exported.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), exported.String()); diff != "" {
		t.Errorf("with -update it is written anew (-want +got):\n%s", diff)
	}
}

var update = flag.Bool("update", false, "write testdata/metrics.txt anew")

// ownMetric finds the name, the help and the type of a metric that is not the process's.
var ownMetric = regexp.MustCompile(`(?m)^# HELP (reddit_classifier_\w+) (.*)\n# TYPE \w+ (\w+)$`)

// TestLayout looks whether panels stand on each other, or beyond the 24 columns.
func TestLayout(t *testing.T) {
	taken := make(map[[2]uint32]string)
	for _, p := range panels(t, dashboard(t)) {
		g := p.GridPos
		if g.W <= 0 || g.H <= 0 || g.X+g.W > 24 {
			t.Errorf("%s: %+v", *p.Title, g)
		}
		for x := g.X; x < g.X+g.W; x++ {
			for y := g.Y; y < g.Y+g.H; y++ {
				if other := taken[[2]uint32{x, y}]; other != "" {
					t.Fatalf("%s stands on %s", *p.Title, other)
				}
				taken[[2]uint32{x, y}] = *p.Title
			}
		}
	}
}
