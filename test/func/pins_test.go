package host

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
	fn "knative.dev/func/pkg/functions"
)

func parse(t *testing.T, path string) *modfile.File {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := modfile.Parse(path, b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// scaffold returns the go.mod into which func merges that of the project, for the settings of func.yaml.
func scaffold(t *testing.T) *modfile.File {
	t.Helper()
	dir := filepath.Join(work, "scaffold")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	// An instanced function without dependencies leaves the scaffold's own pins visible.
	for name, text := range map[string]string{
		"go.mod":    "module function\n\ngo 1.21\n",
		"handle.go": "package function\n\nimport \"net/http\"\n\ntype F struct{}\n\nfunc New() *F { return &F{} }\n\nfunc (*F) Handle(http.ResponseWriter, *http.Request) {}\n",
		"func.yaml": manifest(t),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := fn.NewFunction(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := client().Scaffold(context.Background(), f, ""); err != nil {
		t.Fatal(err)
	}
	return parse(t, filepath.Join(dir, ".func", "build", "go.mod"))
}

// clashes returns the lines of our go.mod with which func's build fails, and how to change them. func merges our go.mod
// into the scaffold's without go mod tidy. If a version of ours is above that of the scaffold, `go build` fails with
// "updates to go.mod needed".
func clashes(ours, theirs *modfile.File) (problems []string, compared int) {
	say := func(line *modfile.Line, format string, args ...any) {
		problems = append(problems, fmt.Sprintf("go.mod:%d: ", line.Start.Line)+fmt.Sprintf(format, args...))
	}
	for _, r := range ours.Replace {
		say(r.Syntax, "func drops replace lines; remove it")
	}
	if ours.Toolchain != nil {
		say(ours.Toolchain.Syntax, "a toolchain line makes builders fetch that toolchain; remove it")
	}
	if semver.Compare("v"+ours.Go.Version, "v"+theirs.Go.Version) > 0 {
		say(ours.Go.Syntax,
			"go %s is above the scaffold's, and a builder's toolchain may not have it; change the line to go %s",
			ours.Go.Version, theirs.Go.Version)
	}
	pins := map[string]string{}
	for _, r := range theirs.Require {
		pins[r.Mod.Path] = r.Mod.Version
	}
	for _, r := range ours.Require {
		pin, ok := pins[r.Mod.Path]
		if !ok {
			continue
		}
		compared++
		if semver.Compare(r.Mod.Version, pin) > 0 {
			say(r.Syntax, "%s %s is above func's scaffold; change the line to %s", r.Mod.Path, r.Mod.Version, pin)
		}
	}
	return problems, compared
}

func TestPins(t *testing.T) {
	ours := parse(t, filepath.Join(root(), "go.mod"))
	problems, compared := clashes(ours, scaffold(t))
	for _, p := range problems {
		t.Error(p)
	}
	if _, err := os.Stat(filepath.Join(root(), "go.work")); err == nil {
		t.Error("go.work: func's build ignores it; remove it")
	}
	t.Logf("the scaffold pins %d of our %d requirements", compared, len(ours.Require))
	if compared == 0 {
		t.Error("the scaffold pins none of our requirements, not even func-go: this test reads the wrong file")
	}
}

// TestPinsBite checks the message for each mistake.
func TestPinsBite(t *testing.T) {
	theirs := scaffold(t)
	for _, c := range []struct{ name, text, want string }{
		{"too new", "go 1.25.0\n\nrequire golang.org/x/sys v0.99.0\n",
			"go.mod:5: golang.org/x/sys v0.99.0 is above func's scaffold; change the line to v"},
		{"go line", "go 1.99.0\n", "go.mod:3: go 1.99.0 is above the scaffold's"},
		{"toolchain", "go 1.25.0\n\ntoolchain go1.99.0\n", "go.mod:5: a toolchain line"},
		{"replace", "go 1.25.0\n\nreplace golang.org/x/sys => ../sys\n", "go.mod:5: func drops replace lines"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ours, err := modfile.Parse("go.mod", []byte("module m\n\n"+c.text), nil)
			if err != nil {
				t.Fatal(err)
			}
			problems, _ := clashes(ours, theirs)
			if len(problems) != 1 || !strings.HasPrefix(problems[0], c.want) {
				t.Errorf("got %q, want one that begins with %q", problems, c.want)
			}
		})
	}
}
