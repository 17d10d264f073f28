package pickle

// Array is a NumPy array: its raw bytes, or the objects of an array of objects.
type Array struct {
	DType   *DType
	Shape   []int
	fortran bool
	raw     []byte
	objects []any
	stride  int     // bytes from one element to the next; 0: DType.Width
	budget  *budget // of the file that it is from; nil: without limit
}

// errTooManyReads says that more numbers are read from arrays than a file of that length has.
const errTooManyReads = FormatError("its arrays are named again and again, which no fitted model does")

// chargeElements counts that all elements are decoded.
func (a *Array) chargeElements() error {
	if a.budget == nil {
		return nil
	}
	if a.budget.numbers -= a.Len(); a.budget.numbers < 0 {
		return errTooManyReads
	}
	return nil
}

// textOrBytes returns the bytes of a str, bytes, or Python 2 str.
func textOrBytes(v any) ([]byte, error) {
	switch v := v.(type) {
	case string:
		return []byte(v), nil
	case Bytes:
		return v, nil
	}
	return nil, formatErrorf("%s where text or bytes are expected", Describe(v))
}

// reconstructArray returns the empty array that BUILD fills: (ndarray, (0,), b'b'). Of the subclasses, matrix is an
// array too; others become objects.
func reconstructArray(m *machine, args Tuple) (any, error) {
	if len(args) != 3 {
		return nil, formatErrorf("NumPy's _reconstruct with %d arguments", len(args))
	}
	class, ok := args[0].(*Global)
	if !ok {
		return nil, formatErrorf("an array of class %s", Describe(args[0]))
	}
	switch class.Name {
	case "ndarray", "matrix", "memmap":
		return &Array{DType: &DType{Kind: 'f', Width: 8}, Shape: []int{0}, budget: m.budget}, m.chargeValue()
	}
	return m.object(class.Module, class.Name, nil)
}

// build takes the state (version, shape, dtype, is_fortran, data).
func (a *Array) build(state any) error {
	s, ok := state.(Tuple)
	if !ok || len(s) < 4 {
		return formatErrorf("the state of an array is %s", Describe(state))
	}
	s = s[len(s)-4:]
	fortran, _ := s[2].(bool)
	if items, ok := s[3].(*List); ok {
		return a.setLayout(s[0], s[1], fortran, nil, items.Items)
	}
	raw, err := textOrBytes(s[3])
	if err != nil {
		return err
	}
	return a.setLayout(s[0], s[1], fortran, raw, nil)
}

// setLayout sets shape and element type and checks them against the data.
func (a *Array) setLayout(shape, element any, fortran bool, raw []byte, objects []any) error {
	d, ok := element.(*DType)
	if !ok {
		return formatErrorf("an array whose dtype is %s", Describe(element))
	}
	dims, n, err := parseShape(shape)
	if err != nil {
		return err
	}
	have, want := len(raw), n*d.Width
	if d.hasObjects() {
		have, want = len(objects), n
	} else if d.Width == 0 && n > 1024 {
		return formatErrorf("an array of %d elements without any bytes", n)
	}
	if have != want {
		return formatErrorf("an array of %d elements with %d bytes of data", n, len(raw))
	}
	a.DType, a.Shape, a.fortran, a.raw, a.objects = d, dims, fortran, raw, objects
	return nil
}

