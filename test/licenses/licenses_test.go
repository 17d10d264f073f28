package licenses

import (
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

func TestModules(t *testing.T) {
	for _, c := range []struct {
		name    string
		tests   bool
		allowed []string
	}{{"build", false, Allowed}, {"test", true, AllowedInTests}} {
		t.Run(c.name, func(t *testing.T) {
			modules, err := Modules(root(), c.tests, c.allowed)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range modules {
				t.Logf("%-45s %-40s %s", m.Path, m.Version, strings.Join(m.Licenses, ", "))
				if m.Problem != "" {
					t.Errorf("%s %s: %s: replace the module, or widen the list on purpose", m.Path, m.Version, m.Problem)
				}
			}
			if len(modules) < 10 {
				t.Errorf("only %d modules: does go list still see the project?", len(modules))
			}
		})
	}
}

// TestOurs wants the project's own licence, and the notices for what it carries of others, beside the code.
func TestOurs(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(), "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	if got := Classify(string(text)); !slices.Equal(got, []string{"Apache-2.0"}) {
		t.Errorf("LICENSE is %v, not Apache-2.0", got)
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
	if !slices.Contains(Classify(string(notice)), "MIT") {
		t.Error("NOTICE lacks the text of the MIT licence, under which spaCy's tables stand")
	}
}

func TestClassify(t *testing.T) {
	const bsd = "Redistribution and use in source and binary\nforms, with or without modification, are permitted"
	for _, c := range []struct{ text, want string }{
		{"Apache License\n   Version 2.0, January 2004", "Apache-2.0"},
		{"Permission is hereby granted, free of charge, to any person obtaining a copy\nof this software and associated documentation files", "MIT"},
		{bsd, "BSD-2-Clause"},
		{bsd + ". Neither the name of the author", "BSD-3-Clause"},
		{"GNU GENERAL PUBLIC LICENSE\nVersion 3", "GPL"},
		{"GNU Affero General Public License", "AGPL"},
		{"Mozilla Public License Version 2.0. Secondary: GNU General Public License", "MPL-2.0"},
		{"Apache License, Version 2.0; parts under the GNU Lesser General Public License", "Apache-2.0 LGPL"},
		{"All rights reserved.", ""},
	} {
		if got := strings.Join(Classify(c.text), " "); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

// TestInspect shows what is said of a module that must not be used.
func TestInspect(t *testing.T) {
	for _, c := range []struct{ name, file, text, want string }{
		{"none", "README", "free for all", "no licence file"},
		{"unknown", "LICENSE", "All rights reserved.", "the wording of LICENSE is of no licence known here"},
		{"copyleft", "COPYING", "GNU General Public License", "GPL is not allowed"},
		{"fine", "LICENSE.md", "Apache License, Version 2.0", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			if m := inspect(moduleKey{"example.org/m", "v1.0.0", dir}, []string{dir}, Allowed); m.Problem != c.want {
				t.Errorf("got %q, want %q", m.Problem, c.want)
			}
		})
	}
}
