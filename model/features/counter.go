package features

import (
	"strings"
	"unsafe"

	"reddit-classifier/model/english"
	"reddit-classifier/model/text/pattern"
	"reddit-classifier/model/text/python"
)

// counter holds the buffers with which a vectorizer counts one document.
type counter struct {
	tally   *tally
	memo    *memo // the vectorizer's; nil if chunks depend on each other
	front   *front
	walk    walk
	cleaned []byte // the cleaned text, or the text in lower case and without accents
	spaces  []uint64
	edges   []uint32
	nowhere frontEntry
	found   [batch]packed
	missed  [batch + 1]missedChunk
	touched uint64 // without meaning: keeps the compiler from removing the prefetching
	// Words of the chunks whose words cannot be packed, and the end of each chunk's words.
	overflow     []uint32
	overflowEnds []int
	pieces       []english.Piece
	part         bool                  // text is part of a longer one
	text         string                // the text being counted, after cleaning
	each         func([]english.Piece) // countPieces, stored to avoid an allocation
	feature      []byte
	words        []uint32 // words of the document that are not counted yet
	starts       []int    // for documents with tokens that hold spaces: where in words each token begins
	joined       []byte   // instead of words, tokens to be hashed, with blanks between
	letters      letters
	chars        *charMemo           // nil where words depend on each other
	names        map[uint32][]string // n-grams by hash; nil unless they are needed
	matcher      *pattern.Matcher    // of the token pattern, nil for the default
}

func newCounter(v *vectorizer) *counter {
	s := &counter{tally: newTally(v.tallySize())}
	if v.chunked() {
		s.memo, s.front = v.memo(), new(front)
	}
	if v.kind == AnalyzerCharWB && v.accents != AccentsUnlessDecomposed {
		s.chars = new(charMemo)
	}
	if v.pattern != nil {
		s.matcher = v.pattern.NewMatcher()
	}
	s.each = func(pieces []english.Piece) { s.countPieces(v, pieces) }
	return s
}

const (
	batch    = 128     // chunks worked on at a time
	maxSpan  = 1 << 12 // bytes that the chunks of a batch may take up, which bounds the number of their words
	maxBlock = 1 << 15 // bytes of text whose chunks are looked for at a time
	maxKept  = 1 << 16 // bytes; what a long text has blown up further is not kept
)

// shrink drops buffers that a long text has enlarged.
func (s *counter) shrink() {
	s.text = ""
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
	if cap(s.joined) > maxKept {
		s.joined = nil
	}
}

// vector returns the vector of a text. It is valid until the next call.
func (s *counter) vector(v *vectorizer, text string) Vector {
	s.text = text
	switch v.kind {
	case AnalyzerEnglish:
		s.text, s.cleaned = v.cleaner.CleanWith(s.cleaned, text)
		s.countCleaned(v)
	case AnalyzerWord:
		if !v.chunked() || v.accents == AccentsASCII && dropsSpaces(text) || !s.countBlocks(v, text) {
			s.tally.reset()
			s.countTokens(v, s.prepared(v, text))
		}
	case AnalyzerChar:
		s.countChars(v, s.prepared(v, text))
	case AnalyzerCharWB:
		if s.chars == nil || s.names != nil || v.accents == AccentsASCII && dropsSpaces(text) || !s.countCharChunks(v, text) {
			s.countCharsWithin(v, s.prepared(v, text))
		}
	}
	return v.weigh(s.tally)
}

// countCleaned tokenizes a cleaned comment and counts its n-grams. It works chunk by chunk, with the memo, unless
// chunks depend on each other, one is very long, or a token has a space in it. In both cases the memory does not grow
// with the text.
func (s *counter) countCleaned(v *vectorizer) {
	text := s.text
	if s.countBlocks(v, text) {
		return
	}
	s.tally.reset()
	s.begin()
	s.pieces = v.pack.EachPieces(s.pieces, text, s.each)
	s.countWords(v, true)
}

// countPieces counts the n-grams of the next pieces of s.text.
func (s *counter) countPieces(v *vectorizer, pieces []english.Piece) {
	for _, piece := range pieces {
		switch word := v.lexeme(piece.FeatureID()); word {
		case dropped:
		case lexemeUnknown:
			if feature := s.featureOf(v, s.text, piece); feature != "" {
				s.addWords(v, feature)
			}
		default:
			s.starts = append(s.starts, len(s.words))
			s.words = append(s.words, word)
		}
	}
	s.countWords(v, false)
}

// featureOf returns a piece's feature, which is valid until the next call. For a piece that is longer than all words of
// the vocabulary together it returns some feature that is not in the vocabulary.
func (s *counter) featureOf(v *vectorizer, text string, piece english.Piece) string {
	piece.End = min(piece.End, piece.Start+v.unmatchableSize())
	feature, known := v.pack.KnownFeature(text, piece)
	if !known {
		s.feature = v.pack.AppendFeature(s.feature[:0], text, piece)
		feature = view(s.feature)
	}
	if feature == "" && v.punctuation {
		return v.pack.Mark(text, piece)
	}
	return feature
}

// countFeatures counts the n-grams of a document given as its tokens.
func (s *counter) countFeatures(v *vectorizer, features []string) {
	s.begin()
	for _, f := range features {
		s.addWords(v, f)
	}
	s.countWords(v, true)
}

func (s *counter) begin() {
	s.words, s.starts, s.joined = s.words[:0], s.starts[:0], s.joined[:0]
	s.walk.restart()
}

