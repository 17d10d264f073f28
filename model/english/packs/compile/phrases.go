package compile

import (
	"encoding/binary"
	"fmt"
	"slices"

	"reddit-classifier/model/english"
	"reddit-classifier/model/english/internal/layout"
)

// phrases returns the sequences of tokens that the second pass of spaCy 3 searches for: each exception with an affix or
// a space, tokenized without exceptions by plain. A phrase is left out if it and its exception are a single token,
// because it changes nothing.
func phrases(special map[string][]Piece, plain *english.Pack) ([][]string, error) {
	var out [][]string
	for key, pieces := range special {
		space := slices.Contains([]byte(key), ' ')
		if !space && !plain.HasAffix(key) {
			continue
		}
		var phrase []string
		for _, t := range plain.AppendTokens(nil, key) {
			phrase = append(phrase, t.Text)
		}
		switch {
		case len(phrase) == 1 && len(pieces) == 1:
			continue
		case space:
			return nil, fmt.Errorf(
				"exception %q holds a space: the engine has to learn that its tokens depend on more than one chunk",
				key,
			)
		case len(phrase) > layout.MaxPhrase:
			return nil, fmt.Errorf(
				"exception %q has %d tokens, more than the %d that the pack format can hold",
				key,
				len(phrase),
				layout.MaxPhrase,
			)
		}
		out = append(out, phrase)
	}
	slices.SortFunc(out, slices.Compare)
	return out, nil
}

// wordsOf numbers the words of the phrases from 1, and returns the layout.Word constants by number.
func wordsOf(phrases [][]string) (map[string]uint16, []byte) {
	var all []string
	for _, phrase := range phrases {
		all = append(all, phrase...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	words := map[string]uint16{}
	for i, w := range all {
		words[w] = uint16(i + 1)
	}
	places := make([]byte, len(all)+1)
	for _, phrase := range phrases {
		for i, w := range phrase {
			place := &places[words[w]]
			if i == 0 {
				*place |= layout.WordFirst
			} else {
				*place |= layout.WordNotFirst
			}
			if i < len(phrase)-1 {
				*place |= layout.WordNotLast
			}
		}
	}
	return words, places
}

type trieNode struct {
	children map[uint16]int
	ends     bool
}

// encodeTrie returns the section Phrases.
func encodeTrie(phrases [][]string, words map[string]uint16) []byte {
	nodes := []trieNode{{children: map[uint16]int{}}}
	for _, phrase := range phrases {
		at := 0
		for _, w := range phrase {
			next, ok := nodes[at].children[words[w]]
			if !ok {
				next = len(nodes)
				nodes = append(nodes, trieNode{children: map[uint16]int{}})
				nodes[at].children[words[w]] = next
			}
			at = next
		}
		nodes[at].ends = true
	}
	out := binary.LittleEndian.AppendUint32(nil, uint32(len(nodes)))
	var edges []byte
	for _, n := range nodes {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(edges)/4))
		out = binary.LittleEndian.AppendUint16(out, uint16(len(n.children)))
		ends := uint16(0)
		if n.ends {
			ends = 1
		}
		out = binary.LittleEndian.AppendUint16(out, ends)
		var order []uint16
		for w := range n.children {
			order = append(order, w)
		}
		slices.Sort(order)
		for _, w := range order {
			edges = binary.LittleEndian.AppendUint16(edges, w)
			edges = binary.LittleEndian.AppendUint16(edges, uint16(n.children[w]))
		}
	}
	return append(out, edges...)
}
