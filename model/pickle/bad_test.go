package pickle

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"

	"reddit-classifier/model/pickle/pickletest"
)

func zipOf(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestRefused has pickles that are damaged, and those that are attacks.
func TestRefused(t *testing.T) {
	program := pickletest.New
	for _, test := range []struct {
		name, want  string
		unsupported bool
		pickle      []byte
	}{
		{"empty", "pickle: empty", false, nil},
		{"not a pickle", "probably not a pickle at all: ", false, []byte("\xff\xfe hello")},
		{"text", "probably not a pickle at all: ", false, []byte("hello")},
		{"what begins like none", `it begins with "\xff\xfe hello"`, false, []byte("\xff\xfe hello")},
		{"HDF5", "not a pickle, but HDF5", false, []byte("\x89HDF\r\n\x1a\n\x00\x00")},
		{"an artifact", "not a pickle, but an artifact already", false, []byte("\x89RCM\r\n\x1a\n\x00\x00")},
		{"ONNX", "not a pickle, but ONNX", false, []byte("\x08\x09\x12\x08skl2onnx\x1a")},
		{"JSON", "not a pickle, but JSON", false, []byte("\n {\"learner\": {}}")},
		{"Git LFS", "git lfs pull", false, []byte("version https://git-lfs.github.com/spec/v1\n")},
		{"HTML", "not a pickle, but a page of HTML", false, []byte("\n<!DOCTYPE html>\n")},
		{"a newer protocol", "protocol 9", true, []byte("\x80\x09N.")},
		{"os.system", "refuses to touch posix.system", true, program().Global("posix",
			"system").Text("id").Ops("\x85R.").Bytes()},
		{"os.system by name", "refuses to touch os.system", true, []byte("cos\nsystem\n(S'id'\ntR.")},
		{"os.system as INST", "refuses to touch os.system", true, []byte("(S'id'\nios\nsystem\n.")},
		{"os.system as OBJ", "refuses to touch os.system", true, []byte("(cos\nsystem\nS'id'\no.")},
		{"os.system as a class", "refuses to touch os.system", true, []byte("cos\nsystem\n)\x81.")},
		{"os.system with state", "refuses to touch os.system", true, program().Global("os", "system").Ops("}b.").Bytes()},
		{"os.system by dill", "refuses to touch os.system", true, program().Global("dill._dill",
			"_get_attr").Global("dill._dill", "_import_module").
			Text("os").Ops("\x85R").Text("system").Ops("\x86R").Text("id").Ops("\x85R.").Bytes()},
		{"os.system by cloudpickle", "refuses to touch os.system", true, program().Global("builtins", "getattr").
			Global("cloudpickle.cloudpickle",
				"subimport").Text("os").Ops("\x85R").Text("system").Ops("\x86R").Text("id").Ops("\x85R.").Bytes()},
		{"os.system by getattr", "refuses to touch os.path.system", true,
			program().Global("builtins", "getattr").Global("os",
				"path").Text("system").Ops("\x86R").Text("id").Ops("\x85R.").Bytes()},
		{"os.system deep within", "refuses to touch os.system", true, program().Begin("sklearn.pipeline",
			"Pipeline").Text("steps").Ops("](").
			Global("os", "system").Text("id").Ops("\x85R").Ops("eub.").Bytes()},
		{"eval", "refuses to touch builtins.eval", true, program().Global("builtins",
			"eval").Text("1").Ops("\x85R.").Bytes()},
		{"exec of Python 2", "refuses to touch __builtin__.execfile", true, []byte("c__builtin__\nexecfile\n(S'a'\ntR.")},
		{"a persistent id", "opcode BINPERSID", true, []byte("\x80\x02Nq\x00Q.")},
		{"an underflow", "the stack is empty", false, []byte("\x80\x02.")},
		{"below the mark", "the stack is empty", false, []byte("\x80\x02N(\x85.")},
		{"no mark", "no mark", false, []byte("\x80\x02Nt.")},
		{"no memo", "no memo entry", false, []byte("\x80\x02h\x05.")},
		{"a memo far away", "out of order", false, []byte("\x80\x02Nr\xff\xff\xff\x7f.")},
		{"a string without quotes", "a STRING without quotes", false, []byte("Sx\n.")},
		{"a string of one quote", "a STRING without quotes", false, []byte("S'\n.")},
		{"a string that ends in an escape", "a STRING with a bad escape", false, []byte("S'a\\'\n.")},
		{"a string of two quotes", "a STRING without quotes", false, []byte("S'a\"\n.")},
		{"a bad escape in a string", "a STRING with a bad escape", false, []byte("S'\\q'\n.")},
		{"a wide escape in a string", "a STRING with a bad escape", false, []byte("S'\\u0100'\n.")},
		{"a memo far away in protocol 0", "out of order", false, []byte("Np9999\n.")},
		{"a memo of nothing", "the stack is empty", false, []byte("p0\nN.")},
		{"a memo without a number", "bad memo entry", false, []byte("Npx\n.")},
		{"no memo in protocol 0", "no memo entry", false, []byte("Np0\ng1\n.")},
		{"no such opcode", "no such opcode", false, []byte("\x80\x02\xff.")},
		{"pairs for a list", "pairs for a list", false, []byte("\x80\x02]NNs.")},
		{"items for a dict", "items for a dict", false, []byte("\x80\x02}Na.")},
		{"half a pair", "pairs for a dict", false, []byte("\x80\x02}(Nu.")},
		{"bytes that are no text", "not UTF-8", false, []byte("\x80\x04\x8c\x01\xff.")},
		{"half a surrogate", "not UTF-8", false, []byte("\x80\x04\x8c\x02\xed\xa0.")},
		{"an array too short", "an array of 3 elements with 16 bytes", false, program().Global("numpy.core.numeric",
			"_frombuffer").
			Ops("(C\x10"+strings.Repeat("\x00", 16)).Global("numpy",
			"dtype").Text("f8").Ops("\x85R").Int(3).Ops("\x85").Text("C").Ops("tR.").Bytes()},
		{"an array of nothing", "without any bytes", false, program().Global("numpy.core.numeric",
			"_frombuffer").Ops("(C\x00").
			Global("numpy", "dtype").Text("U0").Ops("\x85R").Int(1 << 30).Ops("\x85").Text("C").Ops("tR.").Bytes()},
		{"joblib before 0.10", "written by joblib before 0.10", true, []byte("ZF0x0000")},
		{"a damaged gzip", "compressed, but damaged", false, []byte("\x1f\x8b\x08\x00")},
		{"a damaged xz", "compressed, but damaged", false, []byte("\xfd7zXZ\x00\x00\x04")},
		{"a damaged lz4", "compressed, but damaged", false, []byte("\x04\x22\x4d\x18\x00")},
		{"a damaged lzma", "compressed, but damaged", false, []byte("\x5d\x00\x00\x80\x00")},
		{"another zip", "without schema.json", true, []byte("PK\x05\x06" + strings.Repeat("\x00", 18))},
		{"Keras", "a zip archive of Keras", true, zipOf(t, "metadata.json", "config.json")},
		{"PyTorch", "a zip archive of PyTorch", true, zipOf(t, "archive/data.pkl")},
	} {
		t.Run(test.name, func(t *testing.T) {
			v, err := Load(test.pickle)
			var format FormatError
			var unsupported UnsupportedError
			if v != nil || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("%v, error %v; want one with %q", v, err, test.want)
			}
			if errors.As(err, &unsupported) != test.unsupported || errors.As(err, &format) == test.unsupported {
				t.Errorf("%T: %v", err, err)
			}
		})
	}
}
