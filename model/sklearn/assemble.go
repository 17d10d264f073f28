package sklearn

import (
	"slices"

	"reddit-classifier/model/features"
	"reddit-classifier/model/pickle"
)

// columns describes the vectors between two steps, and the steps that lead to them.
type columns struct {
	vectorizers []features.Vectorizer
	transforms  []features.Transform
	n           int  // number of columns
	single      bool // values are float32
	negative    bool // values can be negative
	dense       bool // scikit-learn has a dense array here
	next        int  // columns that the next step was fitted on; 0 if it does not say
}

// reader reads the steps of one model.
type reader struct {
	options Options
	steps   []Step
	notes   []string
	english int // vectorizers that take the tokens of a language
}

// text reads the steps that begin with a text: a vectorizer or union, and the transforms after it. It returns nil if it
// has reported an obstacle.
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
		if f, _ := first.estimator.Attr("func"); className(first.estimator) == "FunctionTransformer" && f == nil {
			return r.text(steps[1:])
		}
		first.p.add(adviceFor(first.estimator), "%s cannot be the first step, which must be a vectorizer of texts",
			first.estimator)
		if len(steps) > 1 && beginsWithText(steps[1:]) {
			r.text(steps[1:]) // reports the obstacles in the rest
			return nil
		}
	}
	for _, s := range steps[1:] {
		c = r.transform(s, c)
	}
	return c
}

func adviceFor(o *pickle.Object) string {
	if text := advice[className(o)]; text != "" || className(o) != "" {
		return text
	}
	return "the code of a class of your own is not in the file: fit the model with one of scikit-learn's"
}

// transform reads one step between vectorizer and classifier. c is nil if an earlier step cannot be imported; then it
// only reports obstacles in the step itself.
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
	if in.next = 0; s.next != nil {
		in.next = inputsOf(s.next)
	}
	out := read(attributes{o, s.p}, in)
	if s.p.count() > before || c == nil {
		return nil
	}
	r.steps = append(r.steps, Step{Name: s.name, Class: o.Class, Options: optionsOf(o), Columns: out.n})
	return &out
}

// union reads a FeatureUnion, whose branches lead from a text to columns that are concatenated.
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
		steps := []step{{name: named.name, estimator: named.estimator, p: at}}
		if kindOf(named.estimator) == kindPipeline {
			steps = pipelineSteps(named.estimator, at)
		}
		if linkSteps(steps); len(steps) == 0 {
			at.add("", "an empty Pipeline")
			continue
		}
		branch := r.text(steps)
		if branch == nil {
			continue
		}
		if weight, ok := weights[named.name]; ok {
			branch.weigh(weight, at)
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
	return concatColumns(branches)
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

// weigh multiplies all columns by a number.
func (c *columns) weigh(weight float64, p *problems) {
	if c.single {
		weight = float64(float32(weight)) // as NumPy does before it multiplies
	}
	c.negative = c.negative || weight < 0
	if canWeightFirst(c.transforms) {
		for i := range c.vectorizers {
			c.vectorizers[i].Weight *= weight
		}
		return
	}
	if weight == 0 {
		p.add("fit the FeatureUnion without the branch", "transformer_weights has 0 for a branch")
		return
	}
	*c = c.with(&features.Scale{Divisor: slices.Repeat([]float64{1 / weight}, c.n)}, c.n)
}

// canWeightFirst reports whether a weight may as well be applied before the transforms.
func canWeightFirst(transforms []features.Transform) bool {
	for _, t := range transforms {
		switch t.(type) {
		case *features.Select, *features.Scale:
		default:
			return false
		}
	}
	return true
}

// concatColumns joins branches. The transforms of a branch become transforms of only its columns.
func concatColumns(branches []*columns) *columns {
	out := &columns{single: true, dense: true}
	widths := make([]int, len(branches)) // of each branch at this point
	for i, b := range branches {
		for j := range b.vectorizers {
			widths[i] += columnCount(&b.vectorizers[j])
		}
		out.vectorizers = append(out.vectorizers, b.vectorizers...)
		out.single = out.single && b.single // NumPy's and SciPy's stacking takes the wider type
		out.negative = out.negative || b.negative
		out.dense = out.dense && b.dense // a sparse one makes all sparse
	}
	for i, b := range branches {
		single := true
		for j := range b.vectorizers {
			single = single && b.vectorizers[j].Float32
		}
		for _, t := range b.transforms {
			part, ok := t.(*features.Part)
			if !ok {
				part = &features.Part{Count: widths[i], Float32: single, Transform: t}
			}
			moved := *part
			moved.First += out.n
			if out.transforms = append(out.transforms, &moved); len(branches) == 1 {
				out.transforms[len(out.transforms)-1] = t
			}
			widths[i] = outputCount(t, widths[i])
			if _, ok := t.(*features.SVD); ok {
				single = b.single
			}
		}
		out.n += widths[i]
	}
	return out
}

// outputCount returns the number of columns after a transform of n columns.
func outputCount(t features.Transform, n int) int {
	switch t := t.(type) {
	case *features.Select:
		return len(t.Columns)
	case *features.SVD:
		return len(t.Components) / max(t.Features, 1)
	case *features.Part:
		return n - t.Count + outputCount(t.Transform, t.Count)
	}
	return n
}

// columnCount returns the number of a vectorizer's columns.
func columnCount(v *features.Vectorizer) int {
	if v.Hashing != nil {
		return v.Hashing.Features
	}
	return len(v.Vocabulary)
}
