package model

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reddit-classifier/model/artifact"
	"reddit-classifier/model/english"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
)

func openPack(tb testing.TB, name string) *english.Pack {
	tb.Helper()
	pack, err := packs.Open(name)
	if err != nil {
		tb.Fatal(err)
	}
	return pack
}

// smallSpec is a model of a dozen n-grams.
func smallSpec(tb testing.TB) Spec {
	return Spec{
		Manifest: Manifest{Name: "small"},
		Vectorizers: []features.Vectorizer{{
			Analyzer: features.Analyzer{Kind: features.AnalyzerEnglish, Language: openPack(tb, "spacy-3.8").Bytes(), Cleaner: 1},
			NGramMin: 1, NGramMax: 3, Weight: 1,
			Vocabulary: []string{"URL", "be", "be there", "science", "science be", "science be fun", "the", "the science",
				"why"},
			Tfidf: &features.Tfidf{IDF: []float64{3, 1, 2, 2.5, 3, 4, 1.1, 2.2, 3.3}, Norm: features.NormL2,
				SublinearTF: true},
		}},
		Classifier: logistic(-0.25, 0.5, -0.1, 0.2, -2, 1, 1.5, 0.01, -0.3, 0.7),
		Classes:    []head.Class{{Kind: head.ClassString, Text: "kept"}, {Kind: head.ClassString, Text: "removed"}},
		Parity:     []string{"The science is fun, the science is there: https://example.org", "why?"},
	}
}

// logistic returns a classifier of two classes by the logistic function.
func logistic(intercept float64, coef ...float64) *head.Linear {
	return &head.Linear{Coef: coef, Stride: 1, Outputs: 1, Intercept: []float64{intercept}, Link: head.LinkLogistic}
}

