package main

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"reddit-classifier/model"
	"reddit-classifier/model/clean"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/train"
	"reddit-classifier/model/train/dataset"
	"reddit-classifier/model/train/report/explore"
	"reddit-classifier/model/train/tfidf"
)

// training is a call of the command train.
type training struct {
	output, key, features, dir string
	asJSON, anonymize          bool

	signer ed25519.PrivateKey // nil: the artifact is not signed
}

func newTrain() *cobra.Command {
	t := &training{}
	c := &cobra.Command{
		Use:   "train --output FILE FILE.csv…",
		Short: "Learn a model from labelled comments",
		Long: `Learn a model from labelled comments and write it as an artifact.

The files are the public dataset's CSVs (index, X, BODY, REMOVED; or index, body, score, parent_id, id, created_utc,
retrieved_on, REMOVED; read as ISO-8859-1), others with a header that names a BODY (or text) and a REMOVED (or label),
or .jsonl with "text" and "label"; - is standard input, read as JSON lines. Threshold and calibration are chosen by
cross-validation, whose scores are printed. The options named as scikit-learn's mean what they mean there; --features
sets the defaults of flags that are not given; those without a value are switched off by =false (--use-idf=false). The
same files, options and seed give the same artifact.`,
		Args: atLeastOne,
		RunE: t.run,
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&t.output, "output", "", "artifact `FILE` to write")
	f.StringVar(
		&t.features,
		"features",
		"words",
		"what to learn from: `words`, rich (also characters and style), or original (the configuration of the original)",
	)
	for _, s := range trainSettings {
		if s.boolean {
			f.Bool(s.name, false, s.usage)
		} else {
			f.String(s.name, "", s.usage)
		}
	}
	f.StringVar(&t.dir, "report", "", "folder `DIR` to write a report into: "+reportName+", one file to open in a browser")
	f.BoolVar(&t.anonymize, "anonymize", false, "leave the comments' text out of the report")
	f.StringVar(&t.key, "sign", "", "`FILE` with the ed25519 private key to sign the artifact with")
	f.BoolVar(&t.asJSON, "json", false, "print the scores as JSON")
	placeholderFlag(c)
	return c
}

func (t *training) run(c *cobra.Command, paths []string) error {
	options, err := t.options(c)
	if err != nil {
		return err
	}
	if t.signer, err = readSigner(t.key); err != nil {
		return err
	}
	artifact, err := createOutput(t.output, paths...)
	if err != nil {
		return err
	}
	defer artifact.Discard()
	var report *outputFile
	if t.dir != "" {
		if report, err = createOutputIn(t.dir, reportName, "the report's folder", "--report"); err != nil {
			return err
		}
		defer report.Discard()
	}
	data, err := dataset.Read(c.InOrStdin(), paths...)
	if err != nil {
		return err
	}
	data = withoutPlaceholders(c, data)
	bar := newProgress(c.ErrOrStderr())
	defer bar.Done()
	undo := collectLess(data.Texts)
	result, err := train.Run(c.Context(), data, options, bar.Stage)
	undo()
	if err != nil {
		return err
	}
	var page []byte
	if t.dir != "" {
		in := explore.Input{
			Data:      data,
			Files:     baseNames(data.Files),
			Options:   options,
			Result:    result,
			Anonymize: t.anonymize,
		}
		if page, err = makeReport(c.Context(), in, bar.Stage); err != nil {
			return err
		}
	}
	bar.Done()
	if err := t.write(artifact, result); err != nil {
		return err
	}
	if report != nil { // not before: there is none about a model that is not there
		if err := report.Commit(page); err != nil {
			return err
		}
	}
	if t.asJSON {
		return json.NewEncoder(c.OutOrStdout()).Encode(result.Metrics)
	}
	return printTo(c.OutOrStdout(), func(w io.Writer) { t.print(w, result) })
}

// write writes the artifact, signed when there is a key.
func (t *training) write(file *outputFile, result *train.Result) (err error) {
	artifact := result.Artifact
	if t.signer != nil {
		if artifact, err = model.Sign(artifact, t.signer); err != nil {
			return err
		}
	}
	return file.Commit(artifact)
}

// options are those of the training, when the flags go together.
func (t *training) options(c *cobra.Command) (train.Options, error) {
	if err := required(c, "output"); err != nil {
		return train.Options{}, err
	}
	options, err := trainOptions(c, t.features)
	switch {
	case err != nil:
		return options, err
	case t.dir != "" && options.CV == 0:
		return options, misuse{explore.ErrNoFolds}
	case t.dir == "" && t.anonymize:
		return options, misusef("--anonymize is about the report: give --report too")
	}
	return options, nil
}

