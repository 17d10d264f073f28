package artifact

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
)

func encoded() []byte {
	return Encode([]Section{
		{Name: "first", Required: true, Data: AppendFloats(nil, 1.5, -2, math.Inf(1))},
		{Name: "empty"},
		{Name: "first", Block: 7, Data: []byte("text")},
	})
}

func TestSections(t *testing.T) {
	a, err := Parse(encoded())
	if err != nil {
		t.Fatal(err)
	}
	if got := Floats(a.Section("first", 0)); len(got) != 3 || got[0] != 1.5 || got[1] != -2 || !math.IsInf(got[2], 1) {
		t.Errorf("%v", got)
	}
	if got := a.Section("first", 7); string(got) != "text" {
		t.Errorf("block 7 is %q", got)
	}
	if a.Section("empty", 0) == nil || a.Section("empty", 1) != nil || a.Section("second", 0) != nil {
		t.Error("a section is there that is not, or the other way round")
	}
}

// TestUnaligned checks that numbers are right wherever the bytes lie.
func TestUnaligned(t *testing.T) {
	b := encoded()
	for offset := range 9 {
		moved := append(make([]byte, offset, offset+len(b)), b...)[offset:]
		a, err := Parse(moved)
		if err != nil {
			t.Fatal(err)
		}
		if got := Floats(a.Section("first", 0)); got[0] != 1.5 || got[1] != -2 {
			t.Errorf("at %d: %v", offset, got)
		}
	}
}

func TestAreWeights(t *testing.T) {
	for v, want := range map[float64]bool{
		0: true, -1: true, MaxWeight: true, -MaxWeight: true, math.Nextafter(MaxWeight, math.Inf(1)): false,
		math.Inf(-1): false, 5e-324: true,
	} {
		if got := AreWeights([]float64{1, v, 2}); got != want {
			t.Errorf("%v: %v", v, got)
		}
	}
	for i := range 9 {
		floats := make([]float64, 9)
		if floats[i] = math.Inf(1); AreWeights(floats) {
			t.Errorf("the number %d of 9 is not looked at", i)
		}
	}
	if AreWeights([]float64{math.NaN()}) || !AreWeights(nil) {
		t.Error("NaN is a weight, or nothing is none")
	}
}

// FuzzParse: an error and nil, or sections that encode to the same bytes.
func FuzzParse(f *testing.F) {
	f.Add([]byte(nil), uint16(0), byte(0))
	for _, at := range []uint16{0, 8, 12, 16, 24, 28, 40, 70, 170, 195, 200, 204, 208, 216, 224, 230, 300, 330} {
		f.Add([]byte(nil), at, byte(0xff))
	}
	f.Add(encoded()[:250], uint16(0), byte(0))
	f.Fuzz(func(t *testing.T, b []byte, at uint16, with byte) {
		if len(b) == 0 {
			b = encoded()
			b[int(at)%len(b)] ^= with
		}
		if len(b) >= headerSize {
			binary.LittleEndian.PutUint64(b[atLength:], uint64(len(b)))
			binary.LittleEndian.PutUint32(b[atChecksum:], checksum(b))
		}
		a, err := Parse(b)
		if err != nil {
			var format FormatError
			var unsupported UnsupportedError
			if a != nil || !errors.As(err, &format) && !errors.As(err, &unsupported) {
				t.Fatalf("%v, %v", a, err)
			}
			return
		}
		again := Encode(a.Sections)
		copy(again[atDigest:atReserved], b[atDigest:atReserved])
		binary.LittleEndian.PutUint32(again[atChecksum:], checksum(again))
		if !bytes.Equal(again, b) {
			t.Error("the same sections encode differently")
		}
	})
}

// TestMapClosesItsFile counts the files that are open while many are mapped, where the system tells.
func TestMapClosesItsFile(t *testing.T) {
	const folder = "/proc/self/fd"
	before, err := os.ReadDir(folder)
	if err != nil {
		t.Skip("the system does not list a process's files")
	}
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		b, unmap, err := Map(path)
		if err != nil || string(b) != "content" {
			t.Fatal(string(b), err)
		}
		defer unmap()
	}
	if after, err := os.ReadDir(folder); err != nil || len(after) > len(before)+10 {
		t.Errorf("%d files are open, before it were %d: %v", len(after), len(before), err)
	}
}
