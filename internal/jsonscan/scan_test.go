package jsonscan

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// valid tells what the scanner says of b.
func valid(b []byte) error {
	s := New(b)
	if err := s.Skip(); err != nil {
		return err
	}
	return s.End()
}

func TestScannerAgreesWithEncodingJSON(t *testing.T) {
	for _, in := range []string{
		``, ` `, `{}`, `[]`, `{ }`, `[ ]`, `[1]`, `[1,]`, `[,1]`, `[1 2]`, `{"a":1}`, `{"a":1,}`, `{"a"}`, `{"a":}`, `{a:1}`,
		`{,}`,
		`0`, `-0`, `00`, `01`, `-`, `1.`, `.5`, `1.5`, `1e5`, `1E+5`, `1e`, `1e+`, `+1`, `1e5.5`, `0x1`, `NaN`, `Infinity`,
		`-Infinity`,
		`true`, `tru`, `trueish`, `false`, `null`, `nul`, `nulll`, `"`, `"a`, `"a"`, `"\`, `"\"`, `"\\"`, `"\/"`, `"\a"`,
		`"\u"`,
		`"\u123"`, `"\u123g"`, `"\u1234"`, "\"\t\"", "\"\x7f\"", "\"\x00\"", "\x00", "1\x00", "[1]\x00", "{\x00}", `1 `, ` 1`,
		`1 1`,
		`[[[[]]]]`, `[[[[]]]`, `{"a":{"b":[{}]}}`, `]`, `}`, `[}`, `{]`, "\v1", "\u00a01",
	} {
		if got, want := valid([]byte(in)) == nil, json.Valid([]byte(in)); got != want {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}

func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{
		`"a"`: "a", `"\"\\\/\b\f\n\r\t"`: "\"\\/\b\f\n\r\t", `"\u0041\u00e9\u20ac"`: "A\u00e9\u20ac",
		`"\ud83d\ude02"`: "\U0001f602",
		`"\ud83d"`:       "\ufffd", `"\ude02\ud83d"`: "\ufffd\ufffd", `"\ud83dx"`: "\ufffdx", `"\ud83d\u0041"`: "\ufffdA",
		`"\ud83d\n"`: "\ufffd\n", `"\ud83d\ud83d\ude02"`: "\ufffd\U0001f602", `"\uFFFF"`: "\uffff",
	} {
		s := New([]byte(in))
		got, err := s.Text()
		if err != nil || string(got) != want {
			t.Errorf("%s is %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestDepth(t *testing.T) {
	nest := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	if err := valid(nest(MaxDepth)); err != nil {
		t.Error(err)
	}
	var e *Error
	if err := valid(nest(MaxDepth + 1)); !errors.As(err, &e) || e.Reason != "json_too_deep" {
		t.Error(err)
	}
}

// FuzzScanner holds the scanner against encoding/json: the same inputs are JSON, and the same strings are in them.
func FuzzScanner(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-2.5e-3,true,null,"x\u00e9\ud83d\ude02"]}`, `"\ud83d"`, `[`, ` {} `} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if !utf8.Valid(b) {
			t.Skip()
		}
		err := valid(b)
		var e *Error
		if errors.As(err, &e) && e.Reason == "json_too_deep" {
			return
		}
		if got, want := err == nil, json.Valid(b); got != want {
			t.Fatalf("%q: %v, want %v", b, err, want)
		}
		var want string
		if json.Unmarshal(b, &want) != nil || strings.TrimSpace(string(b)) == "null" {
			return
		}
		s := New(b)
		if got, err := s.Text(); err != nil || string(got) != want {
			t.Fatalf("%q is %q, %v; want %q", b, got, err, want)
		}
	})
}

// TestCutOff: every beginning of a JSON text is cut off or JSON itself, and nothing that goes wrong before its end is.
func TestCutOff(t *testing.T) {
	const whole = `{"a\u00e9\n":[1.5e+3,true,false,null,"\\\"",{},[]]}`
	for n := range len(whole) {
		var e *Error
		if err := valid([]byte(whole[:n])); !errors.As(err, &e) || !e.CutOff {
			t.Errorf("%s: %v", whole[:n], err)
		}
	}
	for _, in := range []string{`[x`, `[1 2`, `{1`, `["\x`, `["\u12g`, `[trux`, `1 2`, "\"\n", `["a" b`} {
		var e *Error
		if err := valid([]byte(in)); !errors.As(err, &e) || e.CutOff {
			t.Errorf("%s: %v", in, err)
		}
	}
}
