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
	table  []slot  // open addressing
	mask   uint64
	rare   []bool  // tokens that no n-gram is looked for with; nil for none
	same   []int32 // of nodes whose n-grams read the same, the first; nil when there are none such
	df     []int32 // by node: how many documents have it
	seen   []int32 // by node: 1 more than the document that it was last seen in
}

// slot is an n-gram of two tokens or more. A node of 0 marks an empty slot: it is a token's.
type slot struct{ prefix, last, node int32 }

// newTrie numbers the n-grams that can be in minDF documents.
func newTrie(c *Corpus, lo, hi, minDF int) *trie {
	const start = 1 << 16
	t := &trie{corpus: c, lo: lo, hi: hi, table: make([]slot, start), mask: start - 1}
	t.df, t.seen = make([]int32, len(c.Tokens)), make([]int32, len(c.Tokens))
	blanks := hi > 1 && slices.ContainsFunc(c.Tokens, func(s string) bool { return s == "" || strings.Contains(s, " ") })
	if !blanks && minDF > 1 {
		t.findRare(int32(minDF))
	}
	var nodes []int32
	for i := range c.Len() {
		nodes = t.ngrams(nodes[:0], c.Doc(i), true)
		t.count(i, nodes)
	}
	if blanks {
		t.mergeEqualTerms()
	}
	return t
}

// findRare finds the tokens that are in fewer documents than an n-gram must be in: no n-gram with one of them is in as many.
func (t *trie) findRare(minDF int32) {
	for i := range t.corpus.Len() {
		t.count(i, t.corpus.Doc(i))
	}
	t.rare = make([]bool, len(t.df))
	for token, n := range t.df {
		t.rare[token] = n < minDF
	}
	clear(t.df)
	clear(t.seen)
}

// count counts the nodes of document i in the document frequencies.
func (t *trie) count(i int, nodes []int32) {
	for _, node := range nodes {
		if t.seen[node] != int32(i+1) {
			t.seen[node] = int32(i + 1)
			t.df[node]++
		}
	}
}

func (t *trie) size() int { return len(t.corpus.Tokens) + len(t.last) }

// node returns the number of the n-gram that is prefix followed by token. One that has not been seen gets a new number if it is
// to be added, and is −1 otherwise.
func (t *trie) node(prefix, token int32, add bool) int32 {
	h := hash(prefix, token) & t.mask
	for ; t.table[h].node != 0; h = (h + 1) & t.mask {
		if s := &t.table[h]; s.last == token && s.prefix == prefix {
			return s.node
		}
	}
	if !add {
		return -1
	}
	node := int32(t.size())
	t.table[h] = slot{prefix, token, node}
	t.prefix, t.last = append(t.prefix, prefix), append(t.last, token)
	t.df, t.seen = append(t.df, 0), append(t.seen, 0)
	if 2*len(t.last) > len(t.table) {
		t.grow()
	}
	return node
}

func (t *trie) grow() {
	old := t.table
	t.table = make([]slot, 2*len(old))
	t.mask = uint64(len(t.table) - 1)
	for _, s := range old {
		if s.node == 0 {
			continue
		}
		h := hash(s.prefix, s.last) & t.mask
		for t.table[h].node != 0 {
			h = (h + 1) & t.mask
		}
		t.table[h] = s
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

// ngrams appends the node of every n-gram of doc to dst, but for those that are not to be looked for. With add, n-grams that have
// not been seen get a node; without, the trie is only read.
func (t *trie) ngrams(dst, doc []int32, add bool) []int32 {
	for i, node := range doc {
		if t.rare != nil && t.rare[node] {
			continue
		}
		if t.lo == 1 {
			dst = append(dst, node)
		}
		for n := 2; n <= t.hi && i+n <= len(doc); n++ {
			token := doc[i+n-1]
			if t.rare != nil && t.rare[token] {
				break
			}
			if node = t.node(node, token, add); node < 0 {
				break
			}
			if n >= t.lo {
				dst = append(dst, node)
			}
		}
	}
	if t.same != nil {
		for k, node := range dst {
			dst[k] = t.same[node]
		}
	}
	return dst
}

// tally returns the counts of the n-grams that have a column, for all documents.
func (t *trie) tally(column []int32, cols int) *sparse.Tally {
	docs := t.corpus.Len()
	entries := 0
	for node, j := range column {
		if j >= 0 {
			entries += int(t.df[node])
		}
	}
	all := sparse.NewTally(cols, docs, entries, entries/8)
	workers := sparse.Workers(docs, blockSize)
	counters := make([]counter, max(1, workers))
	const round = 64 * blockSize // documents; what is counted in one round is appended in order before the next
	blocks := make([]*sparse.Tally, round/blockSize)
	for start := 0; start < docs; start += round {
		n := min(round, docs-start)
		sparse.ParallelWorkers(n, blockSize, func(worker, lo, hi int) {
			b := &blocks[lo/blockSize]
			if *b == nil {
				*b = sparse.NewTally(cols, blockSize, 0, 0)
			}
			(*b).Reset()
			for i := start + lo; i < start+hi; i++ {
				counters[worker].row(*b, t, t.corpus.Doc(i), column)
			}
		})
		for k := range (n + blockSize - 1) / blockSize {
			all.Append(blocks[k])
		}
	}
	return all
}

// counter counts the n-grams of one document after the other.
type counter struct {
	nodes    []int32
	counts   []int32 // by column
	distinct []int32 // the columns that have a count
}

func (c *counter) row(dst *sparse.Tally, t *trie, doc, column []int32) {
	if c.counts == nil {
		c.counts = make([]int32, dst.Cols)
	}
	c.nodes, c.distinct = t.ngrams(c.nodes[:0], doc, false), c.distinct[:0]
	for _, node := range c.nodes {
		j := column[node]
		if j < 0 {
			continue
		}
		if c.counts[j] == 0 {
			c.distinct = append(c.distinct, j)
		}
		c.counts[j]++
	}
	for _, j := range c.distinct {
		dst.Add(j, c.counts[j])
		c.counts[j] = 0
	}
	dst.EndRow()
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
func (t *trie) mergeEqualTerms() {
	first := map[string]int32{}
	same := make([]int32, t.size())
	for node := range same {
		term := t.term(int32(node))
		if _, ok := first[term]; !ok {
			first[term] = int32(node)
		}
		same[node] = first[term]
	}
	t.same = same
	clear(t.df)
	clear(t.seen)
	var nodes []int32
	for i := range t.corpus.Len() {
		nodes = t.ngrams(nodes[:0], t.corpus.Doc(i), false)
		t.count(i, nodes)
	}
}
