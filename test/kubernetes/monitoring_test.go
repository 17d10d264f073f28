package kubernetes

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// The component config/monitoring can be added to every overlay.
func TestMonitoring(t *testing.T) {
	for _, name := range overlays {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			config, err := filepath.Rel(dir, filepath.Join(root(), "config"))
			if err != nil {
				t.Fatal(err)
			}
			text := fmt.Sprintf("resources: [%[1]s/overlays/%[2]s]\ncomponents: [%[1]s/monitoring]\n", filepath.ToSlash(config),
				name)
			if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			all, err := Build(dir)
			if err != nil {
				t.Fatal(err)
			}
			found := make(map[string]Object)
			for _, o := range all {
				found[o.Kind] = o
			}
			if got := found["PodMonitor"].text("spec", "selector", "matchLabels",
				"serving.knative.dev/service"); got != external.Function {
				t.Errorf("the PodMonitor selects pods of %q, want %q", got, external.Function)
			}
			if found["PrometheusRule"].Name != "reddit-classifier" {
				t.Error("there are no rules")
			}
			dashboard := found["ConfigMap"]
			if !json.Valid([]byte(dashboard.text("data", "reddit-classifier.json"))) ||
				dashboard.text("metadata", "labels", "grafana_dashboard") != "1" {
				t.Errorf("no dashboard that Grafana's sidecar finds: %v", dashboard)
			}
		})
	}
}
