package monitoring

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// prometheus is one that runs.
type prometheus struct{ url string }

// startPrometheus starts one that reads targets, by the names of their pods, each second, with the labels that the
// PodMonitor gives, and evaluates the rules of config/monitoring as often.
func startPrometheus(t *testing.T, targets map[string]string) prometheus {
	t.Helper()
	path, dir, address := installed(t, "prometheus"), t.TempDir(), free(t)
	writeRules(t, filepath.Join(dir, "rules.yaml"))
	config := "global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [rules.yaml]\nscrape_configs:\n" +
		"- job_name: default/reddit-classifier\n  static_configs:\n"
	for pod, target := range targets {
		config += fmt.Sprintf("  - {targets: [%q], labels: {namespace: default, pod: %s}}\n", target, pod)
	}
	file := filepath.Join(dir, "prometheus.yaml")
	if err := os.WriteFile(file, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	start(t, nil, path, "--config.file="+file, "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--log.level=warn")
	p := prometheus{"http://" + address}
	get(t, p.url+"/-/ready")
	return p
}

// ask asks an API of Prometheus and reads its data into v.
func (p prometheus) ask(t *testing.T, path string, parameters url.Values, v any) {
	t.Helper()
	resp, err := http.Get(p.url + "/api/v1/" + path + "?" + parameters.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer := struct {
		Status, Error string
		Data          any
	}{Data: v}
	if err := json.Unmarshal(b, &answer); err != nil || answer.Status != "success" {
		t.Fatalf("%s %s: %s %v: %.300s", path, parameters, answer.Error, err, b)
	}
}

// sample is an element of a vector.
type sample struct {
	Metric map[string]string
	Value  float64
}

// query evaluates an expression now.
func (p prometheus) query(t *testing.T, expression string) (list []sample) {
	t.Helper()
	var answer struct {
		ResultType string
		Result     []struct {
			Metric map[string]string
			Value  [2]any
		}
	}
	p.ask(t, "query", url.Values{"query": {expression}}, &answer)
	if answer.ResultType != "vector" {
		t.Fatalf("%s is a %s", expression, answer.ResultType)
	}
	for _, r := range answer.Result {
		text, _ := r.Value[1].(string)
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatalf("%s: %v", expression, err)
		}
		list = append(list, sample{r.Metric, v})
	}
	return list
}

// alerts returns the state of each alert, and what is wrong with rules.
func (p prometheus) alerts(t *testing.T) (states map[string]string, wrong []string) {
	t.Helper()
	var answer struct {
		Groups []struct {
			Rules []struct{ Name, Type, State, Health, LastError string }
		}
	}
	p.ask(t, "rules", nil, &answer)
	states = make(map[string]string)
	for _, g := range answer.Groups {
		for _, r := range g.Rules {
			if r.Health != "ok" {
				wrong = append(wrong, strings.TrimSpace(r.Name+": "+r.Health+" "+r.LastError))
			}
			if r.Type == "alerting" {
				states[r.Name] = r.State
			}
		}
	}
	return states, wrong
}
