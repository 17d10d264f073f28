package explore

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"reddit-classifier/model"
	"reddit-classifier/model/english"
	vector "reddit-classifier/model/features"
	"reddit-classifier/model/train/report"
	"reddit-classifier/model/train/sparse"
)

const (
	shownWeights  = 20 // n-grams for removal, and as many against
	shownMistakes = 6  // of each kind
	longMistake   = 120
	shortMistake  = 4
)

// explain fills in the weights and the errors of the model.
func (e *explorer) explain(d *report.Data) error {
	contributions := make([][]model.Contribution, len(e.cleaned))
	sparse.Parallel(len(contributions), func(lo, hi int) {
		for i := lo; i < hi && e.ctx.Err() == nil; i++ {
			explanation, _ := e.Result.Model.Explain(e.training.Texts[i], -1) // the model is linear
			contributions[i] = explanation.Top
		}
	})
	if err := e.ctx.Err(); err != nil {
		return err
	}
	d.Weights = e.weights(contributions)
	d.FalsePositives = e.mistakes(contributions, 0)
	d.FalseNegatives = e.mistakes(contributions, 1)
	return nil
}

// isWordNGram reports whether a contribution is an n-gram's of words: the other blocks' have names that no n-gram of a
// text has.
func (e *explorer) isWordNGram(c model.Contribution) bool {
	return e.Options.Rich == nil || c.NGram != "characters" && !strings.HasPrefix(c.NGram, "style: ")
}

// weights returns the n-grams that add and take most, of those that enough comments have.
func (e *explorer) weights(contributions [][]model.Contribution) []report.Weight {
	sums := map[string]*report.Weight{}
	for i, list := range contributions {
		for _, c := range list {
			if !e.isWordNGram(c) {
				continue
			}
			w := sums[c.NGram]
			if w == nil {
				w = &report.Weight{NGram: c.NGram}
				sums[c.NGram] = w
			}
			w.Effect += c.Value
			w.Comments++
			w.Removed += e.training.Labels[i]
		}
	}
	enough := max(2, min(15, len(contributions)/200))
	var list []report.Weight
	for _, w := range sums {
		if w.Effect /= float64(w.Comments); w.Comments >= enough && w.Effect != 0 {
			list = append(list, *w)
		}
	}
	slices.SortFunc(list, func(a, b report.Weight) int {
		return cmp.Or(cmp.Compare(b.Effect, a.Effect), cmp.Compare(a.NGram, b.NGram))
	})
	if len(list) > 2*shownWeights {
		list = slices.Concat(list[:shownWeights], list[len(list)-shownWeights:])
	}
	return list
}

// mistakes returns the comments of a class that the model most confidently predicted to be of the other one. Texts that
// are too short or too long to read are left out.
func (e *explorer) mistakes(contributions [][]model.Contribution, class int) []report.Mistake {
	p := e.Result.CV.P
	var rows []int
	for i, y := range e.training.Labels {
		if n := words(e.cleaned[i]); y == class && (p[i] >= e.Result.Threshold) != (y == 1) && n >= shortMistake &&
			n <= longMistake {
			rows = append(rows, i)
		}
	}
	slices.SortStableFunc(rows, func(i, j int) int {
		if class == 0 {
			return cmp.Compare(p[j], p[i])
		}
		return cmp.Compare(p[i], p[j])
	})
	var list []report.Mistake
	for _, i := range rows[:min(len(rows), shownMistakes)] {
		m := report.Mistake{Row: e.row(i), P: p[i], Words: words(e.cleaned[i]), Parts: e.blockSums(contributions[i])}
		if !e.Anonymize {
			m.Text = e.mark(e.cleaned[i], contributions[i])
		}
		list = append(list, m)
	}
	return list
}

// blockSums adds up what each block of the model added; nil where words are all there is.
func (e *explorer) blockSums(contributions []model.Contribution) []report.Part {
	if e.Options.Rich == nil {
		return nil
	}
	parts := []report.Part{{Name: "words"}, {Name: "characters"}, {Name: "style"}}
	for _, c := range contributions {
		switch {
		case e.isWordNGram(c):
			parts[0].Value += c.Value
		case c.NGram == "characters":
			parts[1].Value += c.Value
		default:
			parts[2].Value += c.Value
		}
	}
	return parts
}

// row is the place of a comment of the training in the files, from 1.
func (e *explorer) row(i int) int {
	if e.rows == nil {
		return i + 1
	}
	return e.rows[i] + 1
}

// mark cuts a text into spans that say how much each token weighed: an n-gram's contribution is shared by its tokens,
// and the heaviest token of the text weighs 1.
func (e *explorer) mark(text string, contributions []model.Contribution) []report.Span {
	values := map[string]float64{}
	for _, c := range contributions {
		if e.isWordNGram(c) {
			values[c.NGram] = c.Value
		}
	}
	tokens := e.pack.AppendTokens(nil, text)
	weights, heaviest := e.tokenWeights(tokens, values), 0.0
	for _, w := range weights {
		heaviest = max(heaviest, math.Abs(w))
	}
	if heaviest == 0 {
		return []report.Span{{Text: text}}
	}
	var list []report.Span
	for k, t := range tokens {
		at := strings.Index(text, t.Text)
		if at < 0 {
			break // cannot be: tokens are parts of the text, in order
		}
		if at > 0 {
			list = append(list, report.Span{Text: text[:at]})
		}
		list = append(list, report.Span{Text: t.Text, Weight: weights[k] / heaviest})
		text = text[at+len(t.Text):]
	}
	if text != "" {
		list = append(list, report.Span{Text: text})
	}
	return list
}

// tokenWeights shares the values of n-grams among their tokens. An n-gram that occurs several times has one value,
// which its occurrences share.
func (e *explorer) tokenWeights(tokens []english.Token, values map[string]float64) []float64 {
	var features []string
	var places []int
	for k := range tokens {
		if f := vector.Feature(&tokens[k], e.Options.Punctuation); f != "" {
			features, places = append(features, f), append(places, k)
		}
	}
	occurrences := map[string][]int{}
	lo, hi := e.Options.Vectorizer.NgramRange[0], e.Options.Vectorizer.NgramRange[1]
	for n := lo; n <= hi; n++ {
		for k := 0; k+n <= len(features); k++ {
			ngram := strings.Join(features[k:k+n], " ")
			if _, ok := values[ngram]; ok {
				occurrences[ngram] = append(occurrences[ngram], places[k:k+n]...)
			}
		}
	}
	weights := make([]float64, len(tokens))
	for _, ngram := range slices.Sorted(keys(occurrences)) { // in order, so that sums are the same every time
		list := occurrences[ngram]
		for _, k := range list {
			weights[k] += values[ngram] / float64(len(list))
		}
	}
	return weights
}
