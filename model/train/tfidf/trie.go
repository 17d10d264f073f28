package tfidf

import (
	"context"
	"math/bits"
	"slices"
	"strings"

	"reddit-classifier/model/train/sparse"
)

// trie numbers the n-grams of a corpus. The node of a single token is the token's number; a longer n-gram is the node
// of all but its last token, and that token.
//
// The n-grams are numbered in shards, by their first token, on as many processors. There are always as many shards, so
// that what comes out depends on the corpus alone.
type trie struct {
	tokens []string
	lo, hi int
	single []frequency // of the tokens
	shard  []uint8     // of the tokens
	shards [shards]shard
}

const (
	shards = 4
	rare   = shards // in place of the shard: a token that no n-gram is looked for with
)

// shard has the n-grams of two tokens and more that begin with some of the tokens. Its node len(tokens)+k is its k-th
// n-gram.
type shard struct {
	grams []gram
	table []slot // open addressing
	mask  uint64
	nodes []int32 // the n-grams of all documents, one after the other
	ends  []int   // of each document in nodes
	first int32   // what is added to a node's number to make it one of the trie's
}

type gram struct {
	prefix, last int32
	frequency
}

// slot is an n-gram of two tokens or more. A node of 0 marks an empty slot: it is a token's.
type slot struct{ prefix, last, node int32 }

// frequency is in how many documents an n-gram is, and how often it occurs in all.
type frequency struct{ df, tf, seen int32 } // seen: 1 more than the document that it was last seen in

func (f *frequency) count(document int) {
	f.tf++
	if f.seen != int32(document+1) {
		f.seen = int32(document + 1)
		f.df++
	}
}

// newTrie numbers the n-grams that can be in minDF documents, and finds them in the documents.
func newTrie(ctx context.Context, c *Corpus, lo, hi, minDF int) (*trie, error) {
	t := &trie{
		tokens: c.Tokens,
		lo:     lo,
		hi:     hi,
		single: make([]frequency, len(c.Tokens)),
		shard:  make([]uint8, len(c.Tokens)),
	}
	for token := range t.shard {
		t.shard[token] = uint8(hash(0, int32(token)) % shards)
	}
	if minDF > 1 && !t.hasAmbiguousTerms() {
		t.findRare(c, int32(minDF))
	}
	sparse.ParallelGrain(shards, 1, func(s, _ int) { t.numberNGrams(ctx, c, s) })
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for s := 1; s < shards; s++ {
		t.shards[s].first = t.shards[s-1].first + int32(len(t.shards[s-1].grams))
	}
	sparse.ParallelGrain(shards, 1, func(s, _ int) {
		for k, node := range t.shards[s].nodes {
			if int(node) >= len(t.tokens) {
				t.shards[s].nodes[k] = node + t.shards[s].first
			}
		}
	})
	return t, nil
}

// hasAmbiguousTerms reports whether there are different n-grams that read the same.
func (t *trie) hasAmbiguousTerms() bool {
	return t.hi > 1 && slices.ContainsFunc(t.tokens, func(s string) bool { return s == "" || strings.Contains(s, " ") })
}

// findRare finds the tokens that are in fewer documents than an n-gram must be in: no n-gram with one of them is in as
// many.
func (t *trie) findRare(c *Corpus, minDF int32) {
	for i, doc := range c.docs {
		for _, token := range doc {
			t.single[token].count(i)
		}
	}
	for token := range t.single {
		if t.single[token].df < minDF {
			t.shard[token] = rare
		}
	}
	clear(t.single)
}

// numberNGrams numbers the n-grams of a shard, unless the context is cancelled.
func (t *trie) numberNGrams(ctx context.Context, c *Corpus, of int) {
	s := &t.shards[of]
	most := t.maxNGrams(c, of)
	s.nodes, s.ends = make([]int32, 0, most), make([]int, 1, c.Len()+1)
	// In a small corpus half of the n-grams are new, in a large one ever fewer.
	expected := min(most/2, 1<<17)
	s.grams = make([]gram, 0, expected)
	s.resize(1 << bits.Len(uint(2*expected)))
	for i, doc := range c.docs {
		if i%blockSize == 0 && ctx.Err() != nil {
			return
		}
		for k, token := range doc {
			if int(t.shard[token]) == of {
				t.addFrom(s, i, doc[k:])
			}
		}
		s.ends = append(s.ends, len(s.nodes))
	}
	s.table = nil
}

