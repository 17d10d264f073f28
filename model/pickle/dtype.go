package pickle

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"strconv"
)

// DType is NumPy's description of an array's elements.
type DType struct {
	// Kind is NumPy's letter: 'f', 'i', 'u', 'b' (bool), 'O' (object), 'U' (text), 'S' (bytes), 'V' (record), and others
	// that are not decoded.
	Kind   byte
	Width  int // bytes per element
	big    bool
	fields []field // of a record
}

// field is one of the fields of a record.
type field struct {
	name   string
	offset int
	dtype  *DType
}

// String returns the name as NumPy has it: float64, int32, object.
func (d *DType) String() string {
	switch d.Kind {
	case 'f', 'i', 'u', 'c':
		return fmt.Sprintf("%s%d", map[byte]string{'f': "float", 'i': "int", 'u': "uint", 'c': "complex"}[d.Kind], 8*d.Width)
	case 'b':
		return "bool"
	case 'O':
		return "object"
	}
	return fmt.Sprintf("%c%d", d.Kind, d.Width)
}

func makeDType(_ *machine, args Tuple) (any, error) {
	if len(args) > 0 {
		switch name := args[0].(type) {
		case string:
			return parseDType(name)
		case *Global: // dtype(numpy.float64)
			return dtypeOf(name)
		}
	}
	return nil, formatErrorf("a dtype without a name")
}

// parseDType reads NumPy's short names: f8, <i4, O, U12.
func parseDType(name string) (*DType, error) {
	d := &DType{}
	if name != "" && (name[0] == '<' || name[0] == '>' || name[0] == '|' || name[0] == '=') {
		d.big = name[0] == '>'
		name = name[1:]
	}
	if name == "" {
		return nil, formatErrorf("an empty dtype")
	}
	d.Kind = name[0]
	if len(name) > 1 {
		n, err := strconv.Atoi(name[1:])
		if err != nil || n < 0 || n > 1<<20 {
			return nil, unsupportedErrorf("dtype %.20q", name)
		}
		d.Width = n
	}
	switch d.Kind {
	case 'U':
		d.Width *= 4
	case '?':
		d.Kind, d.Width = 'b', 1
	case 'O':
		d.Width = 8
	case 'M', 'm':
		d.Width = 8
	}
	if len(name) == 1 {
		if letter, ok := typeLetters[name[0]]; ok { // array-protocol letters: d, f, l
			return parseDType(letter)
		}
	}
	if d.Width == 0 && d.Kind != 'U' && d.Kind != 'S' && d.Kind != 'V' {
		return nil, unsupportedErrorf("dtype %.20q", name)
	}
	return d, nil
}

// typeLetters are the one-letter names that tell a width.
var typeLetters = map[byte]string{'d': "f8", 'f': "f4", 'e': "f2", 'l': "i8", 'q': "i8", 'i': "i4", 'h': "i2",
	'L': "u8", 'I': "u4", 'H': "u2", 'B': "u1"}

// typeNames are the types of NumPy and Python that an element can be of.
var typeNames = map[string]string{"float64": "f8", "float32": "f4", "float16": "f2", "float": "f8", "double": "f8",
	"int64": "i8", "int32": "i4", "int16": "i2", "int8": "i1", "int": "i8", "uint64": "u8", "uint32": "u4",
	"uint16": "u2", "uint8": "u1", "bool_": "b1", "bool": "b1",
	"object_": "O", "object": "O", "str_": "U0", "bytes_": "S0"}

func dtypeOf(name *Global) (*DType, error) {
	if name.Module == "numpy" || name.Module == "builtins" || name.Module == "__builtin__" {
		if s, ok := typeNames[name.Name]; ok {
			return parseDType(s)
		}
	}
	return nil, unsupportedErrorf("dtype %s", name)
}

// AsDType returns the dtype that a parameter stands for: a dtype, numpy.float32, or a name.
func AsDType(v any) (*DType, bool) {
	var d *DType
	var err error
	switch v := v.(type) {
	case *DType:
		return v, true
	case *Global:
		d, err = dtypeOf(v)
	case string:
		if short, ok := typeNames[v]; ok {
			v = short
		}
		d, err = parseDType(v)
	default:
		return nil, false
	}
	return d, err == nil
}

