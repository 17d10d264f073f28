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

// marker finds in a text what a model's contributions are about.
type marker struct {
	pack     *english.Pack // nil: the model's n-grams are pieces of the text, but for their case
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

// span is a piece of a text. Weight is above 0 where it speaks for the class and below where against, at most 1 in
// size.
type span struct {
	Text   string  `json:"text"`
	Weight float64 `json:"weight,omitempty"`
}

// mark cuts a text into spans that say how much each piece weighed: an n-gram's contribution is shared by the places
// where it stands, and the heaviest piece weighs 1. English text is shown as it was cleaned.
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
	if marks, more := k.weights(tokens, values, true); more > found { // the model's words include punctuation marks
		weights = marks
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
		list = append(list, span{t.Text, weights[i]})
		text = text[at+len(t.Text):]
	}
	if text != "" {
		list = append(list, span{Text: text})
	}
	return scaled(list)
}

// scaled divides the weights by the heaviest.
func scaled(list []span) []span {
	heaviest := 0.0
	for _, s := range list {
		heaviest = max(heaviest, math.Abs(s.Weight))
	}
	for i := range list {
		if heaviest > 0 {
			list[i].Weight /= heaviest
		}
	}
	return list
}

// weights shares the values of n-grams among their tokens. An n-gram that occurs several times has one value, which its
// occurrences share. It also returns how many n-grams were found.
func (k *marker) weights(tokens []english.Token, values map[string]float64, punctuation bool) ([]float64, int) {
	var words []string
	var places []int
	for i := range tokens {
		if f := features.Feature(&tokens[i], punctuation); f != "" {
			words, places = append(words, f), append(places, i)
		}
	}
	occurrences := make(map[string][]int)
	for n := k.min; n <= k.max; n++ {
		for i := 0; i+n <= len(words); i++ {
			ngram := strings.Join(words[i:i+n], " ")
			if _, ok := values[ngram]; ok {
				occurrences[ngram] = append(occurrences[ngram], places[i:i+n]...)
			}
		}
	}
	return share(len(tokens), occurrences, values), len(occurrences)
}

// share adds up what each of n places weighs.
func share(n int, occurrences map[string][]int, values map[string]float64) []float64 {
	weights := make([]float64, n)
	for _, ngram := range slices.Sorted(maps.Keys(occurrences)) { // in order, so that sums are the same every time
		list := occurrences[ngram]
		for _, i := range list {
			weights[i] += values[ngram] / float64(len(list))
		}
	}
	return weights
}

// maxSearched is how many characters of a long text are marked.
const maxSearched = 4000

// cutByCharacters marks each character with what the n-grams weigh that it is part of. An n-gram stands where its words
// follow each other with no letter or digit between, or, if it does so nowhere, as n-grams of characters do, wherever
// its characters are.
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
		found := places(lower, words, true)
		if found == nil {
			found = places(lower, []string{strings.ToLower(ngram)}, false)
		}
		if found == nil && len(words) == 1 {
			found = places(lower, words, false)
		}
		if found != nil {
			occurrences[ngram] = found
		}
	}
	weights := share(len(runes), occurrences, values)
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

// places returns the characters that are part of an occurrence of the words, one after the other.
func places(text []rune, words []string, whole bool) (list []int) {
	if len(words) == 0 || words[0] == "" {
		return nil
	}
	var parts [][]rune
	for _, w := range words {
		parts = append(parts, []rune(w))
	}
	for begin := range text {
		at, here := begin, []int(nil)
		for i, w := range parts {
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

// startsAt tells whether a word stands at a place, and, if it has to, as a whole.
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
