package features

// TokensVector returns the vector of a document given as the tokens of the language pack.
func (e *Extractor) TokensVector(tokens []string, s *Scratch) Vector {
	v, c := e.vectorizers[0], s.counters[0]
	c.countFeatures(v, tokens)
	return v.weigh(c.tally)
}

// CleanedVector returns the vector of a text that is clean already.
func (e *Extractor) CleanedVector(text string, s *Scratch) Vector {
	v, c := e.vectorizers[0], s.counters[0]
	c.text = text
	c.countCleaned(v)
	return v.weigh(c.tally)
}

// MaxBlock is how many bytes of text are worked on at a time.
const MaxBlock = maxBlock

// Murmur is the hash of n-grams.
var Murmur = murmur
