package host

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
)

// image is the image of one platform that the host builder has built.
type image struct {
	platform string
	config   *v1.ConfigFile
	layers   []v1.Layer
	size     int64 // bytes of the configuration and the compressed layers, which a node pulls
}

// images reads the OCI layout in dir/.func/build/oci.
func images(t *testing.T, dir string) []image {
	t.Helper()
	index, err := layout.ImageIndexFromPath(filepath.Join(dir, ".func", "build", "oci"))
	if err != nil {
		t.Fatal(err)
	}
	var all []image
	collect(t, index, &all)
	return all
}

func collect(t *testing.T, index v1.ImageIndex, all *[]image) {
	t.Helper()
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range manifest.Manifests {
		if d.MediaType.IsIndex() {
			inner, err := index.ImageIndex(d.Digest)
			if err != nil {
				t.Fatal(err)
			}
			collect(t, inner, all)
			continue
		}
		img, err := index.Image(d.Digest)
		if err != nil {
			t.Fatal(err)
		}
		*all = append(*all, read(t, img))
	}
}

func read(t *testing.T, img v1.Image) image {
	t.Helper()
	config, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := img.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	one := image{platform: config.OS + "/" + config.Architecture, config: config, layers: layers,
		size: manifest.Config.Size}
	for _, l := range manifest.Layers {
		one.size += l.Size
	}
	return one
}

func TestImageSize(t *testing.T) {
	all := images(t, built(t))
	if len(all) != len(platforms) {
		t.Fatalf("the index has %d images, want one for each of %v", len(all), platforms)
	}
	for _, img := range all {
		t.Logf("%s: image of %.1f MiB in %d layers (limit %d)", img.platform, float64(img.size)/(1<<20), len(img.layers),
			maxImage>>20)
		if img.size > maxImage {
			t.Errorf("the image for %s has %d bytes, more than %d: is .funcignore complete?", img.platform, img.size, maxImage)
		}
	}
}

// The image does not run as root. It has the notices that the licences require, and no files of the tests, the
// manifests or the repository.
func TestImageContent(t *testing.T) {
	img := images(t, built(t))[0]
	if user := img.config.Config.User; user == "" || strings.HasPrefix(user, "0") || strings.HasPrefix(user, "root") {
		t.Errorf("the image runs as %q", user)
	}
	names := files(t, img)
	for _, want := range []string{"/func/f", "/func/LICENSE", "/func/NOTICE", "/func/THIRD_PARTY_LICENSES",
		"/etc/ssl/certs/ca-certificates.crt"} {
		if !names[want] {
			t.Errorf("the image lacks %s", want)
		}
	}
	for name := range names {
		for _, no := range []string{"/func/test/", "/func/config/", "/func/cmd/", "/func/.git", "/func/.ci/",
			"/func/model/train/", "_test.go", "/testdata/"} {
			if strings.Contains(name, no) {
				t.Errorf("the image has %s: add it to .funcignore", name)
			}
		}
	}
}

// files returns the names of the regular files of an image.
func files(t *testing.T, img image) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	unpack(t, img, func(h *tar.Header, _ io.Reader) {
		if h.Typeflag == tar.TypeReg {
			names[h.Name] = true
		}
	})
	return names
}

// unpack calls f for each entry of each layer, in order.
func unpack(t *testing.T, img image, f func(*tar.Header, io.Reader)) {
	t.Helper()
	for _, layer := range img.layers {
		r, err := layer.Compressed()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		for archive := tar.NewReader(z); ; {
			h, err := archive.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			f(h, archive)
		}
	}
}

// extract writes the files of an image to dir. They are not writable.
func extract(t *testing.T, img image, dir string) {
	t.Helper()
	unpack(t, img, func(h *tar.Header, r io.Reader) {
		path := filepath.Join(dir, filepath.Clean("/"+h.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg {
			return
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o555); err != nil {
			t.Fatal(err)
		}
	})
}
