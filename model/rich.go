package model

import (
	"encoding/binary"
	"math"

	"reddit-classifier/model/english"
)

// blocks are the parts of a model beyond its words; each adds to the decision function.
type blocks struct {
	chars *charTables
	style []float64 // weights of StyleNames, nil without the block
}

// openBlocks returns the blocks, nil when the artifact has none.
func openBlocks(get func(name string) []byte) (*blocks, error) {
	b := &blocks{}
	var err error
	if b.chars, err = openChars(get); err != nil {
		return nil, err
	}
	if b.style, err = openStyle(get("style")); err != nil {
		return nil, err
	}
	if b.chars == nil && b.style == nil {
		return nil, nil
	}
	return b, nil
}

func openStyle(b []byte) ([]float64, error) {
	if b == nil {
		return nil, nil
	}
	if len(b) != 8*len(StyleNames) {
		return nil, unsupportedErrorf("%d bytes of style weights: this program knows %d features", len(b), len(StyleNames))
	}
	weights := make([]float64, len(StyleNames))
	for i := range weights {
		weights[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
		if !(math.Abs(weights[i]) <= maxWeight) {
			return nil, formatErrorf("a style weight is not a finite number")
		}
	}
	return weights, nil
}

// decision returns what the blocks add to the decision function for a cleaned text.
func (b *blocks) decision(text string) (d float64) {
	if b.chars != nil {
		d = b.chars.decision(text)
	}
	if b.style != nil {
		features := Style(text)
		for i, w := range b.style {
			d += float64(w * features[i])
		}
	}
	return d
}

// explain appends what the blocks add: each style feature, and all n-grams of characters as one.
func (b *blocks) explain(dst []Contribution, text string) []Contribution {
	if b.chars != nil {
		dst = append(dst, Contribution{"characters", b.chars.decision(text)})
	}
	if b.style != nil {
		for i, x := range Style(text) {
			dst = append(dst, Contribution{"style: " + StyleNames[i], b.style[i] * x})
		}
	}
	return dst
}

// blockSections encodes the blocks of a spec.
func blockSections(spec Spec) (sections []section, err error) {
	if spec.Chars != nil {
		if sections, err = spec.Chars.sections(); err != nil {
			return nil, err
		}
	}
	if spec.Style == nil {
		return sections, nil
	}
	if len(spec.Style) != len(StyleNames) {
		return nil, formatErrorf("%d style weights for %d features", len(spec.Style), len(StyleNames))
	}
	var data []byte
	for i, w := range spec.Style {
		if math.IsNaN(w) || math.Abs(w) > maxWeight {
			return nil, formatErrorf("the weight of %q is %v", StyleNames[i], w)
		}
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(w))
	}
	return append(sections, section{name: "style", required: true, data: data}), nil
}

// Feature returns a token's feature, "" when it has none. The original drops tokens that are a single punctuation mark; with
// punctuation they are kept, as they are.
func Feature(t *english.Token, punctuation bool) string {
	feature := t.Feature()
	if feature == "" && punctuation {
		for mark := range fields(t.Lemma) { // what was dropped is white space, or one mark
			feature = mark
		}
	}
	return feature
}
