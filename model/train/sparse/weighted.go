package sparse

// Weighted is a matrix made of a tally: the entry of a row is Scale times Value[count]. The tally is shared: a matrix
// of some of its rows, or with other weights, costs no copy.
type Weighted struct {
	*Tally
	Select []int32   // the tally's rows that are the matrix's; nil for all of them
	Scale  []float64 // by row of the matrix; nil for 1
	Value  []float64 // by count, up to the tally's largest
}

// Len is the number of rows.
func (w *Weighted) Len() int {
	if w.Select == nil {
		return w.Rows
	}
	return len(w.Select)
}

// row is the tally's row that is row k of the matrix.
func (w *Weighted) row(k int) int {
	if w.Select == nil {
		return k
	}
	return int(w.Select[k])
}

func (w *Weighted) scale(k int) float64 {
	if w.Scale == nil {
		return 1
	}
	return w.Scale[k]
}

// MulVec sets dst to w·x.
func (w *Weighted) MulVec(dst, x []float64) {
	Parallel(w.Len(), func(lo, hi int) {
		for k := lo; k < hi; k++ {
			dst[k] = w.scale(k) * w.dot(w.row(k), x)
		}
	})
}

// MulTransVec sets dst to wᵀ·r.
func (w *Weighted) MulTransVec(dst, r []float64) {
	accumulate(dst, w.Len(), func(sum []float64, lo, hi int) float64 {
		for k := lo; k < hi; k++ {
			w.add(sum, w.row(k), r[k]*w.scale(k))
		}
		return 0
	})
}

// MulNormal sets dst to wᵀ·d·(w·x + b), where d stands for a diagonal matrix, and returns the sum of d·(w·x + b). Each
// row is read from memory once.
func (w *Weighted) MulNormal(dst, x []float64, b float64, d []float64) float64 {
	return accumulate(dst, w.Len(), func(sum []float64, lo, hi int) (total float64) {
		for k := lo; k < hi; k++ {
			i, scale := w.row(k), w.scale(k)
			r := d[k] * (scale*w.dot(i, x) + b)
			total += r
			w.add(sum, i, r*scale)
		}
		return total
	})
}

// Diagonal sets dst to the diagonal of wᵀ·d·w.
func (w *Weighted) Diagonal(dst, d []float64) {
	squares := Weighted{Tally: w.Tally, Select: w.Select, Value: make([]float64, len(w.Value))}
	for n, v := range w.Value {
		squares.Value[n] = v * v
	}
	if w.Scale != nil {
		squares.Scale = make([]float64, len(w.Scale))
		for k, s := range w.Scale {
			squares.Scale[k] = s * s
		}
	}
	squares.MulTransVec(dst, d)
}

// dot sums in four lanes, because a processor can start the next addition long before the last one is done.
func (w *Weighted) dot(i int, x []float64) float64 {
	ones, more, times := w.Row(i)
	var a, b, c, d float64
	for len(ones) >= 4 {
		a += x[ones[0]]
		b += x[ones[1]]
		c += x[ones[2]]
		d += x[ones[3]]
		ones = ones[4:]
	}
	for _, j := range ones {
		a += x[j]
	}
	a = (a + b + (c + d)) * w.Value[1]
	times = times[:len(more)]
	for k, j := range more {
		a += x[j] * w.Value[times[k]]
	}
	return a
}

// add adds r times row i to sum.
func (w *Weighted) add(sum []float64, i int, r float64) {
	ones, more, times := w.Row(i)
	one := r * w.Value[1]
	for _, j := range ones {
		sum[j] += one
	}
	times = times[:len(more)]
	for k, j := range more {
		sum[j] += r * w.Value[times[k]]
	}
}
