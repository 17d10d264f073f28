package function

import (
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf8"

	"reddit-classifier/internal/jsonscan"
)

// binaryHeader is the header with the length of the JSON, which the contents of tensors follow in Triton's binary
// extension.
const binaryHeader = "Inference-Header-Content-Length"

// splitBinary returns the JSON of a request body, and stores what follows it in p.binary.
func (p *request) splitBinary(length string, body []byte) ([]byte, error) {
	if length == "" {
		return body, nil
	}
	n, err := strconv.Atoi(length)
	if err != nil || n < 0 || n > len(body) {
		return nil, badRequest("bad_binary_data",
			"%s is not the length of the JSON at the beginning of the body", binaryHeader)
	}
	p.binary = body[n:]
	return body[:n], nil
}

// binaryMemory estimates how many bytes it takes to answer the comments in the contents of tensors.
func (c *classifier) binaryMemory(contents []byte) int64 {
	if len(contents) == 0 {
		return 0
	}
	return c.memoryFor(len(contents), min(len(contents)/4, maxComments))
}

// parameters are the supported parameters of a tensor or a request.
type parameters struct {
	contentType  string
	size         int    // of a tensor's contents after the JSON; -1: it has none there
	badSize      bool   // the size is not a number of bytes
	binaryOutput bool   // the answer's contents shall follow its JSON
	unsupported  string // a parameter that changes where contents are or what they mean
}

// readParameters reads the next object, which is valid JSON.
func readParameters(s *jsonscan.Scanner) parameters {
	p := parameters{size: -1}
	if s.Peek() != '{' {
		return p
	}
	_ = s.Object(func(key []byte) error {
		c := s.Peek()
		switch {
		case string(key) == "content_type" && c == '"':
			text, err := s.Text()
			p.contentType = string(text)
			return err
		case string(key) == "binary_data_size":
			raw, err := s.Raw()
			p.size = decimal(raw)
			p.badSize = p.size < 0
			return err
		case string(key) == "binary_data_output", string(key) == "binary_data":
			p.binaryOutput = c == 't'
		case string(key) == "classification", string(key) == "shared_memory_region":
			p.unsupported = string(key)
		}
		return s.Skip()
	})
	return p
}

// takeContents returns the next size bytes of p.binary.
func (p *request) takeContents(size int) ([]byte, error) {
	if size > len(p.binary) {
		return nil, badRequest("bad_binary_data", "the contents after the JSON are shorter than binary_data_size says")
	}
	contents := p.binary[:size]
	p.binary = p.binary[size:]
	return contents, nil
}

// contentsTexts reads BYTES elements. Each is preceded by its length as a little-endian uint32.
func (p *request) contentsTexts(contents []byte, where string, isBase64 bool) error {
	for i := 0; len(contents) > 0; i++ {
		if len(contents) < 4 || uint64(binary.LittleEndian.Uint32(contents)) > uint64(len(contents)-4) {
			return badRequest("bad_binary_data", "the contents of %s end within element %d", where, i)
		}
		n := int(binary.LittleEndian.Uint32(contents))
		element := contents[4 : 4+n]
		contents = contents[4+n:]
		if isBase64 {
			if err := p.addDecoded(element, where); err != nil {
				return err
			}
			continue
		}
		if !utf8.Valid(element) {
			return unprocessable("invalid_utf8", "element %d of %s is not valid UTF-8", i, where)
		}
		if err := p.add(string(element)); err != nil {
			return err
		}
	}
	return nil
}

// requestedOutputs reads the names of the requested outputs, and whether they shall be binary.
func (p *request) requestedOutputs(s *jsonscan.Scanner) error {
	if s.Peek() != '[' {
		return unprocessable("unknown_shape", "outputs is not an array")
	}
	return s.Array(func() error {
		if s.Peek() != '{' {
			return unprocessable("unknown_shape", "outputs holds %s instead of an object", kindOf(s.Peek()))
		}
		return s.Object(func(key []byte) error {
			switch {
			case string(key) == "name" && s.Peek() == '"':
				name, err := s.Text()
				p.outputs = append(p.outputs, string(name))
				return err
			case string(key) == "parameters":
				at := s.Mark()
				all := readParameters(s)
				if p.binaryOutput = all.binaryOutput; all.unsupported != "" {
					return unprocessable("unknown_output", "outputs has the parameter %s, which is not supported: leave it out",
						all.unsupported)
				}
				s.Seek(at)
			}
			return s.Skip()
		})
	})
}

// checkOutputs returns an error if an output was requested that the model does not have.
func (p *request) checkOutputs(f *outputForm) error {
	for _, name := range p.outputs {
		if name != f.output() && name != f.method {
			return unprocessable("unknown_output",
				"outputs names an output that the model does not have: its output is %s", f.output())
		}
	}
	return nil
}

// appendContents appends the numbers or labels of an answer in binary form.
func (c *classifier) appendContents(dst []byte, p *predictions) []byte {
	if c.form.columns == 0 {
		for _, label := range p.labels {
			name := c.form.classes[label]
			dst = append(binary.LittleEndian.AppendUint32(dst, uint32(len(name))), name...)
		}
		return dst
	}
	for _, f := range p.numbers {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(f))
	}
	return dst
}

// contentsSize returns the number of bytes that appendContents appends.
func (c *classifier) contentsSize(p *predictions) int {
	if c.form.columns > 0 {
		return 8 * len(p.numbers)
	}
	size := 0
	for _, label := range p.labels {
		size += 4 + len(c.form.classes[label])
	}
	return size
}
