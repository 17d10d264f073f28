package prepare

import (
	"unicode/utf8"
	"unsafe"

	"reddit-classifier/model/clean"
	"reddit-classifier/model/text/pattern"
	"reddit-classifier/model/text/python"
	"reddit-classifier/model/text/stem"
)

// runner executes a program with buffers of its own.
type runner struct {
	steps    []compiledStep
	matchers []*pattern.Matcher // by step
	stemmers []*stem.Stemmer    // by step
	buffers  [2][]byte          // output of the steps, which alternate between them
}

func newRunner(steps []compiledStep) *runner {
	r := &runner{steps: steps}
	r.matchers = make([]*pattern.Matcher, len(steps))
	r.stemmers = make([]*stem.Stemmer, len(steps))
	for i := range steps {
		if steps[i].pattern != nil {
			r.matchers[i] = steps[i].pattern.NewMatcher()
		}
		if steps[i].Kind == Stem {
			r.stemmers[i] = stem.New(steps[i].Stemmer)
		}
	}
	return r
}

// view returns b as a string without copying it.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func (r *runner) run(dst []byte, text string) []byte {
	if !utf8.ValidString(text) {
		r.buffers[1] = appendValid(r.buffers[1][:0], text)
		text = view(r.buffers[1])
	}
	for i := range r.steps {
		if i == len(r.steps)-1 {
			dst = r.step(i, dst, text)
			r.releaseBuffers()
			return dst
		}
		out := &r.buffers[i%2]
		*out = r.step(i, (*out)[:0], text)
		text = view(*out)
	}
	return append(dst, text...)
}

const maxPooledBuffer = 1 << 16 // bytes; a larger buffer is dropped after use

// releaseBuffers drops large buffers and the references to the text.
func (r *runner) releaseBuffers() {
	for i := range r.buffers {
		if cap(r.buffers[i]) > maxPooledBuffer {
			r.buffers[i] = nil
		}
	}
	for _, m := range r.matchers {
		if m != nil {
			m.Reset("")
		}
	}
}

// step appends the output of step i for text.
func (r *runner) step(i int, dst []byte, text string) []byte {
	s := &r.steps[i]
	switch s.Kind {
	case Lower:
		return python.AppendLower(dst, text)
	case Unescape:
		return clean.AppendUnescaped(dst, text)
	case Collapse:
		return r.tokens(i, dst, text)
	case Strip:
		return append(dst, strip(text)...)
	case StopWords, Stem:
		return r.tokens(i, dst, text)
	case Keep:
		return s.appendKept(dst, text)
	case Remove:
		if s.Remove == Punctuation {
			return appendWithoutPunctuation(dst, text, s.With)
		}
	}
	return r.matchers[i].AppendReplaced(dst, text, s.template)
}

// tokens appends the output of a step that works on tokens, separated by blanks.
func (r *runner) tokens(i int, dst []byte, text string) []byte {
	s := &r.steps[i]
	first := true
	var words map[string]struct{}
	if s.Kind == StopWords {
		words = s.words()
	}
	add := func(token string) {
		if _, stop := words[token]; stop {
			return
		}
		if !first {
			dst = append(dst, ' ')
		}
		first = false
		if s.Kind == Stem {
			dst = r.stemmers[i].Append(dst, token)
		} else {
			dst = append(dst, token...)
		}
	}
	if m := r.matchers[i]; m != nil {
		m.Reset(text)
		for token, ok := m.NextToken(); ok; token, ok = m.NextToken() {
			add(token)
		}
		return dst
	}
	for start, end := nextField(text, 0); start < end; start, end = nextField(text, end) {
		add(text[start:end])
	}
	return dst
}

// nextField returns the next run of characters at or after i that are not white space. The run is empty at the end of
// the text.
func nextField(text string, i int) (start, end int) {
	start = runEnd(text, i, true)
	return start, runEnd(text, start, false)
}

// runEnd returns the end of the run that starts at i, of white space if space is set or else of other characters.
func runEnd(text string, i int, space bool) int {
	for i < len(text) {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(text[i:])
		} else if r > ' ' {
			if space {
				break
			}
			i++
			continue
		}
		if python.IsSpace(r) != space {
			break
		}
		i += n
	}
	return i
}

// strip returns text without leading and trailing white space.
func strip(text string) string {
	text = text[runEnd(text, 0, true):]
	for text != "" {
		r, n := utf8.DecodeLastRuneInString(text)
		if !python.IsSpace(r) {
			break
		}
		text = text[:len(text)-n]
	}
	return text
}

// punctuation has the characters of Python's string.punctuation.
var punctuation = func() (t [utf8.RuneSelf]bool) {
	for _, c := range "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~" {
		t[c] = true
	}
	return t
}()

func appendWithoutPunctuation(dst []byte, text, with string) []byte {
	done := 0
	for i := range len(text) {
		if c := text[i]; c < utf8.RuneSelf && punctuation[c] {
			dst = append(append(dst, text[done:i]...), with...)
			done = i + 1
		}
	}
	return append(dst, text[done:]...)
}

func (s *compiledStep) appendKept(dst []byte, text string) []byte {
	done := 0
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf && s.kept[c] {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if r < utf8.RuneSelf || !s.Keep.has(r) {
			dst = append(append(dst, text[done:i]...), s.With...)
			done = i + n
		}
		i += n
	}
	return append(dst, text[done:]...)
}
