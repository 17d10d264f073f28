package licenses

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Linked returns the licences and notices that go along with the function's binary: of Go itself, and of each module
// that the package in dir, which func's scaffold starts, is built with on any of these architectures. What several have
// word for word stands there once. No version is said: the scaffold may raise it.
func Linked(dir string, architectures ...string) ([]byte, error) {
	var modules []Module
	for _, a := range architectures {
		one, err := Modules(Query{Dir: dir, Pattern: ".", Env: []string{"GOOS=linux", "GOARCH=" + a}, Allowed: Allowed})
		if err != nil {
			return nil, err
		}
		modules = append(modules, one...)
	}
	slices.SortStableFunc(modules, func(a, b Module) int { return strings.Compare(a.Path, b.Path) })
	modules = slices.CompactFunc(
		modules,
		func(a, b Module) bool { return a.Path == b.Path && slices.Equal(a.Files, b.Files) },
	)
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	goItself := Module{
		Path:  "The Go standard library and runtime",
		Files: []string{filepath.Join(strings.TrimSpace(string(goroot)), "LICENSE")},
	}
	return compose(append([]Module{goItself}, modules...))
}

const head = `What is linked into the function's binary besides reddit-classifier itself, and the licences and notices it asks to be handed on with.
Written by: cd test/licenses && go test -run TestLinked -update .
`

// compose writes the texts of modules, each once, below the names of those that have it.
func compose(modules []Module) ([]byte, error) {
	names, order := map[string][]string{}, []string(nil)
	for _, m := range modules {
		for _, file := range m.Files {
			b, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			text := strings.Trim(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n")
			if names[text] == nil {
				order = append(order, text)
			}
			names[text] = append(names[text], m.Path)
		}
	}
	var out bytes.Buffer
	out.WriteString(head)
	for _, text := range order {
		line := strings.Repeat("=", 80)
		fmt.Fprintf(&out, "\n%s\n%s\n%s\n\n%s\n", line, strings.Join(slices.Compact(names[text]), "\n"), line, text)
	}
	return out.Bytes(), nil
}
