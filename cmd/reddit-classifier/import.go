package main

import (
	"crypto/ed25519"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"reddit-classifier/internal/check"
	"reddit-classifier/internal/plural"
	"reddit-classifier/model"
	"reddit-classifier/model/clean"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/sklearn"
	"reddit-classifier/model/text/prepare/config"
)

// importCommand holds the flags of the command import.
type importCommand struct {
	vectorizer, classifier, language, cleaner, prepare, check, output, key string
	name, version                                                          string
	identities                                                             []string
}

func newImport() *cobra.Command {
	var i importCommand
	c := &cobra.Command{
		Use:   "import FILE… --output FILE",
		Short: "Make an artifact of scikit-learn's pickles, without executing anything in them",
		Long: `Make an artifact of a fitted scikit-learn text classifier. Each FILE was written by pickle, joblib, dill,
cloudpickle or skops, or is the folder of an MLflow model. It holds a Pipeline, a search (its best_estimator_), a
vectorizer, a transformer or a classifier, or a tuple, list or dict of them. Give all files of one model, in any order.

Nothing in the files is executed. If an artifact cannot represent something, the error names it; all such obstacles are
listed at once.

The model gets texts as they are. If your own program changes texts before the vectorizer, describe the changes in the
file of --prepare: a list of steps in YAML, each equal to a line of Python. --language and --cleaner are for vectorizers
whose tokenizer is the identity function, because their tokens came from spaCy.

--check compares the model with the answers of your own Python, one JSON object a line: {"text", "proba" or "decision",
"label"}. If an answer differs, no artifact is written and the exit code is 1.

The steps of --prepare:

` + strings.TrimSuffix(config.Example, "\n"),
		Example: `  reddit-classifier import spam.joblib --output model.rcm
  reddit-classifier import vectorizer.pkl classifier.pkl --check check.jsonl --output model.rcm
  reddit-classifier import tfidf.model lr.model --language spacy-2.3.2 --cleaner original --output model.rcm`,
		RunE: func(c *cobra.Command, args []string) error { return i.run(c, args) },
	}
	f := c.Flags()
	f.StringVar(&i.vectorizer, "vectorizer", "", "Pickle `FILE` of the vectorizer, the same as an argument. "+
		"(default: the arguments)")
	f.StringVar(&i.classifier, "classifier", "", "Pickle `FILE` of the classifier, the same as an argument. "+
		"(default: the arguments)")
	f.StringVar(&i.language, "language", "", "`NAME` of the spaCy release whose tokens the model was trained on: "+
		strings.Join(packs.Names(), " or ")+". Needs --cleaner. (default: the vectorizer's own tokenizer)")
	f.StringVar(&i.cleaner, "cleaner", "", "`MODE` of cleaning texts before they are tokenized: original or unicode. "+
		"Needs --language. (default: no cleaning)")
	f.StringVar(&i.prepare, "prepare", "", "YAML `FILE` that describes how texts are changed before the vectorizer. "+
		"(default: texts are not changed)")
	f.StringVar(&i.check, "check", "", "`FILE` with answers of your own Python to compare with. (default: no comparison)")
	f.StringVar(&i.output, "output", "", "Write the artifact to `FILE`. (required)")
	f.StringVar(&i.name, "name", "reddit-classifier", "`NAME` of the model.")
	f.StringVar(&i.version, "version", "", "`VERSION` of the model. (default: the beginning of its digest)")
	f.StringVar(&i.key, "sign", "", signUsage)
	f.StringSliceVar(&i.identities, "identity", nil, "Comma-separated `NAMES` of functions that the pickle refers to "+
		"and that return their argument unchanged. (default: those in common use)")
	completeFile(c, nil, "vectorizer", "classifier", "output", "sign")
	completeFile(c, []string{"yaml", "yml"}, "prepare")
	completeFile(c, []string{"jsonl", "ndjson"}, "check")
	completeValues(c, "language", packs.Names()...)
	completeValues(c, "cleaner", cleaners...)
	return c
}

