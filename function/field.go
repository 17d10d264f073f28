package function

import (
	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/jsonscan"
)

// field reads the comment at the path TEXT_FIELD, if the object has it, and the id at the path ID_FIELD, which becomes
// the answer's meta.puid.
func (p *request) field(s *jsonscan.Scanner) (found bool, err error) {
	s.Seek(p.start)
	if !find(s, p.dialect.textField) {
		return false, nil
	}
	p.shape = seldon
	if err := p.addString(s, "the field "+cloudevent.Quote(p.dialect.textName)); err != nil {
		return true, err
	}
	if p.dialect.idField == nil {
		return true, nil
	}
	s.Seek(p.start)
	if !find(s, p.dialect.idField) {
		return true, nil
	}
	switch c := s.Peek(); {
	case c == '"':
		p.puid, err = s.Raw()
	case c == '-' || c-'0' <= 9:
		p.puid, err = s.Raw()
		p.puid = append(append([]byte{'"'}, p.puid...), '"')
	}
	return true, err
}

// find moves s to the value at a path of members in the next object. It reports whether there is one.
func find(s *jsonscan.Scanner, path []string) bool {
	for _, name := range path {
		if s.Peek() != '{' {
			return false
		}
		var at jsonscan.Mark
		err := s.Object(func(key []byte) error {
			if string(key) == name {
				at = s.Mark()
			}
			return s.Skip()
		})
		if err != nil || at.IsZero() {
			return false
		}
		s.Seek(at)
	}
	return true
}
