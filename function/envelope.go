package function

import "reddit-classifier/internal/jsonscan"

// errDeleted refuses a record that only says that a row was deleted. There is nothing to predict; a sender that did not
// mean to send such records finds them among the dead letters.
var errDeleted = unprocessable("deleted", "the record says that a row was deleted; there is no comment to predict")

// connect reads what Kafka Connect's JsonConverter writes with schemas.enable=true: {"schema":…,"payload":…}.
func (p *request) connect(s *jsonscan.Scanner) error {
	s.Seek(p.members.payload)
	if s.Peek() == 'n' {
		return unprocessable("no_data", "the payload of Kafka Connect's envelope is null")
	}
	if isBytes(s, p.members.schema) {
		return unprocessable("binary_data",
			"the payload of Kafka Connect's envelope is bytes: use a converter that writes text or JSON")
	}
	s.Seek(p.members.payload)
	if err := p.enter(); err != nil {
		return err
	}
	return p.value(s)
}

// isBytes reports whether a schema of Kafka Connect has the type bytes, which JsonConverter writes as base64.
func isBytes(s *jsonscan.Scanner, schema jsonscan.Mark) bool {
	s.Seek(schema)
	if s.Peek() != '{' {
		return false
	}
	found := false
	err := s.Object(func(key []byte) error {
		raw, err := s.Raw()
		found = found || string(key) == "type" && string(raw) == `"bytes"`
		return err
	})
	return err == nil && found
}

// debezium reads a change event of Debezium, whose member after is the row.
func (p *request) debezium(s *jsonscan.Scanner) error {
	if !exists(p.members.after) {
		return errDeleted
	}
	s.Seek(p.members.after)
	if s.Peek() == 'n' {
		return errDeleted
	}
	if err := p.enter(); err != nil {
		return err
	}
	return p.value(s)
}

// isDeleted reports whether __deleted is true, which Debezium's ExtractNewRecordState adds to a row.
func (p *request) isDeleted(s *jsonscan.Scanner) bool {
	s.Seek(p.members.deleted)
	raw, err := s.Raw()
	return err == nil && (string(raw) == "true" || string(raw) == `"true"`)
}
