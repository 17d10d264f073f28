package linear

import (
	"math"

	"reddit-classifier/model/train/sparse"
)

// problem is what is minimised. A point of the search is a vector of all weights with the intercept behind them.
type problem struct {
	c                 float64
	balanced          bool
	loss              loss
	penaliseIntercept bool
	watch             func(share float64) error
	tol               float64

	x    Matrix
	n, d int       // rows and columns of x
	sign []float64 // −1 or +1, by row
	cost []float64 // C times the weight of the row's class

	first, share float64 // norm of the gradient at the start; how far the search is
}

// reportPass tells of a pass over the rows, after which the gradient's norm is expected to be size. It shrinks by about
// the same factor with each.
func (p *problem) reportPass(size float64) error {
	p.share = max(p.share, min(1, math.Log(size/p.first)/math.Log(p.tol)))
	return p.watch(p.share)
}

func (p *problem) prepare(x Matrix, y []int, counts [2]int) {
	p.x = x
	p.n, p.d = x.Dims()
	p.sign, p.cost = make([]float64, len(y)), make([]float64, len(y))
	for i, class := range y {
		p.sign[i] = float64(2*class - 1)
		p.cost[i] = p.c
		if p.balanced {
			p.cost[i] *= float64(len(y)) / float64(2*counts[class])
		}
	}
}

// state is what is known at a point.
type state struct {
	w         []float64 // weights and intercept
	z         []float64 // decision function of each row
	value     float64
	slope     []float64 // of the loss of each row, with its cost and sign
	curvature []float64 // likewise
}

// evaluate computes value, slopes and curvatures from w and z.
func (p *problem) evaluate(s *state) {
	values := make([]float64, len(s.z))
	sparse.Parallel(len(s.z), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			v, d, h := p.loss(p.sign[i] * s.z[i])
			values[i], s.slope[i], s.curvature[i] = p.cost[i]*v, p.cost[i]*p.sign[i]*d, p.cost[i]*h
		}
	})
	n := p.penalised()
	s.value = dot(s.w[:n], s.w[:n])/2 + sum(values)
}

// penalised is how many of the variables the regularisation sees.
func (p *problem) penalised() int {
	if p.penaliseIntercept {
		return p.d + 1
	}
	return p.d
}

// gradient sets dst to the slope of what is minimised.
func (p *problem) gradient(dst []float64, s *state) {
	p.x.MulTransVec(dst[:p.d], s.slope)
	dst[p.d] = sum(s.slope)
	p.penalise(dst, s.w)
}

// hessian sets dst to the second derivative times v.
func (p *problem) hessian(dst, v, curvature []float64) {
	dst[p.d] = p.x.MulNormal(dst[:p.d], v[:p.d], v[p.d], curvature)
	p.penalise(dst, v)
}

// penalise adds v where the regularisation sees it.
func (p *problem) penalise(dst, v []float64) {
	for j := range p.penalised() {
		dst[j] += v[j]
	}
}

// margins sets dst to what the decision function of each row is for v.
func (p *problem) margins(dst, v []float64) {
	p.x.MulVec(dst, v[:p.d])
	for i := range dst {
		dst[i] += v[p.d]
	}
}

// diagonal sets dst to the diagonal of the Hessian, or what the matrix takes for it.
func (p *problem) diagonal(dst, curvature []float64) {
	p.x.Diagonal(dst[:p.d], curvature)
	dst[p.d] = sum(curvature)
	for j := range p.penalised() {
		dst[j]++
	}
	if dst[p.d] == 0 {
		dst[p.d] = 1 // every row is far on its right side
	}
}