// atLeastOne wants a file to read.
func atLeastOne(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return misusef("%s needs a FILE of labelled comments, .csv or .jsonl, or - for standard input", c.Name())
	}
	return nil
}

// trainSetting is an option of the training that can be given apart from --features.
type trainSetting struct {
	name, usage string
	boolean     bool
	set         func(o *train.Options, value string) error
}

var trainSettings = []trainSetting{
	{name: "name", usage: "`NAME` of the model", set: func(o *train.Options, v string) error { o.Name = v; return nil }},
	{name: "cleaner", usage: "cleaning `MODE`, original or unicode", set: func(o *train.Options, v string) (err error) {
		o.Cleaner, err = clean.ParseMode(v)
		return err
	}},
	{
		name:  "language",
		usage: "release of spaCy to tokenize as: `NAME`, one of " + strings.Join(packs.Names(), ", "),
		set:   func(o *train.Options, v string) error { o.Language = v; return nil },
	},
	{
		name:    "punctuation",
		usage:   "keep single punctuation marks as words",
		boolean: true,
		set:     setBool(func(o *train.Options) *bool { return &o.Punctuation }),
	},
	{name: "ngram-range", usage: "n-grams of `MIN,MAX` words", set: setRange},
	{
		name:  "max-features",
		usage: "the `N` most frequent n-grams (0: all)",
		set:   setInt(func(o *train.Options) *int { return &o.Vectorizer.MaxFeatures }),
	},
	{
		name:  "min-df",
		usage: "only n-grams in at least `N` comments, or in that share of them (0.01)",
		set:   setDF(func(o *train.Options) *tfidf.DF { return &o.Vectorizer.MinDF }),
	},
	{
		name:  "max-df",
		usage: "only n-grams in at most `N` comments, or in that share of them (0.5)",
		set:   setDF(func(o *train.Options) *tfidf.DF { return &o.Vectorizer.MaxDF }),
	},
	{
		name:    "binary",
		usage:   "an n-gram counts once in a comment",
		boolean: true,
		set:     setBool(func(o *train.Options) *bool { return &o.Vectorizer.Binary }),
	},
	{
		name:    "sublinear-tf",
		usage:   "1+ln(tf) for tf",
		boolean: true,
		set:     setBool(func(o *train.Options) *bool { return &o.Vectorizer.SublinearTF }),
	},
	{
		name:    "use-idf",
		usage:   "weigh by inverse document frequency",
		boolean: true,
		set:     setBool(func(o *train.Options) *bool { return &o.Vectorizer.UseIDF }),
	},
	{
		name:    "smooth-idf",
		usage:   "as if one more comment held every n-gram",
		boolean: true,
		set:     setBool(func(o *train.Options) *bool { return &o.Vectorizer.SmoothIDF }),
	},
	{
		name:  "norm",
		usage: "`NORM` of a comment's vector: l2, l1 or none",
		set: func(o *train.Options, v string) (err error) {
			o.Vectorizer.Norm, err = tfidf.ParseNorm(v)
			return err
		},
	},
	{
		name:  "C",
		usage: "inverse strength `C` of the regularisation",
		set:   setFloat(func(o *train.Options) *float64 { return &o.Words.C }),
	},
	{name: "class-weight", usage: "`WEIGHT` of the classes: balanced or none", set: setClassWeight},
	{
		name:  "nb-weight",
		usage: "share `W` of naive Bayes in the words' weights (0: none)",
		set:   setFloat(func(o *train.Options) *float64 { return &o.Bayes.Weight }),
	},
	{
		name:  "nb-alpha",
		usage: "smoothing `ALPHA` of naive Bayes",
		set:   setFloat(func(o *train.Options) *float64 { return &o.Bayes.Alpha }),
	},
	{name: "calibration", usage: "`KIND` of calibration: sigmoid or none", set: setCalibration},
	{
		name:  "cv",
		usage: "`K` folds of the cross-validation (0: none, and so neither calibration nor threshold)",
		set:   setInt(func(o *train.Options) *int { return &o.CV }),
	},
	{
		name:  "test-size",
		usage: "keep this `SHARE` of the comments out of the training and measure on it",
		set:   setFloat(func(o *train.Options) *float64 { return &o.TestSize }),
	},
	{name: "seed", usage: "`SEED` of the folds", set: func(o *train.Options, v string) (err error) {
		if o.Seed, err = strconv.ParseUint(v, 10, 64); err != nil {
			return fmt.Errorf("%q is not a whole number", v)
		}
		return nil
	}},
}

