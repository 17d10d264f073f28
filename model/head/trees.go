package head

import (
	"math"

	"reddit-classifier/model/features"
)

// Trees is a list of decision trees on the same features, with the same number of outputs in each leaf.
type Trees struct {
	Features int
	Outputs  int
	// Roots has the first node of each tree. Here and in [Node], a negative number n means leaf ^n.
	Roots  []int32
	Nodes  []Node
	Leaves []float64 // Outputs numbers for each leaf
}

// Node is an inner node of a tree, of 16 bytes. A vector goes left if the value of Feature, in single precision, is at
// most Threshold, and else right. Left and Right are leaves or later nodes.
type Node struct {
	Threshold   float32
	Feature     uint32
	Left, Right int32
}

// leaf returns the outputs of a tree for a dense vector, or nil if the tree is damaged.
func (t *Trees) leaf(tree int, dense []float64) []float64 {
	next := t.Roots[tree]
	for at := int32(-1); next >= 0; {
		if next <= at || int(next) >= len(t.Nodes) {
			return nil
		}
		at = next
		node := &t.Nodes[at]
		value := 0.0
		if int(node.Feature) < len(dense) {
			value = dense[node.Feature]
		}
		if next = node.Right; float32(value) <= node.Threshold {
			next = node.Left
		}
	}
	if from := int(^next) * t.Outputs; from+t.Outputs <= len(t.Leaves) {
		return t.Leaves[from:][:t.Outputs]
	}
	return nil
}

// encode has the fields in their order. A node is its threshold, feature, left and right, 4 bytes each.
func (t *Trees) encode(c *codec, features int) {
	c.int(&t.Features, math.MaxInt32)
	c.int(&t.Outputs, maxClasses)
	array(c, &t.Roots)
	array(c, &t.Nodes)
	c.numbersOf(&t.Leaves)
	if c.reading {
		c.check(t.Features == features && t.Outputs > 0 && len(t.Roots) > 0,
			"%d trees of %d features and %d outputs, for %d features", len(t.Roots), t.Features, t.Outputs, features)
	}
}

// Forest is DecisionTreeClassifier, RandomForestClassifier or ExtraTreesClassifier. It predicts the mean of the
// probabilities in the leaves.
type Forest struct{ Trees }

// Shape returns the shape of the predictions.
func (f *Forest) Shape() Shape {
	return Shape{Features: f.Features, Classes: f.Outputs, Proba: true}
}

// Predict sets p for the document x.
func (f *Forest) Predict(x features.Vector, s *Scratch, p *Prediction) {
	p.Proba, p.Decision, p.Labels = p.Proba[:0], p.Decision[:0], p.Labels[:0]
	for range f.Outputs {
		p.Proba = append(p.Proba, 0)
	}
	dense := s.dense(x, f.Features)
	for tree := range f.Roots {
		for i, v := range f.leaf(tree, dense) {
			p.Proba[i] += v
		}
	}
	s.clear(x, dense)
	for i := range p.Proba {
		p.Proba[i] /= float64(len(f.Roots))
	}
	p.Label = argmax(p.Proba)
}

func (f *Forest) encode(c *codec, features int) { f.Trees.encode(c, features) }

// Boosting is GradientBoostingClassifier: trees whose leaves add up to the raw predictions. Tree i adds to raw
// prediction i modulo len(Init).
type Boosting struct {
	Trees
	LearningRate float64
	Init         []float64 // initial raw predictions: one for two classes, otherwise one for each class
	Loss         Loss
	// ByProba says that predict takes the class with the largest probability, as before scikit-learn 1.4, instead of the
	// largest raw prediction.
	ByProba bool
}

// Loss is GradientBoostingClassifier's loss.
type Loss uint8

// The losses. LossLog was named deviance before scikit-learn 1.1.
const (
	LossLog Loss = iota
	LossExponential
	lossEnd
)

// Shape returns the shape of the predictions.
func (b *Boosting) Shape() Shape {
	return Shape{Features: b.Features, Classes: max(len(b.Init), 2), Proba: true, Decision: len(b.Init)}
}

// Predict sets p for the document x.
func (b *Boosting) Predict(x features.Vector, s *Scratch, p *Prediction) {
	p.Proba, p.Decision, p.Labels = p.Proba[:0], append(p.Decision[:0], b.Init...), p.Labels[:0]
	dense := s.dense(x, b.Features)
	for tree := range b.Roots {
		for _, v := range b.leaf(tree, dense) {
			p.Decision[tree%len(b.Init)] += float64(b.LearningRate * v)
		}
	}
	s.clear(x, dense)
	if len(b.Init) > 1 {
		b.finishMulticlass(p)
		return
	}
	raw := p.Decision[0]
	positive := expit(raw)
	if b.Loss == LossExponential {
		positive = expit(2 * raw)
	}
	p.Proba = append(p.Proba, 1-positive, positive)
	p.Label = 0
	if b.ByProba {
		p.Label = argmax(p.Proba)
	} else if raw >= 0 {
		p.Label = 1
	}
}

// finishMulticlass completes the prediction for more than two classes.
func (b *Boosting) finishMulticlass(p *Prediction) {
	if b.ByProba {
		p.Proba = posterior(p.Proba, p.Decision)
		p.Label = argmax(p.Proba)
		return
	}
	p.Proba = softmax(p.Proba, p.Decision)
	p.Label = argmax(p.Decision)
}

// encode has the trees, the field LearningRate, the array Init, and the fields Loss and ByProba.
func (b *Boosting) encode(c *codec, features int) {
	b.Trees.encode(c, features)
	c.float(&b.LearningRate)
	c.numbersOf(&b.Init)
	enum(c, &b.Loss, lossEnd)
	c.bool(&b.ByProba)
	c.check(b.Outputs == 1 && len(b.Init) > 0 && len(b.Init) <= maxClasses,
		"boosted trees of %d outputs and %d raw predictions", b.Outputs, len(b.Init))
}
