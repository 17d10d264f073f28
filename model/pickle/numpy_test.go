package pickle

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model/pickle/pickletest"
)

// TestDTypes reads NumPy's names of types. A width of -1 says that the name is refused.
func TestDTypes(t *testing.T) {
	for name, want := range map[string]struct {
		kind  byte
		width int
		big   bool
	}{
		"f8": {'f', 8, false}, "<f4": {'f', 4, false}, ">i2": {'i', 2, true}, "=u1": {'u', 1, false}, "|b1": {'b', 1, false},
		"?": {'b', 1, false}, "O": {'O', 8, false}, "|O8": {'O', 8, false}, "<U3": {'U', 12, false}, "S5": {'S', 5, false},
		"U0": {'U', 0, false}, "V4": {'V', 4, false}, "d": {'f', 8, false}, "f": {'f', 4, false}, "<M8": {'M', 8, false},
		"S1048576": {'S', 1 << 20, false},
		"":         {width: -1}, "<": {width: -1}, "f-8": {width: -1}, "S1048577": {width: -1}, "fx": {width: -1},
		"f0": {width: -1},
		"i":  {'i', 4, false}, "x": {width: -1},
	} {
		got, err := parseDType(name)
		if want.width < 0 {
			if err == nil {
				t.Errorf("%q is read as %v", name, got)
			}
		} else if err != nil || got.Kind != want.kind || got.Width != want.width || got.big != want.big {
			t.Errorf("%q: %+v, %v", name, got, err)
		}
	}
}

// npy returns an array in NumPy's own format, of version 1 or 2.
func npy(version byte, header string, data ...byte) []byte {
	b := append([]byte("\x93NUMPY"), version, 0)
	if version > 1 {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(header)))
	} else {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(header)))
	}
	return append(append(b, header...), data...)
}

// ints are numbers of two bytes.
func ints(values ...uint16) (b []byte) {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	return b
}

