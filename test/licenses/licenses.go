// Package licenses says under which licences the modules stand that the project is built and tested with, from the
// files in the module cache. It knows the licences that are allowed by their whole text, and takes everything else for
// not allowed: a text of which a sentence is left over, such as the Commons Clause above the Apache licence, is not the
// licence it looks like.
//
// It writes THIRD_PARTY_LICENSES too: the texts that go along with the function's binary.
package licenses

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Allowed are the licences, by SPDX identifier, that ask for nothing but to be named.
var Allowed = []string{"Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC"}

// AllowedInTests are those of what runs in tests only and is handed to nobody: MPL-2.0 asks for the source of its own
// files.
var AllowedInTests = append([]string{"MPL-2.0"}, Allowed...)

// settled are files that were read by a person, by the sum of what was read: what they come to, and why.
var settled = []struct {
	module, file, sum string
	licenses          []string
	why               string
}{
	{
		"github.com/opencontainers/go-digest",
		"LICENSE.docs",
		"a1d1adec3ba691ef6e377a78bbe9e9e2501f2f4a1723d08857da1ac6564e4fed",
		nil,
		"CC-BY-SA-4.0 is for the module's README.md and CONTRIBUTING.md alone, as its README says; nothing is taken from them",
	},
	{
		"github.com/cyphar/filepath-securejoin",
		"COPYING.md",
		"83e36e42b3dacc3d447eca3049848b3e2ff66b6e1768a6a3cf3f27a57079bda4",
		[]string{"BSD-3-Clause", "MPL-2.0"},
		"says which file stands under which of the two; both texts are in it",
	},
	{"github.com/ulikunitz/xz", "LICENSE", "701cbcc144a7c865b072f27547e66ddbf17ac44a3bd21f71149ace02518f107c",
		[]string{"BSD-3-Clause"}, "the text of BSD-3-Clause, but that its third condition is in the author's own words"},
}

// unwanted are wordings by which a text that is not known is called by its name.
var unwanted = []struct{ wording, name string }{
	{"commons clause", "Commons Clause"},
	{"used for good not evil", "JSON"},
	{"server side public license", "SSPL"},
	{"business source license", "BUSL"},
	{"elastic license", "Elastic"},
	{"gnu affero general public license", "AGPL"},
	{"gnu lesser general public license", "LGPL"},
	{"gnu library general public license", "LGPL"},
	{"gnu general public license", "GPL"},
	{"eclipse public license", "EPL"},
	{"mozilla public license", "MPL, not its whole text"},
	{"polyform", "PolyForm"},
	{"noncommercial", "for non-commercial use only"},
	{"non commercial", "for non-commercial use only"},
	{"attribution sharealike", "CC-BY-SA"},
}

// licenseFile and noticeFile are the names of the files that are read; source is what only sounds like one.
var (
	licenseFile = regexp.MustCompile(`(?i)licen[cs]e|^(?:copying|copyright|commons|eula|terms|legal)`)
	noticeFile  = regexp.MustCompile(`(?i)^(?:notice|patents)(?:\.|$)`)
	source      = regexp.MustCompile(`\.(?:go|s|c|h|cc|py|sh|js|proto|tmpl)$`)
)

// Module is a module and the licences of those of its packages that are used.
type Module struct {
	Path, Version string
	Licenses      []string
	// Files are the paths of the licences, and of the notices beside them.
	Files []string
	// Problem says what keeps the module from being used, or is empty.
	Problem string
}

// inspect reads the licence files between each package's folder and its module's, and judges them by a list of
// licences.
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
	slices.Sort(m.Files)
	slices.Sort(m.Licenses)
	m.Licenses = slices.Compact(m.Licenses)
	if len(m.Licenses) == 0 && m.Problem == "" {
		m.Problem = "no licence file"
	}
	for _, id := range m.Licenses {
		if m.Problem == "" && !slices.Contains(allowed, id) {
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
		name := e.Name()
		isLicense := licenseFile.MatchString(name) && !source.MatchString(name)
		if e.IsDir() || !isLicense && !noticeFile.MatchString(name) {
			continue
		}
		file := filepath.Join(dir, name)
		m.Files = append(m.Files, file)
		if !isLicense {
			continue
		}
		text, err := os.ReadFile(file)
		if err == nil {
			err = m.judge(name, text)
		}
		if err != nil {
			m.Problem = err.Error()
		}
	}
}

// judge adds the licences in a licence file, all of whose words must be accounted for.
func (m *Module) judge(name string, text []byte) error {
	sum := fmt.Sprintf("%x", sha256.Sum256(text))
	for _, s := range settled {
		if s.module == m.Path && s.file == name && s.sum == sum {
			m.Licenses = append(m.Licenses, s.licenses...)
			return nil
		}
	}
	ids, rest := Recognise(string(text))
	m.Licenses = append(m.Licenses, ids...)
	for _, u := range unwanted {
		if strings.Contains(rest, u.wording) {
			return fmt.Errorf("%s is not allowed: %s says %q", u.name, name, excerpt(rest))
		}
	}
	if rest != "" {
		return fmt.Errorf("%s says %q, which is no licence known here", name, excerpt(rest))
	}
	if len(ids) == 0 {
		return fmt.Errorf("%s holds no licence", name)
	}
	return nil
}

// excerpt returns the beginning of a long text.
func excerpt(s string) string {
	const long = 120
	if len(s) <= long {
		return s
	}
	return strings.ToValidUTF8(s[:long], "") + "…"
}
