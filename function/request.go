package function

import (
	"bytes"
	"unicode/utf8"

	"reddit-classifier/internal/jsonscan"
)

// shape is the convention that a response follows, which is that of its request.
type shape int

const (
	unknown       shape = iota
	seldon              // data.ndarray; also the answer to a text, a line of the program's own, and things of Reddit
	kserve              // predictions, KServe v1
	openInference       // outputs, Open Inference Protocol v2
	shapes              // how many there are
)

// String returns the shape's name in metrics.
func (s shape) String() string {
	return [...]string{"unknown", "seldon", "kserve", "open_inference"}[s]
}

// maxComments bounds the answer, which is up to fifteen times as long as the shortest request.
const maxComments = 1 << 16

// maxEnvelopes is how many envelopes may be around a record: jsonData, Kafka Connect's, Debezium's, a JSON string.
const maxEnvelopes = 8

// dialect is what settings say about how data is read.
type dialect struct {
	confluent bool     // data may be in Confluent's wire format
	textName  string   // TEXT_FIELD, which also names a column
	textField []string // its parts; nil: none
	idField   []string
}

// request is what one event's data asks: its comments and what the response repeats.
type request struct {
	dialect  *dialect
	shape    shape
	comments []string

	tags, puid, id []byte // JSON as it was received: Seldon's meta.tags and meta.puid, Open Inference's id

	members   members       // of the object being read
	start     jsonscan.Mark // its beginning
	envelopes int
	tensor    tensor // being read

	only         shape    // the shape that a path asks for; unknown: any
	isBinary     bool     // contents of tensors may be behind the JSON, as in Triton's REST
	binary       []byte   // what is there and has not been read
	outputs      []string // the names of those asked for
	binaryOutput bool     // the answer's contents go behind its JSON
	header       int      // how long that is; 0: there is nothing behind it
}

// reset empties the request and keeps its memory.
func (p *request) reset() {
	clear(p.comments)
	*p = request{comments: p.comments[:0]}
}

// read finds the comments in an event's data. An absent content type, or one that says no more than "bytes", is
// sniffed.
func (p *request) read(d *dialect, s *jsonscan.Scanner, contentType string, data []byte) error {
	p.dialect = d
	kind, err := mediaKind(contentType)
	if err != nil {
		return err
	}
	if len(data) == 0 {
		return unprocessable("no_data", "the event has no data")
	}
	if framed(data) {
		if data, err = d.unframe(data); err != nil {
			return err
		}
		kind = jsonText
	}
	if err := checkBinary(data); err != nil {
		return err
	}
	declared := kind == plainText
	if kind == sniffed {
		kind = sniff(data)
	}
	if kind == plainText {
		if p.only == kserve || p.only == openInference {
			return p.onlyShape()
		}
		p.shape = seldon
		text := string(data)
		if err := checkText(text, declared); err != nil {
			return err
		}
		return p.add(text)
	}
	if !utf8.Valid(data) {
		return badRequest("invalid_utf8", "the JSON is not valid UTF-8")
	}
	*s = jsonscan.New(bytes.TrimPrefix(data, byteOrderMark))
	if err := p.document(s); err != nil {
		return err
	}
	if p.only != unknown && p.shape != p.only {
		return p.onlyShape()
	}
	return nil
}

// onlyShape refuses what is not of the shape that the request's path is for.
func (p *request) onlyShape() error {
	switch p.only {
	case kserve:
		return unprocessable("unknown_shape", "this path is for KServe v1: {\"instances\":[...]}")
	case openInference:
		return unprocessable("unknown_shape", "this path is for Open Inference v2: {\"inputs\":[...]}")
	}
	return unprocessable("unknown_shape", "this path is for Seldon: {\"data\":{\"ndarray\":[...]}}")
}

// document reads the whole of a JSON text.
func (p *request) document(s *jsonscan.Scanner) error {
	if s.Peek() == '{' {
		if err := p.collect(s); err != nil {
			return err
		}
		if err := s.End(); err != nil {
			return err
		}
		return p.object(s)
	}
	start := s.Mark()
	if err := s.Skip(); err != nil {
		return err
	}
	if err := s.End(); err != nil {
		return err
	}
	s.Seek(start)
	return p.value(s)
}

// value reads a value that is known to be JSON: an object of a known shape, a string, or Reddit's list of things.
func (p *request) value(s *jsonscan.Scanner) error {
	switch s.Peek() {
	case '{':
		if err := p.collect(s); err != nil {
			return err
		}
		return p.object(s)
	case '"':
		return p.stringValue(s)
	case '[':
		return p.page(s)
	}
	return unprocessable("unknown_shape", "the JSON is neither an object nor a text")
}

// stringValue reads a JSON string: a comment, or a record that was encoded as JSON twice.
func (p *request) stringValue(s *jsonscan.Scanner) error {
	text, err := s.Text()
	if err != nil {
		return err
	}
	inner := jsonscan.New(bytes.TrimPrefix(text, byteOrderMark))
	switch sniff(text) {
	case jsonText:
		if c := inner.Peek(); c == '{' || c == '[' || c == '"' && holdsJSON(inner) {
			if err := p.enter(); err != nil {
				return err
			}
			return p.document(&inner)
		}
	case plainText:
		if err := checkPrinted(string(bytes.TrimSpace(text)), true); err != nil {
			return err
		}
	}
	p.shape = seldon
	return p.add(string(text))
}

// enter counts an envelope.
func (p *request) enter() error {
	if p.envelopes++; p.envelopes > maxEnvelopes {
		return badRequest("json_too_deep", "more than %d envelopes, one in another", maxEnvelopes)
	}
	return nil
}

// add appends a comment.
func (p *request) add(text string) error {
	if len(p.comments) == maxComments {
		return tooLarge("too_many_comments", "more than %d comments in one event", maxComments)
	}
	p.comments = append(p.comments, text)
	return nil
}

// addString reads a string that is a comment.
func (p *request) addString(s *jsonscan.Scanner, where string) error {
	if s.Peek() != '"' {
		return notText(s, where)
	}
	text, err := s.Text()
	if err != nil {
		return err
	}
	return p.add(string(text))
}

// notText refuses the value that comes next, by what it is.
func notText(s *jsonscan.Scanner, where string) error {
	return unprocessable("not_text", "%s holds %s where a text must be", where, kindOf(s.Peek()))
}

// kindOf names the kind of the JSON value that begins with c.
func kindOf(c byte) string {
	switch c {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}
