package licenses

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write THIRD_PARTY_LICENSES")

// TestLinked wants THIRD_PARTY_LICENSES as the modules in the module cache have it. That it has what the versions ask
// for that func builds with, test/func says.
func TestLinked(t *testing.T) {
	want, err := Linked(root(), "amd64", "arm64")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(root(), "THIRD_PARTY_LICENSES")
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("THIRD_PARTY_LICENSES is not what the function is built with now: go test -run TestLinked -update .")
	}
	for _, part := range []string{"\nThe Go standard library", "\nknative.dev/func-go\n", "\ngithub.com/rs/zerolog\n",
		"\ngithub.com/cloudevents/sdk-go/v2\n",
		"MIT License", "Redistributions in binary form", "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION"} {
		if !strings.Contains(string(want), part) {
			t.Errorf("THIRD_PARTY_LICENSES lacks %q", part)
		}
	}
}

// TestCompose shows that a text that two have stands there once, and that notices come along.
func TestCompose(t *testing.T) {
	dir := t.TempDir()
	var modules []Module
	for _, m := range []struct{ path, license, notice string }{{"a", "the text\r\n", ""}, {"b", "the text", "made by b"}} {
		folder := filepath.Join(dir, m.path)
		for name, text := range map[string]string{"LICENSE": m.license, "NOTICE": m.notice} {
			if text == "" {
				continue
			}
			if err := os.MkdirAll(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		modules = append(modules, inspect(moduleKey{m.path, "v1", folder}, []string{folder}, Allowed))
	}
	got, err := compose(modules)
	if err != nil {
		t.Fatal(err)
	}
	line := strings.Repeat("=", 80) + "\n"
	want := head + "\n" + line + "a\nb\n" + line + "\nthe text\n" + "\n" + line + "b\n" + line + "\nmade by b\n"
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
