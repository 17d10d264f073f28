package function

import (
	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/jsonscan"
)

// members are the positions of those members of an object that decide its shape.
type members struct {
	data, strData, jsonData, binData, instances, inputs, outputs, meta, parameters jsonscan.Mark // of requests
	id, name, body, text, title, selftext, kind, deleted                           jsonscan.Mark // of comments
	schema, payload, before, after, op                                             jsonscan.Mark // of envelopes
	specversion, eventType, source                                                 jsonscan.Mark // of events
}

// field returns where to store the position of a member, or nil if it is not in members.
func (m *members) field(key []byte) *jsonscan.Mark {
	switch string(key) {
	case "data":
		return &m.data
	case "strData":
		return &m.strData
	case "jsonData":
		return &m.jsonData
	case "binData":
		return &m.binData
	case "instances":
		return &m.instances
	case "inputs":
		return &m.inputs
	case "outputs":
		return &m.outputs
	case "meta":
		return &m.meta
	case "parameters":
		return &m.parameters
	case "id":
		return &m.id
	case "name":
		return &m.name
	case "body":
		return &m.body
	case "text":
		return &m.text
	case "title":
		return &m.title
	case "selftext":
		return &m.selftext
	case "kind":
		return &m.kind
	case "__deleted":
		return &m.deleted
	case "schema":
		return &m.schema
	case "payload":
		return &m.payload
	case "before":
		return &m.before
	case "after":
		return &m.after
	case "op":
		return &m.op
	case "specversion":
		return &m.specversion
	case "type":
		return &m.eventType
	case "source":
		return &m.source
	}
	return nil
}

// collect reads an object to its end and stores the positions of its members in p.members, and its beginning in
// p.start.
func (p *request) collect(s *jsonscan.Scanner) error {
	p.start = s.Mark()
	p.members = members{}
	twice := false
	err := s.Object(func(key []byte) error {
		if at := p.members.field(key); at != nil {
			twice = twice || !at.IsZero()
			*at = s.Mark()
		}
		return s.Skip()
	})
	if err == nil && twice { // parsers differ in which of the two they use
		return unprocessable("ambiguous_shape", "the JSON object has a member twice")
	}
	return err
}

// object reads the object whose members are in p.members.
func (p *request) object(s *jsonscan.Scanner) error {
	m := &p.members
	if exists(m.specversion) && (exists(m.source) || exists(m.eventType)) {
		return badRequest("not_a_cloudevent",
			"this is a structured CloudEvent without its content type: send it as %s", cloudevent.StructuredType)
	}
	if p.dialect.textField != nil {
		if found, err := p.field(s); found || err != nil {
			return err
		}
	}
	if exists(m.kind) && exists(m.data) {
		s.Seek(p.start)
		p.shape = seldon
		return p.thing(s)
	}
	if n := countExisting(m.data, m.strData, m.jsonData, m.instances, m.inputs); n > 1 {
		return unprocessable("ambiguous_shape",
			"the record has comments in two places: send one of data, strData, jsonData, instances and inputs")
	} else if n == 0 {
		return p.flatObject(s)
	}
	return p.protocolRequest(s)
}

// protocolRequest reads a request of Seldon, KServe or Open Inference.
func (p *request) protocolRequest(s *jsonscan.Scanner) error {
	m := &p.members
	switch {
	case exists(m.instances):
		p.shape = kserve
		s.Seek(m.instances)
		return p.instances(s)
	case exists(m.inputs):
		p.shape = openInference
		return p.inputs(s)
	}
	p.shape = seldon
	if exists(m.meta) {
		s.Seek(m.meta)
		if err := p.meta(s); err != nil {
			return err
		}
	}
	switch {
	case exists(m.strData):
		s.Seek(m.strData)
		return p.addString(s, "strData")
	case exists(m.jsonData):
		s.Seek(m.jsonData)
		return p.jsonData(s)
	}
	s.Seek(m.data)
	return p.seldonData(s)
}

// flatObject reads an object of none of the protocols: an envelope or a comment.
func (p *request) flatObject(s *jsonscan.Scanner) error {
	m := &p.members
	switch {
	case exists(m.binData):
		return unprocessable("bindata_unsupported",
			"binData is not supported: comments are text, use data.ndarray or strData")
	case exists(m.schema) && exists(m.payload):
		return p.connect(s)
	case exists(m.op) && (exists(m.after) || exists(m.before)), exists(m.after) && exists(m.before):
		return p.debezium(s)
	case exists(m.deleted) && p.isDeleted(s):
		return errDeleted
	}
	p.shape = seldon
	return p.comment(s)
}

// comment reads an object with a text: a line of this program's own files, or a comment or submission of Reddit.
func (p *request) comment(s *jsonscan.Scanner) error {
	m := &p.members
	isText, isBody := p.isPresent(s, m.text), p.isPresent(s, m.body)
	isSubmission := p.isPresent(s, m.title) && exists(m.selftext)
	switch {
	case isText && isBody, isBody && isSubmission, isText && isSubmission:
		return unprocessable("ambiguous_shape",
			"the record has two of text, body, and title with selftext: send one, or let TEXT_FIELD name one")
	case isText, exists(m.text) && !isBody && !isSubmission:
		s.Seek(m.text)
		return p.addString(s, "text")
	case isSubmission:
		return p.submission(s)
	case !exists(m.body):
		return unprocessable("unknown_shape", "no comment in the JSON object: it has none of data, strData, jsonData, "+
			"instances, inputs, text, or body with id or name; TEXT_FIELD can name another field")
	case !p.isID(s, m.id) && !p.isID(s, m.name):
		return unprocessable("unknown_shape",
			"the JSON object has a body, but neither the id nor the name of a Reddit comment")
	}
	s.Seek(m.body)
	return p.addString(s, "body")
}

// isPresent reports whether a member exists and is not null.
func (p *request) isPresent(s *jsonscan.Scanner, at jsonscan.Mark) bool {
	s.Seek(at)
	return exists(at) && s.Peek() != 'n'
}

// isID reports whether a member can be an id: a number, or a string that is not empty.
func (p *request) isID(s *jsonscan.Scanner, at jsonscan.Mark) bool {
	if !exists(at) {
		return false
	}
	s.Seek(at)
	c := s.Peek()
	raw, err := s.Raw()
	return err == nil && (c == '"' && len(raw) > 2 || c == '-' || c-'0' <= 9)
}

func exists(at jsonscan.Mark) bool { return !at.IsZero() }

// countExisting returns how many of the members exist.
func countExisting(places ...jsonscan.Mark) (n int) {
	for _, at := range places {
		if exists(at) {
			n++
		}
	}
	return n
}
