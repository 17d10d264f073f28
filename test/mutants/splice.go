package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// An edit replaces the bytes from start to end of a file. In text, on stands for the condition that is true when
// the mutant is in force.
type edit struct {
	start, end int
	text       string
}

const on = "\x00"

// splice returns text with the edits of mutants, which do not overlap. The number of lines stays.
func splice(text []byte, mutants []*mutant) []byte {
	type numbered struct {
		edit
		number int
	}
	var edits []numbered
	for _, m := range mutants {
		for _, e := range m.edits {
			edits = append(edits, numbered{e, m.Number})
		}
	}
	slices.SortStableFunc(edits, func(a, b numbered) int { return a.start - b.start })
	var to []byte
	from := 0
	for _, e := range edits {
		to = append(to, text[from:e.start]...)
		to = append(to, strings.ReplaceAll(e.text, on, "mutantOn("+strconv.Itoa(e.number)+")")...)
		from = e.end
	}
	return append(to, text[from:]...)
}

//go:embed support.go.txt
var support string

// supportName is the file with the functions that mutants call, added to each changed package.
const supportName = "mutant_support.go"

func supportText(name string) string {
	return strings.Replace(support, "package support", "package "+name, 1)
}

// writeOverlay writes the changed files to folder and returns the name of the file for the flag -overlay.
func writeOverlay(folder string, packages []*source, mutants []*mutant) (string, error) {
	replace := map[string]string{}
	write := func(path string, text []byte) error {
		name := filepath.Join(folder, fmt.Sprintf("%d.go", len(replace)))
		replace[path] = name
		return os.WriteFile(name, text, 0o644)
	}
	for _, p := range packages {
		changed := false
		for i, name := range p.GoFiles {
			var in []*mutant
			for _, m := range mutants {
				if m.source == p && m.file == i {
					in = append(in, m)
				}
			}
			if len(in) == 0 {
				continue
			}
			changed = true
			if err := write(filepath.Join(p.Dir, name), splice(p.text[i], in)); err != nil {
				return "", err
			}
		}
		if changed {
			if err := write(filepath.Join(p.Dir, supportName), []byte(supportText(p.Name))); err != nil {
				return "", err
			}
		}
	}
	b, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	name := filepath.Join(folder, "overlay.json")
	return name, os.WriteFile(name, b, 0o644)
}