func (i *importCommand) run(c *cobra.Command, args []string) error {
	paths := args
	for _, path := range []string{i.vectorizer, i.classifier} {
		if path != "" {
			paths = append(paths, path)
		}
	}
	if len(paths) == 0 {
		return usageErrorf("import needs the FILEs of a model")
	}
	if err := requireFlags(c, "output"); err != nil {
		return err
	}
	options, err := i.options()
	if err != nil {
		return err
	}
	preparation, err := i.preparation()
	if err != nil {
		return err
	}
	options.Prepared = preparation != nil
	signer, err := readSigner(i.key)
	if err != nil {
		return err
	}
	output, err := createOutput(i.output, append(paths, i.prepare, i.check)...)
	if err != nil {
		return err
	}
	defer output.Discard()
	var expected []model.Vector
	if i.check != "" {
		if expected, err = readChecks(i.check); err != nil {
			return err
		}
	}
	files, err := sklearn.Files(paths...)
	if err != nil {
		return err
	}
	pipeline, err := sklearn.Read(files, options)
	if err != nil {
		return err
	}
	spec := pipeline.Spec()
	spec.Prepare = preparation
	spec.Manifest.Name, spec.Manifest.Version = i.name, i.version
	return i.write(c.OutOrStdout(), c.ErrOrStderr(), spec, expected, signer, output)
}

// options returns the options that the flags describe.
func (i *importCommand) options() (sklearn.Options, error) {
	var options sklearn.Options
	if i.cleaner != "" && i.language == "" || i.cleaner == "" && i.language != "" {
		return options, usageErrorf("--language and --cleaner go together: give both or none")
	}
	if i.language != "" {
		pack, err := packs.Open(i.language)
		if err != nil {
			return options, usageError{err}
		}
		cleaner, err := clean.ParseMode(i.cleaner)
		if err != nil {
			return options, usageError{err}
		}
		options.Language, options.Cleaner = pack.Bytes(), uint32(cleaner)
	}
	if len(i.identities) > 0 {
		options.Identity = identityPredicate(i.identities)
	}
	return options, nil
}

// preparation returns the encoded program of the --prepare file, or nil without the flag.
func (i *importCommand) preparation() ([]byte, error) {
	if i.prepare == "" {
		return nil, nil
	}
	program, err := config.Read(i.prepare)
	if err != nil {
		return nil, fmt.Errorf("--prepare: %w", err)
	}
	return program.Encode(), nil
}

// identityPredicate returns a predicate that reports whether a function returns its argument: it is one of names, given
// as module.name or as name alone, or it is in common use.
func identityPredicate(names []string) func(string) bool {
	return func(name string) bool {
		for _, n := range names {
			if name == n || strings.HasSuffix(name, "."+n) {
				return true
			}
		}
		return sklearn.NamedIdentity(name)
	}
}

func readChecks(path string) ([]model.Vector, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the file of --check cannot be read: %w", err)
	}
	defer f.Close()
	vectors, err := check.Read(f)
	if err != nil {
		return nil, fmt.Errorf("--check %s: %w", path, err)
	}
	return vectors, nil
}

// maxVectors is the maximum number of --check lines that are stored in an artifact.
const maxVectors = 1000

// write builds the artifact, compares its answers with the expected ones, and writes it if none differs.
func (i *importCommand) write(
	out, warnings io.Writer, spec model.Spec, expected []model.Vector, signer ed25519.PrivateKey, file *outputFile,
) error {
	if expected != nil {
		spec.Parity, spec.Vectors = nil, nil
		b, err := model.Build(spec)
		if err != nil {
			return err
		}
		m, err := model.Parse(b)
		if err != nil {
			return err
		}
		if err := i.compare(m, expected); err != nil {
			return err
		}
		spec.Vectors = check.Sample(expected, maxVectors)
	}
	b, err := model.Build(spec)
	if err == nil && signer != nil {
		b, err = model.Sign(b, signer)
	}
	if err != nil {
		return err
	}
	if err := file.Commit(b); err != nil {
		return err
	}
	m, err := model.Parse(b)
	if err != nil {
		return err
	}
	warnOfReleases(warnings, m.Manifest().Sources)
	return printTo(out, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %s %s, %d bytes, digest %s\n", i.output, m.Name(), m.Version(), m.Size(), m.Digest())
		printSteps(w, m)
		for _, note := range m.Manifest().Notes {
			fmt.Fprintf(w, "  note: %s\n", note)
		}
		if expected != nil {
			fmt.Fprintf(w, "  checked: the answers to %s equal those in %s\n",
				plural.Of(len(expected), "text", "texts"), i.check)
		}
		fmt.Fprintln(w, "  nothing in the files was executed")
	})
}

