package licenses

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// ours is the project's own module, which the modules of its tests may use.
const ours = "reddit-classifier"

// Query says which packages' modules are asked for.
type Query struct {
	Dir     string   // of the module that they are used from
	Pattern string   // the packages in it
	Tests   bool     // what their tests use as well
	Env     []string // of the go command, besides the process's
	Allowed []string // the licences they are judged by
}

// Modules returns the modules whose packages the packages of a query are built with or, with tests, tested with, by
// path.
func Modules(q Query) ([]Module, error) {
	cmd := exec.Command("go", "list", "-deps", fmt.Sprintf("-test=%t", q.Tests), "-json=Dir,Module", q.Pattern)
	cmd.Dir, cmd.Stderr, cmd.Env = q.Dir, os.Stderr, append(os.Environ(), q.Env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	folders, err := packageFolders(out)
	if err := errors.Join(err, cmd.Wait()); err != nil {
		return nil, fmt.Errorf("go list in %s: %w", q.Dir, err)
	}
	var all []Module
	for _, key := range slices.SortedFunc(maps.Keys(folders), func(a, b moduleKey) int { return strings.Compare(a.path, b.path) }) {
		all = append(all, inspect(key, folders[key], q.Allowed))
	}
	return all, nil
}

type moduleKey struct{ path, version, dir string }

// packageFolders reads what go list writes: for each module but our own the folders of its packages.
func packageFolders(r io.Reader) (map[moduleKey][]string, error) {
	folders := map[moduleKey][]string{}
	for d := json.NewDecoder(r); ; {
		var p struct {
			Dir    string
			Module *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return folders, nil
		}
		if err != nil {
			return nil, err
		}
		if m := p.Module; m != nil && !m.Main && m.Path != ours {
			key := moduleKey{m.Path, m.Version, m.Dir}
			folders[key] = append(folders[key], p.Dir)
		}
	}
}
