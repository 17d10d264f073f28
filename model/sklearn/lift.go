package sklearn

import (
	"slices"

	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
	"reddit-classifier/model/pickle"
)

// branch is a Pipeline within a classifier that begins with a text: its columns, and the index of the first one among
// all columns.
type branch struct {
	*columns
	offset int
}

// textPipelines returns the pipelines within a classifier that begin with a text, such as those in a VotingClassifier
// of whole models.
func textPipelines(o *pickle.Object, p *problems) (out []*pickle.Object) {
	var inner []string
	switch className(o) {
	case "Pipeline":
		if steps := pipelineSteps(o, p); len(steps) > 1 && beginsWithText(steps) {
			return []*pickle.Object{o}
		}
		return nil
	case "VotingClassifier", "OneVsRestClassifier", "OneVsOneClassifier":
		inner = []string{"estimators_"}
	case "CalibratedClassifierCV":
		inner = []string{"calibrated_classifiers_"}
	case "_CalibratedClassifier", "FrozenEstimator":
		inner = []string{"estimator", "base_estimator"}
	}
	if inner == nil || !p.enter() {
		return nil
	}
	for _, name := range inner {
		v, _ := o.Attr(name)
		items, ok := pickle.Values(v)
		if !ok {
			items = []any{v}
		}
		for _, item := range items {
			if member, ok := item.(*pickle.Object); ok {
				out = append(out, textPipelines(member, p)...)
			}
		}
	}
	return out
}

// liftPipelines reads the pipelines within a classifier that begin with a text. The columns of their vectorizers are
// concatenated, and each pipeline uses its own.
func (r *reader) liftPipelines(s step) (*columns, map[*pickle.Object]branch) {
	all := &columns{}
	branches := map[*pickle.Object]branch{}
	failed := false
	for _, o := range textPipelines(s.estimator, s.p) {
		if _, ok := branches[o]; ok {
			continue
		}
		steps := linkSteps(pipelineSteps(o, s.p))
		c := r.text(steps[:len(steps)-1])
		if c == nil {
			failed = true
			continue
		}
		branches[o] = branch{c, all.n}
		for i := range c.vectorizers {
			all.n += columnCount(&c.vectorizers[i])
		}
		all.vectorizers = append(all.vectorizers, c.vectorizers...)
	}
	if failed || len(branches) == 0 {
		return nil, nil
	}
	return all, branches
}

// readLifted converts a Pipeline whose vectorizers were lifted. It begins with selecting its columns.
func readLifted(a attributes, b branch, at position) (head.Classifier, []head.Class) {
	steps := pipelineSteps(a.Object, a.p)
	if b.single && len(b.transforms) > 0 {
		a.p.add("fit the vectorizer with dtype=numpy.float64", "transforms of float32 within a classifier are not supported")
	}
	before := a.p.count()
	own := columns{n: b.n, single: b.single, negative: b.negative, dense: b.dense}
	c, classes := a.member(steps[len(steps)-1].estimator, position{in: own, depth: at.depth, branches: at.branches})
	if a.p.count() > before {
		return nil, nil
	}
	mine := &features.Select{}
	for i := range b.vectorizers {
		for range columnCount(&b.vectorizers[i]) {
			mine.Columns = append(mine.Columns, uint32(b.offset+len(mine.Columns)))
		}
	}
	nested, err := head.NewPipeline(slices.Concat([]features.Transform{mine}, b.transforms), at.in.n, c)
	a.p.fail(err)
	return nested, classes
}
