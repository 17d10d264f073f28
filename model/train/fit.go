package train

import (
	"math"

	"reddit-classifier/model"
	vector "reddit-classifier/model/features"
	"reddit-classifier/model/head"
	"reddit-classifier/model/rich"
	"reddit-classifier/model/train/chars"
	"reddit-classifier/model/train/linear"
	"reddit-classifier/model/train/tfidf"
)

// fittedModel is a trained model. The weights of each block are already multiplied by the block's share.
type fittedModel struct {
	words     *tfidf.Vectorizer
	wordCoef  []float64
	chars     *chars.Vectorizer
	charCoef  []float64
	style     []float64 // of the features as they are, not scaled
	intercept float64
}

// Tolerances of the solver: the model that is kept has scikit-learn's last digits; the models of cross-validation are
// only measured.
const (
	finalTolerance           = 1e-10
	crossValidationTolerance = 5e-3
)

// fit trains a model on the training rows of a fold. watch is called with the share that is done; its error ends the
// fit.
func (d *splits) fit(on *fold, tolerance float64, watch func(share float64) error) (*fittedModel, error) {
	m := &fittedModel{words: on.words, chars: on.chars}
	y := d.labelsOf(on.training)
	blocks := []func(m *fittedModel, rows, y []int, settings linear.Logistic) error{d.fitWords}
	if d.options.Rich != nil {
		blocks = append(blocks, d.fitChars, d.fitStyle)
	}
	for k, fit := range blocks {
		settings := linear.Logistic{
			Tol:   tolerance,
			Watch: func(share float64) error { return watch((float64(k) + share) / float64(len(blocks))) },
		}
		if err := fit(m, on.training, y, settings); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (d *splits) fitWords(m *fittedModel, rows, y []int, settings linear.Logistic) error {
	x := d.table.Vectors(m.words, rows)
	solver := d.options.Words
	solver.Tol, solver.Watch = settings.Tol, settings.Watch
	l, err := solver.Fit(x, y)
	if err != nil {
		return err
	}
	m.wordCoef, m.intercept = l.Coef, l.Intercept
	if b := d.options.Bayes; b.Weight > 0 {
		for j, ratio := range logRatios(x, y, b.Alpha) {
			m.wordCoef[j] += b.Weight * ratio
		}
	}
	return nil
}

// logRatios returns for each column ln(P(column | class 1) / P(column | class 0)), smoothed by alpha, as multinomial
// naive Bayes has it.
func logRatios(x linear.Matrix, y []int, alpha float64) []float64 {
	_, cols := x.Dims()
	var sums [2][]float64
	var total [2]float64
	for class := range sums {
		sums[class] = make([]float64, cols)
		of := make([]float64, len(y))
		for i := range y {
			if y[i] == class {
				of[i] = 1
			}
		}
		x.MulTransVec(sums[class], of)
		for j := range sums[class] {
			sums[class][j] += alpha
			total[class] += sums[class][j]
		}
	}
	ratios := make([]float64, cols)
	for j := range ratios {
		ratios[j] = math.Log(sums[1][j]/total[1]) - math.Log(sums[0][j]/total[0])
	}
	return ratios
}

func (d *splits) fitChars(m *fittedModel, rows, y []int, settings linear.Logistic) error {
	if m.chars == nil {
		return nil
	}
	r := d.options.Rich
	solver := r.Chars
	solver.Tol, solver.Watch = settings.Tol, settings.Watch
	l, err := solver.Fit(d.chars.Vectors(m.chars, rows), y)
	if err != nil {
		return err
	}
	m.charCoef = scaled(l, r.CharWeight, m)
	return nil
}

func (f *features) fitStyle(m *fittedModel, rows, y []int, settings linear.Logistic) error {
	r := f.options.Rich
	mean, scale := f.styleScale(rows)
	solver := r.Style
	solver.Tol, solver.Watch = settings.Tol, settings.Watch
	l, err := solver.Fit(f.styleMatrix(rows, mean, scale), y)
	if err != nil {
		return err
	}
	m.style = scaled(l, r.StyleWeight, m)
	for j := range m.style {
		m.style[j] /= scale[j]
		m.intercept -= m.style[j] * mean[j]
	}
	return nil
}

// scaled returns the weights of l times the share, and adds its intercept times the share to that of m.
func scaled(l *linear.Model, share float64, m *fittedModel) []float64 {
	m.intercept += share * l.Intercept
	for j := range l.Coef {
		l.Coef[j] *= share
	}
	return l.Coef
}

// decisions returns the decision function of rows.
func (d *splits) decisions(m *fittedModel, rows []int) []float64 {
	x := d.table.Vectors(m.words, rows)
	n, _ := x.Dims()
	z := make([]float64, n)
	x.MulVec(z, m.wordCoef)
	if m.chars != nil {
		add := make([]float64, n)
		d.chars.Vectors(m.chars, rows).MulVec(add, m.charCoef)
		for k := range z {
			z[k] += add[k]
		}
	}
	for k := range z {
		z[k] += m.intercept
		if m.style != nil {
			for j, v := range d.style[rowAt(rows, k)] {
				z[k] += m.style[j] * v
			}
		}
	}
	return z
}

// calibrate folds a calibration into the weights and the intercept.
func (m *fittedModel) calibrate(c Sigmoid) {
	for _, weights := range [][]float64{m.wordCoef, m.charCoef, m.style} {
		for j := range weights {
			weights[j] *= c.Slope
		}
	}
	m.intercept = c.Slope*m.intercept + c.Offset
}

// spec returns what the artifact is built from.
func (f *features) spec(m *fittedModel) model.Spec {
	o := f.options.Vectorizer
	s := model.Spec{
		Vectorizers: []vector.Vectorizer{{
			Analyzer: vector.Analyzer{Kind: vector.AnalyzerEnglish, Language: f.pack.Bytes(), Cleaner: uint32(f.options.Cleaner),
				Punctuation: f.options.Punctuation},
			NGramMin: o.NgramRange[0], NGramMax: o.NgramRange[1], Vocabulary: m.words.Terms, Binary: o.Binary, Weight: 1,
			Tfidf: &vector.Tfidf{IDF: m.words.IDF, SublinearTF: o.SublinearTF, Norm: vector.Norm(o.Norm)},
		}},
		Classifier: &head.Linear{
			Coef: m.wordCoef, Stride: 1, Outputs: 1, Intercept: []float64{m.intercept}, Link: head.LinkLogistic,
		},
		Classes: []head.Class{{Kind: head.ClassNumber, Text: "0"}, {Kind: head.ClassNumber, Text: "1"}},
		Style:   m.style,
	}
	if m.chars != nil {
		r := f.options.Rich
		weights := make([]float64, len(m.charCoef))
		for j, w := range m.charCoef {
			weights[j] = w * m.chars.IDF[j]
		}
		s.Chars = &rich.Chars{NGramMin: r.CharRange[0], NGramMax: r.CharRange[1], NGrams: m.chars.NGrams, Weights: weights}
	}
	return s
}
