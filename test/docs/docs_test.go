// Package docs checks the pages that people read: their links, the commands in them, the reasons they explain, their
// length.
package docs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/test/shared"
)

// pages are the Markdown files, by their path from the root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		found, err := filepath.Glob(filepath.Join(shared.Root(), pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			name, err := filepath.Rel(shared.Root(), path)
			if err != nil {
				t.Fatal(err)
			}
			pages[filepath.ToSlash(name)] = string(b)
		}
	}
	if len(pages) < 10 {
		t.Fatalf("%d pages", len(pages))
	}
	return pages
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	block   = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")
)

// anchor is what a heading is called in a link.
func anchor(heading string) string {
	kept := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r > 127:
			return r
		}
		return -1
	}, strings.ToLower(heading))
	return kept
}

func TestLinks(t *testing.T) {
	all := pages(t)
	for name, text := range all {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target, fragment, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			path := name
			if target != "" {
				path = filepath.ToSlash(filepath.Join(filepath.Dir(name), target))
				if _, err := os.Stat(filepath.Join(shared.Root(), path)); err != nil {
					t.Errorf("%s: the link %s leads nowhere", name, m[1])
					continue
				}
			}
			if fragment == "" {
				continue
			}
			var anchors []string
			for _, h := range heading.FindAllStringSubmatch(all[path], -1) {
				anchors = append(anchors, anchor(h[1]))
			}
			if !slices.Contains(anchors, fragment) {
				t.Errorf("%s: %s has no heading %q, only %q", name, path, fragment, anchors)
			}
		}
	}
}

// TestReadmeIsShort holds the README to one sitting.
func TestReadmeIsShort(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(pages(t)["README.md"], "\n"), "\n")
	if len(lines) > 200 {
		t.Errorf("README.md has %d lines: at most 200", len(lines))
	}
	for i, line := range lines {
		if n := len([]rune(line)); n > 200 {
			t.Errorf("README.md:%d has %d characters: at most 200", i+1, n)
		}
	}
}

// TestCommands wants every command of this program in the pages to exist, with its flags, and every file that it names
// among the examples to be there.
func TestCommands(t *testing.T) {
	program := filepath.Join(t.TempDir(), "reddit-classifier")
	build := exec.Command("go", "build", "-o", program, "./cmd/reddit-classifier")
	build.Dir = shared.Root()
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	help := map[string]string{}
	commands := regexp.MustCompile(`(?m)(?:^|[|;&] *)(?:go run ./cmd/)?reddit-classifier ([a-z]+)((?: [^|;&#>\n]+)*)`)
	flag := regexp.MustCompile(`--[a-z-]+`)
	example := regexp.MustCompile(`(?m)(?:^| )examples/[\w/.-]+`)
	checked := 0
	for name, text := range pages(t) {
		for _, b := range block.FindAllStringSubmatch(text, -1) {
			for _, path := range example.FindAllString(b[1], -1) {
				path = strings.TrimSpace(path)
				if _, err := os.Stat(filepath.Join(shared.Root(), path)); err != nil {
					t.Errorf("%s: there is no %s", name, path)
				}
			}
			for _, m := range commands.FindAllStringSubmatch(b[1], -1) {
				if help[m[1]] == "" {
					out, err := exec.Command(program, m[1], "-h").CombinedOutput()
					if err != nil {
						t.Errorf("%s: %s -h: %v\n%s", name, m[1], err, out)
						continue
					}
					help[m[1]] = string(out)
				}
				for _, f := range flag.FindAllString(m[2], -1) {
					if !strings.Contains(help[m[1]], f+" ") && !strings.Contains(help[m[1]], f+"\n") {
						t.Errorf("%s: %s has no flag %s", name, m[1], f)
					}
				}
				checked++
			}
		}
	}
	if checked < 10 {
		t.Errorf("%d commands were checked", checked)
	}
}

