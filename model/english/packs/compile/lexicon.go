package compile

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"reddit-classifier/model/english/internal/layout"
)

// lexicon collects the data about strings: exceptions, lemmas, top-level domains and phrase words.
type lexicon struct {
	props   *Properties
	lemmas  map[string]string
	special map[string][]Piece
	tlds    map[string]bool
	words   map[string]uint16

	strings strings.Builder
	offsets map[string]uint32
	entries []byte
	parts   []byte
	slots   []uint32
	maxKey  int
	likeURL func(string) bool
}

// keys returns all keys, sorted.
func (l *lexicon) keys() []string {
	all := map[string]bool{}
	for k := range l.lemmas {
		all[k] = true
	}
	for k := range l.special {
		all[k] = true
	}
	for k := range l.tlds {
		all[k] = true
	}
	for k := range l.words {
		all[k] = true
	}
	out := make([]string, 0, len(all))
	for k := range all {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// lower is str.lower followed by str.strip, without the final sigma. place refuses strings with a capital sigma.
func (l *lexicon) lower(s string) string {
	var out []rune
	for _, r := range s {
		if to, ok := l.props.Lower[r]; ok {
			out = append(out, to...)
		} else {
			out = append(out, r)
		}
	}
	return strings.TrimFunc(string(out), l.props.Space.has)
}

// place returns the offset and the length of s in the section Strings. It adds s unless an earlier string begins with
// it.
func (l *lexicon) place(s string) (uint32, byte, error) {
	if len(s) > 255 || strings.ContainsRune(s, 'Σ') {
		return 0, 0, fmt.Errorf("the pack format cannot hold %q", s)
	}
	at, ok := l.offsets[s]
	if !ok {
		at = uint32(l.strings.Len())
		l.strings.WriteString(s)
		for i := 1; i <= len(s); i++ {
			if _, ok := l.offsets[s[:i]]; !ok {
				l.offsets[s[:i]] = at
			}
		}
	}
	return at, byte(len(s)), nil
}

// build fills entries, parts, strings and slots.
func (l *lexicon) build() error {
	l.offsets = map[string]uint32{"": 0}
	keys := l.keys()
	if len(keys) >= 1<<16 {
		return fmt.Errorf("%d strings are more than the pack format can hold", len(keys))
	}
	for n := 1; ; n *= 2 {
		if n >= len(keys)*3/2 {
			l.slots = make([]uint32, n)
			break
		}
	}
	for i, key := range keys {
		if err := l.add(key); err != nil {
			return err
		}
		h := layout.Hash(key)
		at := int(h) & (len(l.slots) - 1)
		for probes := 1; l.slots[at] != 0; probes++ {
			at = (at + 1) & (len(l.slots) - 1)
			if probes == layout.MaxProbes {
				return fmt.Errorf("the lexicon's hash table has more than %d keys in a row", layout.MaxProbes)
			}
		}
		l.slots[at] = uint32(h>>48)<<16 | uint32(i+1)
		l.maxKey = max(l.maxKey, len(key))
	}
	return nil
}

func (l *lexicon) add(key string) error {
	lemma, ok := l.lemmas[key]
	if !ok {
		lemma = key
	}
	var offset [3]uint32
	var size [3]byte
	for i, s := range []string{key, lemma, l.lower(lemma)} {
		var err error
		if offset[i], size[i], err = l.place(s); err != nil {
			return err
		}
	}
	for _, v := range offset {
		l.entries = binary.LittleEndian.AppendUint32(l.entries, v)
	}
	pieces := l.special[key]
	if len(pieces) > 15 {
		return fmt.Errorf("exception %q has more parts than the pack format can hold", key)
	}
	flags := byte(len(pieces)) << 4
	if l.tlds[key] {
		flags |= 1
	}
	l.entries = append(l.entries, size[0], size[1], size[2], flags)
	l.entries = binary.LittleEndian.AppendUint16(l.entries, uint16(len(l.parts)/layout.PartSize))
	l.entries = binary.LittleEndian.AppendUint16(l.entries, l.words[key])
	for _, piece := range pieces {
		if err := l.addPart(piece); err != nil {
			return err
		}
	}
	if len(l.parts)/layout.PartSize >= 1<<16 {
		return fmt.Errorf("the exceptions have more parts than the pack format can hold")
	}
	return nil
}

func (l *lexicon) addPart(piece Piece) error {
	lemma, lemmaSize, err := l.place(piece.Lemma)
	if err != nil {
		return err
	}
	lower, lowerSize, err := l.place(l.lower(piece.Lemma))
	if err != nil {
		return err
	}
	if piece.Text == "" || len(piece.Text) > 255 {
		return fmt.Errorf("the pack format cannot hold the part %q of an exception", piece.Text)
	}
	l.parts = binary.LittleEndian.AppendUint32(l.parts, lemma)
	l.parts = binary.LittleEndian.AppendUint32(l.parts, lower)
	flags := byte(0)
	if l.likeURL != nil && l.likeURL(piece.Text) {
		flags |= 1
	}
	l.parts = append(l.parts, byte(len(piece.Text)), lemmaSize, lowerSize, flags)
	l.parts = binary.LittleEndian.AppendUint16(l.parts, l.words[piece.Text])
	l.parts = append(l.parts, 0, 0)
	return nil
}
