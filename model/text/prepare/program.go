package prepare

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"unicode/utf8"

	"reddit-classifier/model/text/stem"
)

// Program prepares texts. It is immutable and safe for concurrent use.
type Program struct {
	steps   []compiledStep
	runners sync.Pool
}

const maxSteps = 100

// New returns a program of the steps, at most 100. The error gives the number of the invalid step, counted from 1.
func New(steps []Step) (*Program, error) {
	if len(steps) > maxSteps {
		return nil, fmt.Errorf("the preparation has %d steps, at most %d are possible", len(steps), maxSteps)
	}
	p := &Program{steps: make([]compiledStep, len(steps))}
	for i, step := range steps {
		var err error
		if p.steps[i], err = step.compile(); err != nil {
			return nil, fmt.Errorf("preparation, step %d: %w", i+1, err)
		}
	}
	p.runners.New = func() any { return newRunner(p.steps) }
	return p, nil
}

// Describe returns one line of text for each step.
func (p *Program) Describe() []string {
	lines := make([]string, len(p.steps))
	for i := range p.steps {
		lines[i] = p.steps[i].describe()
	}
	return lines
}

// AppendPrepared appends the prepared text to dst. Its buffers are pooled, so that it soon stops allocating.
func (p *Program) AppendPrepared(dst []byte, text string) []byte {
	r := p.runners.Get().(*runner)
	dst = r.run(dst, text)
	p.runners.Put(r)
	return dst
}

// Encode returns the program in the encoding that the package comment describes.
func (p *Program) Encode() []byte {
	b := binary.AppendUvarint(nil, uint64(len(p.steps)))
	for i := range p.steps {
		s := &p.steps[i]
		b = append(b, byte(s.Kind))
		switch s.Kind {
		case Replace:
			b = appendString(appendString(b, s.Pattern), s.With)
		case Keep:
			b = appendString(append(b, byte(s.Keep)), s.With)
		case Remove:
			b = appendString(append(b, byte(s.Remove)), s.With)
		case StopWords:
			b = binary.AppendUvarint(appendString(b, s.Pattern), uint64(len(s.Words)))
			for _, word := range s.Words {
				b = appendString(b, word)
			}
		case Stem:
			b = appendString(append(b, byte(s.Stemmer)), s.Pattern)
		}
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// Parse reads a program that [Program.Encode] wrote. It returns an error for any other bytes.
func Parse(b []byte) (*Program, error) {
	r := reader{rest: string(b)}
	steps := make([]Step, 0, min(r.number(), maxSteps+1))
	for range cap(steps) {
		s := Step{Kind: Kind(r.byte())}
		switch s.Kind {
		case Replace:
			s.Pattern, s.With = r.string(), r.string()
		case Keep:
			s.Keep, s.With = Characters(r.byte()), r.string()
		case Remove:
			s.Remove, s.With = Removal(r.byte()), r.string()
		case StopWords:
			s.Pattern = r.string()
			n := r.number()
			s.Words = make([]string, 0, min(n, len(r.rest)))
			for range cap(s.Words) {
				s.Words = append(s.Words, r.string())
			}
		case Stem:
			s.Stemmer, s.Pattern = stem.Algorithm(r.byte()), r.string()
		}
		steps = append(steps, s)
	}
	if r.short {
		return nil, errors.New("preparation: it ends too early")
	}
	p, err := New(steps)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(p.Encode(), b) {
		return nil, errors.New("preparation: it is not written in the one form that it has")
	}
	return p, nil
}

// reader reads an encoded program. After its end it returns zeros, and short is set.
type reader struct {
	rest  string
	short bool
}

func (r *reader) byte() byte {
	if len(r.rest) == 0 {
		r.short = true
		return 0
	}
	c := r.rest[0]
	r.rest = r.rest[1:]
	return c
}

// number reads an integer. A number above that of the remaining bytes is treated as the end, because it cannot be
// valid.
func (r *reader) number() int {
	n, size := binary.Uvarint([]byte(r.rest[:min(len(r.rest), binary.MaxVarintLen64)]))
	if size <= 0 || n > uint64(len(r.rest)-size) {
		r.rest, r.short = "", true
		return 0
	}
	r.rest = r.rest[size:]
	return int(n)
}

func (r *reader) string() string {
	n := r.number()
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

// appendValid appends text with each byte that is not UTF-8 replaced by U+FFFD.
func appendValid(dst []byte, text string) []byte {
	for _, r := range text {
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}
