package pickle

import (
	"encoding/binary"
	"math"
	"strconv"
)

// dtype is NumPy's description of an array's elements, as far as a model needs it: one kind letter, a width, an order of bytes.
type dtype struct {
	kind  byte // 'f', 'i', 'u', 'b' (bool), 'O' (object), 'U' (text), 'S' (bytes)
	width int  // bytes per element
	big   bool
}

// ndarray is an array before conversion: its raw bytes, or, of objects, the objects.
type ndarray struct {
	dtype   *dtype
	shape   []int
	fortran bool
	raw     []byte
	objects []any
}

func makeDtype(_ *machine, args tuple) (any, error) {
	if len(args) > 0 {
		switch name := args[0].(type) {
		case string:
			return parseDtype(name)
		case *global: // dtype(numpy.float64)
			return dtypeOf(name)
		}
	}
	return nil, formatErrorf("a dtype without a name")
}

// parseDtype reads NumPy's short names: f8, <i4, O, U12.
func parseDtype(name string) (*dtype, error) {
	d := &dtype{}
	if name != "" && (name[0] == '<' || name[0] == '>' || name[0] == '|' || name[0] == '=') {
		d.big = name[0] == '>'
		name = name[1:]
	}
	if name == "" {
		return nil, formatErrorf("an empty dtype")
	}
	d.kind = name[0]
	if len(name) > 1 {
		n, err := strconv.Atoi(name[1:])
		if err != nil || n < 0 || n > 1<<20 {
			return nil, unsupportedErrorf("dtype %.20q", name)
		}
		d.width = n
	}
	switch {
	case d.kind == 'f' && (d.width == 2 || d.width == 4 || d.width == 8),
		(d.kind == 'i' || d.kind == 'u') && (d.width == 1 || d.width == 2 || d.width == 4 || d.width == 8),
		d.kind == 'b' && d.width == 1, d.kind == 'O', d.kind == 'S':
	case d.kind == 'U':
		d.width *= 4
	case d.kind == '?':
		d.kind, d.width = 'b', 1
	default:
		return nil, unsupportedErrorf("dtype %.20q", name)
	}
	return d, nil
}

func dtypeOf(name *global) (*dtype, error) {
	short := map[string]string{"float64": "f8", "float32": "f4", "int64": "i8", "int32": "i4", "bool_": "b1", "bool": "b1", "object_": "O"}
	if name.module == "numpy" {
		if s, ok := short[name.name]; ok {
			return parseDtype(s)
		}
	}
	return nil, unsupportedErrorf("dtype %s", name)
}

// build takes the state (version, order, subdtype, names, fields, width, alignment, flags).
func (d *dtype) build(state any) error {
	s, ok := state.(tuple)
	if !ok || len(s) < 5 {
		return formatErrorf("a dtype's state is %s", describe(state))
	}
	if s[2] != nil || s[3] != nil || s[4] != nil {
		return unsupportedErrorf("an array of records")
	}
	order, err := textOrBytes(s[1])
	if err != nil {
		return err
	}
	d.big = string(order) == ">"
	return nil
}

// textOrBytes returns the bytes of a str, bytes, or Python 2 str.
func textOrBytes(v any) ([]byte, error) {
	switch v := v.(type) {
	case string:
		return []byte(v), nil
	case rawBytes:
		return v, nil
	}
	return nil, formatErrorf("%s where text or bytes are expected", describe(v))
}

// reconstructArray makes the empty array that BUILD fills: (ndarray, (0,), b'b').
func reconstructArray(_ *machine, args tuple) (any, error) {
	if len(args) == 3 {
		if class, ok := args[0].(*global); ok {
			if class.String() != "numpy.ndarray" {
				return nil, unsupportedErrorf("an array of class %s", class)
			}
			return &ndarray{}, nil
		}
	}
	return nil, formatErrorf("NumPy's _reconstruct with strange arguments")
}

// build takes the state (version, shape, dtype, is_fortran, data).
func (a *ndarray) build(state any) error {
	s, ok := state.(tuple)
	if !ok || len(s) < 4 {
		return formatErrorf("an array's state is %s", describe(state))
	}
	s = s[len(s)-4:]
	fortran, _ := s[2].(bool)
	if items, ok := s[3].(*list); ok {
		a.objects = items.items
		return a.describe(s[0], s[1], fortran, nil)
	}
	raw, err := textOrBytes(s[3])
	if err != nil {
		return err
	}
	return a.describe(s[0], s[1], fortran, raw)
}

// describe sets shape and element type and checks them against the data.
func (a *ndarray) describe(shape, element any, fortran bool, raw []byte) error {
	d, ok := element.(*dtype)
	if !ok {
		return formatErrorf("an array whose dtype is %s", describe(element))
	}
	dims, n, err := parseShape(shape)
	if err != nil {
		return err
	}
	a.dtype, a.shape, a.fortran, a.raw = d, dims, fortran, raw
	have, want := len(raw), n*d.width
	if d.kind == 'O' {
		have, want = len(a.objects), n
	}
	if have != want {
		return formatErrorf("an array of %d elements with %d bytes of data", n, len(raw))
	}
	return nil
}

