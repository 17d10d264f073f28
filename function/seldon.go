package function

// jsonData reads Seldon's free JSON: a comment, an array of them or a record of any shape here.
func (p *payload) jsonData(s *scanner) error {
	inner := payload{reading: p.reading + 1}
	if err := inner.value(s); err != nil {
		return err
	}
	p.comments = inner.comments
	return nil
}

// seldonData reads {"names":…,"ndarray":…}.
func (p *payload) seldonData(s *scanner) error {
	if s.peek() != '{' {
		return p.wrongType(s, "unknown_shape", "data is not an object")
	}
	found := false
	err := s.object(func(key []byte) error {
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
		return s.skip()
	})
	if err == nil && !found {
		return unprocessable("unknown_shape", "data has no ndarray")
	}
	return err
}

// meta keeps what the answer repeats of Seldon's meta.
func (p *payload) meta(s *scanner) error {
	if s.peek() != '{' {
		return s.skip()
	}
	return s.object(func(key []byte) (err error) {
		switch c := s.peek(); {
		case string(key) == "tags" && c == '{':
			p.tags, err = s.raw()
		case string(key) == "puid" && c == '"':
			p.puid, err = s.raw()
		default:
			err = s.skip()
		}
		return err
	})
}
