package metric

import "math"

// ClassScores measure one class, or one label, against all others.
type ClassScores struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	// ROCAUC ranks by the probability of the class. It is nil without probabilities, and where the class is always or
	// never true.
	ROCAUC  *float64 `json:"roc_auc,omitempty"`
	Support int      `json:"support"` // how often it is true
}

// Averages are means over classes or labels.
type Averages struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// MulticlassScores are all measures of a classifier of any number of classes.
type MulticlassScores struct {
	Accuracy float64 `json:"accuracy"`
	// Macro is the mean over the classes that are true or predicted at least once, Weighted the same weighted by how often
	// each is true: scikit-learn's averages of these names.
	Macro    Averages `json:"macro"`
	Weighted Averages `json:"weighted"`
	LogLoss  *float64 `json:"log_loss,omitempty"` // nil without probabilities
	// ROCAUC is the mean over all classes of one versus the rest. It is nil where that of a class is.
	ROCAUC    *float64      `json:"roc_auc,omitempty"`
	Classes   []ClassScores `json:"classes"`
	Confusion [][]int       `json:"confusion"` // by truth, then by prediction
}

// MultilabelScores are all measures of a classifier that gives a text any number of labels.
type MultilabelScores struct {
	Accuracy    float64       `json:"accuracy"`     // share of texts whose labels are all right
	HammingLoss float64       `json:"hamming_loss"` // share of single decisions that are wrong
	Micro       Averages      `json:"micro"`        // of all single decisions together
	Macro       Averages      `json:"macro"`
	Weighted    Averages      `json:"weighted"`
	ROCAUC      *float64      `json:"roc_auc,omitempty"` // mean over the labels; nil where that of a label is
	Labels      []ClassScores `json:"labels"`
}

// EvaluateClasses measures the predicted classes, numbers below classes, against the truth. proba has a probability for
// each class by text, or is nil.
func EvaluateClasses(y, predicted []int, proba [][]float64, classes int) MulticlassScores {
	s := MulticlassScores{Confusion: make([][]int, classes)}
	for k := range s.Confusion {
		s.Confusion[k] = make([]int, classes)
	}
	right := 0
	for i, truth := range y {
		s.Confusion[truth][predicted[i]]++
		if truth == predicted[i] {
			right++
		}
	}
	s.Accuracy = ratio(right, len(y))
	var occurring []ClassScores
	for k := range classes {
		c := versusRest(s.Confusion, k)
		scores := c.classScores()
		if proba != nil {
			scores.ROCAUC = columnROCAUC(k, func(i int) bool { return y[i] == k }, proba)
		}
		s.Classes = append(s.Classes, scores)
		if c.TruePositive+c.FalseNegative+c.FalsePositive > 0 {
			occurring = append(occurring, scores)
		}
	}
	s.Macro, s.Weighted = macro(occurring), weighted(occurring)
	s.ROCAUC = meanROCAUC(s.Classes)
	if proba != nil {
		loss := MulticlassLogLoss(y, proba)
		s.LogLoss = &loss
	}
	return s
}

// EvaluateLabels measures the predicted labels against the truth, each by text and label. proba has a probability for
// each label by text, or is nil.
func EvaluateLabels(y, predicted [][]bool, proba [][]float64) MultilabelScores {
	var s MultilabelScores
	if len(y) == 0 {
		return s
	}
	confusions := make([]Confusion, len(y[0]))
	right := 0
	for i, truth := range y {
		all := true
		for k := range truth {
			confusions[k].count(truth[k], predicted[i][k])
			all = all && truth[k] == predicted[i][k]
		}
		if all {
			right++
		}
	}
	s.Accuracy = ratio(right, len(y))
	var sum Confusion
	for k, c := range confusions {
		scores := c.classScores()
		if proba != nil {
			scores.ROCAUC = columnROCAUC(k, func(i int) bool { return y[i][k] }, proba)
		}
		s.Labels = append(s.Labels, scores)
		sum.TruePositive += c.TruePositive
		sum.FalsePositive += c.FalsePositive
		sum.FalseNegative += c.FalseNegative
	}
	s.HammingLoss = ratio(sum.FalsePositive+sum.FalseNegative, len(y)*len(confusions))
	s.Micro, s.Macro, s.Weighted = Averages{sum.Precision(), sum.Recall(), sum.F1()}, macro(s.Labels), weighted(s.Labels)
	s.ROCAUC = meanROCAUC(s.Labels)
	return s
}

// MulticlassLogLoss is the mean of −ln of the probability given to the true class. Probabilities are kept a rounding
// error away from 0 and 1.
func MulticlassLogLoss(y []int, proba [][]float64) float64 {
	const eps = 0x1p-52
	var sum float64
	for i, truth := range y {
		sum -= math.Log(min(max(proba[i][truth], eps), 1-eps))
	}
	return sum / float64(len(y))
}

// versusRest counts the decisions for and against class k.
func versusRest(confusion [][]int, k int) Confusion {
	var c Confusion
	for truth, row := range confusion {
		for predicted, n := range row {
			switch {
			case truth == k && predicted == k:
				c.TruePositive += n
			case truth == k:
				c.FalseNegative += n
			case predicted == k:
				c.FalsePositive += n
			default:
				c.TrueNegative += n
			}
		}
	}
	return c
}

func (c *Confusion) count(truth, predicted bool) {
	switch {
	case truth && predicted:
		c.TruePositive++
	case truth:
		c.FalseNegative++
	case predicted:
		c.FalsePositive++
	default:
		c.TrueNegative++
	}
}

func (c Confusion) classScores() ClassScores {
	return ClassScores{Precision: c.Precision(), Recall: c.Recall(), F1: c.F1(), Support: c.TruePositive + c.FalseNegative}
}

func macro(scores []ClassScores) Averages {
	return average(scores, func(ClassScores) int { return 1 })
}

func weighted(scores []ClassScores) Averages {
	return average(scores, func(s ClassScores) int { return s.Support })
}

// average is 0 where the weights are.
func average(scores []ClassScores, weight func(ClassScores) int) Averages {
	var sum Averages
	total := 0
	for _, s := range scores {
		w := weight(s)
		total += w
		sum.Precision += float64(w) * s.Precision
		sum.Recall += float64(w) * s.Recall
		sum.F1 += float64(w) * s.F1
	}
	if total == 0 {
		return Averages{}
	}
	n := float64(total)
	return Averages{sum.Precision / n, sum.Recall / n, sum.F1 / n}
}

// columnROCAUC is the area under the curve of column k of the probabilities, nil where it is undefined.
func columnROCAUC(k int, truth func(text int) bool, proba [][]float64) *float64 {
	y, score := make([]int, len(proba)), make([]float64, len(proba))
	for i := range proba {
		score[i] = proba[i][k]
		if truth(i) {
			y[i] = 1
		}
	}
	area := ROCAUC(y, score)
	if math.IsNaN(area) {
		return nil
	}
	return &area
}

// meanROCAUC is nil where that of a class is.
func meanROCAUC(scores []ClassScores) *float64 {
	var sum float64
	for _, s := range scores {
		if s.ROCAUC == nil {
			return nil
		}
		sum += *s.ROCAUC
	}
	mean := sum / float64(len(scores))
	return &mean
}
