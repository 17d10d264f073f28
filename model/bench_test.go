package model

import (
	"maps"
	"math/bits"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"reddit-classifier/model/head"
	"reddit-classifier/test/hostile"
	"reddit-classifier/test/shared"
)

// within are the built-in models: the original, which the promises name, and the default.
func within() map[string][]byte {
	return map[string][]byte{"original": originalArtifact, "default": defaultArtifact}
}

// ofEach runs a benchmark of each built-in model.
func ofEach(b *testing.B, run func(b *testing.B, artifact []byte)) {
	for _, name := range slices.Sorted(maps.Keys(within())) {
		b.Run(name, func(b *testing.B) { run(b, within()[name]) })
	}
}

// benchComments returns raw comments: the dataset's where it is at hand, else made of the words of the embedded model.
func benchComments(tb testing.TB) []string {
	tb.Helper()
	path := shared.Path("golden", "clean_train.jsonl.gz")
	if _, err := os.Stat(path); err != nil {
		return syntheticComments(tb)
	}
	var out []string
	for _, c := range shared.Lines[struct{ Raw string }](tb, path) {
		out = append(out, c.Raw)
	}
	return out
}

// syntheticComments draws words with the frequencies of a natural text (Zipf) and puts in capitals and punctuation.
func syntheticComments(tb testing.TB) []string {
	m := mustParse(tb, originalArtifact)
	r := rand.New(rand.NewPCG(1, 2))
	names := ngrams(m)
	zipf := rand.NewZipf(r, 1.1, 10, uint64(len(names)-1))
	order := r.Perm(len(names))
	out := make([]string, 2000)
	for i := range out {
		var b strings.Builder
		for range 20 + r.IntN(80) {
			word := names[order[zipf.Uint64()]]
			if r.IntN(12) == 0 {
				word = strings.ToUpper(word[:1]) + word[1:]
			}
			b.WriteString(word)
			b.WriteString([]string{" ", " ", " ", " ", " ", " ", " ", ", ", ". ", "\n\n"}[r.IntN(10)])
		}
		out[i] = b.String()
	}
	return out
}

// ngrams returns the n-grams of a model by feature.
func ngrams(m *Model) []string {
	name, _ := m.extractor.Names("")
	if name(0) == "" {
		return nil // hashes have no names
	}
	list := make([]string, m.extractor.Features())
	for f := range list {
		list[f] = name(uint32(f))
	}
	return list
}

func totalBytes(texts []string) int {
	n := 0
	for _, t := range texts {
		n += len(t)
	}
	return n
}

// report prints documents and megabytes per second. An operation is a pass over all texts.
func report(b *testing.B, texts []string) {
	seconds := b.Elapsed().Seconds()
	b.ReportMetric(float64(b.N*len(texts))/seconds, "docs/s")
	b.ReportMetric(float64(b.N)*float64(totalBytes(texts))/1e6/seconds, "MB/s")
	b.ReportMetric(seconds*1e9/float64(b.N*len(texts)), "ns/doc")
}

// yardstick is the least that any model of word n-grams has to do: split at white space, hash each word, and look the
// keys of its 1-, 2- and 3-grams up in an open-addressing table of weights.
type yardstick struct {
	keys    []uint64
	weights []float64
	shift   uint
}

const hashMultiplier = 0x9E3779B97F4A7C15

func newYardstick(m *Model) *yardstick {
	names, linear := ngrams(m), m.classifier.(*head.Linear)
	log := bits.Len(2 * uint(len(names))) // twice the features and more
	y := &yardstick{make([]uint64, 1<<log), make([]float64, 1<<log), uint(64 - log)}
	for f, ngram := range names {
		var key uint64
		for _, word := range strings.Split(ngram, " ") {
			h := uint64(14695981039346656037)
			for i := range len(word) {
				h = (h ^ uint64(word[i])) * 1099511628211
			}
			key = key*hashMultiplier + h
		}
		i := key * hashMultiplier >> y.shift
		for y.keys[i] != 0 {
			i = (i + 1) & uint64(len(y.keys)-1)
		}
		y.keys[i], y.weights[i] = key, linear.Coef[f*linear.Stride+linear.Offset]
	}
	return y
}

func (y *yardstick) weight(key uint64) float64 {
	mask := uint64(len(y.keys) - 1)
	for i := key * hashMultiplier >> y.shift; ; i++ {
		if k := y.keys[i&mask]; k == key {
			return y.weights[i&mask]
		} else if k == 0 {
			return 0
		}
	}
}

func (y *yardstick) score(text string) float64 {
	var sum float64
	var one, two, three uint64 // the keys that end at the word before
	words := 0
	for i := 0; i < len(text); {
		if text[i] <= ' ' {
			i++
			continue
		}
		h := uint64(14695981039346656037)
		for ; i < len(text) && text[i] > ' '; i++ {
			h = (h ^ uint64(text[i])) * 1099511628211
		}
		three = two*hashMultiplier + h
		two = one*hashMultiplier + h
		one = h
		sum += y.weight(one)
		if words++; words >= 2 {
			sum += y.weight(two)
		}
		if words >= 3 {
			sum += y.weight(three)
		}
	}
	return sum
}

var sink float64

