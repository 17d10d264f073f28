package sklearn

import (
	"slices"

	"reddit-classifier/model/features"
	"reddit-classifier/model/pickle"
)

// columns is the way from a text to a vector, as far as it has been read: what a step takes and gives.
type columns struct {
	vectorizers []features.Vectorizer
	transforms  []features.Transform
	n           int  // columns that come out
	single      bool // values are float32
	negative    bool // values can be negative
	dense       bool // scikit-learn has a dense array here
}

// reader reads the steps of one model.
type reader struct {
	options Options
	steps   []Step
	notes   []string
	english int // vectorizers that take the tokens of a language
}

// text reads the steps that begin with a text: a vectorizer or union, and transforms behind it. It returns nil if it has reported
// why not.
func (r *reader) text(steps []step) *columns {
	if len(steps) == 0 {
		return nil
	}
	first := steps[0]
	var c *columns
	switch kindOf(first.estimator) {
	case kindVectorizer:
		c = r.vectorizer(first)
	case kindUnion:
		c = r.union(first)
	default:
		first.p.add(adviceFor(first.estimator), "%s cannot be the first step: that has to be a vectorizer of texts", first.estimator)
	}
	for _, s := range steps[1:] {
		c = r.transform(s, c)
	}
	return c
}

func adviceFor(o *pickle.Object) string { return advice[className(o)] }

// transform reads one step between vectorizer and classifier. Without columns to apply it to, because what is before it cannot be
// imported, it reports only what cannot be imported of itself.
func (r *reader) transform(s step, c *columns) *columns {
	o := s.estimator
	read, ok := transformReaders[className(o)]
	if !ok {
		text := adviceFor(o)
		if text == "" {
			text = "leave it out, or fit the model without it"
		}
		s.p.add(text, "the step of class %s is not supported", o)
		return nil
	}
	before := s.p.count()
	in := columns{n: -1}
	if c != nil {
		in = *c
	}
	out := read(attributes{o, s.p}, in)
	if s.p.count() > before || c == nil {
		return nil
	}
	r.steps = append(r.steps, Step{Name: s.name, Class: o.Class, Options: optionsOf(o), Columns: out.n})
	return &out
}

// union reads a FeatureUnion: branches from a text to columns, side by side.
func (r *reader) union(s step) *columns {
	o, p := s.estimator, s.p
	if !p.enter() {
		return nil
	}
	weights := unionWeights(o, p)
	before := p.count()
	var branches []*columns
	for _, named := range namedEstimators(o, "transformer_list", p) {
		at := p.at(named.label())
		steps := []step{{named.name, named.estimator, at}}
		if kindOf(named.estimator) == kindPipeline {
			steps = pipelineSteps(named.estimator, at)
		}
		if len(steps) == 0 {
			at.add("", "an empty Pipeline")
			continue
		}
		branch := r.text(steps)
		if branch == nil {
			continue
		}
		if weight, ok := weights[named.name]; ok {
			for i := range branch.vectorizers {
				branch.vectorizers[i].Weight *= weight
			}
			if !weightsCommute(branch.transforms) {
				at.add("leave transformer_weights out, or the steps behind the vectorizer",
					"transformer_weights has a weight for a branch with steps that do not keep it")
			}
			branch.negative = branch.negative || weight < 0
		}
		branches = append(branches, branch)
	}
	if p.count() > before {
		return nil
	}
	if len(branches) == 0 {
		p.add("", "a FeatureUnion without transformers")
		return nil
	}
	return sideBySide(branches, p)
}

func unionWeights(o *pickle.Object, p *problems) map[string]float64 {
	if v, _ := o.Attr("transformer_weights"); v == nil {
		return nil
	}
	d, err := o.Dict("transformer_weights")
	if err != nil {
		p.fail(err)
		return nil
	}
	weights := map[string]float64{}
	for i, key := range d.Keys {
		name, ok1 := key.(string)
		weight, ok2 := pickle.Number(d.Values[i])
		if d.Values[i] == nil {
			continue
		}
		if !ok1 || !ok2 || !finite(weight) {
			p.add("", "transformer_weights maps %s to %s", pickle.Describe(key), pickle.Describe(d.Values[i]))
			continue
		}
		weights[name] = weight
	}
	return weights
}

// weightsCommute reports whether a weight may as well be applied before the transforms.
func weightsCommute(transforms []features.Transform) bool {
	for _, t := range transforms {
		switch t.(type) {
		case *features.Select, *features.Scale, *features.SVD:
		default:
			return false
		}
	}
	return true
}

// sideBySide joins branches. The transforms of a branch become transforms of all columns that leave the other branches' alone.
func sideBySide(branches []*columns, p *problems) *columns {
	out := &columns{single: true}
	widths := make([]int, len(branches)) // of each branch at this point
	for i, b := range branches {
		for j := range b.vectorizers {
			widths[i] += width(&b.vectorizers[j])
		}
		out.vectorizers = append(out.vectorizers, b.vectorizers...)
		out.single = out.single && b.single // NumPy's and SciPy's stacking takes the wider type
		out.negative = out.negative || b.negative
	}
	for i, b := range branches {
		for _, t := range b.transforms {
			offset, rest := 0, 0
			for k, w := range widths {
				if k < i {
					offset += w
				} else if k > i {
					rest += w
				}
			}
			lifted, n, ok := lift(t, offset, widths[i], rest)
			if !ok && len(branches) > 1 {
				p.add("put it behind the FeatureUnion", "a FeatureUnion with %s in one of its branches is not supported", transformName(t))
				return nil
			}
			if !ok {
				lifted, n = t, outputs(t, widths[i])
			}
			widths[i] = n
			out.transforms = append(out.transforms, lifted)
		}
	}
	for _, w := range widths {
		out.n += w
	}
	return out
}

// lift makes a transform of n columns into one of all, with offset columns before them and rest behind.
func lift(t features.Transform, offset, n, rest int) (lifted features.Transform, columns int, ok bool) {
	switch t := t.(type) {
	case *features.Select:
		s := &features.Select{}
		for i := range offset {
			s.Columns = append(s.Columns, uint32(i))
		}
		for _, c := range t.Columns {
			s.Columns = append(s.Columns, c+uint32(offset))
		}
		for i := range rest {
			s.Columns = append(s.Columns, uint32(offset+n+i))
		}
		return s, len(t.Columns), true
	case *features.Scale:
		s := &features.Scale{Divisor: slices.Repeat([]float64{1}, offset+n+rest)}
		copy(s.Divisor[offset:], t.Divisor)
		return s, n, true
	}
	return nil, 0, false
}

// outputs returns how many columns a transform makes of n.
func outputs(t features.Transform, n int) int {
	switch t := t.(type) {
	case *features.Select:
		return len(t.Columns)
	case *features.SVD:
		return len(t.Components) / max(t.Features, 1)
	}
	return n
}

func transformName(t features.Transform) string {
	switch t.(type) {
	case *features.Tfidf:
		return "a TfidfTransformer behind other steps"
	case *features.Normalize:
		return "a Normalizer"
	case *features.Binarize:
		return "a Binarizer"
	case *features.SVD:
		return "a TruncatedSVD"
	}
	return "such a step"
}

// width returns the number of a vectorizer's columns.
func width(v *features.Vectorizer) int {
	if v.Hashing != nil {
		return v.Hashing.Features
	}
	return len(v.Vocabulary)
}
