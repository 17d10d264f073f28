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
	chunks  [batch]chunk
	pieces  []english.Piece
	feature []byte
	words   []uint32 // of the document, as far as they are not counted yet
	starts  []int    // for documents with tokens that hold spaces: where in words each token begins
}

func newScratch(m *Model) *scratch {
	return &scratch{tally: newTally(m.words.features), memo: m.memo()}
}

const (
	batch   = 128     // chunks worked on at a time
	maxKept = 1 << 16 // bytes; what a long text has blown up further is not kept
)

// release gives a scratch back.
func (m *Model) release(s *scratch) {
	if cap(s.cleaned) > maxKept {
		s.cleaned = nil
	}
	if cap(s.spaces) > maxKept/8 {
		s.spaces = nil
	}
	if cap(s.pieces) > maxKept/16 {
		s.pieces = nil
	}
	if cap(s.words) > maxKept/4 {
		s.words, s.starts = nil, nil
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
// each other or there is a token with a space in it.
func (s *scratch) countCleaned(m *Model, text string) {
	s.begin()
	if s.countChunks(m, text) {
		return
	}
	s.tally.reset()
	s.begin()
	s.pieces = m.pack.AppendPieces(s.pieces[:0], text)
	for _, piece := range s.pieces {
		s.addFeature(m, s.featureOf(m, text, piece))
	}
	s.countWords(m)
}

// featureOf returns a piece's feature, valid until the next call.
func (s *scratch) featureOf(m *Model, text string, piece english.Piece) string {
	if m.words.punctuation {
		token := m.pack.Token(text, piece)
		return Feature(&token, true)
	}
	if feature, known := m.pack.KnownFeature(text, piece); known {
		return feature
	}
	s.feature = m.pack.AppendFeature(s.feature[:0], text, piece)
	return view(s.feature)
}

// countFeatures counts the n-grams of a document given as its features.
func (s *scratch) countFeatures(m *Model, features []string) {
	s.begin()
	for _, f := range features {
		s.addFeature(m, f)
	}
	s.countWords(m)
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

func (s *scratch) countWords(m *Model) {
	if len(s.starts) == len(s.words) {
		m.words.count(s.tally, &s.walk, s.words)
	} else {
		m.words.countJoined(s.tally, s.words, s.starts)
	}
}

// countChunks counts the n-grams of a text chunk by chunk. It gives up, and returns false, at a chunk that does not stand alone.
//
// It works in stages on many chunks at a time, because processors wait for memory in parallel when the loops are short: find
// the chunks, look them up, look up their n-grams.
func (s *scratch) countChunks(m *Model, text string) bool {
	b := unsafe.Slice(unsafe.StringData(text), len(text))
	s.spaces = spaceMap(s.spaces, b)
	chunks := newChunker(s.spaces)
	for {
		n := s.findChunks(&chunks, b)
		if !s.lookUp(m, text, s.chunks[:n]) {
			return false
		}
		m.words.count(s.tally, &s.walk, s.words)
		s.words = s.words[:0]
		if n < batch {
			return true
		}
	}
}

// chunk is a chunk with its key, unless it is too long to have one.
type chunk struct {
	chunkKey
	set        uint64
	start, end int
}

// findChunks fills s.chunks with the next ones and returns how many there are.
func (s *scratch) findChunks(edges *chunker, b []byte) int {
	for i := range s.chunks {
		start, ok := edges.edge()
		if !ok {
			return i
		}
		end, ok := edges.edge()
		if !ok {
			return i
		}
		c := &s.chunks[i]
		c.start, c.end = start, end
		if size := end - start; size <= memoKey {
			c.chunkKey = loadKey(b[start:], size)
			c.set = c.chunkKey.set()
		}
	}
	return batch
}

// lookUp appends the words of chunks to s.words, from the memo or the tokenizer.
func (s *scratch) lookUp(m *Model, text string, chunks []chunk) bool {
	for i := range chunks {
		c := &chunks[i]
		if c.end-c.start > memoKey {
			if !s.addChunk(m, text, c.start, c.end) {
				return false
			}
			continue
		}
		if words, n, ok := s.memo.find(c); ok {
			s.words = appendWords(s.words, words, n)
			continue
		}
		before := len(s.words)
		if !s.addChunk(m, text, c.start, c.end) {
			return false
		}
		s.memo.insert(c, s.words[before:])
	}
	return true
}

// addChunk tokenizes a chunk and appends its words. It returns false when the chunk does not stand alone, or has a token with a
// space in it.
func (s *scratch) addChunk(m *Model, text string, start, end int) bool {
	pieces, isolated := m.pack.AppendChunkPieces(s.pieces[:0], text, start, end)
	s.pieces = pieces
	if !isolated {
		return false
	}
	for _, piece := range pieces {
		word := m.words.lexeme(piece.FeatureID())
		if word == lexemeUnknown {
			feature := s.featureOf(m, text, piece)
			if feature == "" {
				continue
			}
			if strings.IndexByte(feature, ' ') >= 0 {
				return false
			}
			word = m.words.word(feature)
		}
		if word != lexemeDropped {
			s.words = append(s.words, word)
		}
	}
	return true
}
