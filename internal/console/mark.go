package console

import (
	"maps"
	"math"
	"slices"
	"strings"

	"reddit-classifier/model"
	"reddit-classifier/model/clean"
	"reddit-classifier/model/english"
	"reddit-classifier/model/english/packs"
	vector "reddit-classifier/model/features"
)

// marker finds in a text what a model's contributions are about.
type marker struct {
	cleaner  clean.Mode
	pack     *english.Pack
	min, max int // words in an n-gram
}

func newMarker(m *model.Model) (*marker, error) {
	manifest := m.Manifest()
	cleaner, err := clean.ParseMode(manifest.Cleaner)
	if err != nil {
		return nil, err
	}
	pack, err := packs.Open(manifest.Language)
	if err != nil {
		return nil, err
	}
	k := &marker{cleaner: cleaner, pack: pack, min: 1, max: 1}
	if v := manifest.Vectorizer; v != nil {
		k.min, k.max = v.NGramRange[0], v.NGramRange[1]
	}
	return k, nil
}

// span is a piece of a text. Weight is above 0 where it speaks for the second class and below where against, at most 1 in size.
type span struct {
	Text   string  `json:"text"`
	Weight float64 `json:"weight,omitempty"`
}

// mark cuts the cleaned text into spans: an n-gram's contribution is shared by its tokens, and the heaviest token weighs 1.
func (k *marker) mark(text string, contributions []model.Contribution) []span {
	text = k.cleaner.Clean(text)
	values := make(map[string]float64, len(contributions))
	for _, c := range contributions {
		values[c.NGram] = c.Value
	}
	tokens := k.pack.AppendTokens(nil, text)
	weights, found := k.weights(tokens, values, false)
	if marks, more := k.weights(tokens, values, true); more > found { // the model's words include punctuation marks
		weights = marks
	}
	heaviest := 0.0
	for _, w := range weights {
		heaviest = max(heaviest, math.Abs(w))
	}
	if heaviest == 0 {
		return []span{{Text: text}}
	}
	var list []span
	for i, t := range tokens {
		at := strings.Index(text, t.Text)
		if at < 0 {
			break // cannot be: tokens are parts of the text, in order
		}
		if at > 0 {
			list = append(list, span{Text: text[:at]})
		}
		list = append(list, span{t.Text, weights[i] / heaviest})
		text = text[at+len(t.Text):]
	}
	if text != "" {
		list = append(list, span{Text: text})
	}
	return list
}

// weights shares the values of n-grams among their tokens. An n-gram that occurs several times has one value, which its occurrences
// share. It also returns how many n-grams were found.
func (k *marker) weights(tokens []english.Token, values map[string]float64, punctuation bool) ([]float64, int) {
	var features []string
	var places []int
	for i := range tokens {
		if f := vector.Feature(&tokens[i], punctuation); f != "" {
			features, places = append(features, f), append(places, i)
		}
	}
	occurrences := make(map[string][]int)
	for n := k.min; n <= k.max; n++ {
		for i := 0; i+n <= len(features); i++ {
			ngram := strings.Join(features[i:i+n], " ")
			if _, ok := values[ngram]; ok {
				occurrences[ngram] = append(occurrences[ngram], places[i:i+n]...)
			}
		}
	}
	weights := make([]float64, len(tokens))
	for _, ngram := range slices.Sorted(maps.Keys(occurrences)) { // in order, so that sums are the same every time
		list := occurrences[ngram]
		for _, i := range list {
			weights[i] += values[ngram] / float64(len(list))
		}
	}
	return weights, len(occurrences)
}
