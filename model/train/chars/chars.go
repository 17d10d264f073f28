// Package chars has vectors of the character n-grams within words: scikit-learn's TfidfVectorizer with
// analyzer="char_wb" and no norm, each vector divided by the root of the number of words instead.
//
// A word has the same n-grams wherever it stands. So the matrix of documents and n-grams is the product of two that are
// much smaller: how often a document has each word, and how often a word has each n-gram. The large one, which has
// several n-grams for each letter of the comments, is never made.
package chars

import (
	"context"
	"math"
	"slices"

	"reddit-classifier/model/english"
	"reddit-classifier/model/rich"
	"reddit-classifier/model/train/sparse"
	"reddit-classifier/model/train/tfidf"
)

// Counts holds the character n-grams of documents.
type Counts struct {
	NGrams []string      // by column
	docs   *sparse.Tally // documents and words
	words  *sparse.Tally // words and n-grams
	scale  []float64     // of each document: 1 by the root of the number of its words
}

// Count counts the n-grams of lo to hi characters in n texts. text is called from several goroutines. The error is the
// context's.
func Count(ctx context.Context, n, lo, hi int, text func(i int) string) (*Counts, error) {
	c := &Counts{scale: make([]float64, n)}
	corpus := tfidf.Write(n, func(w *tfidf.Writer, i int) {
		s := text(i)
		for start, end := english.NextChunk(s, 0); start < end; start, end = english.NextChunk(s, end) {
			w.Add(s[start:end])
		}
		c.scale[i] = 1 / math.Sqrt(float64(max(1, w.Len())))
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c.docs = corpus.Tally()
	words := corpus.Tokens
	ngrams := tfidf.Write(len(words), func(w *tfidf.Writer, i int) {
		for ngram := range rich.CharNGrams(words[i], lo, hi) {
			w.Add(ngram)
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c.NGrams, c.words = ngrams.Tokens, ngrams.Tally()
	return c, ctx.Err()
}

// Frequencies holds, for some documents, in how many of them each n-gram is.
type Frequencies struct {
	documents int
	df        []int
	squares   []float64 // sums of the squares of the entries in each column, before idf
}

// Frequencies returns the frequencies in each part of the documents. The error is the context's.
func (c *Counts) Frequencies(ctx context.Context, parts [][]int) ([]*Frequencies, error) {
	all := make([]*Frequencies, len(parts))
	sparse.ParallelGrain(len(parts), 1, func(k, _ int) { all[k] = c.frequencies(ctx, parts[k]) })
	return all, ctx.Err()
}

// frequencies ignores the remaining rows once the context is cancelled.
func (c *Counts) frequencies(ctx context.Context, rows []int) *Frequencies {
	f := &Frequencies{documents: len(rows), df: make([]int, c.words.Cols), squares: make([]float64, c.words.Cols)}
	counts := make([]int32, c.words.Cols)
	var distinct []int32
	add := func(word, times int32) {
		ones, more, n := c.words.Row(int(word))
		for _, j := range ones {
			if counts[j] == 0 {
				distinct = append(distinct, j)
			}
			counts[j] += times
		}
		for k, j := range more {
			if counts[j] == 0 {
				distinct = append(distinct, j)
			}
			counts[j] += n[k] * times
		}
	}
	for k, i := range rows {
		if k%256 == 0 && ctx.Err() != nil {
			break
		}
		distinct = distinct[:0]
		ones, more, times := c.docs.Row(i)
		for _, word := range ones {
			add(word, 1)
		}
		for k, word := range more {
			add(word, times[k])
		}
		for _, j := range distinct {
			entry := float64(counts[j]) * c.scale[i]
			f.df[j]++
			f.squares[j] += entry * entry
			counts[j] = 0
		}
	}
	return f
}

// Sum returns the frequencies in several parts together.
func Sum(parts []*Frequencies) *Frequencies {
	f := &Frequencies{df: make([]int, len(parts[0].df)), squares: make([]float64, len(parts[0].df))}
	for _, p := range parts {
		f.documents += p.documents
		for j := range f.df {
			f.df[j] += p.df[j]
			f.squares[j] += p.squares[j]
		}
	}
	return f
}

// Vectorizer holds the chosen n-grams with their idf.
type Vectorizer struct {
	NGrams  []string
	IDF     []float64
	column  []int32   // by n-gram: of the counts
	squares []float64 // by n-gram: of the entries in its column
}

// Fit chooses the n-grams that are in at least minDF documents. It returns nil if there is none.
func (c *Counts) Fit(f *Frequencies, minDF int) *Vectorizer {
	v := &Vectorizer{}
	for j, n := range f.df {
		if n < minDF {
			continue
		}
		idf := math.Log(float64(f.documents+1)/float64(n+1)) + 1 // scikit-learn's with smooth_idf
		v.NGrams, v.IDF, v.column = append(v.NGrams, c.NGrams[j]), append(v.IDF, idf), append(v.column, int32(j))
		v.squares = append(v.squares, f.squares[j]*idf*idf)
	}
	if len(v.NGrams) == 0 {
		return nil
	}
	return v
}

// Keep drops the n-grams that none of the vectorizers has chosen, and adapts the vectorizers.
func (c *Counts) Keep(vectorizers ...*Vectorizer) {
	to := make([]int32, c.words.Cols)
	for _, v := range vectorizers {
		for _, j := range v.column {
			to[j] = 1
		}
	}
	var kept []string
	for j, needed := range to {
		to[j] = -1
		if needed == 1 {
			to[j] = int32(len(kept))
			kept = append(kept, c.NGrams[j])
		}
	}
	for _, v := range vectorizers {
		v.column = slices.Clone(v.column)
		for k, j := range v.column {
			v.column[k] = to[j]
		}
	}
	c.NGrams, c.words = kept, c.words.SelectColumns(to, len(kept))
}
