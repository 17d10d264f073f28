package function

import (
	"bytes"
	"unicode/utf8"

	"reddit-classifier/internal/jsonscan"
)

// shape is the convention a record follows, and so the one its answer follows.
type shape int

const (
	unknown       shape = iota
	seldon              // {"data":{"ndarray":…}}, {"strData":…}, {"jsonData":…}
	kserve              // {"instances":…}, KServe v1
	openInference       // {"inputs":[…]}, Open Inference Protocol v2
	reddit              // a comment as Reddit's API gives it, answered as Seldon
)

// maxComments bounds the answer, which is up to fifteen times as long as the shortest question.
const maxComments = 1 << 16

// request is what one event's data asks: its comments and what the response repeats.
type request struct {
	shape    shape
	comments []string

	tags, puid, id []byte // JSON as it was received: Seldon's meta.tags and meta.puid, Open Inference's id

	body     string // a Reddit comment's members, in whatever order they come
	hasBody  bool
	hasIdent bool
	reading  int // how deep in jsonData
}

// reset empties the request and keeps its memory.
func (p *request) reset() {
	clear(p.comments)
	*p = request{comments: p.comments[:0]}
}

// read finds the comments in an event's data. An absent content type, or one that says no more than "bytes", is sniffed:
// what starts like a JSON object has to be JSON; anything else is JSON if it is JSON as a whole, and otherwise text.
func (p *request) read(s *jsonscan.Scanner, contentType string, data []byte) error {
	kind, err := mediaKind(contentType)
	if err != nil {
		return err
	}
	if len(data) == 0 {
		return unprocessable("no_data", "the event has no data")
	}
	if kind == sniffed {
		kind = sniff(data)
	}
	if !utf8.Valid(data) {
		if kind == jsonText {
			return badRequest("invalid_utf8", "the JSON is not valid UTF-8")
		}
		return unprocessable("invalid_utf8", "the text is not valid UTF-8")
	}
	if kind == plainText {
		p.shape, p.comments = seldon, append(p.comments, string(data))
		return nil
	}
	*s = jsonscan.New(bytes.TrimPrefix(data, byteOrderMark))
	return p.document(s)
}

// document reads the whole of a JSON payload.
func (p *request) document(s *jsonscan.Scanner) error {
	if err := p.value(s); err != nil {
		return err
	}
	return s.End()
}

// value reads a JSON value that holds comments: an object of a known shape or a string. Within jsonData also an array of them.
func (p *request) value(s *jsonscan.Scanner) error {
	switch c := s.Peek(); {
	case c == '{':
		return p.object(s)
	case c == '"':
		p.shape = seldon
		return p.add(s, "the JSON string")
	case c == '[' && p.reading > 0:
		p.shape = seldon
		return p.texts(s, "jsonData")
	}
	if err := s.Skip(); err != nil {
		return err
	}
	return unprocessable("unknown_shape", "the JSON is neither an object nor a text")
}

// object reads the members of the record, in whatever order they come.
func (p *request) object(s *jsonscan.Scanner) error {
	err := s.Object(func(key []byte) error {
		switch string(key) {
		case "data":
			return p.claim(seldon, func() error { return p.seldonData(s) })
		case "strData":
			return p.claim(seldon, func() error { return p.add(s, "strData") })
		case "jsonData":
			return p.claim(seldon, func() error { return p.jsonData(s) })
		case "binData":
			return refuseUnread("bindata_unsupported", "binData is not read; comments are text: use data.ndarray or strData")
		case "instances":
			return p.claim(kserve, func() error { return p.texts(s, "instances") })
		case "inputs":
			return p.claim(openInference, func() error { return p.inputs(s) })
		case "meta":
			return p.meta(s)
		case "body":
			return p.redditBody(s)
		case "id", "name":
			return p.ident(s, key)
		}
		return s.Skip()
	})
	if err != nil || p.shape != unknown {
		return err
	}
	return p.asReddit()
}

func refuseUnread(reason, message string) error { return unprocessable(reason, "%s", message) }

// claim settles the shape; a record of two shapes, or with one member twice, could be read in two ways and is refused.
func (p *request) claim(is shape, read func() error) error {
	if p.shape != unknown {
		return unprocessable("ambiguous_shape", "the record says twice what its comments are")
	}
	if err := read(); err != nil {
		return err
	}
	p.shape = is
	return nil
}

func (p *request) redditBody(s *jsonscan.Scanner) error {
	if p.hasBody {
		return unprocessable("ambiguous_shape", "body stands twice in the record")
	}
	if s.Peek() != '"' {
		return p.notText(s, "body")
	}
	body, err := s.Text()
	p.body, p.hasBody = string(body), true
	return err
}

// ident reads the member id or name, which a Reddit comment has one of and Open Inference repeats in its answer.
func (p *request) ident(s *jsonscan.Scanner, key []byte) error {
	isID := string(key) == "id"
	text := s.Peek() == '"'
	raw, err := s.Raw()
	if text && len(raw) > 2 {
		p.hasIdent = true
		if isID {
			p.id = raw
		}
	}
	return err
}

func (p *request) asReddit() error {
	switch {
	case !p.hasBody:
		return unprocessable("unknown_shape", "no data, strData, jsonData, instances, inputs or body in the JSON object")
	case !p.hasIdent:
		return unprocessable("unknown_shape", "a Reddit comment has id or name beside body")
	}
	p.shape = reddit
	p.comments = append(p.comments, p.body)
	return nil
}

// texts reads an array of strings, or of rows that hold one string each.
func (p *request) texts(s *jsonscan.Scanner, where string) error {
	if s.Peek() != '[' {
		return p.wrongType(s, "unknown_shape", where+" is not an array")
	}
	rows := false
	return s.Array(func() error {
		if n := len(p.comments); n == 0 {
			rows = s.Peek() == '['
		} else if rows != (s.Peek() == '[') {
			return unprocessable("mixed_rows", "%s[%d] is not of the kind of the elements before it", where, n)
		}
		if !rows {
			return p.add(s, where)
		}
		before := len(p.comments)
		if err := s.Array(func() error { return p.add(s, where) }); err != nil {
			return err
		}
		if len(p.comments) != before+1 {
			return unprocessable("not_one_column", "%s[%d] does not have exactly one column", where, before)
		}
		return nil
	})
}

// add reads one comment.
func (p *request) add(s *jsonscan.Scanner, where string) error {
	if s.Peek() != '"' {
		return p.notText(s, where)
	}
	text, err := s.Text()
	if err != nil {
		return err
	}
	if len(p.comments) == maxComments {
		return tooLarge("too_many_comments", "more than %d comments in one event", maxComments)
	}
	p.comments = append(p.comments, string(text))
	return nil
}

// notText refuses the value that comes next, by what it is.
func (p *request) notText(s *jsonscan.Scanner, where string) error {
	kind := "a number"
	switch s.Peek() {
	case '{':
		kind = "an object"
	case '[':
		kind = "an array"
	case 't', 'f':
		kind = "a boolean"
	case 'n':
		kind = "null"
	}
	return p.wrongType(s, "not_text", where+" holds "+kind+" where a text must be")
}

// wrongType refuses the value that comes next, as invalid JSON if it is that.
func (p *request) wrongType(s *jsonscan.Scanner, reason, message string) error {
	if err := s.Skip(); err != nil {
		return err
	}
	return unprocessable(reason, "%s", message)
}
