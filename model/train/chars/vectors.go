package chars

import "reddit-classifier/model/train/sparse"

// Vectors are the vectors of documents, a linear.Matrix.
type Vectors struct {
	docs, words sparse.Weighted
	vectorizer  *Vectorizer
}

// Vectors returns the vectors of rows of the counts; of all of them if rows is nil.
func (c *Counts) Vectors(v *Vectorizer, rows []int) *Vectors {
	x := &Vectors{vectorizer: v,
		docs:  sparse.Weighted{Tally: c.docs, Scale: c.scale, Value: identityValues(c.docs.Most())},
		words: sparse.Weighted{Tally: c.words, Value: identityValues(c.words.Most())},
	}
	if rows != nil {
		x.docs.Select, x.docs.Scale = make([]int32, len(rows)), make([]float64, len(rows))
		for k, i := range rows {
			x.docs.Select[k], x.docs.Scale[k] = int32(i), c.scale[i]
		}
	}
	return x
}

// identityValues returns the numbers 0 to n: the value of a count is the count.
func identityValues(n int) []float64 {
	values := make([]float64, n+1)
	for i := range values {
		values[i] = float64(i)
	}
	return values
}

// Dims returns the number of documents and of n-grams.
func (x *Vectors) Dims() (rows, cols int) { return x.docs.Len(), len(x.vectorizer.NGrams) }

// wordValues returns what a number for each n-gram comes to for each word.
func (x *Vectors) wordValues(v []float64) []float64 {
	ngrams, words := make([]float64, x.words.Cols), make([]float64, x.words.Rows)
	for k, j := range x.vectorizer.column {
		ngrams[j] = v[k] * x.vectorizer.IDF[k]
	}
	x.words.MulVec(words, ngrams)
	return words
}

// ngramValues is the way back.
func (x *Vectors) ngramValues(dst, words []float64) {
	ngrams := make([]float64, x.words.Cols)
	x.words.MulTransVec(ngrams, words)
	for k, j := range x.vectorizer.column {
		dst[k] = ngrams[j] * x.vectorizer.IDF[k]
	}
}

// MulVec sets dst to the product with v.
func (x *Vectors) MulVec(dst, v []float64) { x.docs.MulVec(dst, x.wordValues(v)) }

// MulTransVec sets dst to the product of the transposed matrix with r.
func (x *Vectors) MulTransVec(dst, r []float64) {
	words := make([]float64, x.words.Rows)
	x.docs.MulTransVec(words, r)
	x.ngramValues(dst, words)
}

// MulNormal is linear.Matrix's.
func (x *Vectors) MulNormal(dst, v []float64, b float64, d []float64) float64 {
	words := make([]float64, x.words.Rows)
	total := x.docs.MulNormal(words, x.wordValues(v), b, d)
	x.ngramValues(dst, words)
	return total
}

// Diagonal is linear.Matrix's. It uses the mean of d for each of its numbers: the exact diagonal would need the large
// matrix.
func (x *Vectors) Diagonal(dst, d []float64) {
	var mean float64
	for _, v := range d {
		mean += v / float64(len(d))
	}
	for k, s := range x.vectorizer.squares {
		dst[k] = mean * s
	}
}