func smallArtifact(tb testing.TB) []byte {
	tb.Helper()
	b, err := Build(smallSpec(tb))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// Where things are in the header and the table.
const (
	headerSize, entrySize                                        = 192, 32
	atVersion, atSections, atLength, atChecksum, atDigest, atEnd = 8, 12, 16, 24, 32, 160
)

// reseal puts the checksum right, as someone would who changes an artifact on purpose.
func reseal(b []byte) []byte {
	table := crc32.MakeTable(crc32.Castagnoli)
	sum := crc32.Update(crc32.Checksum(b[:atChecksum], table), table, b[atChecksum+4:])
	binary.LittleEndian.PutUint32(b[atChecksum:], sum)
	return b
}

// redigest puts the digest right.
func redigest(b []byte) {
	sum := sha256.Sum256(append(bytes.Clone(b[:atChecksum]), b[headerSize:]...))
	copy(b[atDigest:], sum[:])
}

// isRefusal reports whether err is one of the two errors that an artifact may give.
func isRefusal(err error) bool {
	var format FormatError
	var unsupported UnsupportedError
	return errors.As(err, &format) || errors.As(err, &unsupported)
}

func TestEveryFlippedByteIsAnError(t *testing.T) {
	b := smallArtifact(t)
	try := func(i int) {
		b[i] ^= 1 << (i % 8)
		if m, err := Parse(b); err == nil || m != nil || !isRefusal(err) {
			t.Fatalf("byte %d flipped: %v, %v", i, m, err)
		}
		b[i] ^= 1 << (i % 8)
	}
	end := 0
	for _, s := range mustParse(t, b).artifact.Sections {
		start := end + bytes.Index(b[end:], s.Data)
		for ; end < start; end++ { // header, table, padding
			try(end)
		}
		end = start + len(s.Data)
		for i := start; i < end; i += 1 + len(s.Data)/1000 { // of the large ones every so many
			try(i)
		}
	}
	mustParse(t, b)
}

func mustParse(tb testing.TB, b []byte) *Model {
	tb.Helper()
	m, err := Parse(b)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// rebuilt returns an artifact with the data of some sections replaced, and otherwise in order.
func rebuilt(tb testing.TB, b []byte, change func(s *artifact.Section)) []byte {
	tb.Helper()
	a, err := artifact.Parse(bytes.Clone(b))
	if err != nil {
		tb.Fatal(err)
	}
	for i := range a.Sections {
		change(&a.Sections[i])
	}
	return artifact.Encode(a.Sections)
}

func TestBadArtifacts(t *testing.T) {
	good := smallArtifact(t)
	change := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(good)) }
	for _, test := range []struct {
		name, want string
		artifact   []byte
	}{
		{"empty", "not an artifact: it is empty", nil},
		{"something else", "not an artifact", []byte("PK\x03\x04 and so on, something else entirely")},
		{"text mode", "text mode", change(func(b []byte) []byte {
			return bytes.Replace(b, []byte("\r\n"), []byte("\n"),
				1)
		})},
		{"a byte", "cut short: 1 byte,", good[:1]},
		{"within the magic", "cut short: 5 bytes", good[:5]},
		{"the magic alone", "cut short", good[:8]},
		{"cut in the header", "cut short", good[:100]},
		{"cut in the table", "cut short", good[:300]},
		{"cut by a byte", "cut short", good[:len(good)-1]},
		{"a byte too many", "1 byte after the artifact's end", append(bytes.Clone(good), 0)},
		{"newer", "format version 2", change(func(b []byte) []byte { b[atVersion] = 2; return b })},
		{"flipped", "checksum", change(func(b []byte) []byte { b[len(b)/2] ^= 4; return b })},
		{"reserved", "reserved", change(func(b []byte) []byte { b[170] = 1; return reseal(b) })},
		{"many sections", "sections", change(func(b []byte) []byte { b[atSections+1] = 0x20; return reseal(b) })},
		{"sections beyond counting", "sections", change(func(b []byte) []byte { b[atSections+3] = 0xff; return reseal(b) })},
		{"no features", "0 features", rebuilt(t, good, func(s *artifact.Section) {
			if s.Name == "vector" {
				clear(s.Data[28:36])
			}
		})},
		{"few weights", "weights", rebuilt(t, good, func(s *artifact.Section) {
			if s.Name == "weights" {
				s.Data = s.Data[16:]
			}
		})},
		{"a weight that is no number", "weights", rebuilt(t, good, func(s *artifact.Section) {
			if s.Name == "weights" {
				binary.LittleEndian.PutUint64(s.Data[40:], math.Float64bits(math.NaN()))
			}
		})},
		{"no classifier", "classifier", rebuilt(t, good, func(s *artifact.Section) {
			if s.Name == "head" {
				s.Data = nil
			}
		})},
		{"three classes", "3 names for 2 classes", rebuilt(t, good, func(s *artifact.Section) {
			if s.Name == "manifest" {
				s.Data = bytes.Replace(s.Data, []byte(`"kept",`), []byte(`"kept","other",`), 1)
			}
		})},
		{"unknown section", "needs the section", change(func(b []byte) []byte {
			i := bytes.Index(b, []byte("vector\x00"))
			copy(b[i:], "vectos")
			return reseal(b)
		})},
		{"moved section", "out of place",
			change(func(b []byte) []byte { b[headerSize+entrySize+16] += 64; return reseal(b) })},
		{"section twice", "twice", change(func(b []byte) []byte {
			i := bytes.Index(b, []byte("filter\x00"))
			copy(b[i:], "ngrams")
			return reseal(b)
		})},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, err := Parse(test.artifact)
			if m != nil || err == nil || !isRefusal(err) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, %v; want an error with %q", m, err, test.want)
			}
		})
	}
}

func TestBadSpecs(t *testing.T) {
	vectorizer := func(change func(v *features.Vectorizer)) func(*Spec) {
		return func(s *Spec) { change(&s.Vectorizers[0]) }
	}
	for name, change := range map[string]func(*Spec){
		"no features":     vectorizer(func(v *features.Vectorizer) { v.Vocabulary, v.Tfidf = nil, nil }),
		"few weights":     func(s *Spec) { s.Classifier = logistic(0, 1, 2, 3) },
		"few idf":         vectorizer(func(v *features.Vectorizer) { v.Tfidf.IDF = v.Tfidf.IDF[1:] }),
		"not a number":    func(s *Spec) { s.Classifier.(*head.Linear).Coef[2] = math.NaN() },
		"infinite":        vectorizer(func(v *features.Vectorizer) { v.Tfidf.IDF[2] = math.Inf(1) }),
		"intercept":       func(s *Spec) { s.Classifier.(*head.Linear).Intercept[0] = math.NaN() },
		"a word twice":    vectorizer(func(v *features.Vectorizer) { v.Vocabulary[1] = "URL" }),
		"a pair twice":    vectorizer(func(v *features.Vectorizer) { v.Vocabulary[2] = "science be" }),
		"long n-grams":    vectorizer(func(v *features.Vectorizer) { v.NGramMax = 33 }),
		"no n-grams":      vectorizer(func(v *features.Vectorizer) { v.NGramMin = 0 }),
		"no language":     vectorizer(func(v *features.Vectorizer) { v.Analyzer.Language = nil }),
		"other cleaner":   vectorizer(func(v *features.Vectorizer) { v.Analyzer.Cleaner = 7 }),
		"no vectorizer":   func(s *Spec) { s.Vectorizers = nil },
		"no classifier":   func(s *Spec) { s.Classifier = nil },
		"one class":       func(s *Spec) { s.Classes = s.Classes[:1] },
		"a bad selection": func(s *Spec) { s.Transforms = []features.Transform{&features.Select{Columns: []uint32{2, 1}}} },
	} {
		t.Run(name, func(t *testing.T) {
			spec := smallSpec(t)
			change(&spec)
			if b, err := Build(spec); b != nil || !isRefusal(err) {
				t.Errorf("%d bytes, %v", len(b), err)
			}
		})
	}
}

