// Package licenses says under which licences the modules stand that the project is built and tested with, from the files in the
// module cache. It recognises the licences that Go modules commonly have by their wording, and takes what it does not recognise
// for not allowed.
package licenses

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Allowed are the licences, by SPDX identifier, that ask for nothing but to be named.
var Allowed = []string{"Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "CC0-1.0", "Unlicense"}

// AllowedInTests are those of what runs in tests only and is handed to nobody: MPL-2.0 asks for the source of its own files.
var AllowedInTests = append([]string{"MPL-2.0"}, Allowed...)

const mozilla = "mozilla public license version 2.0"

// wording is what tells a licence: it has the one sentence and not the other.
var wording = []struct {
	id       string
	has, not string
}{
	{"MPL-2.0", mozilla, ""},
	{"AGPL", "gnu affero general public license", mozilla}, // which names the GNU licences as secondary ones
	{"LGPL", "gnu lesser general public license", mozilla},
	{"GPL", "gnu general public license", mozilla},
	{"EPL", "eclipse public license", ""},
	{"SSPL", "server side public license", ""},
	{"BUSL", "business source license", ""},
	{"Apache-2.0", "apache license version 2.0", ""},
	{"MIT", "permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files", ""},
	{"BSD-3-Clause", "neither the name", ""},
	{"BSD-2-Clause", "redistribution and use in source and binary forms", "neither the name"},
	{"ISC", "permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted", ""},
	{"CC0-1.0", "cc0 1.0 universal", ""},
	{"Unlicense", "this is free and unencumbered software released into the public domain", ""},
}

var (
	spaces = regexp.MustCompile(`[\s,]+`)
	named  = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)([.-].*)?$`)
)

// Classify returns the licences whose wording a text holds, in alphabetical order; none when it holds none that is known.
func Classify(text string) []string {
	plain := func(s string) string { return spaces.ReplaceAllString(strings.ToLower(s), " ") }
	text = plain(text)
	var ids []string
	for _, w := range wording {
		if strings.Contains(text, plain(w.has)) && (w.not == "" || !strings.Contains(text, plain(w.not))) {
			ids = append(ids, w.id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Module is a module and the licences of those of its packages that are used.
type Module struct {
	Path, Version string
	Licenses      []string
	// Problem says what keeps the module from being used, or is empty.
	Problem string
}

// Modules returns the modules, other than the one in dir itself, whose packages the packages in dir are built with or, with
// tests, tested with, and judges them by a list of licences.
func Modules(dir string, tests bool, allowed []string) ([]Module, error) {
	cmd := exec.Command("go", "list", "-e", "-deps", fmt.Sprintf("-test=%t", tests), "-json=Dir,Module", "./...")
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	folders, err := packageFolders(out)
	if err := errors.Join(err, cmd.Wait()); err != nil {
		return nil, fmt.Errorf("go list in %s: %w", dir, err)
	}
	var all []Module
	for _, key := range slices.SortedFunc(maps.Keys(folders), func(a, b moduleKey) int { return strings.Compare(a.path, b.path) }) {
		all = append(all, inspect(key, folders[key], allowed))
	}
	return all, nil
}

type moduleKey struct{ path, version, dir string }

// packageFolders reads what go list writes: for each module the folders of its packages.
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
		if m := p.Module; m != nil && !m.Main {
			key := moduleKey{m.Path, m.Version, m.Dir}
			folders[key] = append(folders[key], p.Dir)
		}
	}
}

// inspect reads the licence files between each package's folder and its module's, and judges them by a list of licences.
func inspect(key moduleKey, packages, allowed []string) Module {
	m := Module{Path: key.path, Version: key.version}
	seen := map[string]bool{}
	for _, dir := range packages {
		for strings.HasPrefix(dir, key.dir) && !seen[dir] {
			seen[dir] = true
			m.read(dir)
			dir = filepath.Dir(dir)
		}
	}
	slices.Sort(m.Licenses)
	m.Licenses = slices.Compact(m.Licenses)
	if len(m.Licenses) == 0 && m.Problem == "" {
		m.Problem = "no licence file"
	}
	for _, id := range m.Licenses {
		if !slices.Contains(allowed, id) {
			m.Problem = id + " is not allowed"
		}
	}
	return m
}

// read adds the licences in one folder's licence files.
func (m *Module) read(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		m.Problem = err.Error()
		return
	}
	for _, e := range entries {
		if e.IsDir() || !named.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			m.Problem = err.Error()
			continue
		}
		ids := Classify(string(text))
		if len(ids) == 0 {
			m.Problem = fmt.Sprintf("the wording of %s is of no licence known here", e.Name())
		}
		m.Licenses = append(m.Licenses, ids...)
	}
}
