package function

import (
	"strconv"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/jsonscan"
	"reddit-classifier/internal/plural"
)

// tensor is an input of an Open Inference request: the positions of its members.
type tensor struct {
	name, datatype, shape, data, parameters jsonscan.Mark

	contents  []byte // in Triton's binary extension, which follows the JSON
	contentOf parameters
}

// inputs reads Open Inference's list of tensors: the only one, or the one named text, body, comment or TEXT_FIELD.
func (p *request) inputs(s *jsonscan.Scanner) error {
	m := p.members
	if exists(m.id) {
		s.Seek(m.id)
		if c := s.Peek(); c == '"' {
			raw, err := s.Raw()
			if err != nil {
				return err
			}
			if len(raw) > 2 {
				p.id = raw
			}
		}
	}
	contentType := ""
	if exists(m.parameters) {
		s.Seek(m.parameters)
		all := readParameters(s)
		contentType, p.binaryOutput = all.contentType, all.binaryOutput
	}
	if exists(m.outputs) && p.isBinary {
		s.Seek(m.outputs)
		if err := p.requestedOutputs(s); err != nil {
			return err
		}
	}
	s.Seek(m.inputs)
	if s.Peek() != '[' {
		return unprocessable("unknown_shape", "inputs is not an array")
	}
	var chosen tensor
	n, texts, index := 0, 0, 0
	err := s.Array(func() error {
		if s.Peek() != '{' {
			return unprocessable("unknown_shape", "inputs[%d] is not an object", n)
		}
		if err := p.readTensor(s); err != nil {
			return err
		}
		after := s.Mark()
		isText := p.tensorIsText(s)
		err := p.readContents(s, n)
		s.Seek(after)
		if err != nil {
			return err
		}
		if n == 0 || isText {
			chosen, index = p.tensor, n
		}
		if isText {
			texts++
		}
		n++
		return nil
	})
	switch {
	case err != nil:
		return err
	case len(p.binary) > 0:
		return badRequest("bad_binary_data",
			"%d bytes follow the contents of the inputs: binary_data_size must count them", len(p.binary))
	case n == 0:
		return unprocessable("unknown_shape", "inputs has no tensor")
	case n > 1 && texts != 1:
		return unprocessable("too_many_inputs",
			"inputs has %d tensors, %d of them named text, body, comment or TEXT_FIELD: it must be exactly one", n, texts)
	}
	return p.input(s, chosen, index, contentType)
}

// readTensor reads one element of inputs.
func (p *request) readTensor(s *jsonscan.Scanner) error {
	p.tensor = tensor{}
	return s.Object(func(key []byte) error {
		at := s.Mark()
		switch string(key) {
		case "name":
			p.tensor.name = at
		case "datatype":
			p.tensor.datatype = at
		case "shape":
			p.tensor.shape = at
		case "data":
			p.tensor.data = at
		case "parameters":
			p.tensor.parameters = at
		}
		return s.Skip()
	})
}

// readContents reads the parameters of the current tensor, which is inputs[i], and takes its contents from the binary
// part of the body.
func (p *request) readContents(s *jsonscan.Scanner, i int) (err error) {
	p.tensor.contentOf.size = -1
	if exists(p.tensor.parameters) {
		s.Seek(p.tensor.parameters)
		p.tensor.contentOf = readParameters(s)
	}
	parameters := p.tensor.contentOf
	switch {
	case !p.isBinary:
		p.tensor.contentOf.size = -1
		return nil
	case parameters.unsupported != "":
		return unprocessable("unknown_shape",
			"inputs[%d] has the parameter %s, which is not supported: send the texts in the request", i, parameters.unsupported)
	case parameters.badSize:
		return badRequest("bad_binary_data", "binary_data_size of inputs[%d] is not a number of bytes", i)
	case parameters.size < 0:
		return nil
	case exists(p.tensor.data):
		return badRequest("bad_binary_data", "inputs[%d] has data in the JSON and binary_data_size: it must be one of them", i)
	}
	p.tensor.contents, err = p.takeContents(p.tensor.contentOf.size)
	return err
}

func (p *request) tensorIsText(s *jsonscan.Scanner) bool {
	if !exists(p.tensor.name) {
		return false
	}
	s.Seek(p.tensor.name)
	if s.Peek() != '"' {
		return false
	}
	name, err := s.Text()
	return err == nil && p.dialect.isText(string(name))
}

// input reads the texts of a tensor.
func (p *request) input(s *jsonscan.Scanner, t tensor, index int, contentType string) error {
	where := "inputs[" + strconv.Itoa(index) + "]"
	datatype := ""
	if exists(t.datatype) {
		s.Seek(t.datatype)
		raw, err := s.Raw()
		if err != nil {
			return err
		}
		datatype = string(raw)
	}
	switch {
	case datatype != `"BYTES"`:
		return unprocessable("not_text", "%s.datatype is not BYTES", where)
	case !exists(t.data) && t.contentOf.size < 0:
		return unprocessable("unknown_shape", "%s has no data", where)
	}
	if t.contentOf.contentType != "" {
		contentType = t.contentOf.contentType
	}
	isBase64 := false
	switch contentType {
	case "", "str", "np": // strings are texts as they are
	case "base64":
		isBase64 = true
	default:
		return unsupported("unsupported_content_type",
			"the content_type %s of %s is not supported: use str or base64", cloudevent.Quote(contentType), where)
	}
	if err := p.readTexts(s, t, where, isBase64); err != nil {
		return err
	}
	if exists(t.shape) {
		s.Seek(t.shape)
		if fits(s, len(p.comments)) {
			return nil
		}
	}
	return unprocessable("shape_mismatch", "%s.shape does not fit the %s in its data", where,
		plural.Of(len(p.comments), "text", "texts"))
}

// readTexts reads the texts of a tensor, from the JSON or from the binary part of the body.
func (p *request) readTexts(s *jsonscan.Scanner, t tensor, where string, isBase64 bool) error {
	if t.contentOf.size >= 0 {
		return p.contentsTexts(t.contents, where, isBase64)
	}
	s.Seek(t.data)
	return p.tensorTexts(s, where+".data", isBase64)
}

// tensorTexts reads the texts in the member data of a tensor.
func (p *request) tensorTexts(s *jsonscan.Scanner, where string, isBase64 bool) error {
	if !isBase64 {
		return p.texts(s, where, singleColumn)
	}
	if s.Peek() != '[' {
		return unprocessable("unknown_shape", "%s is not an array", where)
	}
	return s.Array(func() error {
		if s.Peek() == '[' {
			return s.Array(func() error { return p.addBase64(s, where) })
		}
		return p.addBase64(s, where)
	})
}

// fits reports whether the next value is [n] or [n,1].
func fits(s *jsonscan.Scanner, n int) bool {
	if s.Peek() != '[' {
		return false
	}
	got, ok := 0, true
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

// decimal returns the value of raw if it is a number of at most nine decimal digits, and -1 otherwise.
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
