package train

import (
	"context"
	"fmt"

	"reddit-classifier/model"
	"reddit-classifier/model/head"
	"reddit-classifier/model/train/dataset"
	"reddit-classifier/model/train/metric"
	"reddit-classifier/model/train/sparse"
)

// ClassEvaluation holds the scores of a multiclass or multilabel model on labelled texts.
type ClassEvaluation struct {
	Model   string       `json:"model"`
	Digest  string       `json:"digest"`
	Texts   int          `json:"texts"`
	Classes []head.Class `json:"classes"`
	// Scores are those of a model that predicts one class, LabelScores those of a multilabel one; the other is nil.
	Scores      *metric.MulticlassScores `json:"scores,omitempty"`
	LabelScores *metric.MultilabelScores `json:"label_scores,omitempty"`
}

// EvaluateClasses measures the labels that a model predicts on texts that were read with its classes
// (dataset.Options.Classes). A cancelled context makes it stop soon with the context's error.
func EvaluateClasses(
	ctx context.Context,
	data *dataset.Dataset,
	name string,
	m *model.Model,
	report ProgressFunc,
) (*ClassEvaluation, error) {
	if m.IsMultilabel() != (data.Sets != nil) {
		return nil, fmt.Errorf("the labels were not read for the classes of %s", name)
	}
	progress := newProgress(ctx, report)
	progress.stage("predicting", "prediction", data.Len())
	predicted := predictClasses(m, data.Texts, progress)
	if err := progress.err(); err != nil {
		return nil, err
	}
	e := &ClassEvaluation{Model: name, Digest: m.Digest(), Texts: data.Len(), Classes: m.Classes()}
	if m.IsMultilabel() {
		scores := metric.EvaluateLabels(data.Sets, predicted.sets, predicted.proba)
		e.LabelScores = &scores
		return e, nil
	}
	scores := metric.EvaluateClasses(data.Labels, predicted.labels, predicted.proba, len(e.Classes))
	e.Scores = &scores
	return e, nil
}

// predictions are those of a model for each text. proba is nil if the model has no probabilities, sets is nil unless it
// is multilabel.
type predictions struct {
	labels []int
	sets   [][]bool
	proba  [][]float64
}

func predictClasses(m *model.Model, texts []string, progress *progress) predictions {
	out := predictions{labels: make([]int, len(texts))}
	if m.IsMultilabel() {
		out.sets = make([][]bool, len(texts))
	}
	if m.HasProba() {
		out.proba = make([][]float64, len(texts))
	}
	classes := len(m.Classes())
	sparse.Parallel(len(texts), func(lo, hi int) {
		var p head.Prediction
		for i := lo; i < hi && progress.err() == nil; i++ {
			m.Predict(texts[i], &p)
			out.labels[i] = p.Label
			if out.sets != nil {
				out.sets[i] = make([]bool, classes)
				for _, k := range p.Labels {
					out.sets[i][k] = true
				}
			}
			if out.proba != nil {
				out.proba[i] = append([]float64(nil), p.Proba...)
			}
		}
		progress.add(hi - lo)
	})
	return out
}
