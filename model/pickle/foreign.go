package pickle

import (
	"archive/zip"
	"bytes"
	"slices"
	"strings"
)

// describeForeign says what kind of file b is instead of a pickle, by its first bytes.
func describeForeign(b []byte) string {
	text := bytes.TrimLeft(b, " \t\r\n\ufeff")
	begin := b[:min(len(b), 256)]
	switch {
	case bytes.HasPrefix(b, []byte("\x89HDF\r\n\x1a\n")):
		return "HDF5, as Keras writes it: neural networks are not supported"
	case bytes.HasPrefix(b, []byte("\x89RCM\r\n\x1a\n")):
		return "an artifact already"
	case b[0] == 0x08 && bytes.Contains(begin, []byte("onnx")):
		return "ONNX: give the pickle that it was made from"
	case bytes.HasPrefix(text, []byte("{")):
		return "JSON, as XGBoost and others write their models: they are not supported"
	case bytes.HasPrefix(b, []byte("version https://git-lfs")):
		return "a pointer of Git LFS: fetch the file itself with git lfs pull"
	case bytes.HasPrefix(bytes.ToLower(text), []byte("<!doctype html")), bytes.HasPrefix(text, []byte("<html")):
		return "a page of HTML: download the file itself"
	}
	return ""
}

// describeForeignZip says what kind of zip archive a file is if skops did not write it.
func describeForeignZip(files []*zip.File) string {
	has := func(match func(name string) bool) bool {
		return slices.ContainsFunc(files, func(f *zip.File) bool { return match(f.Name) })
	}
	named := func(want string) func(string) bool { return func(name string) bool { return name == want } }
	switch {
	case has(named("config.json")) && has(named("metadata.json")):
		return "a zip archive of Keras: neural networks are not supported"
	case has(func(name string) bool { return strings.HasSuffix(name, "/data.pkl") }):
		return "a zip archive of PyTorch: neural networks are not supported"
	}
	return "a zip archive without schema.json, so no skops file; if the model's files are in it, unpack them"
}
