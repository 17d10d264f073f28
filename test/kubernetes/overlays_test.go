package kubernetes

import (
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/yaml"
)

// external has the objects to which the manifests refer: func creates the function, and the owner of the Kafka cluster
// the secret.
var external = External{
	Function:   "reddit-classifier",
	Settings:   settings(),
	Secret:     "reddit-classifier-kafka",
	SecretKeys: []string{"protocol", "sasl.mechanism", "user", "password", "ca.crt"},

	DeadLetters: "reddit-classifier-errors",
}

// overlays are all overlays.
var overlays = []string{"sink", "broker", "channel", "keda", "tls-sasl", "local"}

func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// kafkaDefinitions returns the folder with the definitions of KafkaSource, KafkaSink and KafkaTopic, or "" if it does
// not exist.
func kafkaDefinitions() string {
	shared := os.Getenv("SHARED_DIR")
	if shared == "" {
		shared = filepath.Join(root(), "..", "shared")
	}
	dir := filepath.Join(shared, "crds")
	if _, err := os.Stat(dir); err != nil {
		return ""
	}
	return dir
}

// needKafkaDefinitions skips a test if the folder does not exist. With REQUIRE_ALL=1 it fails the test instead.
func needKafkaDefinitions(t *testing.T) {
	t.Helper()
	if kafkaDefinitions() != "" {
		return
	}
	if os.Getenv("REQUIRE_ALL") == "1" {
		t.Fatal("the shared folder crds is absent, and REQUIRE_ALL=1 says it must be there")
	}
	t.Skip("the shared folder crds is absent")
}

// definitions returns the definitions of Serving and Eventing from their modules and, if they are available, those of
// Kafka's kinds.
var definitions = sync.OnceValues(func() (Definitions, error) {
	var dirs []string
	for module, folder := range map[string]string{
		"knative.dev/serving": "config/core/300-resources", "knative.dev/eventing": "config/core/resources",
	} {
		out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
		if err != nil {
			return nil, err
		}
		dirs = append(dirs, filepath.Join(strings.TrimSpace(string(out)), filepath.FromSlash(folder)))
	}
	if dir := kafkaDefinitions(); dir != "" {
		dirs = append(dirs, dir)
	}
	return ReadDefinitions(dirs...)
})

// build returns the objects of a folder of config.
func build(t *testing.T, config string) []Object {
	t.Helper()
	all, err := Build(filepath.Join(root(), "config", filepath.FromSlash(config)))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// check returns the problems of objects in place of those of a folder of config.
func check(t *testing.T, config string, all []Object) []string {
	t.Helper()
	defs, err := definitions()
	if err != nil {
		t.Fatal(err)
	}
	return append(Check(all, defs, external), CheckPromises(path.Base(config), all)...)
}

func TestOverlays(t *testing.T) {
	for _, name := range overlays {
		t.Run(name, func(t *testing.T) {
			config := "overlays/" + name
			all := build(t, config)
			for _, p := range check(t, config, all) {
				t.Error(p)
			}
			t.Logf("%d objects: %v", len(all), all)
		})
	}
	found, err := os.ReadDir(filepath.Join(root(), "config", "overlays"))
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != len(overlays) {
		t.Errorf("config/overlays has %d overlays, this test knows %d", len(found), len(overlays))
	}
}

// Kafka's kinds are checked with their definitions, not only with the rules of this package.
func TestKafkaDefinitions(t *testing.T) {
	needKafkaDefinitions(t)
	defs, err := definitions()
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range others {
		if _, ok := defs[kind]; !ok && !strings.HasPrefix(kind, "v1/") {
			t.Errorf("no definition for %s", kind)
		}
	}
}

// The files in config are YAML, short, and part of a kustomization. Only the dashboard is a long JSON file.
func TestFiles(t *testing.T) {
	err := filepath.WalkDir(filepath.Join(root(), "config"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root(), path)
		isDashboard := filepath.Base(path) == "dashboard.json"
		if filepath.Ext(path) != ".yaml" && !isDashboard {
			t.Errorf("%s is not YAML", name)
		}
		if lines := strings.Count(string(text), "\n"); lines > 120 && !isDashboard {
			t.Errorf("%s has %d lines, more than 120", name, lines)
		}
		var v any
		if err := yaml.Unmarshal([]byte(strings.Split(string(text), "\n---\n")[0]), &v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if filepath.Base(path) != "kustomization.yaml" {
			in, err := os.ReadFile(filepath.Join(filepath.Dir(path), "kustomization.yaml"))
			if err != nil || !strings.Contains(string(in), filepath.Base(path)) {
				t.Errorf("%s is not in the kustomization of its folder", name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