// addWords appends a token's words: one, or several when it holds spaces.
func (s *counter) addWords(v *vectorizer, feature string) {
	s.starts = append(s.starts, len(s.words))
	for {
		piece, rest, more := strings.Cut(feature, " ")
		s.words = append(s.words, v.word(piece))
		if !more {
			return
		}
		feature = rest
	}
}

// countWords counts the n-grams of the words so far. Unless end is set, it keeps the last tokens, with which more
// n-grams begin.
func (s *counter) countWords(v *vectorizer, end bool) {
	tokens := len(s.starts)
	if !end {
		tokens = max(0, tokens-v.ngramMax+1)
	}
	v.countJoined(s.tally, s.words, s.starts, tokens)
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

// countBlocks is countChunks for a text of any length. It works block by block, so that the memory does not grow with
// the text.
func (s *counter) countBlocks(v *vectorizer, text string) bool {
	s.begin()
	s.part = len(text) > maxBlock
	for len(text) > maxBlock {
		end := strings.LastIndexFunc(text[:maxBlock], python.IsSpace)
		if end <= 0 || !s.countChunks(v, text[:end]) {
			return false
		}
		text = text[end:]
	}
	return s.countChunks(v, text)
}

// countChunks counts the n-grams of a text chunk by chunk. It stops and returns false at a chunk that depends on its
// neighbours or is longer than maxSpan.
//
// It works in stages, each a short loop over many chunks: find them, look them up, look up their n-grams. So the
// processor mispredicts few branches, and has many cache misses in flight at once.
func (s *counter) countChunks(v *vectorizer, text string) bool {
	b := unsafe.Slice(unsafe.StringData(text), len(text))
	var zero bool
	if s.spaces, zero = spaceMap(s.spaces, b); zero {
		return false
	}
	s.edges = edges(s.edges[:0], s.spaces)
	for rest := s.edges[:len(s.edges)&^1]; len(rest) > 0; { // a single last edge is after the text
		part := rest[:min(len(rest), 2*batch)]
		for len(part) > 2 && part[len(part)-1]-part[0] > maxSpan {
			part = part[:len(part)/4*2]
		}
		rest = rest[len(part):]
		if part[len(part)-1]-part[0] > maxSpan {
			return false
		}
		missed := s.lookUp(b, part)
		if !s.lookUpMissed(v, text, s.missed[:missed]) {
			return false
		}
		s.unpack(len(part)/2, v.packing)
		v.count(s.tally, &s.walk, s.words)
		s.words = s.words[:0]
	}
	return true
}

// missedChunk is a chunk that is not in the counter's own memo.
type missedChunk struct {
	key        chunkKey
	place      uint64 // of the key in the model's memo
	start, end uint32
	at         int // which chunk of the batch it is
}

// lookUp copies the words of chunks, given by their edges, from the counter's own memo to s.found. Chunks that are not
// there go to s.missed; it returns their number.
func (s *counter) lookUp(b []byte, edges []uint32) (missed int) {
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

// lookUpMissed gets the words of the missed chunks from the model's memo or the tokenizer. It returns false if a chunk
// depends on its neighbours.
func (s *counter) lookUpMissed(v *vectorizer, text string, chunks []missedChunk) bool {
	s.overflow, s.overflowEnds = s.overflow[:0], s.overflowEnds[:0]
	b := unsafe.Slice(unsafe.StringData(text), len(text))
	for i := range chunks {
		c := &chunks[i]
		c.key = loadKey(b[c.start:], c.end-c.start)
		c.place = c.key.place()
	}
	var touched uint64
	for i := range chunks {
		touched += s.memo.prefetch(chunks[i].place)
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
			if found, ok = s.tokenizeChunk(v, text, c); !ok {
				return false
			}
		} else {
			e := s.front.entry(c.key.low)
			if c.key.high != 0 {
				e = &s.nowhere // avoids a branch, which would be mispredicted
			}
			*e = frontEntry{c.key.low, found}
		}
		s.found[c.at] = found
	}
	return true
}

// tokenizeChunk tokenizes a chunk and returns its words, or packedOverflow if they are in s.overflow. ok is false if
// the chunk depends on its neighbours.
func (s *counter) tokenizeChunk(v *vectorizer, text string, c *missedChunk) (found packed, ok bool) {
	before := len(s.overflow)
	isolated, ok := true, true
	if v.kind == AnalyzerEnglish {
		isolated, ok = s.addPieces(v, text, int(c.start), int(c.end))
	} else {
		s.addChunk(v, text[c.start:c.end])
	}
	if !ok {
		return 0, false
	}
	found = v.packing.pack(s.overflow[before:])
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

// unpack appends the words of n chunks to s.words.
func (s *counter) unpack(n int, by packing) {
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

// addPieces tokenizes a chunk as English and appends its words to s.overflow. ok is false if the chunk depends on its
// neighbours or has a token with a space in it. isolated says that the chunk has these words in every text.
func (s *counter) addPieces(v *vectorizer, text string, start, end int) (isolated, ok bool) {
	s.pieces, isolated = v.pack.AppendChunkPieces(s.pieces[:0], text, start, end)
	if !isolated && (s.part || !v.pack.StandsAlone(text, start, end)) {
		return false, false
	}
	for _, piece := range s.pieces {
		word := v.lexeme(piece.FeatureID())
		if word == lexemeUnknown {
			feature := s.featureOf(v, text, piece)
			if feature == "" {
				continue
			}
			if strings.IndexByte(feature, ' ') >= 0 {
				return isolated, false
			}
			word = v.word(feature)
		}
		if word != dropped {
			s.overflow = append(s.overflow, word)
		}
	}
	return isolated, true
}