func BenchmarkYardstick(b *testing.B) {
	ofEach(b, func(b *testing.B, artifact []byte) {
		y, texts := newYardstick(mustParse(b, artifact)), benchComments(b)
		for b.Loop() {
			for _, text := range texts {
				sink += y.score(text)
			}
		}
		report(b, texts)
	})
}

// BenchmarkPredictProba includes everything from raw text on. "of-yardstick" is its speed as a fraction of the
// yardstick's: the two take turns on the same comments, a hundred at a time, and of each such part the fastest pass
// counts, so that what else runs on the machine matters little.
func BenchmarkPredictProba(b *testing.B) {
	ofEach(b, func(b *testing.B, artifact []byte) { benchmarkPredict(b, mustParse(b, artifact)) })
}

func benchmarkPredict(b *testing.B, m *Model) {
	y, texts := newYardstick(m), benchComments(b)
	var p head.Prediction
	for _, text := range texts {
		m.Predict(text, &p)
	}
	parts := slices.Collect(slices.Chunk(texts, 100))
	own, yard := newStopwatch(len(parts)), newStopwatch(len(parts))
	b.ReportAllocs()
	for b.Loop() {
		for i, part := range parts {
			own.time(i, func() {
				for _, text := range part {
					m.Predict(text, &p)
					sink += p.Proba[1]
				}
			})
			b.StopTimer()
			yard.time(i, func() {
				for _, text := range part {
					sink += y.score(text)
				}
			})
			b.StartTimer()
		}
	}
	report(b, texts)
	b.ReportMetric(1e9*float64(len(texts))/own.best(), "best-docs/s")
	if len(y.keys) > 2 { // hashes have no names
		b.ReportMetric(yard.best()/own.best(), "of-yardstick")
	}
	b.ReportMetric(own.best()/float64(len(texts)), "best-ns/doc")
}

// stopwatch keeps the shortest time of each part of a job.
type stopwatch struct{ shortest []time.Duration }

func newStopwatch(parts int) *stopwatch {
	return &stopwatch{slices.Repeat([]time.Duration{1 << 62}, parts)}
}

func (s *stopwatch) time(part int, job func()) {
	start := time.Now()
	job()
	s.shortest[part] = min(s.shortest[part], time.Since(start))
}

// best returns the nanoseconds of the whole job, every part at its best.
func (s *stopwatch) best() (ns float64) {
	for _, d := range s.shortest {
		ns += float64(d)
	}
	return ns
}

// BenchmarkFirstSight predicts comments whose chunks the memo has not seen: it is empty at first, and each comment
// comes once.
func BenchmarkFirstSight(b *testing.B) {
	texts := benchComments(b)
	ofEach(b, func(b *testing.B, artifact []byte) {
		for b.Loop() {
			b.StopTimer()
			m := mustParse(b, artifact)
			m.PredictProba("")
			b.StartTimer()
			for _, text := range texts {
				sink += m.PredictProba(text)[1]
			}
		}
		report(b, texts)
	})
}

// BenchmarkParallel uses as many goroutines as there are processors.
func BenchmarkParallel(b *testing.B) {
	texts := benchComments(b)
	ofEach(b, func(b *testing.B, artifact []byte) {
		m := mustParse(b, artifact)
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for i := 0; pb.Next(); i++ {
				m.PredictProba(texts[i%len(texts)])
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "docs/s")
	})
}

// BenchmarkHostile predicts texts of a megabyte that are made to be slow. "x-ordinary" is the time per byte as a
// multiple of that of ordinary comments.
func BenchmarkHostile(b *testing.B) { ofEach(b, benchmarkHostile) }

func benchmarkHostile(b *testing.B, artifact []byte) {
	m := mustParse(b, artifact)
	ordinary := benchComments(b)
	fastest := newStopwatch(1)
	for range 5 {
		fastest.time(0, func() {
			for _, text := range ordinary {
				sink += m.PredictProba(text)[1]
			}
		})
	}
	perByte := fastest.best() / float64(totalBytes(ordinary))
	for _, h := range hostile.Units {
		b.Run(h.Name, func(b *testing.B) {
			text := hostile.Text(h, 1<<20)
			best := newStopwatch(1)
			b.ReportAllocs()
			for b.Loop() {
				best.time(0, func() { sink += m.PredictProba(text)[1] })
			}
			b.SetBytes(int64(len(text)))
			b.ReportMetric(best.best()/float64(len(text))/perByte, "x-ordinary")
		})
	}
}

// BenchmarkOpen opens the file of an artifact, as a function does that is told a path.
func BenchmarkOpen(b *testing.B) {
	ofEach(b, func(b *testing.B, artifact []byte) {
		path := filepath.Join(b.TempDir(), "some.model")
		if err := os.WriteFile(path, artifact, 0o600); err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Open(path); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkParse is what Default does the first time it is called.
func BenchmarkParse(b *testing.B) {
	ofEach(b, func(b *testing.B, artifact []byte) {
		b.ReportAllocs()
		for b.Loop() {
			mustParse(b, artifact)
		}
	})
}

// BenchmarkVerify is what a signature or inspect costs besides: SHA-256 and the parity vectors.
func BenchmarkVerify(b *testing.B) {
	ofEach(b, func(b *testing.B, artifact []byte) {
		m := mustParse(b, artifact)
		for b.Loop() {
			if _, err := m.Verify(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
