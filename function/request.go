package function

import (
	"bytes"
	"unicode/utf8"

	"reddit-classifier/internal/jsonscan"
)

// shape is the protocol of a request, which its response follows.
type shape int

const (
	unknown       shape = iota
	seldon              // data.ndarray; also texts, lines of this program's own files, and things of Reddit
	kserve              // predictions, KServe v1
	openInference       // outputs, Open Inference Protocol v2
	shapes              // number of shapes
)

// String returns the shape's name in metrics.
func (s shape) String() string {
	return [...]string{"unknown", "seldon", "kserve", "open_inference"}[s]
}

// maxComments is the maximum number of comments in a request. It bounds the answer, which can be fifteen times as long
// as the request.
const maxComments = 1 << 16

// maxEnvelopes is the maximum number of nested envelopes: jsonData, Kafka Connect's, Debezium's, a JSON string.
const maxEnvelopes = 8

// dialect holds the settings of how data is read.
type dialect struct {
	confluent bool     // CONFLUENT_FRAMING
	textName  string   // TEXT_FIELD, which also names a column or input
	textField []string // its path; nil: none
	idField   []string
}

// request is the parsed data of an event: its comments, and what the response repeats.
type request struct {
	dialect  *dialect
	shape    shape
	comments []string

	tags, puid, id []byte // JSON as it was received: Seldon's meta.tags and meta.puid, Open Inference's id

	members   members       // of the object being read
	start     jsonscan.Mark // beginning of that object
	envelopes int
	tensor    tensor // the one being read

	only         shape    // the only shape that the request's path accepts; unknown: any
	isBinary     bool     // contents of tensors may follow the JSON, as in Triton's binary extension
	binary       []byte   // the contents that are not read yet
	outputs      []string // names of the requested outputs
	binaryOutput bool     // the answer's numbers follow its JSON
	header       int      // length of the answer's JSON if something follows it, otherwise 0
}

// reset empties the request and keeps its memory.
func (p *request) reset() {
	clear(p.comments)
	*p = request{comments: p.comments[:0]}
}

// read finds the comments in an event's data. Without a content type, or with application/octet-stream, the data is
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
	if kind == unknownType {
		kind = sniff(data)
	}
	if kind == plainText {
		if p.only == kserve || p.only == openInference {
			return p.shapeError()
		}
		p.shape = seldon
		text := string(bytes.TrimPrefix(data, byteOrderMark))
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
		return p.shapeError()
	}
	return nil
}

// shapeError returns the error for a request of another shape than its path accepts.
func (p *request) shapeError() error {
	switch p.only {
	case kserve:
		return unprocessable("unknown_shape", "this path is for KServe v1: {\"instances\":[...]}")
	case openInference:
		return unprocessable("unknown_shape", "this path is for Open Inference v2: {\"inputs\":[...]}")
	}
	return unprocessable("unknown_shape", "this path is for Seldon: {\"data\":{\"ndarray\":[...]}}")
}

// document reads a JSON text to its end.
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

// value reads a valid JSON value: an object of a known shape, a string, or an array of things of Reddit's API.
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
		return badRequest("json_too_deep", "more than %d nested envelopes", maxEnvelopes)
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

// notText returns the error for the next value, which is not a text.
func notText(s *jsonscan.Scanner, where string) error {
	return unprocessable("not_text", "%s holds %s instead of a text", where, kindOf(s.Peek()))
}

// kindOf names the type of the JSON value that begins with c.
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
