package pickle

import "strings"

// maxDense bounds what the sparse matrices of a file may become when they are written out, in numbers: a gigabyte.
const maxDense = 1 << 27

// Matrix returns a matrix of numbers, row by row: a dense array of one or two dimensions (one dimension is a row), or a
// SciPy sparse matrix in CSR, CSC or DIA format.
func (o *Object) Matrix(name string) (values []float64, rows, columns int, err error) {
	v, _ := o.Attr(name)
	switch v := v.(type) {
	case *Array:
		if values, err = v.Floats(); err == errTooManyReads {
			return nil, 0, 0, err
		} else if err != nil {
			return nil, 0, 0, o.typeError(name, v, "an array of numbers")
		}
		switch len(v.Shape) {
		case 1:
			return values, 1, v.Shape[0], nil
		case 2:
			return values, v.Shape[0], v.Shape[1], nil
		}
	case *Object:
		if v.IsSparse() {
			return v.dense()
		}
	}
	return nil, 0, 0, o.typeError(name, v, "a matrix")
}

// IsSparse reports whether the object is one of SciPy's sparse matrices or arrays.
func (o *Object) IsSparse() bool { return strings.HasPrefix(o.Module, "scipy.sparse.") }

func (o *Object) dense() (values []float64, rows, columns int, err error) {
	shape, _ := o.Attr("_shape")
	dims, n, err := parseShape(shape)
	if err != nil {
		return nil, 0, 0, err
	}
	if len(dims) != 2 || n > maxDense {
		return nil, 0, 0, unsupportedErrorf("a sparse matrix of shape %v", dims)
	}
	rows, columns = dims[0], dims[1]
	data, _, err := o.Floats("data")
	if err != nil {
		return nil, 0, 0, err
	}
	if err := o.chargeDense(n); err != nil {
		return nil, 0, 0, err
	}
	switch lastPart(o.Class) {
	case "csr_matrix", "csr_array":
		values, err = o.compressed(data, rows, columns, columns, 1)
	case "csc_matrix", "csc_array":
		values, err = o.compressed(data, columns, rows, 1, columns)
	case "dia_matrix", "dia_array":
		values, err = o.diagonals(data, rows, columns)
	default:
		err = unsupportedErrorf("a sparse matrix of class %s", o.Class)
	}
	return values, rows, columns, err
}

// chargeDense counts the numbers that a matrix becomes.
func (o *Object) chargeDense(n int) error {
	data, err := o.Array("data")
	if err != nil || data.budget == nil {
		return err
	}
	if data.budget.dense -= n; data.budget.dense < 0 {
		return unsupportedErrorf("its sparse matrices have more than %d numbers when they are written out", maxDense)
	}
	return nil
}

// compressed returns the dense form of a CSR (or CSC) matrix with major rows (or columns) of minor entries. majorStep
// and minorStep are the strides of the result. Duplicate entries are added up.
func (o *Object) compressed(data []float64, major, minor, majorStep, minorStep int) ([]float64, error) {
	indices, _, err := o.Ints("indices")
	if err != nil {
		return nil, err
	}
	starts, _, err := o.Ints("indptr")
	if err != nil {
		return nil, err
	}
	damaged := formatErrorf("a sparse matrix whose indices do not fit its shape")
	if len(starts) != major+1 || starts[0] != 0 || len(indices) < len(data) {
		return nil, damaged
	}
	out := make([]float64, major*minor)
	for i := range major {
		if starts[i+1] < starts[i] || starts[i+1] > int64(len(data)) {
			return nil, damaged
		}
		for k := starts[i]; k < starts[i+1]; k++ {
			j := indices[k]
			if j < 0 || j >= int64(minor) {
				return nil, damaged
			}
			out[i*majorStep+int(j)*minorStep] += data[k]
		}
	}
	return out, nil
}

// diagonals returns the dense form of a DIA matrix: row k of data has, in column j, the entry (j-offset, j).
func (o *Object) diagonals(data []float64, rows, columns int) ([]float64, error) {
	offsets, _, err := o.Ints("offsets")
	if err != nil {
		return nil, err
	}
	if len(offsets) == 0 || len(data)%len(offsets) != 0 {
		return nil, formatErrorf("a sparse matrix whose diagonals do not fit its shape")
	}
	width := len(data) / len(offsets)
	out := make([]float64, rows*columns)
	for k, offset := range offsets {
		for j := range min(width, columns) {
			if i := int64(j) - offset; i >= 0 && i < int64(rows) {
				out[int(i)*columns+j] += data[k*width+j]
			}
		}
	}
	return out, nil
}

// Diagonal returns the diagonal of a square sparse matrix whose other entries are 0.
func (o *Object) Diagonal() ([]float64, error) {
	data, _, err := o.Floats("data")
	if err != nil {
		return nil, err
	}
	damaged := formatErrorf("a sparse matrix that is not a diagonal")
	switch lastPart(o.Class) {
	case "csr_matrix", "csr_array", "csc_matrix", "csc_array":
		indices, _, err := o.Ints("indices")
		if err != nil {
			return nil, err
		}
		starts, _, err := o.Ints("indptr")
		if err != nil {
			return nil, err
		}
		if len(indices) != len(data) || len(starts) != len(data)+1 {
			return nil, damaged
		}
		for i := range indices {
			if indices[i] != int64(i) || starts[i] != int64(i) {
				return nil, damaged
			}
		}
	case "dia_matrix", "dia_array":
		offsets, _, err := o.Ints("offsets")
		if err != nil {
			return nil, err
		}
		if len(offsets) != 1 || offsets[0] != 0 {
			return nil, damaged
		}
	default:
		return nil, unsupportedErrorf("a sparse matrix of class %s", o.Class)
	}
	return data, nil
}
