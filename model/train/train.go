package train

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"reddit-classifier/internal/plural"
	"reddit-classifier/model"
	"reddit-classifier/model/train/dataset"
	"reddit-classifier/model/train/metric"
)

// Result is a trained model with its scores.
type Result struct {
	Artifact []byte `json:"-"`
	Metrics
	Model *model.Model `json:"-"`
}

// Metrics are the scores of a training. The manifest of the artifact has them as JSON.
type Metrics struct {
	Comments  int             `json:"comments"`
	Removed   int             `json:"removed"`
	Features  int             `json:"features"`
	Threshold float64         `json:"threshold"`
	CV        CrossValidation `json:"cross_validation"`
	// Test holds the scores on the test set, nil without one.
	Test         *metric.Scores `json:"test,omitempty"`
	TestComments int            `json:"test_comments,omitempty"`
}

// labels are the names of the classes 0 and 1.
var labels = []string{"kept", "removed"}

// Run trains a model. If the context is cancelled, it returns the context's error soon.
func Run(ctx context.Context, data *dataset.Dataset, o Options, report ProgressFunc) (*Result, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if _, err := classCounts(data.Labels); err != nil {
		return nil, err
	}
	training, test := data, (*dataset.Dataset)(nil)
	if o.TestSize > 0 {
		rows, held := Split(data.Labels, o.TestSize, o.Seed)
		if len(held) == 0 {
			return nil, fmt.Errorf("--test-size %v leaves none of %s to test on", o.TestSize,
				plural.Of(data.Len(), "comment", "comments"))
		}
		training, test = data.Select(rows), data.Select(held)
	}
	p := newProgress(ctx, report)
	f, err := extract(training.Texts, training.Labels, o, p)
	if err != nil {
		return nil, err
	}
	r := &Result{}
	d, err := r.crossValidate(f, p)
	if err != nil {
		return nil, err
	}
	r.Threshold = r.CV.Threshold
	p.stage("fitting", "", Percent)
	m, err := d.fit(d.all, finalTolerance, p.share)
	if err != nil {
		return nil, err
	}
	m.calibrate(r.CV.Calibration)
	if p.err() != nil {
		return nil, p.err()
	}
	return r, r.finish(f, m, data, test, p)
}

// crossValidate splits the comments and, if there are folds, chooses calibration and threshold.
func (r *Result) crossValidate(f *features, p *progress) (*splits, error) {
	o := f.options
	r.CV = CrossValidation{Calibration: Sigmoid{Slope: 1}, Threshold: 0.5}
	if o.CV == 0 {
		return f.split(nil, 0, p)
	}
	folds, err := Folds(f.labels, o.CV, o.Seed)
	if err != nil {
		return nil, err
	}
	d, err := f.split(folds, o.CV, p)
	if err != nil {
		return nil, err
	}
	cv, err := d.crossValidate(folds, p)
	if err != nil {
		return nil, err
	}
	r.CV = *cv
	return d, nil
}

// finish builds the artifact and measures it on the test set, if there is one.
func (r *Result) finish(f *features, m *fittedModel, data, test *dataset.Dataset, p *progress) error {
	p.stage("building", "", 0)
	r.Comments = len(f.labels)
	for _, y := range f.labels {
		r.Removed += y
	}
	r.Features = len(m.wordCoef) + len(m.charCoef) + len(m.style)
	spec := f.spec(m)
	if test != nil {
		if err := r.measure(spec, test); err != nil {
			return err
		}
	}
	metrics, err := json.Marshal(r.Metrics)
	if err != nil {
		return err
	}
	spec.Manifest = manifest(f, m, data, metrics)
	spec.Manifest.Scores = r.CV.histogram()
	spec.Threshold = r.Threshold
	spec.Parity = parity
	if r.Artifact, err = model.Build(spec); err != nil {
		return err
	}
	r.Model, err = model.Parse(bytes.Clone(r.Artifact))
	return err
}

func (r *Result) measure(spec model.Spec, test *dataset.Dataset) error {
	b, err := model.Build(spec)
	if err != nil {
		return err
	}
	m, err := model.Parse(b)
	if err != nil {
		return err
	}
	scores := metric.Evaluate(test.Labels, Predict(m, test.Texts), r.Threshold)
	r.Test, r.TestComments = &scores, test.Len()
	return nil
}

// trainingComments is what the manifest calls the files that a model was trained on.
const trainingComments = "training comments"

func manifest(f *features, m *fittedModel, data *dataset.Dataset, metrics []byte) model.Manifest {
	o := f.options
	v := o.Vectorizer
	vectorizer := &model.Vectorizer{
		NGramRange: v.NgramRange, MaxFeatures: v.MaxFeatures, Binary: v.Binary, UseIDF: v.UseIDF, SmoothIDF: v.SmoothIDF,
		SublinearTF: v.SublinearTF, Features: len(m.words.Terms),
	}
	if v.Norm.String() != "none" {
		vectorizer.Norm = v.Norm.String()
	}
	vectorizer.MinDF, _ = strconv.ParseFloat(v.MinDF.String(), 64) // it is a number
	vectorizer.MaxDF, _ = strconv.ParseFloat(v.MaxDF.String(), 64)
	var sources []model.Source
	for _, digest := range data.Digests() {
		sources = append(sources, model.Source{What: trainingComments, SHA256: digest})
	}
	return model.Manifest{
		Name: o.Name, Labels: labels,
		Vectorizer: vectorizer, Sources: sources, Notes: notes(o), Metrics: metrics,
	}
}

// notes returns the settings that the manifest has no fields for.
func notes(o Options) []string {
	lines := []string{
		fmt.Sprintf("logistic regression: C %g, balanced %t; naive Bayes: weight %g, alpha %g; punctuation %t; seed %d",
			o.Words.C, o.Words.Balanced, o.Bayes.Weight, o.Bayes.Alpha, o.Punctuation, o.Seed),
	}
	if r := o.Rich; r != nil {
		lines = append(
			lines,
			fmt.Sprintf("characters: n-grams of %d to %d in at least %d comments, C %g, weight %g; style: C %g, weight %g",
				r.CharRange[0], r.CharRange[1], r.CharMinDF, r.Chars.C, r.CharWeight, r.Style.C, r.StyleWeight),
		)
	}
	return lines
}

// parity are texts that every artifact has together with its probabilities for them, so that inspect can check whether
// a program computes the same.
var parity = []string{
	"",
	"Is there a link to the full study? I'd like to know how large the sample was.",
	"lol no way",
	"THIS IS WHY I DON'T TRUST THEM!!! Wake up...",
	"The mice were fed 2.5 mg/kg daily (see https://example.org/paper?id=7), which isn't comparable with human doses.",
	"&gt; a quotation\r\n\r\nNot really \u2013 the caf\u00e9's na\u00efve baseline \U0001F44F was 3% higher, wasn't it?",
}