// trainOptions are those of the features chosen, changed by the flags given.
func trainOptions(c *cobra.Command, features string) (o train.Options, _ error) {
	switch features {
	case "words":
		o = train.Default()
	case "rich":
		o = train.DefaultRich()
	case "original":
		o = train.Original()
	default:
		return o, misusef("--features is %q: it is one of words, rich and original", features)
	}
	for _, s := range trainSettings {
		if flag := c.Flags().Lookup(s.name); flag.Changed {
			if err := s.set(&o, flag.Value.String()); err != nil {
				return o, misusef("--%s: %w", s.name, err)
			}
		}
	}
	if err := o.Check(); err != nil {
		return o, misuse{err}
	}
	return o, nil
}

func setBool(field func(*train.Options) *bool) func(*train.Options, string) error {
	return func(o *train.Options, v string) error {
		b, err := strconv.ParseBool(v)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", v)
		}
		*field(o) = b
		return nil
	}
}

func setInt(field func(*train.Options) *int) func(*train.Options, string) error {
	return func(o *train.Options, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			return fmt.Errorf("%q is not a number of 0 or more", v)
		}
		*field(o) = n
		return nil
	}
}

func setFloat(field func(*train.Options) *float64) func(*train.Options, string) error {
	return func(o *train.Options, v string) error {
		x, err := strconv.ParseFloat(v, 64)
		if err != nil {
			return fmt.Errorf("%q is not a number", v)
		}
		*field(o) = x
		return nil
	}
}

func setDF(field func(*train.Options) *tfidf.DF) func(*train.Options, string) error {
	return func(o *train.Options, v string) (err error) {
		*field(o), err = tfidf.ParseDF(v)
		return err
	}
}

func setRange(o *train.Options, v string) error {
	low, high, ok := strings.Cut(v, ",")
	lo, err := strconv.Atoi(low)
	hi, err2 := strconv.Atoi(high)
	if !ok || err != nil || err2 != nil {
		return fmt.Errorf("%q is not two numbers like 1,3", v)
	}
	o.Vectorizer.NgramRange = [2]int{lo, hi}
	return nil
}

func setClassWeight(o *train.Options, v string) error {
	if v != "balanced" && v != "none" {
		return fmt.Errorf("%q is neither balanced nor none", v)
	}
	o.Words.Balanced = v == "balanced"
	return nil
}

func setCalibration(o *train.Options, v string) error {
	if v != "sigmoid" && v != "none" {
		return fmt.Errorf("%q is neither sigmoid nor none", v)
	}
	o.Calibrate = v == "sigmoid"
	return nil
}

func (t *training) print(w io.Writer, r *train.Result) {
	printMetrics(w, &r.Metrics)
	fmt.Fprintf(w, "%s: %d bytes, digest %s\n", t.output, len(r.Artifact), r.Model.Digest())
	if t.dir != "" {
		fmt.Fprintf(w, "%s: what was found, to open in a browser\n", filepath.Join(t.dir, reportName))
	}
}

func printMetrics(w io.Writer, m *train.Metrics) {
	fmt.Fprintf(w, "%d comments, %d of them removed; %d features\n", m.Comments, m.Removed, m.Features)
	if m.CV.Folds > 0 {
		printFolds(w, m.CV)
	}
	if s := m.Test; s != nil {
		fmt.Fprintf(w, "test, %d comments kept out of the training:\n", m.TestComments)
		fmt.Fprintf(
			w,
			"  ROC AUC %.4f, average precision %.4f, F1 %.4f, calibration error %.4f\n",
			s.ROCAUC,
			s.AveragePrecision,
			s.F1,
			s.ECE,
		)
	}
}

func printFolds(w io.Writer, cv train.CrossValidation) {
	fmt.Fprintf(w, "cross-validation, %d folds:\n", cv.Folds)
	fmt.Fprintf(w, "  ROC AUC             %.4f ± %.4f\n", cv.Mean, cv.Std)
	fmt.Fprintf(w, "  average precision   %.4f\n", cv.Scores.AveragePrecision)
	fmt.Fprintf(
		w,
		"  F1                  %.4f at the threshold %.4f (precision %.4f, recall %.4f)\n",
		cv.Scores.F1,
		cv.Threshold,
		cv.Scores.Precision,
		cv.Scores.Recall,
	)
	fmt.Fprintf(w, "  calibration error   %.4f\n", cv.Scores.ECE)
}
