package english_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"reddit-classifier/model/english"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/test/shared"
)

func comments(tb testing.TB) (texts []string, bytes int) {
	tb.Helper()
	file, err := os.Open(shared.File(tb, "golden", "tokens_spacy-2.3.2_train.jsonl.gz"))
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		tb.Fatal(err)
	}
	lines := bufio.NewScanner(plain)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var d struct{ Text string }
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			tb.Fatal(err)
		}
		texts = append(texts, d.Text)
		bytes += len(d.Text)
	}
	return texts, bytes
}

// eachPack runs f as a subtest or sub-benchmark with each embedded pack.
func eachPack[T interface {
	testing.TB
	Run(string, func(T)) bool
}](tb T, f func(T, *english.Pack)) {
	for _, name := range packs.Names() {
		p, err := packs.Open(name)
		if err != nil {
			tb.Fatal(err)
		}
		tb.Run(name, func(tb T) { f(tb, p) })
	}
}

// BenchmarkYardstick measures the minimum work of a tokenizer: splitting at white space and hashing each word.
func BenchmarkYardstick(b *testing.B) {
	texts, size := comments(b)
	b.SetBytes(int64(size))
	b.ReportAllocs()
	var sum uint64
	for b.Loop() {
		for _, text := range texts {
			h := uint64(14695981039346656037)
			for i := range len(text) {
				if text[i] <= ' ' {
					sum += h
					h = 14695981039346656037
					continue
				}
				h = (h ^ uint64(text[i])) * 1099511628211
			}
			sum += h
		}
	}
	_ = sum
	reportDocuments(b, len(texts))
}

func reportDocuments(b *testing.B, documents int) {
	b.ReportMetric(float64(documents)*float64(b.N)/b.Elapsed().Seconds(), "docs/s")
}

// BenchmarkTokens measures the tokenization of real comments. BenchmarkFeatures measures pieces and their features,
// which the model uses.
func BenchmarkTokens(b *testing.B) {
	texts, size := comments(b)
	eachPack(b, func(b *testing.B, p *english.Pack) {
		var tokens []english.Token
		b.SetBytes(int64(size))
		b.ReportAllocs()
		for b.Loop() {
			for _, text := range texts {
				tokens = p.AppendTokens(tokens[:0], text)
			}
		}
		reportDocuments(b, len(texts))
	})
}

func BenchmarkFeatures(b *testing.B) {
	texts, size := comments(b)
	eachPack(b, func(b *testing.B, p *english.Pack) {
		var pieces []english.Piece
		var buffer []byte
		b.SetBytes(int64(size))
		b.ReportAllocs()
		for b.Loop() {
			for _, text := range texts {
				pieces = p.AppendPieces(pieces[:0], text)
				buffer = buffer[:0]
				for _, c := range pieces {
					buffer = p.AppendFeature(buffer, text, c)
				}
			}
		}
		reportDocuments(b, len(texts))
	})
}

// hostile are the units of hostile texts. A megabyte of each must not cost more than 20 times as much per byte as
// ordinary text.
var hostile = map[string]string{
	"parens": "(", "closing": ")", "both": "()", "dots": ".", "quotes": "'", "apostrophes": "'s", "abbreviation": "a.a.a.",
	"word":    "a",
	"capital": "A", "digits": "1", "emoji": "😀", "emoticons": ":)", "emoticons apart": ":) ", "users": "a@",
	"user": "(a@b.c", "scheme": "http://", "underscore": "_",
	"plus": "+", "hyphens": "-", "hyphenated": "a-b", "slashes": "/", "path": "a.com/((", "quoted": "\"a\"",
	"units": "1km", "specials": "don't.", "sigma": "Σ'", "spaces": "  ", "lines": "\n",
	"colons": "_:", "degrees": "°C.", "shrug": "¯\\(ツ)/¯", "invalid": "\xff", "ideographs": "語", "ellipsis": "…",
}

func BenchmarkHostile(b *testing.B) {
	eachPack(b, func(b *testing.B, p *english.Pack) {
		for name, text := range hostileTexts(1 << 20) {
			b.Run(name, func(b *testing.B) {
				pieces := p.AppendPieces(nil, text)
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					pieces = p.AppendPieces(pieces[:0], text)
				}
			})
		}
	})
}

// hostileTexts returns each hostile unit repeated, and some of them surrounded by other text.
func hostileTexts(size int) map[string]string {
	out := map[string]string{}
	for name, unit := range hostile {
		out[name] = strings.Repeat(unit, size/len(unit))
	}
	half := func(s string) string { return strings.Repeat(s, size/2/len(s)) }
	out["nested"] = half("(") + half(")")
	out["nested address"] = half("(") + "a@b.co" + half(")")
	out["underscore address"] = half("_") + "://b.co" + half("_")
	out["long host"] = half("a") + ".com" + half(")")
	out["long host and quotes"] = "\"" + half("a.") + "com" + half("'s")
	out["words and closing"] = half("ab.") + half(")")
	out["address and path"] = half("<") + "a@b.co1/" + half(">")
	return out
}
