package train

import (
	"math"
	"strings"

	"reddit-classifier/model/english"
	"reddit-classifier/model/english/packs"
	vector "reddit-classifier/model/features"
	"reddit-classifier/model/rich"
	"reddit-classifier/model/train/chars"
	"reddit-classifier/model/train/sparse"
	"reddit-classifier/model/train/tfidf"
)

// features are the counts that the blocks of a model learn from, for all comments, before anything is fitted.
type features struct {
	options Options
	pack    *english.Pack
	labels  []int
	words   *tfidf.Counts
	chars   *chars.Counts
	style   [][len(rich.StyleNames)]float64
}

// extract cleans the comments and counts their features. Nothing is fitted here: a model can be fitted to some of the
// rows as if the others did not exist.
func extract(texts []string, labels []int, o Options, p *progress) (*features, error) {
	f := &features{options: o, labels: labels}
	var err error
	if f.pack, err = packs.Open(o.Language); err != nil {
		return nil, err
	}
	cleaned, err := f.clean(texts, p)
	if err != nil {
		return nil, err
	}
	tokens, err := f.tokens(cleaned, p)
	if err != nil {
		return nil, err
	}
	p.stage("counting n-grams", "", 0)
	if f.words, err = tfidf.CountFor(p.ctx, tokens, o.Vectorizer); err != nil || o.Rich == nil {
		return f, err
	}
	return f, f.rich(cleaned, o.Rich, p)
}

func (f *features) clean(texts []string, p *progress) ([]string, error) {
	p.stage("cleaning", "comment", len(texts))
	cleaned := make([]string, len(texts))
	sparse.Parallel(len(texts), func(lo, hi int) {
		for i := lo; i < hi && p.err() == nil; i++ {
			cleaned[i] = f.options.Cleaner.Clean(texts[i])
		}
		p.add(hi - lo)
	})
	return cleaned, p.err()
}

func (f *features) tokens(cleaned []string, p *progress) (*tfidf.Corpus, error) {
	p.stage("tokenizing", "comment", len(cleaned))
	corpus := tfidf.Write(len(cleaned), func(w *tfidf.Writer, i int) {
		defer p.add(1)
		if p.err() == nil {
			writeFeatures(w, f.pack, cleaned[i], f.options.Punctuation)
		}
	})
	return corpus, p.err()
}

// writeFeatures adds the features of a cleaned comment, chunk by chunk: most chunks have been seen before. If a chunk
// does not stand alone, the comment is tokenized as a whole.
func writeFeatures(w *tfidf.Writer, pack *english.Pack, cleaned string, punctuation bool) {
	var space [64]english.Token
	cleaned = cleaned[:min(len(cleaned), english.MaxText)]
	alone := strings.IndexByte(cleaned, 0) < 0
	for start, end := english.NextChunk(cleaned, 0); alone && start < end; start, end = english.NextChunk(cleaned, end) {
		chunk := cleaned[start:end]
		if w.Recall(chunk) {
			continue
		}
		from := w.Len()
		var tokens []english.Token
		tokens, alone = pack.AppendChunk(space[:0], chunk)
		addFeatures(w, tokens, punctuation)
		if alone {
			w.Learn(chunk, from)
		}
	}
	if !alone {
		w.Restart()
		addFeatures(w, pack.AppendTokens(space[:0], cleaned), punctuation)
	}
}

func addFeatures(w *tfidf.Writer, tokens []english.Token, punctuation bool) {
	for i := range tokens {
		if feature := vector.Feature(&tokens[i], punctuation); feature != "" {
			w.Add(feature)
		}
	}
}

func (f *features) rich(cleaned []string, r *Rich, p *progress) (err error) {
	p.stage("counting characters", "comment", len(cleaned))
	f.style = make([][len(rich.StyleNames)]float64, len(cleaned))
	f.chars, err = chars.Count(p.ctx, len(cleaned), r.CharRange[0], r.CharRange[1], func(i int) string {
		defer p.add(1)
		if p.err() != nil {
			return ""
		}
		f.style[i] = rich.Style(cleaned[i])
		return cleaned[i]
	})
	return err
}

// styleMatrix returns the style features, standardised: each minus its mean, divided by its scale.
func (f *features) styleMatrix(rows []int, mean, scale []float64) *sparse.Matrix {
	const n = len(rich.StyleNames)
	count := len(rows)
	if rows == nil {
		count = len(f.style)
	}
	m := &sparse.Matrix{Rows: count, Cols: n, Indptr: make([]int, count+1),
		Indices: make([]int32, count*n), Data: make([]float64, count*n)}
	for k := range count {
		m.Indptr[k+1] = (k + 1) * n
		columns, values := m.Row(k)
		for j, x := range f.style[rowAt(rows, k)] {
			columns[j], values[j] = int32(j), (x-mean[j])/scale[j]
		}
	}
	return m
}

// styleScale returns mean and standard deviation of the style features over the rows.
func (f *features) styleScale(rows []int) (mean, scale []float64) {
	const n = len(rich.StyleNames)
	mean, scale = make([]float64, n), make([]float64, n)
	count := len(rows)
	if rows == nil {
		count = len(f.style)
	}
	for k := range count {
		for j, x := range f.style[rowAt(rows, k)] {
			mean[j] += x / float64(count)
		}
	}
	for k := range count {
		for j, x := range f.style[rowAt(rows, k)] {
			scale[j] += (x - mean[j]) * (x - mean[j]) / float64(count)
		}
	}
	for j := range scale {
		if scale[j] = math.Sqrt(scale[j]); scale[j] == 0 {
			scale[j] = 1 // a constant feature is left as it is, as by StandardScaler
		}
	}
	return mean, scale
}

// rowAt returns rows[k], or k if rows is nil, which stands for all rows.
func rowAt(rows []int, k int) int {
	if rows == nil {
		return k
	}
	return rows[k]
}

// labelsOf returns the labels of rows.
func (f *features) labelsOf(rows []int) []int {
	if rows == nil {
		return f.labels
	}
	y := make([]int, len(rows))
	for k, i := range rows {
		y[k] = f.labels[i]
	}
	return y
}
