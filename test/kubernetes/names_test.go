package kubernetes

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNames wants the names in the manifests to be those in the code: `up` uses the same topics, the function the same
// event type.
func TestNames(t *testing.T) {
	names := []string{predictionType}
	for _, o := range build(t, "topics") {
		names = append(names, topicName(o))
	}
	code := source(t, "function") + source(t, "cmd") + source(t, "internal")
	for _, name := range names {
		if !strings.Contains(code, strconv.Quote(name)) {
			t.Errorf("the manifests say %s, and no code under function, cmd or internal does", name)
		}
	}
}

// TestDeadLetterSink wants the sink that the function posts refused events to, to be one that takes dead letters.
func TestDeadLetterSink(t *testing.T) {
	for _, o := range ofKind(build(t, "overlays/sink"), "KafkaSink") {
		if o.Name == external.DeadLetters {
			if component := o.text("metadata", "labels", "app.kubernetes.io/component"); component != "dead-letters" {
				t.Errorf("%v is labelled %s", o, component)
			}
			return
		}
	}
	t.Errorf("no KafkaSink is called %s", external.DeadLetters)
}

// settings returns the environment variables that the function reads, by the tags of its Config.
func settings() []string {
	text, err := os.ReadFile(filepath.Join(root(), "function", "config.go"))
	if err != nil {
		panic(err)
	}
	var names []string
	for _, m := range regexp.MustCompile(`envconfig:"(\w+)"`).FindAllStringSubmatch(string(text), -1) {
		names = append(names, m[1])
	}
	return names
}

// TestSecret wants docs/deploy.md to make the secret that the manifests refer to, with the keys that they take.
func TestSecret(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(), "docs", "deploy.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, command, _ := strings.Cut(string(text), "kubectl create secret generic "+external.Secret+" ")
	command, _, _ = strings.Cut(command, "`")
	var keys []string
	for _, m := range regexp.MustCompile(`--from-(?:literal|file)=([a-z.]+)`).FindAllStringSubmatch(command, -1) {
		keys = append(keys, m[1])
	}
	if diff := cmp.Diff(external.SecretKeys, keys); diff != "" {
		t.Errorf("the secret %s of docs/deploy.md (-want +got):\n%s", external.Secret, diff)
	}
}

// source returns the Go code, but for tests, in a folder of the project.
func source(t *testing.T, dir string) string {
	t.Helper()
	var code strings.Builder
	err := filepath.WalkDir(filepath.Join(root(), dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		code.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return code.String()
}
