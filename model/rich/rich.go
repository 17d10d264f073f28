// Package rich implements the features that `train --features rich` adds to those of words: character n-grams, and the
// style of a comment. Each block adds to the decision function of a linear model of two classes.
package rich

import (
	"encoding/binary"
	"math"

	"reddit-classifier/model/artifact"
)

// Blocks are the additional blocks of a model, used in place.
type Blocks struct {
	chars *charTables
	style []float64 // weights of StyleNames; nil if the model has no style block
}

// Open returns the blocks of an artifact, or nil if it has none. get returns the bytes of a section, or nil. The error
// says which section is invalid or not supported.
func Open(get func(name string) []byte) (*Blocks, error) {
	b := &Blocks{}
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
		return nil, artifact.UnsupportedErrorf(
			"%d bytes of style weights: this program knows %d features",
			len(b),
			len(StyleNames),
		)
	}
	weights := make([]float64, len(StyleNames))
	for i := range weights {
		weights[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
		if !(math.Abs(weights[i]) <= artifact.MaxWeight) {
			return nil, artifact.FormatErrorf("a style weight is not a finite number")
		}
	}
	return weights, nil
}

// Decision returns the blocks' part of the decision function for a cleaned text.
func (b *Blocks) Decision(text string) (d float64) {
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

// Explain calls add with each part of [Blocks.Decision]: all character n-grams as one part, and each style feature.
func (b *Blocks) Explain(text string, add func(name string, value float64)) {
	if b.chars != nil {
		add("characters", b.chars.decision(text))
	}
	if b.style != nil {
		for i, x := range Style(text) {
			add("style: "+StyleNames[i], b.style[i]*x)
		}
	}
}

// Sections returns the sections of the blocks that are not nil. style has the weights of [StyleNames]. It returns an
// error if a weight is not finite or too large, or if n-grams cannot be represented.
func Sections(chars *Chars, style []float64) (sections []artifact.Section, err error) {
	if chars != nil {
		if sections, err = chars.sections(); err != nil {
			return nil, err
		}
	}
	if style == nil {
		return sections, nil
	}
	if len(style) != len(StyleNames) {
		return nil, artifact.FormatErrorf("%d style weights for %d features", len(style), len(StyleNames))
	}
	var data []byte
	for i, w := range style {
		if math.IsNaN(w) || math.Abs(w) > artifact.MaxWeight {
			return nil, artifact.FormatErrorf("the weight of %q is %v", StyleNames[i], w)
		}
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(w))
	}
	return append(sections, artifact.Section{Name: "style", Required: true, Data: data}), nil
}
