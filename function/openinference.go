package function

import "reddit-classifier/internal/jsonscan"

// inputs reads Open Inference's list of tensors, of which there must be one, of text.
func (p *request) inputs(s *jsonscan.Scanner) error {
	if s.Peek() != '[' {
		return p.wrongType(s, "unknown_shape", "inputs is not an array")
	}
	n := 0
	err := s.Array(func() error {
		if n++; n > 1 {
			return unprocessable("too_many_inputs", "inputs has more than one tensor")
		}
		return p.tensor(s)
	})
	if err == nil && n == 0 {
		return unprocessable("unknown_shape", "inputs has no tensor")
	}
	return err
}

func (p *request) tensor(s *jsonscan.Scanner) error {
	if s.Peek() != '{' {
		return p.wrongType(s, "unknown_shape", "inputs[0] is not an object")
	}
	var datatype, dims, data []byte
	err := s.Object(func(key []byte) (err error) {
		switch string(key) {
		case "datatype":
			datatype, err = s.Raw()
		case "shape":
			dims, err = s.Raw()
		case "data":
			data, err = s.Raw()
		default:
			err = s.Skip()
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case string(datatype) != `"BYTES"`:
		return unprocessable("not_text", "inputs[0].datatype is not BYTES")
	case data == nil:
		return unprocessable("unknown_shape", "inputs[0] has no data")
	}
	inner := s.Within(data)
	if err := p.texts(&inner, "inputs[0].data"); err != nil {
		return err
	}
	if !fits(dims, len(p.comments)) {
		return unprocessable("shape_mismatch", "inputs[0].shape is not that of the %d texts in its data", len(p.comments))
	}
	return nil
}

// fits tells whether the JSON array dims is [n] or [n,1].
func fits(dims []byte, n int) bool {
	s, got, ok := jsonscan.New(dims), 0, true
	err := s.Array(func() error {
		got++
		raw, err := s.Raw()
		switch got {
		case 1:
			ok = ok && decimal(raw) == n
		case 2:
			ok = ok && decimal(raw) == 1
		default:
			ok = false
		}
		return err
	})
	return err == nil && ok && got > 0
}

// decimal returns a JSON number that is a count, else -1.
func decimal(raw []byte) int {
	if len(raw) == 0 || len(raw) > 9 {
		return -1
	}
	n := 0
	for _, c := range raw {
		if c-'0' > 9 {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}
