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

// The limits of the binary and of the image, in bytes.
const (
	maxBinary = 20 << 20
	maxImage  = 12 << 20
)

var platforms = []fn.Platform{{OS: "linux", Architecture: "amd64"}, {OS: "linux", Architecture: "arm64"}}

// client returns a client of func with the host builder, like that of `func --builder host`.
func client() *fn.Client {
	return fn.New(
		fn.WithScaffolder(oci.NewScaffolder(false)),
		fn.WithBuilder(oci.NewBuilder("host", false)),
		fn.WithRegistry("example.invalid/reddit"))
}

// build builds the function in dir for the platforms. The binaries and the image are in dir/.func/build.
func build(dir string, platforms []fn.Platform) error {
	f, err := fn.NewFunction(dir)
	if err != nil {
		return err
	}
	if !f.Initialized() {
		return fmt.Errorf("func finds no function in the project: check that func.yaml exists and has created and runtime")
	}
	f.Build.Builder = "host"
	_, err = client().Build(context.Background(), f, fn.BuildWithPlatforms(platforms))
	return err
}

// project builds a copy of this project for all platforms, once per run, and returns its folder.
var project = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(work, "project")
	return dir, build(dir, platforms)
})

// template builds func's own empty Go function for this machine, once per run, and returns its folder.
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

// binary returns the path of the binary that the host builder built in dir.
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

// The files that .funcignore does not exclude build. A build in a container or on the cluster has only these.
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
		t.Fatalf("without the files in .funcignore, the project does not build: %v", err)
	}
	i := start(t, own(dir), nil)
	i.ready(t)
	i.check(t)
}
