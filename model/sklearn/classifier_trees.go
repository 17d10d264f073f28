package sklearn

import (
	"math"
	"slices"

	"reddit-classifier/model/head"
	"reddit-classifier/model/pickle"
)

// readTree converts a DecisionTreeClassifier or an ExtraTreeClassifier.
func readTree(a attributes) (head.Classifier, []head.Class) {
	classes := a.treeClasses()
	if len(classes) == 0 {
		return nil, nil
	}
	f := &head.Forest{Trees: head.Trees{Outputs: len(classes)}}
	a.addTree(&f.Trees, true)
	return f, classes
}

// readForest converts a RandomForestClassifier or an ExtraTreesClassifier.
func readForest(a attributes) (head.Classifier, []head.Class) {
	classes := a.treeClasses()
	if len(classes) == 0 {
		return nil, nil
	}
	f := &head.Forest{Trees: head.Trees{Outputs: len(classes)}}
	before := a.p.count()
	for _, o := range a.objects("estimators_") {
		attributes{o, a.p}.addTree(&f.Trees, true)
		if a.p.count() > before {
			return nil, nil
		}
	}
	if len(f.Roots) == 0 {
		a.p.add("", "estimators_ is empty")
	}
	return f, classes
}

// treeClasses returns the classes. Several outputs are an obstacle.
func (a attributes) treeClasses() []head.Class {
	if a.int("n_outputs_", 1) != 1 {
		a.p.add("wrap it in a OneVsRestClassifier", "a %s of several labels is not supported", a.Class)
		return nil
	}
	classes := readClasses(a, "classes_")
	if len(classes) == 0 {
		a.p.add("", "a %s without classes", a.Class)
	}
	return classes
}

// addTree adds the tree of an estimator to t. With proba its leaves have probabilities. Before scikit-learn 1.3 they
// have the number of documents of each class instead. Both are divided by their sum up to release 1.3, as there.
func (a attributes) addTree(t *head.Trees, proba bool) {
	o, err := a.Object.Object("tree_")
	if err != nil {
		a.p.fail(err)
		return
	}
	columns := a.treeColumns(o)
	nodes, values := a.treeArrays(o)
	if nodes == nil || columns < 0 || len(values) != len(nodes.left)*t.Outputs || len(nodes.left) == 0 {
		a.p.add("", "the tree of a %s is not of %d outputs", a.Class, t.Outputs)
		return
	}
	if len(t.Roots) > 0 && columns != t.Features {
		a.p.add("", "trees of %d and of %d features", t.Features, columns)
		return
	}
	t.Features = columns
	r, known := releaseOf(a.Object)
	divide := proba && known && r.before(1, 4)
	a.finite("tree_", values)
	if !nodes.appendTo(t, values, divide) {
		a.p.add("", "the tree of a %s is damaged", a.Class)
	}
}

// treeColumns returns the number of features, which is the first argument of a tree's constructor, or -1.
func (a attributes) treeColumns(tree *pickle.Object) int {
	if len(tree.Args) > 0 {
		if n, ok := pickle.Number(tree.Args[0]); ok && n >= 0 && n <= math.MaxInt32 {
			return int(n)
		}
	}
	return -1
}

// treeNodes has the nodes of a tree in scikit-learn's form. Both children of a leaf are -1.
type treeNodes struct {
	left, right, feature []int64
	threshold            []float64
}

// treeArrays returns the nodes and the values of a tree.
func (a attributes) treeArrays(tree *pickle.Object) (*treeNodes, []float64) {
	t := attributes{tree, a.p}
	records, err := tree.Array("nodes")
	if err != nil {
		a.p.fail(err)
		return nil, nil
	}
	nodes := &treeNodes{}
	for _, field := range []struct {
		name string
		ints *[]int64
	}{{"left_child", &nodes.left}, {"right_child", &nodes.right}, {"feature", &nodes.feature}} {
		column, err := records.Field(field.name)
		if err == nil {
			*field.ints, err = column.Ints()
		}
		a.p.fail(err)
	}
	column, err := records.Field("threshold")
	if err == nil {
		nodes.threshold, err = column.Floats()
	}
	a.p.fail(err)
	values, _ := t.floats("values")
	return nodes, values
}

