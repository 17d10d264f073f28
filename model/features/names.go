package features

import (
	"slices"
	"strings"

	"reddit-classifier/model/artifact"
)

// Names returns a function that names each feature of a text's vector: the n-gram or, with hashing, the n-grams of the
// text with that hash. The error is an artifact.UnsupportedError if the features are not n-grams.
func (e *Extractor) Names(text string) (name func(feature uint32) string, err error) {
	columns, err := e.transforms.columns(e.width)
	if err != nil {
		return nil, err
	}
	hashed := make([]map[uint32][]string, len(e.vectorizers))
	for i, v := range e.vectorizers {
		if v.hashing {
			c := newCounter(v)
			c.names = map[uint32][]string{}
			c.vector(v, text)
			hashed[i] = c.names
		}
	}
	return func(feature uint32) string {
		if columns != nil {
			feature = columns[feature]
		}
		i := len(e.offsets) - 1
		for e.offsets[i] > feature {
			i--
		}
		feature -= e.offsets[i]
		if hashed[i] != nil {
			return strings.Join(hashed[i][feature], " | ")
		}
		return e.vectorizers[i].name(feature)
	}, nil
}

// columns returns, for each feature after the transforms, which feature before them it is; nil if there are none.
func (t *Transforms) columns(width int) (columns []uint32, err error) {
	if len(t.stages) == 0 {
		return nil, nil
	}
	for f := range width {
		columns = append(columns, uint32(f))
	}
	for i := range t.stages {
		s := &t.stages[i]
		switch s.kind {
		case stageSVD:
			return nil, artifact.UnsupportedErrorf("the model decides by components (TruncatedSVD), not by n-grams")
		case stageSelect:
			kept := make([]uint32, s.out)
			for f, to := range s.numbers {
				if to >= 0 && to < float64(s.out) {
					kept[int(to)] = columns[s.first+f]
				}
			}
			columns = slices.Concat(columns[:s.first], kept, columns[s.first+s.in:])
		}
	}
	return columns, nil
}
