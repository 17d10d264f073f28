package docs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"reddit-classifier/model"
	"reddit-classifier/test/shared"
)

// TestFromGo builds and runs what the README says of the use from another module, as it is printed there.
func TestFromGo(t *testing.T) {
	readme := pages(t)["README.md"]
	command := regexp.MustCompile("`(go mod edit [^`]+)`").FindStringSubmatch(readme)
	code := regexp.MustCompile("(?ms)^```go\n(.*?)^```$").FindStringSubmatch(readme)
	if command == nil || code == nil {
		t.Fatal("the README does not show the use from Go")
	}
	dir := t.TempDir()
	app := filepath.Join(dir, "app")
	if err := os.Mkdir(app, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(shared.Root(), filepath.Join(dir, "reddit-classifier")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	statements := strings.ReplaceAll(code[1], `model.Open("model.rcm")`, "model.Default()") // the artifact is the reader's
	program := "package main\n\nimport (\n\t\"fmt\"\n\n\t\"reddit-classifier/model\"\n)\n\nfunc main() {\n" + statements +
		"\tif err != nil {\n\t\tpanic(err)\n\t}\n\tfmt.Printf(\"%.4f %s\\n\", p, label)\n}\n"
	if err := os.WriteFile(filepath.Join(app, "main.go"), []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = app
		cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	run("go", "mod", "init", "example.org/app")
	run(strings.Fields(command[1])...)
	run("go", "mod", "tidy")
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("%.4f 1\n", m.AppendProba(nil, "This is an input"))
	if got := run("go", "run", "."); got != want {
		t.Errorf("the program printed %q, want %q", got, want)
	}
}
