package host

import (
	"archive/tar"
	"debug/buildinfo"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	xmodule "golang.org/x/mod/module"
)

// THIRD_PARTY_LICENSES in the image has the licences of all modules that are linked into the function, and of Go
// itself, in the versions that func's scaffold selects. test/licenses writes the file.
func TestNotices(t *testing.T) {
	const again = "raise its version in go.mod to the scaffold's, or cd test/licenses && go test -run TestLinked -update ."
	dir := built(t)
	text := thirdParty(t, images(t, dir)[0])
	for _, p := range platforms {
		info, err := buildinfo.ReadFile(binary(dir, p))
		if err != nil {
			t.Fatal(err)
		}
		linked := map[string]string{"The Go standard library and runtime": goEnv(t, "GOROOT")}
		for _, m := range info.Deps {
			if m.Path != "reddit-classifier" { // the main module is that of the scaffold
				linked[m.Path] = cached(t, m.Path, m.Version)
			}
		}
		t.Logf("%s/%s: %d modules are linked", p.OS, p.Architecture, len(linked))
		if len(linked) < 5 {
			t.Errorf("only %d modules: does the binary still name them?", len(linked))
		}
		for path, folder := range linked {
			if !strings.Contains(text, "\n"+path+"\n") {
				t.Errorf("THIRD_PARTY_LICENSES lacks %s, which is linked into the function: %s", path, again)
			}
			if !strings.Contains(text, license(t, folder)) {
				t.Errorf("THIRD_PARTY_LICENSES lacks the licence in %s, which is linked into the function: %s",
					filepath.Base(folder), again)
			}
		}
	}
}

// thirdParty returns the THIRD_PARTY_LICENSES of an image.
func thirdParty(t *testing.T, img image) string {
	t.Helper()
	text := ""
	unpack(t, img, func(h *tar.Header, r io.Reader) {
		if h.Name == "/func/THIRD_PARTY_LICENSES" {
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			text = string(b)
		}
	})
	return text
}

// cached returns the folder of a module in the module cache.
func cached(t *testing.T, path, version string) string {
	t.Helper()
	escaped, err := xmodule.EscapePath(path)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(goEnv(t, "GOMODCACHE"), escaped+"@"+version)
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatalf("go env %s: %v", name, err)
	}
	return strings.TrimSpace(string(out))
}

// license returns the text of the licence in a folder.
func license(t *testing.T, folder string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "LICEN[CS]E*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no licence: %v", filepath.Base(folder), err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Trim(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n")
}
