package kubernetes

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// With the component config/grpc, config/service has one port, called h2c, and runs the command that serves gRPC on it.
func TestGRPC(t *testing.T) {
	dir := t.TempDir()
	config, err := filepath.Rel(resolved(t, dir), filepath.Join(resolved(t, root()), "config"))
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("resources: [%[1]s/service]\ncomponents: [%[1]s/grpc]\n", filepath.ToSlash(config))
	if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	all, err := Build(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 || all[0].Kind != "Service" {
		t.Fatalf("%d objects, the first a %s", len(all), all[0].Kind)
	}
	containers, _ := all[0].at("spec", "template", "spec", "containers").([]any)
	if len(containers) != 1 {
		t.Fatalf("%d containers", len(containers))
	}
	container := containers[0].(map[string]any)
	want := map[string]any{
		"args":  []any{"serve", "--listen", ":8080"},
		"ports": []any{map[string]any{"name": "h2c", "containerPort": int64(8080)}},
	}
	got := map[string]any{"args": container["args"], "ports": container["ports"]}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the container (-want +got):\n%s", diff)
	}
	if container["image"] != "reddit-classifier" {
		t.Errorf("the image is %v", container["image"])
	}
}
