package table

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// all reads a table, and with each record the line it begins on.
func all(in io.Reader, strict bool) (records [][]string, lines []int, err error) {
	r := NewReader(in)
	r.Strict = strict
	for {
		fields, err := r.Read()
		if err == io.EOF {
			return records, lines, nil
		}
		if err != nil {
			return records, append(lines, r.Line()), err
		}
		records, lines = append(records, slices.Clone(fields)), append(lines, r.Line())
	}
}

func TestRead(t *testing.T) {
	type rows = [][]string
	for _, c := range []struct {
		name, in string
		want     rows
		lines    []int
	}{
		{"nothing", "", nil, nil},
		{"empty lines", "\n\r\n\r", nil, nil},
		{"all line ends", "a,b\nc,d\r\ne,f\rg,h", rows{{"a", "b"}, {"c", "d"}, {"e", "f"}, {"g", "h"}}, []int{1, 2, 3, 4}},
		{"quotes", "\"a\"\"b\",\"c\r\nd\ne\rf\"\n\"\",x\n", rows{{`a"b`, "c\r\nd\ne\rf"}, {"", "x"}}, []int{1, 4}},
		{"bytes are characters", "\xe9\x00\xff,\"\xe2\x80\x99\"", rows{{"é\x00ÿ", "â\u0080\u0099"}}, []int{1}},
		{"byte order mark", "\xef\xbb\xbf\"a\",b\n", rows{{"a", "b"}}, []int{1}},
		{"a quote in the middle", "5\" tall,x", rows{{`5" tall`, "x"}}, []int{1}},
		{"an empty field at the end", "a,\nb,", rows{{"a", ""}, {"b", ""}}, []int{1, 2}},
	} {
		for name, wrap := range map[string]func(io.Reader) io.Reader{"whole": func(r io.Reader) io.Reader { return r },
			"bytes": iotest.OneByteReader} {
			t.Run(c.name+"/"+name, func(t *testing.T) {
				for _, strict := range []bool{false, true} {
					got, lines, err := all(wrap(strings.NewReader(c.in)), strict)
					if diff := cmp.Diff(c.want, got) + cmp.Diff(c.lines, lines); diff != "" || err != nil {
						t.Errorf("%v −want +got:\n%s", err, diff)
					}
				}
			})
		}
	}
}

// TestBrokenQuotes has what strictness decides.
func TestBrokenQuotes(t *testing.T) {
	const after = "a\n\"b\nc\" d\"e,f\n"
	got, _, err := all(strings.NewReader(after), false)
	if diff := cmp.Diff([][]string{{"a"}, {"b\nc d\"e", "f"}}, got); diff != "" || err != nil {
		t.Errorf("%v −want +got:\n%s", err, diff)
	}
	if _, lines, err := all(strings.NewReader(after), true); err != errAfterQuote || !slices.Equal(lines, []int{1, 2}) {
		t.Errorf("%v on %v", err, lines)
	}
	for _, strict := range []bool{false, true} {
		if _, lines, err := all(strings.NewReader("a\n\"b\nc\n"), strict); err != errUnclosedQuote ||
			!slices.Equal(lines, []int{1, 2}) {
			t.Errorf("%v on %v", err, lines)
		}
	}
}

// TestReadError has an error of the file be told, and not be taken for its end.
func TestReadError(t *testing.T) {
	broken := errors.New("broken")
	for _, in := range []string{"", "a", "a,", "\"a", "\"a\"", "a\r"} {
		if _, _, err := all(io.MultiReader(strings.NewReader(in), iotest.ErrReader(broken)), true); err != broken {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// TestMark: a byte order mark is no part of the text, and one of UTF-16 is an error, here and where a text is no table.
func TestMark(t *testing.T) {
	for in, want := range map[string]struct {
		rest string
		err  error
	}{
		"": {}, "a": {"a", nil}, "\xef\xbb\xbf": {}, "\xef\xbb\xbfa": {"a", nil}, "\xef\xbb": {"\xef\xbb", nil},
		"\xff\xfea\x00": {"\xff\xfea\x00", errUTF16}, "\xfe\xff": {"\xfe\xff", errUTF16},
	} {
		r := bufio.NewReader(strings.NewReader(in))
		err := SkipMark(r)
		rest, _ := io.ReadAll(r)
		if string(rest) != want.rest || err != want.err {
			t.Errorf("%q: left is %q, error %v", in, rest, err)
		}
		if _, _, err := all(strings.NewReader(in), false); err != want.err {
			t.Errorf("%q as a table: error %v", in, err)
		}
	}
}

func TestColumn(t *testing.T) {
	for want, name := range []string{"id", "body", "removed"} {
		if got := Column([]string{"ID", " Body", "REMOVED"}, "x", name); got != want {
			t.Errorf("%s is column %d", name, got)
		}
	}
	if Column([]string{"a"}, "b") != -1 {
		t.Error("a column that is not there")
	}
}

// FuzzRead compares with the standard library where that is as strict, and there is no carriage return; and reading at
// once with reading byte by byte.
func FuzzRead(f *testing.F) {
	f.Add("1,2,\"a\"\"b\nc\",0\n")
	f.Add("a\r\n\"b\rc\" d\r")
	f.Add("\xff\xfea\x00")
	f.Fuzz(func(t *testing.T, s string) {
		for _, strict := range []bool{false, true} {
			got, lines, err := all(strings.NewReader(s), strict)
			again, slow, err2 := all(iotest.OneByteReader(strings.NewReader(s)), strict)
			if diff := cmp.Diff(got, again) + cmp.Diff(lines, slow); diff != "" || err != err2 {
				t.Fatalf("%v, %v −at once +byte by byte:\n%s", err, err2, diff)
			}
		}
		if strings.ContainsAny(s, "\r") || strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) >= 0 {
			return
		}
		std := csv.NewReader(strings.NewReader(s))
		std.FieldsPerRecord = -1
		want, err := std.ReadAll()
		if err != nil {
			return
		}
		want = slices.DeleteFunc(want, func(record []string) bool { return len(record) == 1 && record[0] == "" })
		got, _, err := all(strings.NewReader(s), true)
		if diff := cmp.Diff(want, got); err != nil || len(want)+len(got) > 0 && diff != "" {
			t.Errorf("%v −encoding/csv +ours:\n%s", err, diff)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	text := strings.Repeat("\"8\",9,\"one comment, \"\"two\"\" lines\r\nand some words that make it as long as they are\",1\n", 1000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, _, err := all(strings.NewReader(text), true); err != nil {
			b.Fatal(err)
		}
	}
}
