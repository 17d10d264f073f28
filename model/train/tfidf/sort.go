package tfidf

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// sort puts nodes in the alphabetical order of their terms.
func (t *trie) sort(nodes []int32) {
	tokens := t.corpus.Tokens
	width := bits.Len(uint(len(tokens)))
	// The blank between tokens sorts before every character but control characters. Where no token goes on with one of those (or
	// a blank) behind what could be another token, n-grams sort as the sequences of their tokens' ranks do, a missing one being
	// the least: numbers instead of texts.
	plain := !slices.ContainsFunc(tokens, func(s string) bool {
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

// sortByRank packs the ranks of an n-gram's tokens into one number, width bits for each.
func (t *trie) sortByRank(nodes []int32, width uint) {
	tokens := t.corpus.Tokens
	order := make([]int32, len(tokens))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return strings.Compare(tokens[a], tokens[b]) })
	rank := make([]uint64, len(tokens)) // from 1
	for i, token := range order {
		rank[token] = uint64(i + 1)
	}
	type keyed struct {
		key  uint64
		node int32
	}
	all := make([]keyed, len(nodes))
	for k, node := range nodes {
		all[k] = keyed{t.key(node, rank, width), node}
	}
	slices.SortFunc(all, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	for k := range all {
		nodes[k] = all[k].node
	}
}

// key is the ranks of the node's tokens, the first one in the highest bits.
func (t *trie) key(node int32, rank []uint64, width uint) (key uint64) {
	base := int32(len(t.corpus.Tokens))
	for node >= base {
		k := node - base
		key = key>>width | rank[t.last[k]]<<(width*uint(t.hi-1))
		node = t.prefix[k]
	}
	return key>>width | rank[node]<<(width*uint(t.hi-1))
}
