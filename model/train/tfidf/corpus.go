// Package tfidf learns what scikit-learn's TfidfVectorizer learns from tokenized documents: the vocabulary of n-grams and
// their inverse document frequencies, and turns documents into weighted vectors. The options have scikit-learn's names and
// meaning; results are equal to it within rounding.
package tfidf

import (
	"strings"

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

// blockSize is how many documents are tokenized at once by one goroutine.
const blockSize = 256

// NewCorpus tokenizes n documents on all processors. tokens appends the tokens of document i to dst; it is called from several
// goroutines at once, each with a dst of its own. The tokens may share memory with the documents: what is kept is copied.
func NewCorpus(n int, tokens func(dst []string, i int) []string) *Corpus {
	c := &Corpus{docs: make([][]int32, n)}
	vocabularies := make([][]string, (n+blockSize-1)/blockSize)
	sparse.ParallelGrain(n, blockSize, func(lo, hi int) {
		vocabularies[lo/blockSize] = number(c.docs[lo:hi], func(dst []string, i int) []string { return tokens(dst, lo+i) })
	})
	// Each block has numbers of its own. Merged in the blocks' order they do not depend on who was first.
	ids := map[string]int32{}
	merged := make([][]int32, len(vocabularies))
	for b, vocabulary := range vocabularies {
		merged[b] = make([]int32, len(vocabulary))
		for local, token := range vocabulary {
			id, ok := ids[token]
			if !ok {
				id = int32(len(c.Tokens))
				ids[token] = id
				c.Tokens = append(c.Tokens, token)
			}
			merged[b][local] = id
		}
	}
	sparse.ParallelGrain(n, blockSize, func(lo, hi int) {
		for _, doc := range c.docs[lo:hi] {
			for k, local := range doc {
				doc[k] = merged[lo/blockSize][local]
			}
		}
	})
	return c
}

// number replaces the tokens of a block's documents by numbers and returns the tokens by number.
func number(docs [][]int32, tokens func(dst []string, i int) []string) (vocabulary []string) {
	ids := make(map[string]int32, 4096)
	var scratch []string
	for i := range docs {
		scratch = tokens(scratch[:0], i)
		doc := make([]int32, len(scratch))
		for k, token := range scratch {
			id, ok := ids[token]
			if !ok {
				id = int32(len(vocabulary))
				token = strings.Clone(token)
				ids[token] = id
				vocabulary = append(vocabulary, token)
			}
			doc[k] = id
		}
		docs[i] = doc
	}
	return vocabulary
}
