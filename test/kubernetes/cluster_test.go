package kubernetes

import (
	"os"
	"path/filepath"
	"testing"
)

// The patches of the component config/cluster apply to the ConfigMap of a cluster and to the KafkaSource.
func TestCluster(t *testing.T) {
	dir := t.TempDir()
	component, err := filepath.Rel(resolved(t, dir), filepath.Join(resolved(t, root()), "config", "cluster"))
	if err != nil {
		t.Fatal(err)
	}
	base, err := filepath.Rel(resolved(t, dir), filepath.Join(resolved(t, root()), "config", "overlays", "sink"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"kustomization.yaml": "resources:\n- installed.yaml\n- " + base + "\ncomponents:\n- " + component + "\n",
		"installed.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: config-kafka-sink-data-plane
  namespace: knative-eventing
data:
  config-kafka-sink-producer.properties: |
    acks=all
  config-kafka-sink-httpserver.properties: |
    idleTimeout=0
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, err := Build(dir)
	if err != nil {
		t.Fatal(err)
	}
	var patched []string
	for _, o := range all {
		switch {
		case o.Kind == "ConfigMap" && o.text("metadata", "name") == "config-kafka-sink-data-plane":
			patched = append(patched, o.text("data", "config-kafka-sink-httpserver.properties"))
			if o.text("data", "config-kafka-sink-producer.properties") != "acks=all\n" {
				t.Error("the producer's properties are lost")
			}
		case o.Kind == "KafkaSource":
			patched = append(patched, o.text("metadata", "labels", "kafkasources.sources.knative.dev/key-type"))
		}
	}
	if len(patched) != 2 || !(patched[0] == "idleTimeout=0\nmaxHeaderSize=1048576\n" && patched[1] == "byte-array" ||
		patched[1] == "idleTimeout=0\nmaxHeaderSize=1048576\n" && patched[0] == "byte-array") {
		t.Errorf("patched to %q", patched)
	}
}

// resolved returns a path without symbolic links, which kustomize does not follow upwards.
func resolved(t *testing.T, path string) string {
	t.Helper()
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		t.Fatal(err)
	}
	return real
}
