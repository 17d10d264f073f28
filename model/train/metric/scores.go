package metric

// ECEBins is the number of bins that Evaluate uses for the expected calibration error.
const ECEBins = 10

// Scores are all measures of a set of predictions.
type Scores struct {
	ROCAUC           float64   `json:"roc_auc"`
	AveragePrecision float64   `json:"average_precision"`
	F1               float64   `json:"f1"`
	Precision        float64   `json:"precision"`
	Recall           float64   `json:"recall"`
	Accuracy         float64   `json:"accuracy"`
	LogLoss          float64   `json:"log_loss"`
	Brier            float64   `json:"brier"`
	ECE              float64   `json:"ece"`
	Confusion        Confusion `json:"confusion"`
}

// Names are the single measures' names, in the order of Values.
var Names = []string{
	"roc_auc",
	"average_precision",
	"f1",
	"precision",
	"recall",
	"accuracy",
	"log_loss",
	"brier",
	"ece",
}

// Values are the single measures, in the order of Names.
func (s Scores) Values() []float64 {
	return []float64{s.ROCAUC, s.AveragePrecision, s.F1, s.Precision, s.Recall, s.Accuracy, s.LogLoss, s.Brier, s.ECE}
}

// Predictions are a model's probabilities of class 1 and its decisions.
type Predictions struct {
	P []float64
	// Ones says which documents the model puts into class 1. If it is nil, those of a probability of at least Threshold.
	Ones      []bool
	Threshold float64
}

// One reports whether the model puts document i into class 1.
func (m Predictions) One(i int) bool {
	if m.Ones != nil {
		return m.Ones[i]
	}
	return m.P[i] >= m.Threshold
}

// Evaluate measures probabilities, and the decisions at the threshold, against the truth.
func Evaluate(y []int, p []float64, threshold float64) Scores {
	return Predictions{P: p, Threshold: threshold}.Scores(y)
}

// Scores measures the predictions against the truth.
func (m Predictions) Scores(y []int) Scores {
	p := m.P
	curve := NewCurve(y, p)
	c := m.confusion(y)
	return Scores{
		ROCAUC: curve.ROCAUC(), AveragePrecision: curve.AveragePrecision(),
		F1: c.F1(), Precision: c.Precision(), Recall: c.Recall(), Accuracy: c.Accuracy(),
		LogLoss: LogLoss(y, p), Brier: Brier(y, p), ECE: ECE(y, p, ECEBins), Confusion: c,
	}
}
