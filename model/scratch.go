package model

import (
	"strings"

	"reddit-classifier/model/english"
)

// scratch is what one prediction needs to write on. Scratches are pooled: a prediction allocates nothing once they have grown.
type scratch struct {
	tally   *tally
	cleaned []byte
	tokens  []english.Token
	words   []uint32
	starts  []int
}

func newScratch(m *Model) *scratch { return &scratch{tally: newTally(m.words.features)} }

// Scratches that a very long text has blown up are not kept.
const maxKept = 1 << 16

func (m *Model) release(s *scratch) {
	if cap(s.cleaned) <= maxKept && cap(s.tokens) <= maxKept/16 && cap(s.words) <= maxKept/4 {
		m.scratch.Put(s)
	}
}

// countText cleans and tokenizes a raw comment and counts its n-grams.
func (s *scratch) countText(m *Model, text string) {
	s.cleaned = m.cleaner.Append(s.cleaned[:0], text)
	s.countCleaned(m, view(s.cleaned))
}

// countCleaned tokenizes a cleaned comment and counts its n-grams.
func (s *scratch) countCleaned(m *Model, text string) {
	s.tokens = m.pack.AppendTokens(s.tokens[:0], text)
	s.begin()
	for i := range s.tokens {
		s.addFeature(m, s.tokens[i].Feature())
	}
	clear(s.tokens)
	s.countWords(m)
}

// countFeatures counts the n-grams of a document given as its features.
func (s *scratch) countFeatures(m *Model, features []string) {
	s.begin()
	for _, f := range features {
		s.addFeature(m, f)
	}
	s.countWords(m)
}

func (s *scratch) begin() { s.words, s.starts = s.words[:0], s.starts[:0] }

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
		m.words.count(s.tally, s.words)
	} else {
		m.words.countJoined(s.tally, s.words, s.starts)
	}
}