// maxNGrams returns how many n-grams of a shard the documents have at most.
func (t *trie) maxNGrams(c *Corpus, of int) (n int) {
	for _, doc := range c.docs {
		for k, token := range doc {
			if int(t.shard[token]) == of {
				n += max(0, min(t.hi, len(doc)-k)-t.lo+1)
			}
		}
	}
	return n
}

// addFrom records the n-grams that begin at the first token of rest, the end of a document.
func (t *trie) addFrom(s *shard, document int, rest []int32) {
	node := rest[0]
	if t.lo == 1 {
		s.nodes = append(s.nodes, node)
		t.single[node].count(document)
	}
	base := int32(len(t.tokens))
	for n := 2; n <= min(t.hi, len(rest)); n++ {
		token := rest[n-1]
		if t.shard[token] == rare {
			return
		}
		node = s.node(node, token, base)
		if n >= t.lo {
			s.nodes = append(s.nodes, node)
			s.grams[node-base].count(document)
		}
	}
}

// node returns the number of the n-gram that is prefix followed by token; a new one if it has not been seen.
func (s *shard) node(prefix, token, base int32) int32 {
	h := hash(prefix, token) & s.mask
	for ; s.table[h].node != 0; h = (h + 1) & s.mask {
		if e := &s.table[h]; e.last == token && e.prefix == prefix {
			return e.node
		}
	}
	node := base + int32(len(s.grams))
	s.table[h] = slot{prefix, token, node}
	s.grams = append(s.grams, gram{prefix: prefix, last: token})
	if 2*len(s.grams) > len(s.table) {
		s.resize(4 * len(s.table))
	}
	return node
}

// resize makes the table one of that many slots, a power of 2.
func (s *shard) resize(slots int) {
	old := s.table
	s.table = make([]slot, slots)
	s.mask = uint64(slots - 1)
	for _, e := range old {
		if e.node == 0 {
			continue
		}
		h := hash(e.prefix, e.last) & s.mask
		for s.table[h].node != 0 {
			h = (h + 1) & s.mask
		}
		s.table[h] = e
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

func (t *trie) size() int {
	last := &t.shards[shards-1]
	return len(t.tokens) + int(last.first) + len(last.grams)
}

// each calls f for every node, in their order.
func (t *trie) each(f func(node int32, n *frequency)) {
	for token := range t.single {
		f(int32(token), &t.single[token])
	}
	node := int32(len(t.tokens))
	for s := range t.shards {
		for k := range t.shards[s].grams {
			f(node, &t.shards[s].grams[k].frequency)
			node++
		}
	}
}

// gram returns an n-gram of two tokens or more, and its shard.
func (t *trie) gram(node int32) (*gram, *shard) {
	k := node - int32(len(t.tokens))
	of := shards - 1
	for k < t.shards[of].first {
		of--
	}
	s := &t.shards[of]
	return &s.grams[k-s.first], s
}

// backwards calls f for the tokens of the node's n-gram, the last one first.
func (t *trie) backwards(node int32, f func(token int32)) {
	base := int32(len(t.tokens))
	if node >= base {
		g, s := t.gram(node)
		for f(g.last); g.prefix >= base; f(g.last) {
			g = &s.grams[g.prefix-base]
		}
		node = g.prefix
	}
	f(node)
}

// term returns the n-gram's tokens joined by a space.
func (t *trie) term(node int32) string {
	var tokens []string
	t.backwards(node, func(token int32) { tokens = append(tokens, t.tokens[token]) })
	slices.Reverse(tokens)
	return strings.Join(tokens, " ")
}

// equalTerms returns for each node that a document has the first such node whose n-gram reads the same. To
// scikit-learn, whose n-grams are strings, they are one: where tokens contain spaces, the pair "a", "b c" and the pair
// "a b", "c".
func (t *trie) equalTerms() []int32 {
	first := map[string]int32{}
	same := make([]int32, t.size())
	t.each(func(node int32, n *frequency) {
		same[node] = node
		if n.df == 0 {
			return // the beginning of n-grams, and too short for one itself
		}
		term := t.term(node)
		if _, ok := first[term]; !ok {
			first[term] = node
		}
		same[node] = first[term]
	})
	return same
}
