package train

import "math"

// Sigmoid is Platt's calibration: the probability of class 1 is 1/(1+exp(−(Slope·d + Offset))) for the decision
// function d. (J. Platt, "Probabilistic outputs for support vector machines", 1999.)
type Sigmoid struct {
	Slope  float64 `json:"slope"`
	Offset float64 `json:"offset"`
}

// Probability returns the probability of class 1.
func (s Sigmoid) Probability(d float64) float64 { return 1 / (1 + math.Exp(-(s.Slope*d + s.Offset))) }

// FitSigmoid fits the calibration to decisions on comments that the model has not seen, by maximum likelihood with
// Platt's targets, which keep it from certainty. Newton's method with halved steps, after H.-T. Lin, C.-J. Lin and R.
// C. Weng, "A note on Platt's probabilistic outputs for support vector machines" (2007).
func FitSigmoid(d []float64, y []int) Sigmoid {
	var counts [2]float64
	for _, class := range y {
		counts[class]++
	}
	target := [2]float64{1 / (counts[0] + 2), (counts[1] + 1) / (counts[1] + 2)}
	s := Sigmoid{Slope: 0, Offset: math.Log((counts[1] + 1) / (counts[0] + 1))}
	value := s.loss(d, y, target)
	for range 100 {
		const ridge = 1e-12
		h11, h22, h12, g1, g2 := ridge, ridge, 0.0, 0.0, 0.0
		for i, x := range d {
			p := s.Probability(x)
			w, e := p*(1-p), p-target[y[i]]
			h11, h22, h12 = h11+x*x*w, h22+w, h12+x*w
			g1, g2 = g1+x*e, g2+e
		}
		if size := 1e-9 * float64(len(d)); math.Abs(g1) < size && math.Abs(g2) < size {
			break
		}
		det := h11*h22 - h12*h12
		step1, step2 := -(h22*g1-h12*g2)/det, -(h11*g2-h12*g1)/det
		better := false
		for size := 1.0; size > 1e-10; size /= 2 {
			next := Sigmoid{s.Slope + size*step1, s.Offset + size*step2}
			if v := next.loss(d, y, target); v < value {
				s, value, better = next, v, true
				break
			}
		}
		if !better {
			break
		}
	}
	return s
}

// loss is the cross entropy of the probabilities and the targets.
func (s Sigmoid) loss(d []float64, y []int, target [2]float64) (sum float64) {
	for i, x := range d {
		z := s.Slope*x + s.Offset
		t := target[y[i]]
		// ln(1+exp(z)) − t·z without overflow
		sum += math.Max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) - t*z
	}
	return sum
}
