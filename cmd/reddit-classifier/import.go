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
	"reddit-classifier/model"
	"reddit-classifier/model/clean"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/sklearn"
	"reddit-classifier/model/text/prepare/config"
)

// importing has the flags of import.
type importing struct {
	vectorizer, classifier, language, cleaner, prepare, check, output, key string
	name, version                                                          string
	identities                                                             []string
}

func newImport() *cobra.Command {
	var i importing
	c := &cobra.Command{
		Use:   "import FILE… --output FILE",
		Short: "Make an artifact of scikit-learn's pickles, without executing anything in them",
		Long: `Make an artifact of a fitted scikit-learn text classifier. Each FILE is what pickle, joblib, dill, cloudpickle or skops wrote, or the
folder of an MLflow model: a Pipeline, a search (its best_estimator_), a vectorizer, a transformer or a classifier, or a
tuple, list or dict of them. Give all files of one model, in any order: the program finds out what each holds.

Nothing in the files is executed. What an artifact cannot represent is refused by name, all of it at once.

Texts reach the model as they are. Where the program that used the model did something to them before, --prepare FILE
says what: a list of steps in YAML, each equal to a line of Python. --language and --cleaner are for vectorizers whose
tokenizer is the identity: their tokens came from spaCy.

--check FILE compares the model with what your own Python answered, in lines of {"text", "proba" or "decision", "label"}. If any differs,
no artifact is written and the exit code is 1.

The steps of --prepare, and how they are written:

` + strings.TrimSuffix(
			config.Example,
			"\n",
		),
		Example: `  reddit-classifier import pipeline.joblib --output model.rcm
  reddit-classifier import vectorizer.pkl classifier.pkl --check check.jsonl --output model.rcm
  reddit-classifier import tfidf_vectorizer.model lr.model --language spacy-2.3.2 --cleaner original --output model.rcm`,
		RunE: func(c *cobra.Command, args []string) error { return i.run(c, args) },
	}
	f := c.Flags()
	f.StringVar(&i.vectorizer, "vectorizer", "", "pickle `FILE` of the vectorizer, as one of the FILEs")
	f.StringVar(&i.classifier, "classifier", "", "pickle `FILE` of the classifier, as one of the FILEs")
	f.StringVar(&i.language, "language", "", "release of spaCy whose tokens the model was trained with: `NAME`, one of "+
		strings.Join(packs.Names(), ", "))
	f.StringVar(&i.cleaner, "cleaner", "", "cleaning `MODE` of the model's texts, original or unicode; with --language")
	f.StringVar(&i.prepare, "prepare", "", "YAML `FILE` with what happens to a text before the vectorizer")
	f.StringVar(&i.check, "check", "", "`FILE` with lines of your own Python's answers, to compare with")
	f.StringVar(&i.output, "output", "", "artifact `FILE` to write")
	f.StringVar(&i.name, "name", "reddit-classifier", "`NAME` of the model")
	f.StringVar(&i.version, "version", "", "`VERSION` of the model (default: the beginning of its digest)")
	f.StringVar(&i.key, "sign", "", "`FILE` with the ed25519 private key to sign the artifact with")
	f.StringSliceVar(
		&i.identities,
		"identity",
		nil,
		"`NAMES` of functions that the pickle refers to and that return their argument",
	)
	return c
}

func (i *importing) run(c *cobra.Command, args []string) error {
	paths := args
	for _, path := range []string{i.vectorizer, i.classifier} {
		if path != "" {
			paths = append(paths, path)
		}
	}
	if len(paths) == 0 {
		return misusef("import needs the FILEs of a model")
	}
	if err := required(c, "output"); err != nil {
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

// options reads what the flags name.
func (i *importing) options() (sklearn.Options, error) {
	var options sklearn.Options
	if i.cleaner != "" && i.language == "" || i.cleaner == "" && i.language != "" {
		return options, misusef("--language and --cleaner go together")
	}
	if i.language != "" {
		pack, err := packs.Open(i.language)
		if err != nil {
			return options, misuse{err}
		}
		cleaner, err := clean.ParseMode(i.cleaner)
		if err != nil {
			return options, misuse{err}
		}
		options.Language, options.Cleaner = pack.Bytes(), uint32(cleaner)
	}
	if len(i.identities) > 0 {
		options.Identity = identityNamed(i.identities)
	}
	return options, nil
}

// preparation returns the program that --prepare describes, nil without.
func (i *importing) preparation() ([]byte, error) {
	if i.prepare == "" {
		return nil, nil
	}
	program, err := config.Read(i.prepare)
	if err != nil {
		return nil, fmt.Errorf("--prepare: %w", err)
	}
	return program.Encode(), nil
}

// identityNamed knows the functions named, by module.name or name alone, as well as those in common use.
func identityNamed(names []string) func(string) bool {
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
		return nil, fmt.Errorf("--check cannot be read: %w", err)
	}
	defer f.Close()
	vectors, err := check.Read(f)
	if err != nil {
		return nil, fmt.Errorf("--check %s: %w", path, err)
	}
	return vectors, nil
}

// mostVectors bounds how many lines of --check an artifact carries.
const mostVectors = 1000

// write builds the artifact, compares it, and writes it if nothing differs.
func (i *importing) write(
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
		spec.Vectors = check.Sample(expected, mostVectors)
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
			fmt.Fprintf(w, "  checked: %d texts answered as %s says\n", len(expected), i.check)
		}
		fmt.Fprintln(w, "  nothing in the files was executed")
	})
}