// parseShape returns the dimensions and their product.
func parseShape(shape any) (dims []int, n int, err error) {
	s, ok := shape.(tuple)
	if !ok || len(s) > 8 {
		return nil, 0, formatErrorf("an array whose shape is %s", describe(shape))
	}
	n = 1
	for _, dim := range s {
		size, ok := dim.(int64)
		if !ok || size < 0 || size > 1<<31 || (size > 0 && int64(n) > (1<<31)/size) {
			return nil, 0, formatErrorf("an array whose shape is out of range")
		}
		dims = append(dims, int(size))
		n *= int(size)
	}
	return dims, n, nil
}

// arrayFromBuffer is how protocol 5 writes an array: (buffer, dtype, shape, order).
func arrayFromBuffer(_ *machine, args tuple) (any, error) {
	if len(args) != 4 {
		return nil, formatErrorf("NumPy's _frombuffer with %d arguments", len(args))
	}
	raw, err := textOrBytes(args[0])
	if err != nil {
		return nil, err
	}
	a := &ndarray{}
	return a, a.describe(args[2], args[1], args[3] == "F", raw)
}

// makeScalar returns a NumPy scalar as the plain number it is.
func makeScalar(_ *machine, args tuple) (any, error) {
	if len(args) != 2 {
		return nil, formatErrorf("NumPy's scalar with %d arguments", len(args))
	}
	d, ok := args[0].(*dtype)
	if !ok {
		return nil, formatErrorf("a NumPy scalar whose dtype is %s", describe(args[0]))
	}
	if d.kind == 'O' {
		return args[1], nil
	}
	raw, err := textOrBytes(args[1])
	if err != nil {
		return nil, err
	}
	if len(raw) != d.width {
		return nil, formatErrorf("a NumPy scalar of %d bytes, not %d", len(raw), d.width)
	}
	return d.element(raw), nil
}

// joblibArray reads the raw bytes that joblib puts right behind the wrapper's BUILD.
func (m *machine) joblibArray(wrapper *object) (any, error) {
	shape, _ := wrapper.state.get("shape")
	element, _ := wrapper.state.get("dtype")
	order, _ := wrapper.state.get("order")
	d, ok := element.(*dtype)
	if !ok {
		return nil, formatErrorf("a joblib array whose dtype is %s", describe(element))
	}
	if d.kind == 'O' {
		return m.nested()
	}
	if alignment, ok := wrapper.state.get("numpy_array_alignment_bytes"); ok && alignment != nil {
		if _, err := m.counted(1); err != nil { // joblib 1.2 and later: a count and that many bytes of padding
			return nil, err
		}
	}
	_, n, err := parseShape(shape)
	if err != nil {
		return nil, err
	}
	raw, err := m.take(uint64(n) * uint64(d.width))
	if err != nil {
		return nil, err
	}
	a := &ndarray{}
	return a, a.describe(shape, d, order == "F", raw)
}

// nested reads the pickle within the pickle that joblib writes for an array of objects.
func (m *machine) nested() (any, error) {
	if m.nesting == maxNesting {
		return nil, formatErrorf("pickles nested more than %d deep", maxNesting)
	}
	inner := &machine{in: m.in, pos: m.pos, nesting: m.nesting + 1}
	v, err := inner.run()
	m.pos = inner.pos
	return v, err
}

// element decodes one element to int64, float64, bool, string, or bigInt for a uint64 beyond int64.
func (d *dtype) element(b []byte) any {
	if d.kind == 'S' {
		return rawBytes(b)
	}
	if d.kind == 'U' {
		return d.text(b)
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
	shift := 64 - 8*d.width
	switch {
	case d.kind == 'b':
		return bits != 0
	case d.kind == 'i':
		return int64(bits<<shift) >> shift
	case d.kind == 'u' && bits > math.MaxInt64:
		return bigInt{}
	case d.kind == 'u':
		return int64(bits)
	case d.width == 8:
		return math.Float64frombits(bits)
	case d.width == 4:
		return float64(math.Float32frombits(uint32(bits)))
	}
	return halfFloat(uint16(bits))
}

// text decodes NumPy's fixed-width UTF-32, padded with zeros.
func (d *dtype) text(b []byte) string {
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

// values decodes all elements, in C order.
func (a *ndarray) values() []any {
	if a.dtype == nil {
		return nil
	}
	flat := a.objects
	if a.dtype.kind != 'O' {
		n := 0
		if a.dtype.width > 0 {
			n = len(a.raw) / a.dtype.width
		}
		flat = make([]any, n)
		for i := range flat {
			flat[i] = a.dtype.element(a.raw[i*a.dtype.width : (i+1)*a.dtype.width])
		}
	}
	if !a.fortran || len(a.shape) != 2 {
		return flat
	}
	rows, columns := a.shape[0], a.shape[1]
	ordered := make([]any, len(flat))
	for i := range flat {
		ordered[i%rows*columns+i/rows] = flat[i]
	}
	return ordered
}

// floats decodes an array of numbers.
func (a *ndarray) floats() ([]float64, error) {
	values := a.values()
	out := make([]float64, len(values))
	for i, v := range values {
		f, ok := number(v)
		if !ok {
			return nil, formatErrorf("an array holds %s where a number is expected", describe(v))
		}
		out[i] = f
	}
	return out, nil
}

// number returns an int or float as a float64.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}