// maxShown is the maximum number of differing texts in an error.
const maxShown = 5

// compare returns an error that shows the first texts whose answers differ from the expected ones.
func (i *importCommand) compare(m *model.Model, expected []model.Vector) error {
	r := check.Compare(m, expected)
	if len(r.Differ) == 0 {
		return nil
	}
	var b strings.Builder
	what, advice := fmt.Sprintf("the largest difference is %v", r.Largest), i.advice()
	switch {
	case math.IsInf(r.Largest, 1):
		what = "the number of classes differs"
	case r.Largest <= model.Tolerance:
		what = "the numbers are equal, but labels differ"
		advice = "the model's labels are " + joinFirst(m.Names(), 12) + "; does your program give them other names?"
	}
	fmt.Fprintf(&b, "%d of %s differ from those in %s; %s:",
		len(r.Differ), plural.Of(r.Texts, "answer", "answers"), i.check, what)
	for _, n := range r.Differ[:min(len(r.Differ), maxShown)] {
		want, got := expected[n], m.Answer(expected[n].Text)
		fmt.Fprintf(&b, "\n  text %d, %.60q: %s, expected %s", n+1, want.Text, answerText(got), answerText(want))
	}
	if len(r.Differ) > maxShown {
		fmt.Fprintf(&b, "\n  and %d more", len(r.Differ)-maxShown)
	}
	b.WriteString("\n" + advice)
	return fmt.Errorf("%s", b.String())
}

// answerText formats an answer as one line.
func answerText(v model.Vector) string {
	var parts []string
	switch {
	case v.Proba != nil:
		parts = append(parts, fmt.Sprintf("proba %v", v.Proba))
	case v.Decision != nil:
		parts = append(parts, fmt.Sprintf("decision %v", v.Decision))
	}
	switch {
	case v.Label != nil:
		parts = append(parts, "label "+v.Label.Text)
	case v.Labels != nil:
		parts = append(parts, fmt.Sprintf("labels %v", v.Labels))
	}
	return strings.Join(parts, ", ")
}

// printSteps prints the steps that a text goes through.
func printSteps(w io.Writer, m *model.Model) {
	for _, step := range m.Preparation() {
		fmt.Fprintf(w, "  prepare: %s\n", step)
	}
	for _, step := range m.Manifest().Steps {
		fmt.Fprintf(w, "  %s\n", stepLine(step))
	}
	names := m.Names()
	one, many := "class", "classes"
	if m.IsMultilabel() {
		one, many = "label", "labels"
	}
	fmt.Fprintf(w, "  %s: %s\n", plural.Of(len(names), one, many), joinFirst(names, 12))
}

// stepLine formats a step of a pipeline, such as: tfidf (TfidfVectorizer) ngram_range=(1, 2): 5000 features.
func stepLine(s model.Step) string {
	line := s.Class
	if s.Name != "" {
		line = s.Name + " (" + s.Class + ")"
	}
	if len(s.Options) > 0 {
		line += " " + strings.Join(s.Options, ", ")
	}
	if s.Features > 0 {
		line += ": " + plural.Of(s.Features, "feature", "features")
	}
	return line
}

// joinFirst joins the first n names.
func joinFirst(names []string, n int) string {
	if len(names) > n {
		return strings.Join(names[:n], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

// warnOfReleases warns if parts of the model come from different releases, and so probably not from one training.
func warnOfReleases(w io.Writer, sources []model.Source) {
	for k, s := range sources {
		if first := sources[0]; k > 0 && s.Release != first.Release && s.Release != "" && first.Release != "" {
			fmt.Fprintf(w, "warning: the %s comes from %s, but the %s from %s: do they belong to one model?\n",
				first.What, first.Release, s.What, s.Release)
			return
		}
	}
}

// advice names the usual reason why answers differ.
func (i *importCommand) advice() string {
	if i.prepare != "" {
		return "does " + i.prepare + " change texts as your program does, in the same order?"
	}
	return "does your program change texts before the vectorizer? describe the changes with --prepare FILE"
}