// mostShown bounds how many texts that differ are shown.
const mostShown = 5

// compare returns an error that shows the first texts that differ.
func (i *importing) compare(m *model.Model, expected []model.Vector) error {
	r := check.Compare(m, expected)
	if len(r.Differ) == 0 {
		return nil
	}
	var b strings.Builder
	what, advice := fmt.Sprintf("the largest difference is %v", r.Largest), i.advice()
	switch {
	case math.IsInf(r.Largest, 1):
		what = "not even the count of numbers is equal"
	case r.Largest <= model.Tolerance:
		what = "no number differs, but labels do"
		advice = "the model's labels are " + shortened(m.Names(), 12) + "; does your program give them other names?"
	}
	fmt.Fprintf(&b, "%d of %d texts are answered otherwise than %s says; %s:", len(r.Differ), r.Texts, i.check, what)
	for _, n := range r.Differ[:min(len(r.Differ), mostShown)] {
		want, got := expected[n], m.Answer(expected[n].Text)
		fmt.Fprintf(&b, "\n  text %d, %.60q: %s, expected %s", n+1, want.Text, answerText(got), answerText(want))
	}
	if len(r.Differ) > mostShown {
		fmt.Fprintf(&b, "\n  and %d more", len(r.Differ)-mostShown)
	}
	b.WriteString("\n" + advice)
	return fmt.Errorf("%s", b.String())
}

// answerText shows an answer in a line.
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

// printSteps shows the way of a text through a model.
func printSteps(w io.Writer, m *model.Model) {
	for _, step := range m.Preparation() {
		fmt.Fprintf(w, "  prepare: %s\n", step)
	}
	for _, step := range m.Manifest().Steps {
		fmt.Fprintf(w, "  %s\n", stepLine(step))
	}
	names := m.Names()
	what := "classes"
	if m.IsMultilabel() {
		what = "labels"
	}
	fmt.Fprintf(w, "  %d %s: %s\n", len(names), what, shortened(names, 12))
}

// stepLine shows a step of a pipeline: tfidf (TfidfVectorizer) ngram_range=(1, 2): 5000 features.
func stepLine(s model.Step) string {
	line := s.Class
	if s.Name != "" {
		line = s.Name + " (" + s.Class + ")"
	}
	if len(s.Options) > 0 {
		line += " " + strings.Join(s.Options, ", ")
	}
	if s.Features > 0 {
		line += fmt.Sprintf(": %d features", s.Features)
	}
	return line
}

// shortened joins names, the first n of them.
func shortened(names []string, n int) string {
	if len(names) > n {
		return strings.Join(names[:n], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

// warnOfReleases says when parts come from different releases, and so hardly from one training.
func warnOfReleases(w io.Writer, sources []model.Source) {
	for k, s := range sources {
		if first := sources[0]; k > 0 && s.Release != first.Release && s.Release != "" && first.Release != "" {
			fmt.Fprintf(
				w,
				"warning: the %s is of %s, the %s of %s: do they belong together?\n",
				first.What,
				first.Release,
				s.What,
				s.Release,
			)
			return
		}
	}
}

// advice says what the usual reason for other answers is.
func (i *importing) advice() string {
	if i.prepare != "" {
		return "does " + i.prepare + " do to a text what your program does, in that order?"
	}
	return "does your program do something to a text before the vectorizer? --prepare FILE can say what"
}