// TestReasons wants troubleshooting.md to explain the reasons that the function gives, and no others.
func TestReasons(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(shared.Root(), "function", "doc.go"))
	if err != nil {
		t.Fatal(err)
	}
	_, list, ok := strings.Cut(string(b), "The reasons, by status:")
	if !ok {
		t.Fatal("function/doc.go does not list the reasons")
	}
	list, _, _ = strings.Cut(list, "//\n// In the answer")
	list = regexp.MustCompile(`\([^)]*\)`).ReplaceAllString(strings.ReplaceAll(list, "\n//\t", " "), "")
	want := regexp.MustCompile(`[a-z][a-z0-9]*_[a-z0-9_]+|\b(?:deleted|markup|loop|stopping|canceled|busy)\b`).FindAllString(list, -1)
	table, _, _ := strings.Cut(pages(t)["docs/troubleshooting.md"], "## Nothing is answered")
	var got []string
	for _, line := range strings.Split(table, "\n") {
		if cell, _, ok := strings.Cut(strings.TrimPrefix(line, "| "), " | "); ok && strings.HasPrefix(cell, "`") {
			for _, m := range regexp.MustCompile("`([a-z0-9_]+)`").FindAllStringSubmatch(cell, -1) {
				if m[1] != "status_502" && m[1] != "no_answer" { // what others answered, or nobody
					got = append(got, m[1])
				}
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(slices.Compact(want), got); diff != "" {
		t.Errorf("reasons in function/doc.go and docs/troubleshooting.md (-doc.go +page):\n%s", diff)
	}
	if len(want) < 30 {
		t.Error(fmt.Errorf("only %d reasons: %q", len(want), want))
	}
}

// TestMessages wants every message that troubleshooting.md explains to be one of the program's: each part of it,
// between ellipses, stands in a string of the code.
func TestMessages(t *testing.T) {
	var code strings.Builder
	for _, folder := range []string{"cmd", "function", "internal", "model"} {
		err := filepath.WalkDir(filepath.Join(shared.Root(), folder), func(path string, d os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			b, err := os.ReadFile(path)
			code.Write(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	// Strings that the code breaks into lines are one, and what is filled into them is left out.
	text := regexp.MustCompile("[\"`] ?\\+\\s*[\"`]").ReplaceAllString(code.String(), "")
	_, tables, ok := strings.Cut(pages(t)["docs/troubleshooting.md"], "## Settings")
	if !ok {
		t.Fatal("docs/troubleshooting.md has no settings")
	}
	checked := 0
	for line := range strings.Lines(tables) {
		cell, _, ok := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		if !ok || !strings.HasPrefix(cell, "`") {
			continue
		}
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cell, -1) {
			for part := range strings.SplitSeq(m[1], "…") {
				if part = strings.Trim(part, " ;:,"); !strings.Contains(text, part) {
					t.Errorf("troubleshooting.md explains %q, but no code says %q", m[1], part)
				}
				checked++
			}
		}
	}
	if checked < 40 {
		t.Errorf("only %d messages", checked)
	}
}

// TestWhereThingsAre wants each file and folder in DESIGN's map to exist. A name without a folder is in that of the
// name before it.
func TestWhereThingsAre(t *testing.T) {
	_, table, _ := strings.Cut(pages(t)["DESIGN.md"], "## Where things are\n")
	table, _, _ = strings.Cut(table, "\n\nThe packages")
	seen := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) < 3 {
			continue
		}
		folder := ""
		for _, m := range regexp.MustCompile("`([\\w/.*-]+)`").FindAllStringSubmatch(cells[2], -1) {
			name := strings.ReplaceAll(m[1], "COMMAND", "predict")
			if !strings.Contains(name, ".") && !strings.Contains(name, "/") && folder != "" {
				continue // a function
			}
			if !strings.Contains(name, "/") && folder != "" {
				name = folder + "/" + name
			}
			found, err := filepath.Glob(filepath.Join(shared.Root(), filepath.FromSlash(name)))
			if err != nil || len(found) == 0 {
				if _, ok := strings.CutPrefix(name, "Config"); !ok && name != "envelope" {
					t.Errorf("DESIGN.md: there is no %s", name)
				}
			}
			if strings.Contains(name, ".go") {
				folder = filepath.ToSlash(filepath.Dir(name))
			}
			seen++
		}
	}
	if seen < 25 {
		t.Errorf("only %d files in DESIGN's map", seen)
	}
}