func TestSignatures(t *testing.T) {
	plain := smallArtifact(t)
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	public := key.Public().(ed25519.PublicKey)
	other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, ed25519.SeedSize)).Public().(ed25519.PublicKey)
	signed, err := Sign(plain, key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "signed.model")
	write := func(b []byte) string {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	m, err := OpenVerified(write(signed), public)
	if err != nil {
		t.Fatal(err)
	}
	if m.Digest() != mustParse(t, plain).Digest() {
		t.Error("signing changes the digest")
	}
	altered := bytes.Clone(signed)
	altered[len(altered)-1] ^= 1
	redigest(altered)
	for name, test := range map[string]struct {
		artifact []byte
		key      ed25519.PublicKey
		want     string
	}{
		"unsigned":    {plain, public, "not signed"},
		"another key": {signed, other, "not by the required key"},
		"altered":     {reseal(altered), public, "signature does not match"},
		"short key":   {signed, public[:5], "public key of 5 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			os.Remove(path)
			if _, err := OpenVerified(write(test.artifact), test.key); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v; want %q", err, test.want)
			}
		})
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "absent"), dir, empty} {
		if m, err := Open(path); m != nil || err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, %v", path, m, err)
		}
	}
}

// TestVerify has a resealed artifact with another weight found out by the digest, and with the digest put right by its
// parity vectors.
func TestVerify(t *testing.T) {
	b := smallArtifact(t)
	if n, err := mustParse(t, b).Verify(); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	weight := binary.LittleEndian.AppendUint64(nil, math.Float64bits(-0.3))
	b[bytes.Index(b, weight)+7] ^= 0x80
	if _, err := mustParse(t, reseal(b)).Verify(); err == nil || !strings.Contains(err.Error(), "digest") {
		t.Error(err)
	}
	redigest(b)
	if _, err := mustParse(t, reseal(b)).Verify(); err == nil || !strings.Contains(err.Error(), "parity vector 0") {
		t.Error(err)
	}
}

// FuzzArtifact: an error and nil, or a model whose every call is safe and whose sections encode to the same bytes.
func FuzzArtifact(f *testing.F) {
	small := smallArtifact(f)
	f.Add(small[:headerSize+200], "some text", uint16(0), byte(0))
	for _, at := range []uint16{0, 8, 12, 16, 200, 700, 900, 1200, 1500, 2000, 2500, 3000} {
		f.Add([]byte(nil), "The science is fun (why?)", at, byte(0xff))
	}
	f.Fuzz(func(t *testing.T, b []byte, text string, at uint16, with byte) {
		if len(b) == 0 { // change one byte of an artifact and put the checksum right
			b = bytes.Clone(small)
			b[int(at)%len(b)] ^= with
		}
		if len(b) >= headerSize {
			binary.LittleEndian.PutUint64(b[atLength:], uint64(len(b)))
			reseal(b)
		}
		m, err := Parse(b)
		if err != nil {
			if m != nil || !isRefusal(err) {
				t.Fatalf("%v, %v", m, err)
			}
			return
		}
		if p := m.PredictProba(text); !(p[0] >= 0 && p[0] <= 1 && p[1] >= 0 && p[1] <= 1) {
			t.Errorf("probabilities %v", p)
		}
		m.Explain(text, 3)
		m.Verify()
		m.Manifest()
		m.Version()
		again := artifact.Encode(m.artifact.Sections)
		copy(again[atDigest:atEnd], b[atDigest:atEnd])
		if !bytes.Equal(reseal(again), b) {
			t.Error("the same sections encode differently")
		}
	})
}
