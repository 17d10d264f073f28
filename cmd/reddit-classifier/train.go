package main

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"reddit-classifier/internal/plural"
	"reddit-classifier/model"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/train"
	"reddit-classifier/model/train/report/explore"
	"reddit-classifier/model/train/tfidf"
)

// trainCommand holds the flags of the command train.
type trainCommand struct {
	output, key, features, dir string
	asJSON, anonymize          bool

	signer ed25519.PrivateKey // nil without --sign
}

func newTrain() *cobra.Command {
	t := &trainCommand{}
	c := &cobra.Command{
		Use:   "train --output FILE FILE.csv…",
		Short: "Learn a model from labelled comments",
		Long: `Learn a model from labelled comments and write it as an artifact.

The files are the CSVs of the public dataset (index, X, BODY, REMOVED; or index, body, score, parent_id, id,
created_utc, retrieved_on, REMOVED; read as ISO-8859-1), other CSVs whose header names the columns BODY (or text) and
REMOVED (or label), or .jsonl with "text" and "label"; - is standard input, read as JSON lines. --text-column,
--label-column and --id-column name other columns or fields.

The threshold and the calibration are chosen by cross-validation, whose scores are printed. Flags that scikit-learn has
too mean what they mean there. --features sets the defaults of flags that are not given. Flags without a value are
switched off with =false, as in --use-idf=false. The same files, flags and seed give the same artifact.`,
		Example: `  reddit-classifier train --output model.rcm comments.csv
  reddit-classifier train --features rich --test-size 0.2 --report report --output model.rcm comments.csv`,
		Args:              requireArgs,
		ValidArgsFunction: completeFiles(labelledFiles, false),
		RunE:              t.run,
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&t.output, "output", "", "Write the artifact to `FILE`. (required)")
	f.StringVar(&t.features, "features", presets[0].name, "`FEATURES` to learn from: words, rich (words, characters and "+
		"style), or original (words, as the original program is configured).")
	addTrainSettings(f)
	f.StringVar(&t.dir, "report", "", "Write a report into the folder `DIR`: "+reportName+
		", a single file to open in a browser. (default: no report)")
	f.BoolVar(&t.anonymize, "anonymize", false, "Leave the comments' text out of the report.")
	f.StringVar(&t.key, "sign", "", signUsage)
	f.BoolVar(&t.asJSON, "json", false, "Print the scores as JSON.")
	labelledFlags(c)
	placeholderFlag(c)
	completeFile(c, nil, "output", "sign")
	completeValues(c, "features", presetNames()...)
	completeValues(c, "cleaner", cleaners...)
	completeValues(c, "language", packs.Names()...)
	completeValues(c, "norm", tfidf.L2.String(), tfidf.L1.String(), tfidf.NoNorm.String())
	completeValues(c, "class-weight", balanced, none)
	completeValues(c, "calibration", sigmoid, none)
	if err := c.MarkFlagDirname("report"); err != nil {
		panic(err) // the flag does not exist
	}
	return c
}

func (t *trainCommand) run(c *cobra.Command, paths []string) error {
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
	data, err := readLabelled(c, nil, paths)
	if err != nil {
		return err
	}
	data = withoutPlaceholders(c, data)
	bar := newProgress(c.ErrOrStderr())
	defer bar.Done()
	undo := relaxGC(data.Texts)
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
	if report != nil { // after the artifact, so that there is no report without its model
		if err := report.Commit(page); err != nil {
			return err
		}
	}
	if t.asJSON {
		return json.NewEncoder(c.OutOrStdout()).Encode(result.Metrics)
	}
	return printTo(c.OutOrStdout(), func(w io.Writer) { t.print(w, result) })
}

// write writes the artifact, signed if there is a key.
func (t *trainCommand) write(file *outputFile, result *train.Result) (err error) {
	artifact := result.Artifact
	if t.signer != nil {
		if artifact, err = model.Sign(artifact, t.signer); err != nil {
			return err
		}
	}
	return file.Commit(artifact)
}

// options returns the options of the training, or an error if the flags contradict each other.
func (t *trainCommand) options(c *cobra.Command) (train.Options, error) {
	if err := requireFlags(c, "output"); err != nil {
		return train.Options{}, err
	}
	options, err := trainOptions(c, t.features)
	switch {
	case err != nil:
		return options, err
	case t.dir != "" && options.CV == 0:
		return options, usageError{explore.ErrNoFolds}
	case t.dir == "" && t.anonymize:
		return options, usageErrorf("--anonymize needs --report: give both")
	}
	return options, nil
}

// requireArgs returns an error if there is no argument.
func requireArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usageErrorf("%s needs a FILE of labelled comments, .csv or .jsonl, or - for standard input", c.Name())
	}
	return nil
}

func (t *trainCommand) print(w io.Writer, r *train.Result) {
	printMetrics(w, &r.Metrics)
	fmt.Fprintf(w, "%s: %d bytes, digest %s\n", t.output, len(r.Artifact), r.Model.Digest())
	if t.dir != "" {
		fmt.Fprintf(w, "%s: the report, to open in a browser\n", filepath.Join(t.dir, reportName))
	}
}

func printMetrics(w io.Writer, m *train.Metrics) {
	fmt.Fprintf(w, "%s, %d of them removed; %s\n",
		plural.Of(m.Comments, "comment", "comments"), m.Removed, plural.Of(m.Features, "feature", "features"))
	if m.CV.Folds > 0 {
		printFolds(w, m.CV)
	}
	if s := m.Test; s != nil {
		fmt.Fprintf(w, "test, %s held out of the training:\n", plural.Of(m.TestComments, "comment", "comments"))
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
