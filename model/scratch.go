package model

import (
	"strings"
	"unsafe"

	"reddit-classifier/model/english"
)

// scratch is what one prediction needs to write on. Scratches are pooled: a prediction allocates nothing once they have grown.
type scratch struct {
	tally   *tally
	memo    *memo // the model's
	walk    walk
	cleaned []byte
	spaces  []uint64
	edges   []uint32
	front   front
	nowhere frontEntry
	found   [batch]packed
	missed  [batch + 1]missedChunk
	touched uint64 // of no meaning; keeps the compiler from dropping what it sums up
	// The words of the chunks whose words cannot be packed, and where each one's end.
	overflow     []uint32
	overflowEnds []int
	pieces       []english.Piece
	part         bool                  // the text at hand is part of another one
	text         string                // of the pieces that each is given
	each         func([]english.Piece) // countPieces, made once, for the sake of allocation
	feature      []byte
	words        []uint32 // of the document, as far as they are not counted yet
	starts       []int    // for documents with tokens that hold spaces: where in words each token begins
}

func newScratch(m *Model) *scratch {
	s := &scratch{tally: newTally(m.words.features), memo: m.memo()}
	s.each = func(pieces []english.Piece) { s.countPieces(m, pieces) }
	return s
}

const (
	batch    = 128     // chunks worked on at a time
	maxSpan  = 1 << 12 // bytes that the chunks of a batch may take up, which bounds the number of their words
	maxBlock = 1 << 15 // bytes of text whose chunks are looked for at a time
	maxKept  = 1 << 16 // bytes; what a long text has blown up further is not kept
)

// release gives a scratch back.
func (m *Model) release(s *scratch) {
	if cap(s.cleaned) > maxKept {
		s.cleaned = nil
	}
	if cap(s.spaces) > maxKept/8 {
		s.spaces, s.edges = nil, nil
	}
	if cap(s.pieces) > maxKept/16 {
		s.pieces = nil
	}
	if cap(s.words) > maxKept/4 {
		s.words, s.starts = nil, nil
	}
	if cap(s.feature) > maxKept {
		s.feature = nil
	}
	m.scratch.Put(s)
}

// countText cleans and tokenizes a raw comment and counts its n-grams. It returns the cleaned text, which lives until the
// scratch is released.
func (s *scratch) countText(m *Model, text string) (cleaned string) {
	text, s.cleaned = m.cleaner.CleanWith(s.cleaned, text)
	s.countCleaned(m, text)
	return text
}

// countCleaned tokenizes a cleaned comment and counts its n-grams: chunk by chunk, with the memo, unless the chunks depend on
// each other, one is very long, or there is a token with a space in it. In neither way what is written on grows with the text.
func (s *scratch) countCleaned(m *Model, text string) {
	s.begin()
	if s.countBlocks(m, text) {
		return
	}
	s.tally.reset()
	s.begin()
	s.text = text
	s.pieces = m.pack.EachPieces(s.pieces, text, s.each)
	s.text = ""
	s.countWords(m, true)
}

// countPieces counts the n-grams of the next pieces of s.text.
func (s *scratch) countPieces(m *Model, pieces []english.Piece) {
	for _, piece := range pieces {
		switch word := m.words.lexeme(piece.FeatureID()); word {
		case lexemeDropped:
		case lexemeUnknown:
			s.addFeature(m, s.featureOf(m, s.text, piece))
		default:
			s.starts = append(s.starts, len(s.words))
			s.words = append(s.words, word)
		}
	}
	s.countWords(m, false)
}

// featureOf returns a piece's feature, valid until the next call. Of a piece that is longer than all words of the vocabulary
// together it returns some other feature which is none of them.
func (s *scratch) featureOf(m *Model, text string, piece english.Piece) string {
	piece.End = min(piece.End, piece.Start+m.words.tooLong())
	feature, known := m.pack.KnownFeature(text, piece)
	if !known {
		s.feature = m.pack.AppendFeature(s.feature[:0], text, piece)
		feature = view(s.feature)
	}
	if feature == "" && m.words.punctuation {
		return m.pack.Mark(text, piece)
	}
	return feature
}

