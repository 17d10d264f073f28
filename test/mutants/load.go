package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// A source is a package whose code is changed.
type source struct {
	ImportPath string
	Dir        string
	Name       string
	GoFiles    []string
	Export     string // the compiled package
	DepOnly    bool   // only a dependency of those asked for
	Standard   bool   // part of Go

	fset     *token.FileSet
	importer types.Importer
	text     [][]byte // of each of GoFiles
	syntax   []*ast.File
	info     *types.Info
}

// load reads the packages that patterns name.
func load(ctx context.Context, patterns []string) ([]*source, error) {
	arguments := append([]string{"list", "-deps", "-export", "-json=ImportPath,Dir,Name,GoFiles,Export,DepOnly,Standard",
		"--", "cmp", "os", "strconv", "sync"}, patterns...) // with those that the support file imports
	cmd := exec.CommandContext(ctx, "go", arguments...)
	cmd.Stderr = os.Stderr
	list, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var packages []*source
	exports := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(list)); ; {
		p := new(source)
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		exports[p.ImportPath] = p.Export
		if !p.DepOnly && !p.Standard {
			packages = append(packages, p)
		}
	}
	fset := token.NewFileSet()
	compiled := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})
	for _, p := range packages {
		p.fset, p.importer = fset, compiled
		if err := p.parse(); err != nil {
			return nil, err
		}
	}
	return packages, nil
}

func (p *source) parse() error {
	for _, name := range p.GoFiles {
		text, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(p.fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		p.text, p.syntax = append(p.text, text), append(p.syntax, file)
	}
	p.info = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{},
		Uses:  map[*ast.Ident]types.Object{},
		Defs:  map[*ast.Ident]types.Object{},
	}
	return p.check(p.syntax, p.info)
}

// check type-checks the package made of files.
func (p *source) check(files []*ast.File, info *types.Info) error {
	_, err := (&types.Config{Importer: p.importer, Sizes: types.SizesFor("gc", "amd64")}).
		Check(p.ImportPath, p.fset, files, info)
	return err
}

// compiles reports whether the package with the mutant in it would compile.
func (p *source) compiles(m *mutant) bool {
	text := splice(p.text[m.file], []*mutant{m})
	file, err := parser.ParseFile(p.fset, p.GoFiles[m.file], text, parser.SkipObjectResolution)
	if err != nil {
		return false
	}
	support, err := parser.ParseFile(p.fset, supportName, supportText(p.Name), parser.SkipObjectResolution)
	if err != nil {
		return false
	}
	files := append([]*ast.File{support}, p.syntax...)
	files[m.file+1] = file
	return p.check(files, nil) == nil
}
