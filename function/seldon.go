package function

import "reddit-classifier/internal/jsonscan"

// jsonData reads Seldon's free JSON: a comment, an array of them or a record of any shape here.
func (p *request) jsonData(s *jsonscan.Scanner) error {
	inner := request{reading: p.reading + 1}
	if err := inner.value(s); err != nil {
		return err
	}
	p.comments = inner.comments
	return nil
}

// seldonData reads {"names":…,"ndarray":…}.
func (p *request) seldonData(s *jsonscan.Scanner) error {
	if s.Peek() != '{' {
		return p.wrongType(s, "unknown_shape", "data is not an object")
	}
	found := false
	err := s.Object(func(key []byte) error {
		switch string(key) {
		case "ndarray":
			if found {
				return unprocessable("ambiguous_shape", "ndarray stands twice in the record")
			}
			found = true
			return p.texts(s, "ndarray")
		case "tensor":
			return refuseUnread("tensor_unsupported", "data.tensor holds numbers; comments are text: use data.ndarray")
		case "tftensor":
			return refuseUnread("tftensor_unsupported", "data.tftensor is not read; use data.ndarray")
		}
		return s.Skip()
	})
	if err == nil && !found {
		return unprocessable("unknown_shape", "data has no ndarray")
	}
	return err
}

// meta keeps what the answer repeats of Seldon's meta.
func (p *request) meta(s *jsonscan.Scanner) error {
	if s.Peek() != '{' {
		return s.Skip()
	}
	return s.Object(func(key []byte) (err error) {
		switch c := s.Peek(); {
		case string(key) == "tags" && c == '{':
			p.tags, err = s.Raw()
		case string(key) == "puid" && c == '"':
			p.puid, err = s.Raw()
		default:
			err = s.Skip()
		}
		return err
	})
}
