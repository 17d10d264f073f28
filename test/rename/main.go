// Rename gives the module another path: in go.mod, in the modules under test, and in every import.
//
//	go run ./test/rename example.org/reddit-classifier
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: rename MODULE, in the project's root folder")
		os.Exit(2)
	}
	if err := rename(".", os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "rename:", err)
		os.Exit(1)
	}
}

var moduleLine = regexp.MustCompile(`(?m)^module (\S+)$`)

// rename rewrites the files under root.
func rename(root, path string) error {
	if !regexp.MustCompile(`^[a-z0-9][-a-zA-Z0-9._~/]*$`).MatchString(path) {
		return fmt.Errorf("%q is no module path", path)
	}
	b, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	match := moduleLine.FindSubmatch(b)
	if match == nil {
		return fmt.Errorf("go.mod has no module line")
	}
	old := string(match[1])
	return filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != root && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case entry.Name() == "go.mod":
			return rewrite(name, func(b []byte) ([]byte, error) { return renameMod(b, old, path), nil })
		case strings.HasSuffix(name, ".go"):
			return rewrite(name, func(b []byte) ([]byte, error) { return renameImports(b, old, path) })
		}
		return nil
	})
}

func rewrite(name string, change func([]byte) ([]byte, error)) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	changed, err := change(b)
	if err != nil || bytes.Equal(b, changed) {
		return err
	}
	return os.WriteFile(name, changed, 0o644)
}

// renameMod replaces the module's path, alone or as the beginning of another module's.
func renameMod(b []byte, old, path string) []byte {
	word := regexp.MustCompile(`(?m)(^|\s)` + regexp.QuoteMeta(old) + `(/|\s|$)`)
	return word.ReplaceAll(b, []byte("${1}"+path+"${2}"))
}

// renameImports replaces the module's path in the import declarations of a Go file, and in nothing else.
func renameImports(b []byte, old, path string) ([]byte, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", b, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	last := 0
	for _, spec := range file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if name != old && !strings.HasPrefix(name, old+"/") {
			continue
		}
		at := set.Position(spec.Path.Pos()).Offset
		out.Write(b[last:at])
		out.WriteString(strconv.Quote(path + strings.TrimPrefix(name, old)))
		last = at + len(spec.Path.Value)
	}
	if last == 0 {
		return b, nil
	}
	out.Write(b[last:])
	return format.Source(out.Bytes())
}
