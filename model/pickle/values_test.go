package pickle

import (
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reddit-classifier/internal/plural"
	"reddit-classifier/model/pickle/pickletest"
)

// render writes a value as testdata/values.py expects it.
func render(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case Bytes:
		return fmt.Sprintf("b%q", string(v))
	case *big.Int:
		return "int " + v.String()
	case Tuple:
		return "(" + renderAll(v) + ")"
	case *List:
		return "[" + renderAll(v.Items) + "]"
	case *Set:
		return "{" + renderAll(v.Items) + ",}"
	case *Dict:
		return renderDict(v)
	case *Function:
		if v.IsIdentity() {
			return "the identity"
		}
	case *DType:
		return "dtype " + v.String()
	case *Array:
		return renderArray(v)
	case *Object:
		return renderObject(v)
	}
	return Describe(v)
}

func renderAll(items []any) string {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = render(item)
	}
	return strings.Join(texts, ", ")
}

func renderDict(d *Dict) string {
	var pairs []string
	for i := range d.Keys {
		pairs = append(pairs, render(d.Keys[i])+": "+render(d.Values[i]))
	}
	return "{" + strings.Join(pairs, ", ") + "}"
}

func renderArray(a *Array) string {
	s := fmt.Sprintf("%v%v", a.DType, a.Shape)
	if len(a.DType.fields) == 0 {
		return s + "(" + renderAll(a.Values()) + ")"
	}
	for _, f := range a.DType.fields {
		part, err := a.Field(f.name)
		if err != nil {
			return err.Error()
		}
		s += " " + f.name + "=(" + renderAll(part.Values()) + ")"
	}
	return s
}

func renderObject(o *Object) string {
	holder := &Object{}
	if holder.attributes.set("m", o); o.IsSparse() {
		values, rows, columns, err := holder.Matrix("m")
		if err != nil {
			return err.Error()
		}
		var items []any
		for _, v := range values {
			items = append(items, v)
		}
		return fmt.Sprintf("sparse %dx%d(%s)", rows, columns, renderAll(items))
	}
	s := "<" + o.String()
	if len(o.Args) > 0 {
		s += " (" + renderAll(o.Args) + ")"
	}
	for _, name := range o.Attributes() {
		v, _ := o.Attr(name)
		s += " " + name + "=" + render(v)
	}
	if len(o.Entries.Keys) > 0 {
		s += " " + renderDict(&o.Entries)
	}
	return s + ">"
}

// TestValues reads what Python, NumPy, SciPy, joblib, dill and cloudpickle wrote, in several protocols.
func TestValues(t *testing.T) {
	b, err := os.ReadFile("testdata/values.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Pickle []byte
		Want   string
	}
	if err := json.Unmarshal(b, &cases); err != nil || len(cases) < 100 {
		t.Fatal(len(cases), err)
	}
	for _, c := range cases {
		v, err := Load(c.Pickle)
		if err != nil {
			t.Errorf("%v\nwant %s", err, c.Want)
			continue
		}
		if got := render(v); got != c.Want {
			t.Errorf("%s\nwant %s", got, c.Want)
		}
	}
}

// TestTruncated cuts a pickle at every byte: the error says that, and where.
func TestTruncated(t *testing.T) {
	b := pickletest.New().Begin("sklearn.pipeline", "Pipeline").Set("steps", []any{"a", 1, 2.5, nil, true}).
		Set("coef_", func(p *pickletest.Program) { p.Floats(2, 1, 2, 3, 4) }).Done().End()
	if _, err := Load(b); err != nil {
		t.Fatal(err)
	}
	for n := range b {
		want := FormatError("cut short: ends after " + plural.Of(n, "byte", "bytes") + ", in the middle")
		if n == 0 {
			want = "empty"
		}
		if v, err := Load(b[:n]); v != nil || err != want {
			t.Fatalf("cut after %d of %d bytes: %v, %v, want %v", n, len(b), v, err, want)
		}
	}
}

