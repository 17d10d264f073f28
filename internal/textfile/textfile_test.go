package textfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestKindOf(t *testing.T) {
	for name, want := range map[string]Kind{
		"a.jsonl": JSONLines, "a.ndjson": JSONLines, "dir.csv/a.txt": Text, "A.CSV": CSV, "a.tsv.gz": TSV, "a.NDJSON.GZ": JSONLines,
		"a.json": Unknown, "a": Unknown, "a.gz": Unknown, "csv": Unknown, "a.csv.zip": Unknown, "": Unknown,
	} {
		if got := KindOf(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.txt")
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if b, err := io.ReadAll(f); string(b) != "text" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	for name, want := range map[string]error{dir: ErrFolder, filepath.Join(dir, "absent"): ErrAbsent} {
		if f, err := Open(name); f != nil || !errors.Is(err, want) {
			t.Errorf("%s: %v, %v, want %v", name, f, err, want)
		}
	}
	if f, err := Open("a\x00b"); f != nil || err == nil || errors.Is(err, ErrAbsent) || errors.Is(err, ErrFolder) {
		t.Errorf("a name that cannot be: %v, %v", f, err)
	}
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		encoding   Encoding
		field      bool // of a table, whose bytes are characters
		text, want string
		err        error
	}{
		{UTF8, false, "café", "café", nil},
		{"", false, "café", "café", nil},
		{UTF8, false, "caf\xe9", "", ErrNotUTF8},
		{"", false, "caf\xe9", "", ErrNotUTF8},
		{Latin1, false, "caf\xe9 \xc3\xa9", "café Ã©", nil},
		{UTF8, true, "cafÃ©", "café", nil},
		{UTF8, true, "café", "", ErrNotUTF8},
		{Latin1, true, "cafÃ©", "cafÃ©", nil},
		{"", true, "cafÃ©", "cafÃ©", nil},
	} {
		decode := c.encoding.Decode
		if c.field {
			decode = c.encoding.DecodeField
		}
		if got, err := decode(c.text); got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%q, field %t: %q is %q, %v; want %q, %v", c.encoding, c.field, c.text, got, err, c.want, c.err)
		}
	}
}

// TestLines reads lines of every ending, a mark before them, and on after a line that is not UTF-8.
func TestLines(t *testing.T) {
	long := strings.Repeat("x", 1<<17)
	lines := NewLines(strings.NewReader("\xef\xbb\xbfone\r\n\n\xff\nfour\r\r\n"+long+"\nlast"), UTF8)
	var got []string
	for {
		s, err := lines.Next()
		if err == io.EOF {
			break
		}
		if errors.Is(err, ErrNotUTF8) {
			s = "bad"
		} else if err != nil {
			t.Fatal(err)
		}
		if got = append(got, s); lines.Number() != len(got) {
			t.Errorf("line %d has the number %d", len(got), lines.Number())
		}
	}
	if diff := cmp.Diff([]string{"one", "", "bad", "four\r", long, "last"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	lines = NewLines(strings.NewReader("\n \t\r\n{}\n"), UTF8)
	if s, err := lines.NextObject(); s != "{}" || err != nil || lines.Number() != 3 {
		t.Errorf("%q on line %d, %v", s, lines.Number(), err)
	}
	if _, err := lines.NextObject(); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	if _, err := NewLines(strings.NewReader("\xff\xfea\x00"), UTF8).Next(); err == nil ||
		!strings.Contains(err.Error(), "UTF-16") {
		t.Errorf("UTF-16: %v", err)
	}
	broken := errors.New("broken")
	if _, err := NewLines(io.MultiReader(strings.NewReader("a"), errorReader{broken}), UTF8).Next(); err != broken {
		t.Errorf("error %v, want %v", err, broken)
	}
}

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }

func TestDecompress(t *testing.T) {
	in := strings.NewReader("plain")
	if r, err := Decompress("a.csv", in); r != io.Reader(in) || err != nil {
		t.Errorf("%v, %v", r, err)
	}
	if _, err := Decompress("a.csv.GZ", in); err == nil || !strings.Contains(err.Error(), "it is not compressed with gzip") {
		t.Errorf("error %v", err)
	}
}
