package console

import (
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"

	"reddit-classifier/model"
	"reddit-classifier/model/clean"
	"reddit-classifier/model/english"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/features"
)

// marker finds the n-grams of a model's contributions in a text.
type marker struct {
	pack     *english.Pack // nil: n-grams are substrings of the text, regardless of case
	cleaner  clean.Mode
	min, max int // words in an n-gram
}

func newMarker(m *model.Model) (*marker, error) {
	manifest := m.Manifest()
	if manifest.Language == "" {
		return &marker{}, nil
	}
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

// span is a part of a text. Its weight is from -1 to 1: positive if it speaks for the class, negative if against.
type span struct {
	Text   string  `json:"text"`
	Weight float64 `json:"weight,omitempty"`
}

// mark splits a text into spans with weights. The contribution of an n-gram is divided among its occurrences, and the
// weights are scaled so that the largest is 1 or -1. The spans of a model with a language pack are those of the cleaned
// text.
func (k *marker) mark(text string, contributions []model.Contribution) []span {
	values := make(map[string]float64, len(contributions))
	for _, c := range contributions {
		values[c.NGram] = c.Value
	}
	if k.pack == nil {
		return cutByCharacters(text, values)
	}
	text = k.cleaner.Clean(text)
	tokens := k.pack.AppendTokens(nil, text)
	weights, found := k.weights(tokens, values, false)
	if marks, more := k.weights(tokens, values, true); more > found { // the model counts punctuation marks
		weights = marks
	}
	var list []span
	for i, t := range tokens {
		at := strings.Index(text, t.Text)
		if at < 0 {
			break // unreachable: tokens are parts of the text, in order
		}
		if at > 0 {
			list = append(list, span{Text: text[:at]})
		}
		list = append(list, span{t.Text, weights[i]})
		text = text[at+len(t.Text):]
	}
	if text != "" {
		list = append(list, span{Text: text})
	}
	return scaled(list)
}

// scaled divides the weights by the largest.
func scaled(list []span) []span {
	largest := 0.0
	for _, s := range list {
		largest = max(largest, math.Abs(s.Weight))
	}
	for i := range list {
		if largest > 0 {
			list[i].Weight /= largest
		}
	}
	return list
}

// weights divides the value of each n-gram among the tokens of its occurrences. It also returns how many n-grams occur.
func (k *marker) weights(tokens []english.Token, values map[string]float64, punctuation bool) ([]float64, int) {
	var words []string
	var positions []int // of the words among the tokens
	for i := range tokens {
		if f := features.Feature(&tokens[i], punctuation); f != "" {
			words, positions = append(words, f), append(positions, i)
		}
	}
	occurrences := make(map[string][]int)
	for n := k.min; n <= k.max; n++ {
		for i := 0; i+n <= len(words); i++ {
			ngram := strings.Join(words[i:i+n], " ")
			if _, ok := values[ngram]; ok {
				occurrences[ngram] = append(occurrences[ngram], positions[i:i+n]...)
			}
		}
	}
	return distributeWeights(len(tokens), occurrences, values), len(occurrences)
}

// distributeWeights returns the weight of each of n positions, given the positions of each n-gram.
func distributeWeights(n int, occurrences map[string][]int, values map[string]float64) []float64 {
	weights := make([]float64, n)
	for _, ngram := range slices.Sorted(maps.Keys(occurrences)) { // a fixed order, so that sums are reproducible
		list := occurrences[ngram]
		for _, i := range list {
			weights[i] += values[ngram] / float64(len(list))
		}
	}
	return weights
}

// maxSearched is the number of characters of a text that are searched for n-grams.
const maxSearched = 4000

// cutByCharacters splits a text by the weights of its characters. An n-gram occurs where its words follow each other
// with no letter or digit in between. If there is no such place, it occurs wherever its characters do, like an n-gram
// of characters.
func cutByCharacters(text string, values map[string]float64) []span {
	runes := []rune(text)
	rest := string(runes[min(len(runes), maxSearched):])
	runes = runes[:min(len(runes), maxSearched)]
	lower := make([]rune, len(runes))
	for i, r := range runes {
		lower[i] = unicode.ToLower(r)
	}
	occurrences := make(map[string][]int)
	for ngram := range values {
		words := strings.Fields(strings.ToLower(ngram))
		found := occurrencesOf(lower, words, true)
		if found == nil {
			found = occurrencesOf(lower, []string{strings.ToLower(ngram)}, false)
		}
		if found == nil && len(words) == 1 {
			found = occurrencesOf(lower, words, false)
		}
		if found != nil {
			occurrences[ngram] = found
		}
	}
	weights := distributeWeights(len(runes), occurrences, values)
	var list []span
	for i := 0; i < len(runes); {
		end := i + 1
		for end < len(runes) && weights[end] == weights[i] {
			end++
		}
		list = append(list, span{string(runes[i:end]), weights[i]})
		i = end
	}
	if rest != "" {
		list = append(list, span{Text: rest})
	}
	return scaled(list)
}

// occurrencesOf returns the positions of all characters in the occurrences of consecutive words.
func occurrencesOf(text []rune, words []string, whole bool) (list []int) {
	if len(words) == 0 || words[0] == "" {
		return nil
	}
	var wordRunes [][]rune
	for _, w := range words {
		wordRunes = append(wordRunes, []rune(w))
	}
	for begin := range text {
		at, here := begin, []int(nil)
		for i, w := range wordRunes {
			for i > 0 && at < len(text) && !isWord(text[at]) && text[at] != w[0] {
				at++
			}
			if !startsAt(text, at, w, whole) {
				here = nil
				break
			}
			for range w {
				here = append(here, at)
				at++
			}
		}
		list = append(list, here...)
	}
	return list
}

// startsAt reports whether a word starts at a position. If whole is set, no letter or digit may adjoin the word.
func startsAt(text []rune, at int, word []rune, whole bool) bool {
	end := at + len(word)
	if end > len(text) || !slices.Equal(text[at:end], word) {
		return false
	}
	inside := at > 0 && isWord(text[at-1]) && isWord(word[0]) ||
		end < len(text) && isWord(text[end]) && isWord(word[len(word)-1])
	return !whole || !inside
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
