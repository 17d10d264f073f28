package tfidf

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"reddit-classifier/model/train/sparse"
)

// sort puts nodes in the alphabetical order of their terms.
func (t *trie) sort(nodes []int32) {
	width := bits.Len(uint(len(t.tokens)))
	// The blank between tokens sorts before every character but control characters. Where no token goes on with one of
	// those (or a blank) behind what could be another token, n-grams sort as the sequences of their tokens' ranks do, a
	// missing one being the least: numbers instead of texts.
	plain := t.hi == 1 || !slices.ContainsFunc(t.tokens, func(s string) bool {
		return s == "" || s[0] == ' ' || strings.IndexFunc(s[1:], func(r rune) bool { return r <= ' ' }) >= 0
	})
	if plain && width*t.hi <= 64 {
		t.sortByRank(nodes, uint(width))
		return
	}
	terms := make(map[int32]string, len(nodes))
	for _, node := range nodes {
		terms[node] = t.term(node)
	}
	slices.SortFunc(nodes, func(a, b int32) int { return strings.Compare(terms[a], terms[b]) })
}

// keyedNode is a node with the ranks of its tokens packed into one number, width bits for each, the first token in the
// highest.
type keyedNode struct {
	key  uint64
	node int32
}

// sortByRank deals the nodes out by their first token, and sorts what has one first token.
func (t *trie) sortByRank(nodes []int32, width uint) {
	rank := t.ranks()
	keys := make([]uint64, len(nodes))
	ends := make([]int32, len(t.tokens)+2) // by rank, which begins with 1
	shift := width * uint(t.hi-1)
	sparse.Parallel(len(nodes), func(lo, hi int) {
		for k := lo; k < hi; k++ {
			keys[k] = t.key(nodes[k], rank, width)
		}
	})
	for _, key := range keys {
		ends[key>>shift+1]++
	}
	for r := 1; r < len(ends); r++ {
		ends[r] += ends[r-1]
	}
	all := make([]keyedNode, len(nodes))
	for k, key := range keys {
		at := &ends[key>>shift]
		all[*at] = keyedNode{key, nodes[k]}
		*at++
	}
	sparse.Parallel(len(t.tokens), func(lo, hi int) {
		for r := lo + 1; r <= hi; r++ {
			slices.SortFunc(all[ends[r-1]:ends[r]], func(a, b keyedNode) int { return cmp.Compare(a.key, b.key) })
		}
	})
	for k := range all {
		nodes[k] = all[k].node
	}
}

// ranks returns the place of each token in alphabetical order, from 1.
func (t *trie) ranks() []uint64 {
	order := make([]int32, len(t.tokens))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return strings.Compare(t.tokens[a], t.tokens[b]) })
	rank := make([]uint64, len(t.tokens))
	for i, token := range order {
		rank[token] = uint64(i + 1)
	}
	return rank
}

// key is the ranks of the node's tokens, the first one in the highest bits.
func (t *trie) key(node int32, rank []uint64, width uint) (key uint64) {
	top := width * uint(t.hi-1)
	t.backwards(node, func(token int32) { key = key>>width | rank[token]<<top })
	return key
}
