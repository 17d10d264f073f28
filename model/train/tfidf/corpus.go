// Package tfidf learns what scikit-learn's TfidfVectorizer learns from tokenized documents: the vocabulary of n-grams
// and their inverse document frequencies, and turns documents into weighted vectors. The options have scikit-learn's
// names and meaning; results are equal to it within rounding.
package tfidf

import (
	"reddit-classifier/model/train/sparse"
)

// Corpus is a list of documents whose tokens are numbered, in the order in which they first occur.
type Corpus struct {
	Tokens []string // by number
	docs   [][]int32
}

// Len is the number of documents.
func (c *Corpus) Len() int { return len(c.docs) }

// Doc returns the token numbers of document i.
func (c *Corpus) Doc(i int) []int32 { return c.docs[i] }

// Tally returns how often each document has each token. Its columns are the tokens' numbers.
func (c *Corpus) Tally() *sparse.Tally {
	entries := 0
	for _, doc := range c.docs {
		entries += len(doc)
	}
	return countColumns(c.Len(), len(c.Tokens), entries, func(k *counter, i int) {
		for _, token := range c.docs[i] {
			k.add(token)
		}
	})
}

// blockSize is how many documents one goroutine works on at once.
const blockSize = 256

// NewCorpus tokenizes n documents on all processors. tokens appends the tokens of document i to dst; it is called from
// several goroutines at once, each with a dst of its own. The tokens may share memory with the documents: what is kept
// is copied.
func NewCorpus(n int, tokens func(dst []string, i int) []string) *Corpus {
	return Write(n, func(w *Writer, i int) {
		w.scratch = tokens(w.scratch[:0], i)
		for _, token := range w.scratch {
			w.Add(token)
		}
	})
}

// Write makes a corpus of n documents on all processors. write adds the tokens of document i to w; it is called from
// several goroutines at once, each with a writer of its own.
func Write(n int, write func(w *Writer, i int)) *Corpus {
	c := &Corpus{docs: make([][]int32, n)}
	writers := make([]*Writer, max(1, sparse.Workers(n, blockSize)))
	author := make([]int32, n) // of each document: the writer
	sparse.ParallelWorkers(n, blockSize, func(worker, lo, hi int) {
		if writers[worker] == nil {
			writers[worker] = &Writer{ids: make(map[string]int32, 1<<13), known: make(map[string]span, 1<<14)}
		}
		for i := lo; i < hi; i++ {
			w := writers[worker]
			w.doc = w.doc[:0]
			write(w, i)
			c.docs[i], author[i] = w.copyDocument(), int32(worker)
		}
	})
	c.renumber(writers, author)
	return c
}

// renumber gives the tokens, which each writer has numbered for itself, numbers that do not depend on who wrote what.
func (c *Corpus) renumber(writers []*Writer, author []int32) {
	ids := map[string]int32{}
	common := make([][]int32, len(writers)) // by writer and its number: 1 more than the corpus's, 0 while there is none
	for k, w := range writers {
		if w != nil {
			common[k] = make([]int32, len(w.tokens))
		}
	}
	for i, doc := range c.docs {
		numbers := common[author[i]]
		for k, local := range doc {
			if numbers[local] == 0 {
				token := writers[author[i]].tokens[local]
				id, known := ids[token]
				if !known {
					id = int32(len(c.Tokens))
					ids[token] = id
					c.Tokens = append(c.Tokens, token)
				}
				numbers[local] = id + 1
			}
			doc[k] = numbers[local] - 1
		}
	}
}
