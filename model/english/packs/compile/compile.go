// Package compile compiles the language data of a spaCy release to a language pack: patterns become automata, and
// tables become one hash table. Unknown syntax or data is an error.
package compile

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"reddit-classifier/model/english"
	"reddit-classifier/model/english/internal/layout"
)

// Release is the input of [Compile]: the data of a spaCy release.
type Release struct {
	Name       string // "spacy-3.8"
	Language   *Language
	TLDs       []string // top-level domains of spaCy's lex_attrs
	Properties *Properties
	Version3   bool // the algorithm is that of spaCy 3, not of spaCy 2.3
}

// Compile returns the bytes of the language pack for r. It returns an error if the patterns or tables have something
// that the compiler or the pack format does not support.
func Compile(r *Release) ([]byte, error) {
	w := &writer{release: r}
	if err := w.rules(); err != nil {
		return nil, err
	}
	// The first pack has no exceptions. It finds out which exceptions have addresses and phrases in them.
	plainBytes, err := w.pack(&lexicon{props: r.Properties, tlds: setOf(r.TLDs)})
	if err != nil {
		return nil, err
	}
	plain, err := english.Load(plainBytes)
	if err != nil {
		return nil, err
	}
	l := &lexicon{
		props: r.Properties, lemmas: r.Language.LemmaLookup, special: r.Language.Exceptions, tlds: setOf(r.TLDs),
		likeURL: plain.LikeURL,
	}
	if r.Version3 {
		found, err := phrases(l.special, plain)
		if err != nil {
			return nil, err
		}
		l.words, w.words = wordsOf(found)
		w.phrases = encodeTrie(found, l.words)
	}
	return w.pack(l)
}

func setOf(words []string) map[string]bool {
	out := map[string]bool{}
	for _, w := range words {
		out[w] = true
	}
	return out
}

// writer collects the sections of a pack.
type writer struct {
	release  *Release
	automata map[int]*automaton // by section
	blocks   []byte
	classes  []byte
	traits   []byte
	columnOf map[int][]int // by section: column of each class of the pack
	phrases  []byte
	words    []byte
}

// rules compiles the patterns and assigns the classes.
func (w *writer) rules() error {
	lang, props := w.release.Language, w.release.Properties
	type rule struct {
		section     int
		name        string
		pattern     string
		program     func(*node) (*program, error)
		determinize func(*program) (*automaton, error)
	}
	rules := []rule{
		{layout.Prefix, "prefix_search", lang.PrefixSearch, prefixProgram, determinizeLeftmostFirst},
		{layout.Suffix, "suffix_search", lang.SuffixSearch, suffixProgram, determinizeLongest},
		{layout.Infix, "infix_finditer", lang.InfixFinder, infixProgram, determinizeLeftmostFirst},
		{layout.URLMatch, "url_match", lang.URLMatch, wholeProgram, determinizeWhole},
	}
	if lang.TokenMatch != nil {
		rules = append(rules, rule{layout.TokenMatch, "token_match", *lang.TokenMatch, wholeProgram, determinizeWhole})
	}
	w.automata = map[int]*automaton{}
	for _, r := range rules {
		tree, err := parse(r.pattern, props)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		p, err := r.program(tree)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		if w.automata[r.section], err = r.determinize(p); err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
	}
	return w.divide()
}

// divide assigns a class to each code point. Code points that no automaton distinguishes have the same class.
func (w *writer) divide() error {
	sections := slices.Sorted(maps.Keys(w.automata))
	var cuts []rune
	for _, section := range sections {
		cuts = append(cuts, w.automata[section].alphabet.cuts...)
	}
	cuts = append(cuts, '.', '.'+1, ':', ':'+1) // for TraitDot and TraitColon
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	index := map[string]int{}
	w.columnOf = map[int][]int{}
	classOf := make([]byte, maxRune+1)
	for i, cut := range cuts {
		key := fmt.Sprint(cut == '.', cut == ':')
		for _, section := range sections {
			a := w.automata[section]
			key += fmt.Sprint(" ", a.columnOf[a.alphabet.class(cut)])
		}
		class, ok := index[key]
		if !ok {
			class = len(index)
			index[key] = class
			w.traits = append(w.traits, w.traitsOf(cut))
			for _, section := range sections {
				a := w.automata[section]
				w.columnOf[section] = append(w.columnOf[section], a.columnOf[a.alphabet.class(cut)])
			}
		}
		if class > 255 {
			return fmt.Errorf("the patterns tell more than 256 classes of characters apart, more than the pack format can hold")
		}
		end := rune(maxRune + 1)
		if i+1 < len(cuts) {
			end = cuts[i+1]
		}
		for r := cut; r < end; r++ {
			classOf[r] = byte(class)
		}
	}
	w.traits = append(w.traits, make([]byte, 256-len(w.traits))...)
	return w.fold(classOf)
}

// fold converts the classes of all code points to a two-level table.
func (w *writer) fold(classOf []byte) error {
	index := map[string]int{}
	for at := 0; at < len(classOf); at += layout.BlockSize {
		block := classOf[at : at+layout.BlockSize]
		b, ok := index[string(block)]
		if !ok {
			b = len(index)
			index[string(block)] = b
			w.classes = append(w.classes, block...)
		}
		if b > 255 {
			return fmt.Errorf("the table of character classes has more than 256 blocks, more than the pack format can hold")
		}
		w.blocks = append(w.blocks, byte(b))
	}
	return nil
}

