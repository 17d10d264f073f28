package monitoring

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// rule is one of a PrometheusRule.
type rule struct {
	Record, Alert, Expr string
	Labels              map[string]string
	Annotations         map[string]string
}

func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// installed returns the path of a program of Prometheus, and skips the test where it is missing.
func installed(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		const why = " is not installed (Debian: apt-get install prometheus)"
		if os.Getenv("REQUIRE_ALL") == "1" {
			t.Fatal(name + why + ", and REQUIRE_ALL=1 says it must be")
		}
		t.Skip(name + why)
	}
	return path
}

// writeRules writes the rules of config/monitoring into a file, as Prometheus reads them, and returns them.
func writeRules(t *testing.T, file string) (all []rule) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root(), "config", "monitoring", "rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var whole struct{ Spec any }
	if err := yaml.Unmarshal(b, &whole); err != nil {
		t.Fatal(err)
	}
	spec, err := yaml.Marshal(whole.Spec)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, spec, 0o644); err != nil {
		t.Fatal(err)
	}
	var object struct{ Groups []struct{ Rules []rule } }
	if err := yaml.Unmarshal(spec, &object); err != nil {
		t.Fatal(err)
	}
	for _, g := range object.Groups {
		all = append(all, g.Rules...)
	}
	if len(all) < 10 {
		t.Fatalf("%d rules", len(all))
	}
	return all
}

// TestRules lets promtool run testdata/alerts_test.yaml.
func TestRules(t *testing.T) {
	promtool, dir := installed(t, "promtool"), t.TempDir()
	all := writeRules(t, filepath.Join(dir, "rules.yaml"))
	cases, err := os.ReadFile(filepath.Join("testdata", "alerts_test.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "alerts_test.yaml"), cases, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"check", "rules", "rules.yaml"}, {"test", "rules", "alerts_test.yaml"}} {
		c := exec.CommandContext(t.Context(), promtool, args...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	for _, r := range all {
		if r.Alert != "" && !strings.Contains(string(cases), `ALERTS{alertname="`+r.Alert+`",alertstate="firing"`) {
			t.Errorf("no case of testdata/alerts_test.yaml lets %s fire", r.Alert)
		}
	}
}

// TestRunbooks looks whether each alert says what is wrong and what to do, in a section of the documentation that is
// there.
func TestRunbooks(t *testing.T) {
	docs, err := os.ReadFile(filepath.Join(root(), "docs", "monitoring.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range writeRules(t, filepath.Join(t.TempDir(), "rules.yaml")) {
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
	}
}
