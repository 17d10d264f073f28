// Package layout describes the layout of a language pack for its reader (package english) and its writer (package
// compile).
//
// A pack is a sequence of bytes that is used in place. Numbers are little-endian, unsigned and not aligned.
//
//	offset  size
//	0       8     magic "spaCyEN\x01"; the last byte is the version of this layout
//	8       4     flags, see below
//	12      2     length in bytes of the longest exception
//	14      2     length in bytes of the longest key of the lexicon
//	16      8×n   section table: offset and length (4 bytes each) of sections 0 to n-1, n = Sections
//	…             the sections, one after another
//
// The sections are (the constants below are their numbers):
//
//	Name, Source  UTF-8 text: the pack's name ("spacy-2.3.2"); the releases that its data comes from
//	Blocks        8,704 bytes: block number of every 128 code points
//	Classes       128 bytes per block: class of every code point
//	Traits        256 bytes: the Trait constants of each class
//	Prefix, Suffix, Infix, TokenMatch, URLMatch
//	              one automaton each (below); TokenMatch is empty if the release has none
//	Slots         hash table of the lexicon: 4 bytes per slot, a power of two of them. A slot is 0 if it is free.
//	              Otherwise its low 16 bits are the number of the entry plus 1, and its high 16 bits the upper 16 bits
//	              of the key's hash. A key is in slot hash mod slots or in one of those after it, up to the first free
//	              one
//	Entries       20 bytes each: offset of the key, of the lemma and of the lower-cased lemma in Strings (4 bytes
//	              each); their lengths (1 byte each); flags (1 byte): bit 0: the key is a top-level domain; high 4
//	              bits: number of parts, 0 if the key is not an exception; number of the first part (2 bytes); phrase
//	              word (2 bytes, 0: none)
//	Parts         16 bytes each, the parts of the exceptions: offset of lemma and lower-cased lemma (4 bytes each);
//	              lengths of text, lemma, lower-cased lemma (1 byte each); flags (1 byte): 1 like_url; phrase word (2
//	              bytes); 2 unused bytes
//	Strings       text that the offsets refer to
//	Phrases       trie of the exceptions' own tokens, see below; empty if the release has no second pass
//	Words         1 byte per phrase word: its positions in phrases, see the Word constants
//	Lower         8 bytes per code point that str.lower changes to a single other one, ascending: code point,
//	              lower-case code point
//	Cased, Ignorable
//	              8 bytes per range, ascending: first and last code point; for the final sigma of str.lower
//
// An automaton is: number of states s and of columns c (2 bytes each); 256 bytes: the column of every class (the last
// column is the end of the text and belongs to no class); c × 2 bytes: the start state by the column of the previous
// character; s × c × 2 bytes: the transitions, row by row; s bytes: suffix accepts. State 0 is dead. The low 15 bits of
// a transition are the next state; its high bit says that a match ends before the character. A suffix accept of a+1
// says that a suffix starts at this position, not counting the last a characters read.
//
// Phrases is: number of nodes (4 bytes); 8 bytes per node: number of its first edge (4 bytes), number of edges (2
// bytes), 1 if a phrase ends here (2 bytes); 4 bytes per edge: word, node (2 bytes each). The edges of a node are in
// ascending order of word. Node 0 is the root.
package layout

import "math/bits"

// Magic is the start of every pack.
const Magic = "spaCyEN\x01"

// Sizes of fixed parts.
const (
	HeaderSize  = 16
	EntrySize   = 20
	PartSize    = 16
	BlockSize   = 128
	BlockCount  = 0x110000 / BlockSize
	MaxPhrase   = 16  // maximum number of tokens in a phrase
	MaxProbes   = 256 // maximum number of slots that a look-up reads
	MatchBefore = 1 << 15
)

// Flags of a pack: differences between the algorithms of the releases.
const (
	// SuffixAfterPrefix says that suffixes are searched after the prefix (spaCy 3) and not in all of the text (spaCy 2).
	SuffixAfterPrefix = 1 << iota
	// URLMatchLikeURL says that like_url also consults the URL pattern (spaCy 3).
	URLMatchLikeURL
)

// Numbers of the sections.
const (
	Name = iota
	Source
	Blocks
	Classes
	Traits
	Prefix
	Suffix
	Infix
	TokenMatch
	URLMatch
	Slots
	Entries
	Parts
	Strings
	Phrases
	Words
	Lower
	Cased
	Ignorable
	Sections
)

// Traits of a class of characters.
const (
	TraitPrefix = 1 << iota // a prefix may start with it
	TraitSuffix             // a suffix may end with it
	TraitInfix              // an infix may start with it
	TraitDot                // it is the full stop; all texts that TokenMatch and URLMatch accept have one
	TraitColon              // it is the colon; a text without a colon or a full stop is not like_url
)

// Positions of a word in phrases.
const (
	WordFirst    = 1 << iota // a phrase starts with it
	WordNotFirst             // a phrase has it after another word
	WordNotLast              // a phrase has another word after it
)

// Hash returns the hash of a key of the lexicon. It takes eight bytes at a time, each folded in by a 64×64→128-bit
// multiplication.
func Hash(s string) uint64 {
	h := uint64(len(s)) * 0x9E3779B97F4A7C15
	for ; len(s) >= 8; s = s[8:] {
		h = mix(h ^ (uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56))
	}
	var tail uint64
	switch {
	case len(s) >= 4:
		tail = uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
		e := s[len(s)-4:]
		tail |= (uint64(e[0]) | uint64(e[1])<<8 | uint64(e[2])<<16 | uint64(e[3])<<24) << 32
	case len(s) > 0:
		tail = uint64(s[0]) | uint64(s[len(s)/2])<<8 | uint64(s[len(s)-1])<<16
	}
	return mix(h ^ tail)
}

func mix(v uint64) uint64 {
	hi, lo := bits.Mul64(v^0xA0761D6478BD642F, 0xE7037ED1A0B428DB)
	return hi ^ lo
}
