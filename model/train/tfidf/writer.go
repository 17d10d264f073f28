package tfidf

import "strings"

// Writer records the tokens of documents, one document after the other, and numbers them.
type Writer struct {
	ids     map[string]int32
	tokens  []string // by number
	doc     []int32  // being written
	pages   []int32  // what is left of the memory that documents are kept in
	scratch []string

	known map[string]span
	spans []int32
}

// span is a part of a writer's spans.
type span struct{ at, n int32 }

const (
	pageSize = 1 << 16
	// maxKnown bounds how many parts are remembered: few parts of a corpus are frequent.
	maxKnown = 1 << 19
)

// Add adds a token. What is kept of it is a copy.
func (w *Writer) Add(token string) {
	id, known := w.ids[token]
	if !known {
		id = int32(len(w.tokens))
		token = strings.Clone(token)
		w.ids[token] = id
		w.tokens = append(w.tokens, token)
	}
	w.doc = append(w.doc, id)
}

// Len is the number of tokens of the document so far.
func (w *Writer) Len() int { return len(w.doc) }

// Restart removes all tokens of the document.
func (w *Writer) Restart() { w.doc = w.doc[:0] }

// Recall adds the tokens that Learn remembers for a part of a document, and reports whether it knows the part.
func (w *Writer) Recall(part string) bool {
	s, known := w.known[part]
	if known {
		w.doc = append(w.doc, w.spans[s.at:s.at+s.n]...)
	}
	return known
}

// Learn remembers that a part of the document has the tokens from number from on. The string must live as long as the
// writer.
func (w *Writer) Learn(part string, from int) {
	if len(w.known) >= maxKnown {
		return
	}
	w.known[part] = span{int32(len(w.spans)), int32(len(w.doc) - from)}
	w.spans = append(w.spans, w.doc[from:]...)
}

// copyDocument returns a copy of the document.
func (w *Writer) copyDocument() []int32 {
	n := len(w.doc)
	if n > len(w.pages) {
		if n > pageSize/8 {
			return append([]int32(nil), w.doc...)
		}
		w.pages = make([]int32, pageSize)
	}
	doc := w.pages[:n:n]
	w.pages = w.pages[n:]
	copy(doc, w.doc)
	return doc
}