// countFeatures counts the n-grams of a document given as its features.
func (s *scratch) countFeatures(m *Model, features []string) {
	s.begin()
	for _, f := range features {
		s.addFeature(m, f)
	}
	s.countWords(m, true)
}

func (s *scratch) begin() {
	s.words, s.starts = s.words[:0], s.starts[:0]
	s.walk.restart()
}

// addFeature appends a feature's words: one, or several when it holds spaces.
func (s *scratch) addFeature(m *Model, feature string) {
	if feature == "" {
		return
	}
	s.starts = append(s.starts, len(s.words))
	for {
		piece, rest, more := strings.Cut(feature, " ")
		s.words = append(s.words, m.words.word(piece))
		if !more {
			return
		}
		feature = rest
	}
}

// countWords counts the n-grams of the words so far. Unless it is the document's end, it keeps the last tokens for those that begin
// there.
func (s *scratch) countWords(m *Model, end bool) {
	tokens := len(s.starts)
	if !end {
		tokens = max(0, tokens-m.words.ngramMax+1)
	}
	m.words.countJoined(s.tally, s.words, s.starts, tokens)
	if tokens == len(s.starts) {
		s.words, s.starts = s.words[:0], s.starts[:0]
		return
	}
	first := s.starts[tokens]
	s.words = s.words[:copy(s.words, s.words[first:])]
	s.starts = s.starts[:copy(s.starts, s.starts[tokens:])]
	for i := range s.starts {
		s.starts[i] -= first
	}
}

// countBlocks is countChunks for a text of any length: block by block, so that what countChunks writes on does not grow with it.
func (s *scratch) countBlocks(m *Model, text string) bool {
	s.part = len(text) > maxBlock
	for len(text) > maxBlock {
		end := strings.LastIndexFunc(text[:maxBlock], isSpace)
		if end <= 0 || !s.countChunks(m, text[:end]) {
			return false
		}
		text = text[end:]
	}
	return s.countChunks(m, text)
}

// countChunks counts the n-grams of a text chunk by chunk. It gives up, and returns false, at a chunk that does not stand alone
// or is longer than maxSpan.
//
// It works in stages, each a short loop over many chunks: find them, look them up, look up their n-grams. So the processor
// guesses few branches wrong, and waits for the memory of many look-ups at once.
func (s *scratch) countChunks(m *Model, text string) bool {
	b := unsafe.Slice(unsafe.StringData(text), len(text))
	var zero bool
	if s.spaces, zero = spaceMap(s.spaces, b); zero {
		return false
	}
	s.edges = edges(s.edges[:0], s.spaces)
	for rest := s.edges[:len(s.edges)&^1]; len(rest) > 0; { // a last edge alone lies behind the text
		part := rest[:min(len(rest), 2*batch)]
		for len(part) > 2 && part[len(part)-1]-part[0] > maxSpan {
			part = part[:len(part)/4*2]
		}
		rest = rest[len(part):]
		if part[len(part)-1]-part[0] > maxSpan {
			return false
		}
		missed := s.lookUp(b, part)
		if !s.lookFurther(m, text, s.missed[:missed]) {
			return false
		}
		s.unpack(len(part)/2, m.words.packing)
		m.words.count(s.tally, &s.walk, s.words)
		s.words = s.words[:0]
	}
	return true
}

// missedChunk is a chunk that is not in the scratch's own memo.
type missedChunk struct {
	key        chunkKey
	place      uint64 // of the key in the model's memo
	start, end uint32
	at         int // which chunk of the batch it is
}

// lookUp takes the words of chunks, given by their edges, from the scratch's own memo to s.found. It returns how many were not
// there and are in s.missed.
func (s *scratch) lookUp(b []byte, edges []uint32) (missed int) {
	found := &s.found
	for i := range found {
		if 2*i+1 >= len(edges) {
			break
		}
		start, end := edges[2*i], edges[2*i+1]
		key := shortKey(b[start:], end-start)
		e := s.front.entry(key)
		found[i] = e.words
		miss := &s.missed[missed]
		miss.start, miss.end, miss.at = start, end, i
		long := (frontSize - uint64(end-start)) >> 63 // 1 for a chunk that is too long
		if e.key^key|long != 0 {
			missed++
		}
	}
	return missed
}