// parseShape returns the dimensions and their product.
func parseShape(shape any) (dims []int, n int, err error) {
	s, ok := shape.(Tuple)
	if !ok || len(s) > 8 {
		return nil, 0, formatErrorf("an array whose shape is %s", Describe(shape))
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
func arrayFromBuffer(m *machine, args Tuple) (any, error) {
	if len(args) != 4 {
		return nil, formatErrorf("NumPy's _frombuffer with %d arguments", len(args))
	}
	raw, err := textOrBytes(args[0])
	if err != nil {
		return nil, err
	}
	a := &Array{budget: m.budget}
	if err := a.setLayout(args[2], args[1], args[3] == "F", raw, nil); err != nil {
		return nil, err
	}
	return a, m.chargeValue()
}

// makeScalar returns a NumPy scalar as the plain number or text it is.
func makeScalar(_ *machine, args Tuple) (any, error) {
	if len(args) != 2 {
		return nil, formatErrorf("NumPy's scalar with %d arguments", len(args))
	}
	d, ok := args[0].(*DType)
	if !ok {
		return nil, formatErrorf("a NumPy scalar whose dtype is %s", Describe(args[0]))
	}
	if d.hasObjects() {
		return args[1], nil
	}
	raw, err := textOrBytes(args[1])
	if err != nil {
		return nil, err
	}
	if len(raw) != d.Width {
		return nil, formatErrorf("a NumPy scalar of %d bytes, not %d", len(raw), d.Width)
	}
	return d.element(raw), nil
}

// joblibArray reads the raw bytes that joblib writes directly after the wrapper's BUILD.
func (m *machine) joblibArray(wrapper *Object) (any, error) {
	shape, _ := wrapper.Attr("shape")
	element, _ := wrapper.Attr("dtype")
	order, _ := wrapper.Attr("order")
	d, ok := element.(*DType)
	if !ok {
		return nil, formatErrorf("a joblib array whose dtype is %s", Describe(element))
	}
	if d.hasObjects() {
		return m.nested()
	}
	if alignment, ok := wrapper.Attr("numpy_array_alignment_bytes"); ok && alignment != nil {
		if _, err := m.readPrefixed(1); err != nil { // joblib 1.2 and later: a count and that many bytes of padding
			return nil, err
		}
	}
	_, n, err := parseShape(shape)
	if err != nil {
		return nil, err
	}
	raw, err := m.take(uint64(n) * uint64(d.Width))
	if err != nil {
		return nil, err
	}
	a := &Array{budget: m.budget}
	return a, a.setLayout(shape, d, order == "F", raw, nil)
}

// nested reads the nested pickle that joblib writes for an array of objects.
func (m *machine) nested() (any, error) {
	if m.nesting == maxNesting {
		return nil, formatErrorf("pickles nested more than %d deep", maxNesting)
	}
	inner := &machine{in: m.in, pos: m.pos, nesting: m.nesting + 1, budget: m.budget}
	v, err := inner.run()
	m.pos = inner.pos
	return v, err
}

// Len returns the number of elements.
func (a *Array) Len() int {
	n := 1
	for _, dim := range a.Shape {
		n *= dim
	}
	return n
}

// Field returns an array of one of the fields of an array of records.
func (a *Array) Field(name string) (*Array, error) {
	for _, f := range a.DType.fields {
		if f.name == name && len(a.objects) == 0 {
			raw := a.raw
			if len(raw) > 0 {
				raw = raw[f.offset:]
			}
			return &Array{DType: f.dtype, Shape: a.Shape, fortran: a.fortran, raw: raw, stride: a.step(), budget: a.budget}, nil
		}
	}
	return nil, formatErrorf("an array of records without a field %q", name)
}

// HasField reports whether the elements are records with such a field.
func (a *Array) HasField(name string) bool {
	for _, f := range a.DType.fields {
		if f.name == name {
			return true
		}
	}
	return false
}

func (a *Array) step() int {
	if a.stride > 0 {
		return a.stride
	}
	return a.DType.Width
}

// each calls f with each element and its index in C order.
func (a *Array) each(f func(i int, v any)) {
	n, step, width := a.Len(), a.step(), a.DType.Width
	place := a.place()
	for i := range n {
		var v any
		if len(a.objects) > 0 {
			v = a.objects[i]
		} else {
			v = a.DType.element(a.raw[i*step : i*step+width])
		}
		f(place(i), v)
	}
}

// place returns a function that maps an element's index in memory to its index in C order.
func (a *Array) place() func(int) int {
	if !a.fortran || len(a.Shape) < 2 {
		return func(i int) int { return i }
	}
	return func(i int) int {
		at, block := 0, a.Len()
		for _, dim := range a.Shape {
			block /= dim
			at += i % dim * block
			i /= dim
		}
		return at
	}
}

// Values decodes all elements, row by row. An element is an int64, *big.Int, float64, bool, string, [Bytes] or an
// object.
func (a *Array) Values() []any {
	out := make([]any, a.Len())
	a.each(func(i int, v any) { out[i] = v })
	return out
}

// Floats decodes an array of numbers, row by row. The error is a [FormatError].
func (a *Array) Floats() ([]float64, error) {
	err := a.chargeElements()
	if err != nil {
		return nil, err
	}
	out := make([]float64, a.Len())
	a.each(func(i int, v any) {
		f, ok := Number(v)
		if !ok {
			err = formatErrorf("an array holds %s where a number is expected", Describe(v))
		}
		out[i] = f
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Ints decodes an array of whole numbers, row by row. The error is a [FormatError].
func (a *Array) Ints() ([]int64, error) {
	err := a.chargeElements()
	if err != nil {
		return nil, err
	}
	out := make([]int64, a.Len())
	a.each(func(i int, v any) {
		switch v := v.(type) {
		case int64:
			out[i] = v
		case bool:
			if v {
				out[i] = 1
			}
		default:
			err = formatErrorf("an array holds %s where a whole number is expected", Describe(v))
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Fortran reports whether a matrix is stored column by column instead of row by row.
func (a *Array) Fortran() bool {
	return a.fortran && len(a.Shape) > 1 && a.Shape[0] > 1 && a.Shape[len(a.Shape)-1] > 1
}