// build takes the state (version, order, subdtype, names, fields, width, alignment, flags).
func (d *DType) build(state any) error {
	s, ok := state.(Tuple)
	if !ok || len(s) < 5 {
		return formatErrorf("the state of a dtype is %s", Describe(state))
	}
	if s[2] != nil {
		return unsupportedErrorf("an array of arrays")
	}
	order, err := textOrBytes(s[1])
	if err != nil {
		return err
	}
	d.big = string(order) == ">"
	if d.Kind != 'V' || s[3] == nil {
		return nil
	}
	return d.buildFields(s)
}

func (d *DType) buildFields(s Tuple) error {
	names, ok1 := s[3].(Tuple)
	fields, ok2 := s[4].(*Dict)
	if !ok1 || !ok2 || len(names) > 1000 {
		return formatErrorf("the fields of a record are %s", Describe(s[4]))
	}
	d.fields = nil
	for _, name := range names {
		text, ok := name.(string)
		value, _ := fields.Get(text)
		pair, isTuple := value.(Tuple)
		if !ok || !isTuple || len(pair) < 2 {
			return formatErrorf("the field %s of a record is %s", Describe(name), Describe(value))
		}
		inner, ok1 := pair[0].(*DType)
		offset, ok2 := pair[1].(int64)
		if !ok1 || !ok2 || inner == d || offset < 0 || offset+int64(inner.Width) > int64(d.Width) {
			return formatErrorf("the field %q of a record does not fit it", text)
		}
		d.fields = append(d.fields, field{text, int(offset), inner})
	}
	return nil
}

// hasObjects reports whether the elements are objects or records with some: then an array is pickled as a list.
func (d *DType) hasObjects() bool {
	if d.Kind == 'O' {
		return true
	}
	for _, f := range d.fields {
		if f.dtype.Kind == 'O' {
			return true
		}
	}
	return false
}

// element decodes one element: to an int64, a *big.Int, a float64, a bool, a string or Bytes. Of kinds that are not
// decoded it returns the bytes.
func (d *DType) element(b []byte) any {
	if d.Kind == 'U' {
		return d.text(b)
	}
	known := d.Width == 1 || d.Width == 2 || d.Width == 4 || d.Width == 8
	if !known || d.Kind != 'b' && d.Kind != 'i' && d.Kind != 'u' && d.Kind != 'f' || d.Kind == 'f' && d.Width == 1 {
		return Bytes(b)
	}
	var word [8]byte
	for i := range b { // to little endian
		if d.big {
			word[len(b)-1-i] = b[i]
		} else {
			word[i] = b[i]
		}
	}
	bits := binary.LittleEndian.Uint64(word[:])
	shift := 64 - 8*d.Width
	switch {
	case d.Kind == 'b':
		return bits != 0
	case d.Kind == 'i':
		return int64(bits<<shift) >> shift
	case d.Kind == 'u' && bits > math.MaxInt64:
		return new(big.Int).SetUint64(bits)
	case d.Kind == 'u':
		return int64(bits)
	case d.Width == 8:
		return math.Float64frombits(bits)
	case d.Width == 4:
		return float64(math.Float32frombits(uint32(bits)))
	}
	return halfFloat(uint16(bits))
}

// text decodes NumPy's fixed-width UTF-32, padded with zeros.
func (d *DType) text(b []byte) string {
	var order binary.ByteOrder = binary.LittleEndian
	if d.big {
		order = binary.BigEndian
	}
	var out []rune
	for ; len(b) >= 4; b = b[4:] {
		out = append(out, rune(order.Uint32(b)))
	}
	for len(out) > 0 && out[len(out)-1] == 0 {
		out = out[:len(out)-1]
	}
	return string(out)
}

// halfFloat is IEEE 754 binary16.
func halfFloat(bits uint16) float64 {
	fraction, exponent := float64(bits&0x3ff), int(bits>>10&0x1f)
	v := math.Ldexp(fraction+1024, exponent-25)
	switch exponent {
	case 0:
		v = math.Ldexp(fraction, -24)
	case 31:
		v = math.Inf(1)
		if fraction != 0 {
			v = math.NaN()
		}
	}
	if bits&0x8000 != 0 {
		v = -v
	}
	return v
}