// TestAccessors has attributes that are not what is asked for: each error names the class and the attribute.
func TestAccessors(t *testing.T) {
	v, err := Load(pickletest.New().Begin("mine", "Model").Set("list", []any{1}).Set("text", "x").Set("half",
		0.5).Set("none", nil).Done().End())
	if err != nil {
		t.Fatal(err)
	}
	o := v.(*Object)
	for name, err := range map[string]error{
		"the list of Model is a list where a number is expected":           second(o.Number("list", 0)),
		"the half of Model is 0.5 where a whole number is expected":        second(o.Int("half", 0)),
		"the list of Model is a list where a text is expected":             second(o.Text("list", "")),
		`the text of Model is "x" where True or False is expected`:         second(o.Bool("text", false)),
		"the none of Model is None where an array is expected":             second(o.Array("none")),
		"Model has no coef_: is it fitted?":                                second(o.Array("coef_")),
		"the list of Model is 1 where a list of objects is expected":       second(o.Objects("list")),
		`the text of Model is "x" where a dict is expected`:                second(o.Dict("text")),
		`the text of Model is "x" where an object is expected`:             second(o.Object("text")),
		`the text of Model is "x" where a list is expected`:                second(o.Values("text")),
		"the half of Model is 0.5 where an array is expected":              third(o.Floats("half")),
		"the list of Model is a list where an array is expected":           third(o.Ints("list")),
		"the none of Model is None where a matrix is expected":             fourth(o.Matrix("none")),
		"the half of Model is 0.5 where an array is expected ":             third(o.Floats("half")),
		"the none of Model is None where an array is expected (of floats)": third(o.Floats("none")),
	} {
		want, _, _ := strings.Cut(strings.TrimSpace(name), " (")
		if err == nil || err.Error() != "pickle: "+want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if n, err := o.Number("half", 0); n != 0.5 || err != nil {
		t.Error(n, err)
	}
	if n, err := o.Int("none", 7); n != 7 || err != nil {
		t.Error(n, err)
	}
	if b, err := o.Bool("none", true); b || err != nil {
		t.Error(b, err)
	}
	if s, err := o.Text("missing", "so"); s != "so" || err != nil {
		t.Error(s, err)
	}
}

func second[T any](_ T, err error) error                 { return err }
func third[T, U any](_ T, _ U, err error) error          { return err }
func fourth[T, U, V any](_ T, _ U, _ V, err error) error { return err }

// FuzzLoad: an error and nil, or a value whose arrays can be decoded.
func FuzzLoad(f *testing.F) {
	f.Add([]byte("(dp0\nS'a'\nI1\nsV\\u00e9\np1\n0(lp2\nF1.5\naL5L\na."))
	paths, _ := filepath.Glob("testdata/*/*.pickle")
	for _, path := range paths {
		if b, err := os.ReadFile(path); err == nil {
			f.Add(b)
		}
	}
	if b, err := os.ReadFile("../sklearn/testdata/1.9/skops"); err == nil {
		f.Add(b)
	}
	var cases []struct{ Pickle []byte }
	if b, err := os.ReadFile("testdata/values.json"); err == nil && json.Unmarshal(b, &cases) == nil {
		for _, c := range cases {
			f.Add(c.Pickle)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := Load(b)
		if err != nil && v != nil {
			t.Fatalf("%v, %v", v, err)
		}
		switch v := v.(type) {
		case *Array:
			if n := len(v.Values()); n != v.Len() {
				t.Errorf("%d values of %d", n, v.Len())
			}
		case *Object:
			for _, name := range v.Attributes() {
				if values, rows, columns, err := v.Matrix(name); err == nil && len(values) != rows*columns {
					t.Errorf("%d values of %dx%d", len(values), rows, columns)
				}
			}
		}
	})
}

// TestStringLiterals has the strings of protocol 0, as Python writes them.
func TestStringLiterals(t *testing.T) {
	for literal, want := range map[string]string{
		`''`: "", `'a'`: "a", `"a"`: "a", `'a\'b'`: "a'b", `'a\''`: "a'", `'a\"'`: `a"`, `"a\'"`: "a'", `"\""`: `"`,
		`'a\\'`: `a\`, `'\n\t\x41\\n'`: "\n\tA\\n", `'"'`: `"`,
	} {
		v, err := Load([]byte("S" + literal + "\n."))
		text, errText := textOrBytes(v)
		if err != nil || errText != nil || string(text) != want {
			t.Errorf("%s: %v, %v, want %q", literal, v, err, want)
		}
	}
}