// traitsOf returns the layout.Trait constants of a character.
func (w *writer) traitsOf(r rune) byte {
	var traits byte
	for section, trait := range map[int]byte{
		layout.Prefix: layout.TraitPrefix, layout.Suffix: layout.TraitSuffix, layout.Infix: layout.TraitInfix,
	} {
		a := w.automata[section]
		column := a.columnOf[a.alphabet.class(r)]
		for _, s := range a.start {
			if a.next[s][column] != 0 {
				traits |= trait
			}
		}
	}
	switch r {
	case '.':
		traits |= layout.TraitDot
	case ':':
		traits |= layout.TraitColon
	}
	return traits
}

// requires reports whether the automaton a accepts no text without the character r.
func requires(a *automaton, r rune) bool {
	without := a.columnOf[a.alphabet.class(r)]
	if c := a.alphabet.class(r); a.alphabet.class(r-1) == c || a.alphabet.class(r+1) == c {
		return false
	}
	seen := map[int]bool{a.start[0]: true}
	todo := []int{a.start[0]}
	for len(todo) > 0 {
		s := todo[0]
		todo = todo[1:]
		if a.before[s][a.columns-1] {
			return false
		}
		for c, t := range a.next[s] {
			if c != without && !seen[t] {
				seen[t] = true
				todo = append(todo, t)
			}
		}
	}
	return true
}

// pack returns the pack with lexicon l.
func (w *writer) pack(l *lexicon) ([]byte, error) {
	for _, section := range []int{layout.URLMatch, layout.TokenMatch} {
		if a := w.automata[section]; a != nil && !requires(a, '.') {
			return nil, fmt.Errorf("an address without a dot: the engine has to learn this")
		}
	}
	if err := l.build(); err != nil {
		return nil, err
	}
	sections := make([][]byte, layout.Sections)
	sections[layout.Name] = []byte(w.release.Name)
	sections[layout.Source] = []byte(w.release.Language.Source + "; characters: Unicode " + w.release.Properties.Version)
	sections[layout.Blocks], sections[layout.Classes], sections[layout.Traits] = w.blocks, w.classes, w.traits
	for section, a := range w.automata {
		sections[section] = a.encode(w.columnOf[section])
	}
	for _, slot := range l.slots {
		sections[layout.Slots] = binary.LittleEndian.AppendUint32(sections[layout.Slots], slot)
	}
	sections[layout.Entries], sections[layout.Parts], sections[layout.Strings] = l.entries, l.parts, []byte(
		l.strings.String(),
	)
	sections[layout.Phrases], sections[layout.Words] = w.phrases, w.words
	var err error
	if sections[layout.Lower], err = encodeLower(w.release.Properties); err != nil {
		return nil, err
	}
	sections[layout.Cased] = encodeRanges(w.release.Properties.Cased)
	sections[layout.Ignorable] = encodeRanges(w.release.Properties.Ignorable)
	flags := uint32(0)
	if w.release.Version3 {
		flags = layout.SuffixAfterPrefix | layout.URLMatchLikeURL
	}
	maxSpecial := 0
	for key := range l.special {
		maxSpecial = max(maxSpecial, len(key))
	}
	return encodePack(flags, maxSpecial, l.maxKey, sections), nil
}

func encodePack(flags uint32, maxSpecial, maxKey int, sections [][]byte) []byte {
	out := []byte(layout.Magic)
	out = binary.LittleEndian.AppendUint32(out, flags)
	out = binary.LittleEndian.AppendUint16(out, uint16(maxSpecial))
	out = binary.LittleEndian.AppendUint16(out, uint16(maxKey))
	at := layout.HeaderSize + 8*len(sections)
	for _, s := range sections {
		out = binary.LittleEndian.AppendUint32(out, uint32(at))
		out = binary.LittleEndian.AppendUint32(out, uint32(len(s)))
		at += len(s)
	}
	for _, s := range sections {
		out = append(out, s...)
	}
	return out
}

func encodeLower(props *Properties) ([]byte, error) {
	lower := maps.Clone(props.Lower)
	lower['Σ'] = []rune{'σ'} // the engine handles a final one
	var out []byte
	for _, r := range slices.Sorted(maps.Keys(lower)) {
		to := lower[r]
		switch {
		case r < 0x80 || r == 'İ' && string(to) == "i\u0307":
			continue // the engine handles these
		case len(to) != 1:
			return nil, fmt.Errorf("the lower-case form of U+%04X has %d characters: the engine has to learn this", r, len(to))
		}
		out = binary.LittleEndian.AppendUint32(out, uint32(r))
		out = binary.LittleEndian.AppendUint32(out, uint32(to[0]))
	}
	return out, nil
}

func encodeRanges(s set) []byte {
	var out []byte
	for _, r := range s {
		out = binary.LittleEndian.AppendUint32(out, uint32(r.lo))
		out = binary.LittleEndian.AppendUint32(out, uint32(r.hi))
	}
	return out
}
