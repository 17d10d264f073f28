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

// The names in the manifests are those in the code: the command up has the same topics, and the function the same event
// type.
func TestNames(t *testing.T) {
	names := []string{predictionType}
	for _, o := range build(t, "topics") {
		names = append(names, topicName(o))
	}
	code := source(t, "function") + source(t, "cmd") + source(t, "internal")
	for _, name := range names {
		if !strings.Contains(code, strconv.Quote(name)) {
			t.Errorf("the manifests have %s, but no code in function, cmd or internal has it", name)
		}
	}
}

// The sink to which the function posts refused events is labelled as one for dead letters.
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

// settings returns the environment variables in the tags of the Config of the function.
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

// docs/deploy.md creates the secret to which the manifests refer, with its keys.
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

// source returns the Go code in a folder of the project, without tests.
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
