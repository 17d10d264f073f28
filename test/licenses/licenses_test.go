package licenses

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// TestModules reads the modules of everything that is built and tested: those of the programs on each system they run
// on, and those of the tests, of which some are modules of their own.
func TestModules(t *testing.T) {
	queries := []Query{{Dir: root(), Pattern: "./...", Tests: true, Allowed: AllowedInTests}}
	for _, system := range []string{"linux", "darwin", "windows"} {
		queries = append(queries, Query{Dir: root(), Pattern: "./...", Env: []string{"GOOS=" + system}, Allowed: Allowed})
	}
	for _, dir := range testModules(t) {
		queries = append(queries, Query{Dir: dir, Pattern: "./...", Tests: true, Allowed: AllowedInTests})
	}
	total := map[string]bool{}
	for _, q := range queries {
		dir, err := filepath.Rel(root(), q.Dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.Join(append([]string{dir, q.Pattern}, q.Env...), " "), func(t *testing.T) {
			modules, err := Modules(q)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range modules {
				total[m.Path+" "+m.Version] = true
				t.Logf("%-55s %-45s %s", m.Path, m.Version, strings.Join(m.Licenses, ", "))
				if m.Problem != "" {
					t.Errorf("%s %s: %s: replace the module, or widen the list on purpose", m.Path, m.Version, m.Problem)
				}
			}
		})
	}
	t.Logf("%d modules", len(total))
	if len(total) < 100 {
		t.Errorf("only %d modules: does go list still see the project?", len(total))
	}
}

// testModules returns the folders below the root that are modules of their own.
func testModules(t *testing.T) []string {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir(root(), func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (strings.HasPrefix(e.Name(), ".") && path != root() || e.Name() == "testdata") {
			return filepath.SkipDir
		}
		if dir := filepath.Dir(path); e.Name() == "go.mod" && dir != root() {
			dirs = append(dirs, dir)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}

// TestOurs wants the project's own licence, and the notices for what it carries of others, beside the code.
func TestOurs(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(), "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	if ids, rest := Recognise(string(text)); !slices.Equal(ids, []string{"Apache-2.0"}) || rest != "" {
		t.Errorf("LICENSE is %v and says %q, not Apache-2.0 alone", ids, rest)
	}
	notice, err := os.ReadFile(filepath.Join(root(), "NOTICE"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"spaCy", "spacy-lookups-data"} {
		if !strings.Contains(string(notice), name) {
			t.Errorf("NOTICE does not name %s, whose tables the project carries", name)
		}
	}
	if ids, _ := Recognise(string(notice)); !slices.Contains(ids, "MIT") {
		t.Error("NOTICE lacks the text of the MIT licence, under which spaCy's tables stand")
	}
}

// TestInjected has a program import a module whose licence only looks like one that is allowed.
func TestInjected(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":     "module program\n\ngo 1.25.0\n\nrequire example.org/bad v1.0.0\n\nreplace example.org/bad => ./bad\n",
		"main.go":    "package main\n\nimport _ \"example.org/bad/inner\"\n\nfunc main() {}\n",
		"bad/go.mod": "module example.org/bad\n\ngo 1.25.0\n",
		"bad/LICENSE": "“Commons Clause” License Condition v1.0\n\nLicense: Apache License, Version 2.0\n\n" + text(t,
			"Apache-2.0"),
		"bad/inner/in.go": "package inner\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	modules, err := Modules(Query{Dir: dir, Pattern: ".", Allowed: Allowed})
	if err != nil {
		t.Fatal(err)
	}
	if len(modules) != 1 || !strings.HasPrefix(modules[0].Problem, "Commons Clause is not allowed") {
		t.Errorf("got %+v, want one module that is refused for its Commons Clause", modules)
	}
}
