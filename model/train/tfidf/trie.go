package tfidf

import (
	"slices"
	"strings"

	"reddit-classifier/model/train/sparse"
)

// trie numbers the n-grams of a corpus. The node of a single token is the token's number; a longer n-gram is the node of all
// but its last token, and that token.
type trie struct {
	corpus *Corpus
	lo, hi int
	prefix []int32 // of node len(corpus.Tokens)+k
	last   []int32 // likewise
	table  []int32 // open addressing, 0 is empty, else node+1
	mask   uint64
}

// entry is an n-gram in a document.
type entry struct{ node, count int32 }

func newTrie(c *Corpus, lo, hi int) *trie {
	const start = 1 << 16
	return &trie{corpus: c, lo: lo, hi: hi, table: make([]int32, start), mask: start - 1}
}

func (t *trie) size() int { return len(t.corpus.Tokens) + len(t.last) }

// node returns the number of the n-gram that is prefix followed by token; a new one if it has not been seen.
func (t *trie) node(prefix, token int32) int32 {
	base := int32(len(t.corpus.Tokens))
	for h := hash(prefix, token) & t.mask; ; h = (h + 1) & t.mask {
		n := t.table[h]
		if n == 0 {
			t.prefix, t.last = append(t.prefix, prefix), append(t.last, token)
			n = base + int32(len(t.last))
			t.table[h] = n
			if 2*len(t.last) > len(t.table) {
				t.grow()
			}
			return n - 1
		}
		if k := n - 1 - base; t.prefix[k] == prefix && t.last[k] == token {
			return n - 1
		}
	}
}

func (t *trie) grow() {
	t.table = make([]int32, 2*len(t.table))
	t.mask = uint64(len(t.table) - 1)
	for k := range t.last {
		h := hash(t.prefix[k], t.last[k]) & t.mask
		for t.table[h] != 0 {
			h = (h + 1) & t.mask
		}
		t.table[h] = int32(len(t.corpus.Tokens)+k) + 1
	}
}

// hash mixes the two numbers (the finalizer of MurmurHash3).
func hash(prefix, token int32) uint64 {
	h := uint64(uint32(prefix))<<32 | uint64(uint32(token))
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// rows returns the n-grams of every document with their counts. The numbering goes through the documents in order, one after
// the other, so that it is always the same.
func (t *trie) rows() [][]entry {
	rows := make([][]entry, t.corpus.Len())
	occurrences := make([][]int32, blockSize)
	for start := 0; start < len(rows); start += blockSize {
		end := min(start+blockSize, len(rows))
		for i := start; i < end; i++ {
			occurrences[i-start] = t.ngrams(occurrences[i-start][:0], t.corpus.Doc(i))
		}
		sparse.ParallelGrain(end-start, blockSize/8, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				rows[start+i] = tally(occurrences[i])
			}
		})
	}
	return rows
}

// ngrams appends the node of every n-gram of doc to dst.
func (t *trie) ngrams(dst, doc []int32) []int32 {
	for i, node := range doc {
		if t.lo == 1 {
			dst = append(dst, node)
		}
		for n := 2; n <= t.hi && i+n <= len(doc); n++ {
			node = t.node(node, doc[i+n-1])
			if n >= t.lo {
				dst = append(dst, node)
			}
		}
	}
	return dst
}

// tally sorts the nodes and counts how often each occurs.
func tally(nodes []int32) []entry {
	slices.Sort(nodes)
	distinct := 0
	for k := range nodes {
		if k == 0 || nodes[k] != nodes[k-1] {
			distinct++
		}
	}
	row := make([]entry, 0, distinct)
	for k, node := range nodes {
		if k == 0 || node != nodes[k-1] {
			row = append(row, entry{node: node})
		}
		row[len(row)-1].count++
	}
	return row
}

// term returns the n-gram's tokens joined by a space.
func (t *trie) term(node int32) string {
	base := int32(len(t.corpus.Tokens))
	var tokens []string
	for node >= base {
		tokens = append(tokens, t.corpus.Tokens[t.last[node-base]])
		node = t.prefix[node-base]
	}
	if tokens == nil {
		return t.corpus.Tokens[node]
	}
	tokens = append(tokens, t.corpus.Tokens[node])
	slices.Reverse(tokens)
	return strings.Join(tokens, " ")
}

// mergeEqualTerms makes one n-gram of those that read the same, as scikit-learn does, whose n-grams are strings: where tokens
// contain spaces, the pair "a", "b c" and the pair "a b", "c" are one.
func (t *trie) mergeEqualTerms(rows [][]entry) {
	if !slices.ContainsFunc(t.corpus.Tokens, func(s string) bool { return s == "" || strings.Contains(s, " ") }) {
		return
	}
	first := map[string]int32{}
	same := make([]int32, t.size())
	for node := range same {
		term := t.term(int32(node))
		if _, ok := first[term]; !ok {
			first[term] = int32(node)
		}
		same[node] = first[term]
	}
	for i, row := range rows {
		var nodes []int32
		for _, e := range row {
			for range e.count {
				nodes = append(nodes, same[e.node])
			}
		}
		rows[i] = tally(nodes)
	}
}