// newton minimises with truncated Newton steps and a backtracking line search: L. Galli and C.-J. Lin, "A study on
// truncated Newton methods for linear classification", IEEE TNNLS 2021, which is what LIBLINEAR has done since 2.40.
// The steps are found by conjugate gradients with the Hessian's diagonal as preconditioner (C.-Y. Hsia, W.-L. Chiang,
// C.-J. Lin, ACML 2018). Close to the optimum steps are solved ever more exactly, so that convergence is superlinear,
// but the last one not further than asked.
func (p *problem) newton(maxIter int) (*Model, error) {
	n, d := p.n, p.d
	s := &state{w: make([]float64, d+1), z: make([]float64, n), slope: make([]float64, n), curvature: make([]float64, n)}
	p.evaluate(s)
	g, step, dz := make([]float64, d+1), make([]float64, d+1), make([]float64, n)
	p.gradient(g, s)
	first, tol := norm(g), p.tol
	p.first = first
	m := &Model{}
	last := math.Inf(1)
	for m.Iterations = 0; m.Iterations < maxIter; m.Iterations++ {
		size := norm(g)
		if m.Converged = size <= tol*first; m.Converged {
			break
		}
		// Rounding sets an end to what the gradient can shrink to, far below any tolerance asked for in practice.
		if size < 1e-12*first && size > last/2 {
			m.Converged = true
			break
		}
		last = size
		if err := p.direction(step, g, s.curvature, max(min(0.3, math.Sqrt(size/first)), 0.3*tol*first/size)); err != nil {
			return nil, err
		}
		p.margins(dz, step)
		if !p.search(s, step, dz, dot(g, step)) {
			break
		}
		p.gradient(g, s)
	}
	m.Coef, m.Intercept = s.w[:d:d], s.w[d]
	return m, nil
}

// direction solves H·step = −g up to a residual of eta times the norm of g, by preconditioned conjugate gradients.
func (p *problem) direction(step, g, curvature []float64, eta float64) error {
	size := len(g)
	inverse, r, q, hq := make([]float64, size), make([]float64, size), make([]float64, size), make([]float64, size)
	p.diagonal(inverse, curvature)
	var rz float64 // r·z, where z is r divided by the diagonal
	for j := range g {
		inverse[j] = 1 / inverse[j]
		step[j], r[j] = 0, -g[j]
		q[j] = r[j] * inverse[j]
		rz += r[j] * q[j]
	}
	rr := dot(g, g)
	target := eta * eta * rr
	for range 10 * size {
		if rr <= target || rz == 0 {
			return nil
		}
		if err := p.reportPass(math.Sqrt(rr)); err != nil {
			return err
		}
		p.hessian(hq, q, curvature)
		alpha := rz / dot(q, hq)
		before := rz
		rr, rz = 0, 0
		for j, v := range q {
			step[j] += alpha * v
			next := r[j] - alpha*hq[j]
			r[j] = next
			rr += next * next
			rz += next * next * inverse[j]
		}
		beta := rz / before
		for j := range q {
			q[j] = r[j]*inverse[j] + beta*q[j]
		}
	}
	return nil
}

// search goes from s along step, half as far each time the value does not fall enough (Armijo's rule). It reports
// whether it found a better point. Where the fall that is expected drowns in the value's rounding, the Newton step is
// taken as it is.
func (p *problem) search(s *state, step, dz []float64, slope float64) bool {
	if slope >= 0 {
		return false
	}
	start := s.value
	z := make([]float64, len(s.z))
	copy(z, s.z)
	w := make([]float64, len(s.w))
	copy(w, s.w)
	for alpha := 1.0; alpha > 1e-10; alpha /= 2 {
		for j := range w {
			s.w[j] = w[j] + alpha*step[j]
		}
		for i := range z {
			s.z[i] = z[i] + alpha*dz[i]
		}
		p.evaluate(s)
		if s.value <= start+1e-4*alpha*slope || -slope <= 1e-11*math.Abs(start) {
			return true
		}
	}
	return false
}

func dot(a, b []float64) float64 {
	var s float64
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

func sum(a []float64) float64 {
	var s float64
	for _, v := range a {
		s += v
	}
	return s
}

func norm(a []float64) float64 { return math.Sqrt(dot(a, a)) }
