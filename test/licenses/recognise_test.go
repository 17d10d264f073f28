package licenses

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// text returns one of the known texts as a module would have it.
func text(t *testing.T, name string) string {
	t.Helper()
	b, err := texts.ReadFile("texts/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("<<12>>", "the copyright holders", "[[The names of its contributors may not be used]]", "",
		"[[", "", "]]", "").Replace(string(b))
}

func TestRecognise(t *testing.T) {
	mit, apache, bsd := text(t, "MIT"), text(t, "Apache-2.0"), text(t, "BSD-3-Clause")
	for _, c := range []struct{ name, text, ids, rest string }{
		{"Apache", apache, "Apache-2.0", ""},
		{"Apache's notice", "Copyright 2026 The Authors\n" + text(t, "Apache-2.0.notice"), "Apache-2.0", ""},
		{"MIT", "Copyright (c) 2026 Someone\n\n" + mit, "MIT", ""},
		{"MIT in one line, with Windows' line ends", strings.ReplaceAll(strings.ReplaceAll(mit, "\n\n", " "), "\n", "\r\n"),
			"MIT", ""},
		{"BSD-2", text(t, "BSD-2-Clause"), "BSD-2-Clause", ""},
		{"BSD-3", bsd, "BSD-3-Clause", ""},
		{"ISC", text(t, "ISC"), "ISC", ""},
		{"MPL", text(t, "MPL-2.0"), "MPL-2.0", ""},
		{"two", bsd + "\n---\n" + mit, "BSD-3-Clause MIT", ""},
		{"a title is no licence", "Apache License, Version 2.0", "", "version"},
		{"a mention is no licence", "Licensed under the MIT License.", "", "licensed under the"},
		{"a sentence more", mit + "\nNot for use on Sundays.", "MIT", "not for use on sundays"},
		{"a sentence more inside", strings.Replace(mit, "THE SOFTWARE IS", "It must not be used in space. THE SOFTWARE IS",
			1), "", "the mit expat permission"},
		{"a word less", strings.Replace(mit, "sublicense, ", "", 1), "", "the mit expat permission"},
		{"a condition for a name", strings.Replace(bsd, "name of the copyright holders",
			"name of X may be used, nor may you sell it,", 1), "", "redistribution"},
		{"a condition on the line of copyright", "Copyright 2026 Someone, for non-commercial use only\n" + mit, "MIT",
			"copyright 2026 someone"},
		{"a price on the line of copyright", "Copyright 2026 Someone. You agree to pay.\n" + mit, "MIT",
			"copyright 2026 someone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ids, rest := Recognise(c.text)
			if got := strings.Join(ids, " "); got != c.ids {
				t.Errorf("got %q, want %q; %q is left", got, c.ids, rest)
			}
			if !strings.HasPrefix(rest, c.rest) || c.rest == "" && rest != "" {
				t.Errorf("%q is left, want %q", rest, c.rest)
			}
		})
	}
}

// TestInspect shows the report on a module, most of which must not be used.
func TestInspect(t *testing.T) {
	mit, apache := text(t, "MIT"), text(t, "Apache-2.0")
	const clause = "“Commons Clause” License Condition v1.0\n\nThe Software is provided to you by the Licensor under the License, as defined below, " +
		"subject to the following condition. Without limiting other conditions in the License, the grant of rights under the License " +
		"will not include, and the License does not grant to you, the right to Sell the Software.\n\nLicense: Apache License, Version 2.0\n"
	json := strings.Replace(mit, "THE SOFTWARE IS", "The Software shall be used for Good, not Evil.\n\nTHE SOFTWARE IS", 1)
	for _, c := range []struct{ name, file, text, want string }{
		{"fine", "LICENSE.md", apache, ""},
		{"fine too", "LICENSE-MIT", "Copyright (c) 2026 Someone\n" + mit, ""},
		{"none", "README", "free for all", "no licence file"},
		{"empty", "LICENSE", "", "LICENSE holds no licence"},
		{"unknown", "LICENSE", "Everything is forbidden.",
			`LICENSE says "everything is forbidden", which is no licence known here`},
		{"Commons Clause", "LICENSE", clause + apache, "Commons Clause is not allowed"},
		{"Commons Clause by name", "LICENSE", clause, "Commons Clause is not allowed"},
		{"Commons Clause below", "LICENSE", apache + clause, "Commons Clause is not allowed"},
		{"JSON", "LICENSE", json, "JSON is not allowed"},
		{"SSPL", "LICENSE", "Server Side Public License\nVERSION 1, OCTOBER 16, 2018", "SSPL is not allowed"},
		{"BUSL", "LICENSE", "Business Source License 1.1\nChange License: Apache License, Version 2.0",
			"BUSL is not allowed"},
		{"Elastic", "LICENSE.txt", "Elastic License 2.0\nAcceptance", "Elastic is not allowed"},
		{"AGPL", "COPYING", "GNU Affero General Public License\nVersion 3", "AGPL is not allowed"},
		{"LGPL beside Apache", "LICENCE", apache + "Parts under the GNU Lesser General Public License.",
			"LGPL is not allowed"},
		{"GPL", "COPYING", "GNU GENERAL PUBLIC LICENSE\nVersion 3", "GPL is not allowed"},
		{"non-commercial", "LICENSE", "Attribution-NonCommercial 4.0 International",
			"for non-commercial use only is not allowed"},
		{"documents of another module", "LICENSE.docs", "Attribution-ShareAlike 4.0 International",
			"CC-BY-SA is not allowed"},
		{"terms beside a licence", "TERMS.txt", "Ten euros a month.", `TERMS.txt says "ten euros month"`},
		{"copyleft, whole", "LICENSE", text(t, "MPL-2.0"), "MPL-2.0 is not allowed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			m := inspect(moduleKey{"example.org/m", "v1.0.0", dir}, []string{dir}, Allowed)
			if !strings.HasPrefix(m.Problem, c.want) || c.want == "" && m.Problem != "" {
				t.Errorf("got %q, want %q", m.Problem, c.want)
			}
		})
	}
}
