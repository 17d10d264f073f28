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

// Evaluate measures probabilities, and the decisions at the threshold, against the truth.
func Evaluate(y []int, p []float64, threshold float64) Scores {
	curve := NewCurve(y, p)
	c := ConfusionAt(y, p, threshold)
	return Scores{
		ROCAUC: curve.ROCAUC(), AveragePrecision: curve.AveragePrecision(),
		F1: c.F1(), Precision: c.Precision(), Recall: c.Recall(), Accuracy: c.Accuracy(),
		LogLoss: LogLoss(y, p), Brier: Brier(y, p), ECE: ECE(y, p, ECEBins), Confusion: c,
	}
}
