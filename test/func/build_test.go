package host

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	fn "knative.dev/func/pkg/functions"
	"knative.dev/func/pkg/oci"
)

// Limits of what is built, in bytes.
const (
	maxBinary = 20 << 20
	maxImage  = 12 << 20
)

var platforms = []fn.Platform{{OS: "linux", Architecture: "amd64"}, {OS: "linux", Architecture: "arm64"}}

// client returns func's client with its host builder, as `func --builder host` has it.
func client() *fn.Client {
	return fn.New(
		fn.WithScaffolder(oci.NewScaffolder(false)),
		fn.WithBuilder(oci.NewBuilder("host", false)),
		fn.WithRegistry("example.invalid/reddit"))
}

// build builds the function in dir for these platforms; binaries and image are in dir/.func/build.
func build(dir string, platforms []fn.Platform) error {
	f, err := fn.NewFunction(dir)
	if err != nil {
		return err
	}
	if !f.Initialized() {
		return fmt.Errorf("func finds no function in the project: is func.yaml there, with created and runtime?")
	}
	f.Build.Builder = "host"
	_, err = client().Build(context.Background(), f, fn.BuildWithPlatforms(platforms))
	return err
}

// project is this project, built for all platforms, once per run.
var project = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(work, "project")
	return dir, build(dir, platforms)
})

// template is func's own empty Go function, built for this machine, once per run.
var template = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(work, "template")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if _, err := client().Init(fn.Function{Root: dir, Runtime: "go", Template: "http"}); err != nil {
		return "", err
	}
	return dir, build(dir, []fn.Platform{{OS: runtime.GOOS, Architecture: runtime.GOARCH}})
})

// built returns the folder of the built project.
func built(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(work, "project")); err != nil {
		copyProject(t, "project", nothing)
	}
	dir, err := project()
	if err != nil {
		t.Fatalf("func's host builder cannot build the project: %v", err)
	}
	return dir
}

// binary returns the path of what the host builder built in dir.
func binary(dir string, p fn.Platform) string {
	return filepath.Join(dir, ".func", "build", "result", "f."+p.OS+"."+p.Architecture)
}

// own returns the path of the binary in dir for this machine.
func own(dir string) string {
	return binary(dir, fn.Platform{OS: runtime.GOOS, Architecture: runtime.GOARCH})
}

func TestBinarySize(t *testing.T) {
	start := time.Now()
	dir := built(t)
	t.Logf("built in %v", time.Since(start).Round(time.Millisecond))
	for _, p := range platforms {
		info, err := os.Stat(binary(dir, p))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s/%s: binary of %.1f MiB (limit %d)", p.OS, p.Architecture, float64(info.Size())/(1<<20), maxBinary>>20)
		if info.Size() > maxBinary {
			t.Errorf("the binary for %s/%s has %d bytes, more than %d: what does it import?", p.OS, p.Architecture, info.Size(),
				maxBinary)
		}
	}
}

// TestIgnored builds what .funcignore leaves: that is all that a build in a container or on the cluster gets to see.
func TestIgnored(t *testing.T) {
	patterns := fn.ParseFuncIgnore(root())
	dir := copyProject(t, "ignored", func(path string) bool {
		for p := path; p != "."; p = filepath.Dir(p) {
			if fn.IsIgnored(p, patterns) {
				return true
			}
		}
		return false
	})
	if err := build(dir, []fn.Platform{{OS: runtime.GOOS, Architecture: runtime.GOARCH}}); err != nil {
		t.Fatalf("what .funcignore leaves does not build: %v", err)
	}
	i := start(t, own(dir), nil)
	i.ready(t)
	i.check(t)
}