func TestNPY(t *testing.T) {
	header := func(descr, fortran, shape string) string {
		return fmt.Sprintf("{'descr': %s, 'fortran_order': %s, 'shape': %s, }", descr, fortran, shape)
	}
	plain := header("'<i2'", "False", "(2, 3)")
	data := ints(1, 2, 3, 4, 5, 6)
	for _, tt := range []struct {
		name string
		b    []byte
		want string // the array, or what the error says
	}{
		{"rows", npy(1, plain, data...), "int16[2 3](1, 2, 3, 4, 5, 6)"},
		{"version 2", npy(2, plain, data...), "int16[2 3](1, 2, 3, 4, 5, 6)"},
		{"columns", npy(1, header("'<i2'", "True", "(2, 3)"), data...), "int16[2 3](1, 3, 5, 2, 4, 6)"},
		{"big end first", npy(1, header("'>i2'", "False", "(1,)"), 1, 2), "int16[1](258)"},
		{"one number", npy(1, header("'<i2'", "False", "()"), 7, 0), "int16[](7)"},
		{"records", npy(1, header("[('a', '<i2'), ('b', '|u1')]", "False", "(2,)"), 1, 0, 2, 3, 0, 4),
			"[2] a=(1, 3) b=(2, 4)"},
		{"no records", npy(1, header("[('a', '<i2'), ('b', '|u1')]", "False", "(0,)")), "[0] a=() b=()"},
		{"too short", npy(1, plain, data[1:]...), "an array of 6 elements with 11 bytes"},
		{"nothing", nil, "not an array in NumPy's format"}, {"half a header", npy(1, plain)[:20], "is cut short"},
		{"another magic", append([]byte("\x93NUMPI"), npy(1, plain)[6:]...), "not an array in NumPy's format"},
		{"a header cut off", npy(1, "{'descr': '<i2'"), "header"}, {"no key", npy(1, "{x: 1}"), "header"},
		{"no colon", npy(1, "{'descr' '<i2'}"), "header"}, {"no value", npy(1, "{'descr': }"), "header"},
		{"no comma", npy(1, "{'descr': 1 'a': 2}"), "header"}, {"an empty header", npy(1, "  "), "header"},
		{"a tuple cut off", npy(1, "{'shape': (1, 2"), "header"}, {"a list of nothing known", npy(1, "{'a': [x]}"), "header"},
		{"lists in lists", npy(1, strings.Repeat("[", 20)+strings.Repeat("]", 20)), "header"}, {"no dict", npy(1, "(1, 2)"),
			"the header of an array"},
		{"objects", npy(1, header("'|O'", "False", "(1,)"), make([]byte, 8)...), "which is a pickle"},
		{"arrays in records", npy(1, header("[('a', '<i2', (2,))]", "False", "(1,)")), "records with arrays in them"},
		{"records in records", npy(1, header("[('a', [('b', '<i2')])]", "False", "(1,)")), "records within records"},
		{"a number as a type", npy(1, header("7", "False", "(1,)")), "a dtype described by"},
		{"no type", npy(1, header("'q9x'", "False", "(1,)")), "dtype"},
		{"a type in a record", npy(1, header("[('a', 'fx')]", "False", "(1,)")), "dtype"},
	} {
		a, err := readNPY(tt.b, nil)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = renderArray(a)
		}
		if err == nil && !strings.HasSuffix(got, tt.want) || err != nil && (!strings.Contains(got,
			tt.want) || tt.want == "") {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// archive returns a zip archive of files, given as name and content in turns.
func archive(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSkopsSparse reads a matrix as scipy.sparse.save_npz writes it into a file of skops.
func TestSkopsSparse(t *testing.T) {
	const of = "{'descr': '<i2', 'fortran_order': False, 'shape': (%d,), }"
	array := func(values ...uint16) string { return string(npy(1, fmt.Sprintf(of, len(values)), ints(values...)...)) }
	schema := func(class, file string) string {
		return `{"__loader__":"SparseMatrixNode","__module__":"scipy.sparse._csr","__class__":"` + class +
			`","type":"scipy","file":"` + file + `"}`
	}
	matrix := string(archive(t, "indices.npy", array(1, 0, 2), "indptr.npy", array(0, 1, 3), "data.npy", array(3, 1, 2),
		"shape.npy", array(2, 3), "format.npy", "not read"))
	v, err := Load(archive(t, "schema.json", schema("csr_matrix", "m.npz"), "m.npz", matrix))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := render(v), "sparse 2x3(0, 3, 0, 1, 0, 2)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if o, ok := v.(*Object); !ok || o.Module != "scipy.sparse._csr" || o.Class != "csr_matrix" {
		t.Errorf("%v", v)
	}
	for name, file := range map[string][]byte{
		`without "m.npz"`:         archive(t, "schema.json", schema("csr_matrix", "m.npz")),
		"a damaged sparse matrix": archive(t, "schema.json", schema("csr_matrix", "m.npz"), "m.npz", "no archive"),
		"not an array in NumPy's": archive(t, "schema.json", schema("csr_matrix", "m.npz"), "m.npz",
			string(archive(t, "data.npy", "no array at all"))),
	} {
		if v, err := Load(file); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v, %v", name, v, err)
		}
	}
}

// TestSkopsLimit: a file may be as long as the limit, all files together as long as what is left.
func TestSkopsLimit(t *testing.T) {
	b := archive(t, "a", "12345", "b", "12345")
	for _, tt := range []struct {
		left, most int64
		want       []bool // whether a and then b are read
	}{{10, 5, []bool{true, true}}, {10, 4, []bool{false, false}}, {9, 5, []bool{true, false}}, {4, 5, []bool{false,
		false}}} {
		r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		s := &skops{budget: newBudget(), files: map[string]*zip.File{}, left: tt.left}
		var got []bool
		for _, f := range r.File {
			s.files[f.Name] = f
			content, err := s.open(f.Name, tt.most)
			got = append(got, err == nil && string(content) == "12345")
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%d left, at most %d (-want +got):\n%s", tt.left, tt.most, diff)
		}
	}
}

// TestWrappers: only joblib's own wrapper has an array behind it.
func TestWrappers(t *testing.T) {
	v, err := Load(pickletest.New().Object("mine.numpy", "NumpyArrayWrapper").End())
	if o, ok := v.(*Object); err != nil || !ok || o.Class != "NumpyArrayWrapper" {
		t.Errorf("%v, %v", v, err)
	}
	if v, err := Load(pickletest.New().Object("joblib.numpy_pickle", "NumpyArrayWrapper").End()); err == nil {
		t.Errorf("a wrapper without a shape is read as %v", v)
	}
}

// TestSkopsNodes has classes, functions and objects, each by its module and name.
func TestSkopsNodes(t *testing.T) {
	const name = `"__module__":"mine","__class__":"Thing"`
	for schema, want := range map[string]string{
		`{"__loader__":"TypeNode",` + name + `}`:                                            "mine.Thing",
		`{"__loader__":"FunctionNode",` + name + `}`:                                        "mine.Thing",
		`{"__loader__":"FunctionNode","content":{"module_path":"mine","function":"thing"}}`: "mine.thing",
	} {
		v, err := Load(archive(t, "schema.json", schema))
		if g, ok := v.(*Global); err != nil || !ok || g.Module+"."+g.Name != want {
			t.Errorf("%s: %#v, %v", schema, v, err)
		}
	}
	v, err := Load(archive(t, "schema.json", `{"__loader__":"ObjectNode",`+name+`,"content":{"__loader__":"DictNode",`+
		`"content":{"a":{"__loader__":"JsonNode","content":"7"}},"key_types":{"__loader__":"ListNode","content":[`+
		`{"__loader__":"TypeNode","__module__":"builtins","__class__":"str"}]}}}`))
	if o, ok := v.(*Object); err != nil || !ok || o.Module != "mine" || o.Class != "Thing" {
		t.Errorf("%#v, %v", v, err)
	}
}

func TestTextOrBytes(t *testing.T) {
	for _, v := range []any{"ab", Bytes("ab")} {
		if b, err := textOrBytes(v); err != nil || string(b) != "ab" {
			t.Errorf("%v: %q, %v", v, b, err)
		}
	}
	for _, v := range []any{nil, int64(1), &List{}} {
		if b, err := textOrBytes(v); err == nil {
			t.Errorf("%v is read as %q", v, b)
		}
	}
}

// TestAsDType has the names of types: NumPy's, Python's and the letters of the array protocol.
func TestAsDType(t *testing.T) {
	widths := map[string]struct {
		kind  byte
		width int
	}{
		"float64": {'f', 8}, "float32": {'f', 4}, "float16": {'f', 2}, "float": {'f', 8}, "double": {'f', 8}, "int64": {'i',
			8},
		"int32": {'i', 4}, "int16": {'i', 2}, "int8": {'i', 1}, "int": {'i', 8}, "uint64": {'u', 8}, "uint32": {'u', 4},
		"uint16": {'u', 2}, "uint8": {'u', 1}, "bool_": {'b', 1}, "bool": {'b', 1}, "object_": {'O', 8}, "object": {'O', 8},
		"str_": {'U', 0}, "bytes_": {'S', 0},
	}
	for name, want := range widths {
		for _, v := range []any{name, &Global{"numpy", name}, &Global{"builtins", name}} {
			if d, ok := AsDType(v); !ok || d.Kind != want.kind || d.Width != want.width {
				t.Errorf("%v: %v, %v", v, d, ok)
			}
		}
	}
	for letter, want := range map[string]string{"d": "f8", "f": "f4", "e": "f2", "l": "i8", "q": "i8", "i": "i4",
		"h": "i2",
		"L": "u8", "I": "u4", "H": "u2", "B": "u1"} {
		got, ok := AsDType(letter)
		if d, err := parseDType(want); err != nil || !ok || got.Kind != d.Kind || got.Width != d.Width {
			t.Errorf("%s: %v, %v, want %s", letter, got, ok, want)
		}
	}
	given := &DType{Kind: 'f', Width: 4}
	if d, ok := AsDType(given); !ok || d != given {
		t.Errorf("a dtype: %v, %v", d, ok)
	}
	for _, v := range []any{nil, int64(7), "float128x", &Global{"mine", "float64"}, &Global{"numpy", "other"}} {
		if d, ok := AsDType(v); ok {
			t.Errorf("%v is %v", v, d)
		}
	}
}

// TestSkopsRows refuses rows that are none, as an array has them by its shape.
func TestSkopsRows(t *testing.T) {
	const node = `{"__loader__":"JsonNode","content":"2"}`
	schema := `{"__loader__":"NdArrayNode","type":"json","shape":{"__loader__":"TupleNode","content":[` + node + `,` + node +
		`]},"content":[` + node + `,` + node + `]}`
	if v, err := Load(archive(t, "schema.json", schema)); err == nil || !strings.Contains(err.Error(),
		"an invalid array") {
		t.Errorf("%v, %v", v, err)
	}
}