// appendTo adds the nodes to t. It returns false if they are not a tree whose children come after their parents. divide
// says that the numbers of a leaf are divided by their sum.
func (n *treeNodes) appendTo(t *head.Trees, values []float64, divide bool) bool {
	size, outputs := len(n.left), t.Outputs
	if len(n.right) != size || len(n.feature) != size || len(n.threshold) != size {
		return false
	}
	number := make([]int32, size) // number of the node, or ^ of the number of the leaf
	nextNode, nextLeaf := len(t.Nodes), len(t.Leaves)/outputs
	for i := range number {
		if n.left[i] < 0 {
			number[i] = int32(^nextLeaf)
			nextLeaf++
		} else {
			number[i] = int32(nextNode)
			nextNode++
		}
	}
	if nextNode > math.MaxInt32 || nextLeaf > math.MaxInt32 {
		return false
	}
	for i := range number {
		if number[i] < 0 {
			leaf := slices.Clone(values[i*outputs:][:outputs])
			if total := head.Sum(leaf); divide && total != 0 {
				for j := range leaf {
					leaf[j] /= total
				}
			}
			t.Leaves = append(t.Leaves, leaf...)
			continue
		}
		left, right, feature := n.left[i], n.right[i], n.feature[i]
		if left <= int64(i) || right <= int64(i) || left >= int64(size) || right >= int64(size) || feature < 0 ||
			feature > math.MaxInt32 {
			return false
		}
		t.Nodes = append(t.Nodes, head.Node{Threshold: roundDown(n.threshold[i]), Feature: uint32(feature),
			Left: number[left], Right: number[right]})
	}
	t.Roots = append(t.Roots, number[0])
	return true
}

// roundDown returns the largest float32 that is at most v. A float32 is at most v if and only if it is at most the
// result.
func roundDown(v float64) float32 {
	f := float32(v)
	if float64(f) > v {
		f = math.Nextafter32(f, float32(math.Inf(-1)))
	}
	return f
}

// readBoosting converts a GradientBoostingClassifier.
func readBoosting(a attributes) (head.Classifier, []head.Class) {
	classes := readClasses(a, "classes_")
	r, known := releaseOf(a.Object)
	b := &head.Boosting{Trees: head.Trees{Outputs: 1}, LearningRate: a.number("learning_rate", 0.1),
		ByProba: known && r.before(1, 4)}
	switch loss := a.text("loss", "log_loss"); loss {
	case "log_loss", "deviance":
	case "exponential":
		b.Loss, b.ByProba = head.LossExponential, false
	default:
		a.p.add("", "loss=%q is not supported", loss)
	}
	before := a.p.count()
	stages, err := a.Object.Array("estimators_")
	if err != nil {
		a.p.fail(err)
		return nil, nil
	}
	raw := len(classes)
	if raw == 2 {
		raw = 1
	}
	if len(stages.Shape) != 2 || stages.Shape[1] != raw || stages.Shape[0] == 0 {
		a.p.add("", "trees of shape %v for %d classes", stages.Shape, len(classes))
		return nil, nil
	}
	for _, o := range a.objects("estimators_") {
		attributes{o, a.p}.addTree(&b.Trees, false)
		if a.p.count() > before {
			return nil, nil
		}
	}
	b.Init = a.initial(raw, b.Loss, r)
	return b, classes
}

func (a attributes) initial(raw int, loss head.Loss, r release) []float64 {
	v, _ := a.Attr("init_")
	if v == "zero" {
		return make([]float64, raw)
	}
	o, ok := v.(*pickle.Object)
	if !ok {
		a.p.add("", "init_ is %s", pickle.Describe(v))
		return nil
	}
	init := attributes{o, a.p}
	switch o.Class {
	case "ZeroEstimator":
		return make([]float64, raw)
	case "LogOddsEstimator", "ScaledLogOddsEstimator":
		return []float64{init.number("prior", 0)}
	case "PriorProbabilityEstimator":
		priors, _ := init.floats("priors")
		return priors
	case "DummyClassifier":
		c, classes := readDummy(init)
		if constant, ok := c.(*head.Constant); ok && len(classes) == max(raw, 2) {
			return fromProba(constant.Proba, loss, r)
		}
	}
	a.p.add("leave init out", "init=%s is not supported", o.Class)
	return nil
}

// fromProba returns the raw predictions for probabilities.
func fromProba(proba []float64, loss head.Loss, r release) []float64 {
	least := 0x1p-23
	if !r.before(1, 8) {
		least = 0x1p-52
	}
	logs := make([]float64, len(proba))
	mean := 0.0
	for i, p := range proba {
		logs[i] = math.Log(min(max(p, least), 1-least))
		mean += logs[i] / float64(len(proba))
	}
	if len(proba) > 2 {
		if !r.before(1, 4) { // relative to the geometric mean
			for i := range logs {
				logs[i] -= mean
			}
		}
		return logs
	}
	p := min(max(proba[1], least), 1-least)
	raw := math.Log(p / (1 - p))
	if loss == head.LossExponential {
		raw *= 0.5
	}
	return []float64{raw}
}
