package head

import "math"

// expit is the logistic function, computed as by scipy.special.expit.
func expit(x float64) float64 { return 1 / (1 + exp(-x)) }

// Sum returns the sum of v, added in the order of numpy.sum: in eight partial sums, and by halves above 128 numbers.
func Sum(v []float64) float64 {
	if len(v) < 8 {
		total := 0.0
		for _, x := range v {
			total += x
		}
		return total
	}
	if len(v) > 128 {
		half := len(v) / 2
		half -= half % 8
		return Sum(v[:half]) + Sum(v[half:])
	}
	parts := [8]float64(v)
	n := len(v) - len(v)%8
	for i := 8; i < n; i += 8 {
		for j := range parts {
			parts[j] += v[i+j]
		}
	}
	total := ((parts[0] + parts[1]) + (parts[2] + parts[3])) + ((parts[4] + parts[5]) + (parts[6] + parts[7]))
	for _, x := range v[n:] {
		total += x
	}
	return total
}

// normalize divides probabilities by their sum. If all are 0, it makes all classes equally likely.
func normalize(v []float64) {
	total := Sum(v)
	for i := range v {
		if total == 0 {
			v[i] = 1 / float64(len(v))
		} else {
			v[i] /= total
		}
	}
}

// softmax appends sklearn.utils.extmath.softmax of d, or of (-d, d) if it is one number.
func softmax(proba, d []float64) []float64 {
	from := len(proba)
	if len(d) == 1 {
		proba = append(proba, -d[0], d[0])
	} else {
		proba = append(proba, d...)
	}
	softmaxInPlace(proba[from:])
	return proba
}

func softmaxInPlace(v []float64) {
	top := v[argmax(v)]
	for i := range v {
		v[i] = exp(v[i] - top)
	}
	total := Sum(v)
	for i := range v {
		v[i] /= total
	}
}

// posterior appends the probabilities for joint log likelihoods: exp(d - logsumexp(d)).
func posterior(proba, d []float64) []float64 {
	top := d[argmax(d)]
	from := len(proba)
	for _, v := range d {
		proba = append(proba, exp(v-top))
	}
	total := math.Log(Sum(proba[from:])) + top
	for i, v := range d {
		proba[from+i] = exp(v - total)
	}
	return proba
}

// lastArgmax returns the index of the largest number, the last one if there are several.
func lastArgmax(v []float64) int {
	best := 0
	for i := range v {
		if v[i] >= v[best] {
			best = i
		}
	}
	return best
}