// lookFurther takes the words of the chunks missed from the model's memo, or the tokenizer. It returns false when one does not
// stand alone.
func (s *scratch) lookFurther(m *Model, text string, chunks []missedChunk) bool {
	s.overflow, s.overflowEnds = s.overflow[:0], s.overflowEnds[:0]
	b := unsafe.Slice(unsafe.StringData(text), len(text))
	for i := range chunks {
		c := &chunks[i]
		c.key = loadKey(b[c.start:], c.end-c.start)
		c.place = c.key.place()
	}
	var touched uint64
	for i := range chunks {
		touched += s.memo.touch(chunks[i].place)
	}
	s.touched = touched
	for i := range chunks {
		c := &chunks[i]
		found := packedOverflow
		if c.end-c.start <= keySize {
			found = s.memo.find(&c.key, c.place)
		}
		if found == packedOverflow {
			ok := false
			if found, ok = s.tokenized(m, text, c); !ok {
				return false
			}
		} else {
			e := s.front.entry(c.key.low)
			if c.key.high != 0 {
				e = &s.nowhere // instead of a branch, which would be guessed wrong
			}
			*e = frontEntry{c.key.low, found}
		}
		s.found[c.at] = found
	}
	return true
}

// tokenized returns the words of a chunk that it tokenizes, or packedOverflow where they are in s.overflow. It returns false as addChunk
// does.
func (s *scratch) tokenized(m *Model, text string, c *missedChunk) (found packed, ok bool) {
	before := len(s.overflow)
	isolated, ok := s.addChunk(m, text, int(c.start), int(c.end))
	if !ok {
		return 0, false
	}
	found = m.words.packing.pack(s.overflow[before:])
	if found == packedOverflow {
		s.overflowEnds = append(s.overflowEnds, len(s.overflow))
		return found, true
	}
	s.overflow = s.overflow[:before]
	if isolated && c.end-c.start <= keySize {
		s.memo.insert(&c.key, found)
	}
	return found, true
}

// unpack puts the words of n chunks one behind the other into s.words.
func (s *scratch) unpack(n int, by packing) {
	if cap(s.words) < maxPacked*batch {
		s.words = make([]uint32, 0, 2*maxPacked*batch)
	}
	words, used := s.words[:cap(s.words)], 0
	taken, overflows := 0, 0
	for _, p := range s.found[:n] {
		if p == packedOverflow {
			end := s.overflowEnds[overflows]
			more := s.overflow[taken:end]
			taken, overflows = end, overflows+1
			words = append(append(words[:used], more...), make([]uint32, maxPacked*batch)...)
			used += len(more)
			continue
		}
		room := words[used : used+maxPacked]
		room[0], room[1] = by.word(p), by.word(p>>(by.width&63))
		if p >= 3<<packedCount {
			room[2], room[3] = by.word(p>>(2*by.width&63)), by.word(p>>(3*by.width&63))
		}
		used += int(p >> packedCount)
	}
	s.words = words[:used]
}

// addChunk tokenizes a chunk and appends its words to s.overflow. ok is false when the chunk does not stand alone, or has a token with a
// space in it; isolated says that the words are the chunk's in every text.
func (s *scratch) addChunk(m *Model, text string, start, end int) (isolated, ok bool) {
	s.pieces, isolated = m.pack.AppendChunkPieces(s.pieces[:0], text, start, end)
	if !isolated && (s.part || !m.pack.StandsAlone(text, start, end)) {
		return false, false
	}
	for _, piece := range s.pieces {
		word := m.words.lexeme(piece.FeatureID())
		if word == lexemeUnknown {
			feature := s.featureOf(m, text, piece)
			if feature == "" {
				continue
			}
			if strings.IndexByte(feature, ' ') >= 0 {
				return isolated, false
			}
			word = m.words.word(feature)
		}
		if word != lexemeDropped {
			s.overflow = append(s.overflow, word)
		}
	}
	return isolated, true
}
