package features

import (
	"strconv"

	"reddit-classifier/model/artifact"
)

// Names returns the function that has a name for each feature of a text's vector: the n-gram.
func (e *Extractor) Names(text string) (name func(feature uint32) string, err error) {
	columns, err := e.transforms.columns()
	if err != nil {
		return nil, err
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
		if v := e.vectorizers[i]; !v.hashing {
			return v.name(feature)
		}
		return "#" + strconv.Itoa(int(feature))
	}, nil
}

// columns returns which feature before the transforms each one behind them is; nil if they are the same.
func (t *Transforms) columns() (columns []uint32, err error) {
	for i := range t.stages {
		s := &t.stages[i]
		switch s.kind {
		case stageSVD:
			return nil, artifact.UnsupportedErrorf("the model decides by components (TruncatedSVD), not by n-grams")
		case stageSelect:
			kept := make([]uint32, s.out)
			for f, to := range s.numbers {
				if to >= 0 && int(to) < s.out {
					kept[int(to)] = uint32(f)
					if columns != nil {
						kept[int(to)] = columns[f]
					}
				}
			}
			columns = kept
		}
	}
	return columns, nil
}
