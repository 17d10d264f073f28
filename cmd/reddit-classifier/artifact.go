package main

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"reddit-classifier/model"
	"reddit-classifier/model/clean"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/pickle"
	"reddit-classifier/model/sklearn"
	"reddit-classifier/model/train"
)

func newImport() *cobra.Command {
	var vectorizer, classifier, language, cleaner, output, key string
	var identities []string
	var source sklearn.Source
	c := &cobra.Command{
		Use:   "import --vectorizer FILE [--classifier FILE] --language NAME --cleaner MODE --output FILE",
		Short: "Make an artifact of scikit-learn's pickles, without executing anything in them",
		Long: `Make an artifact of the pickles of a TfidfVectorizer and a LogisticRegression, or of a Pipeline of both, which --vectorizer
alone names. Nothing in them is executed: code objects are skipped, and anything unknown is refused by its name.`,
		Args: atMost(0),
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if err := required(c, "vectorizer", "language", "cleaner", "output"); err != nil {
				return err
			}
			if source.Language, err = packs.Open(language); err != nil {
				return misuse{err}
			}
			if source.Cleaner, err = clean.ParseMode(cleaner); err != nil {
				return misuse{err}
			}
			if len(identities) > 0 {
				source.Identity = identityNamed(identities)
			}
			signer, err := readSigner(key)
			if err != nil {
				return err
			}
			out, err := createOutput(output, vectorizer, classifier)
			if err != nil {
				return err
			}
			defer out.Discard()
			if source.Vectorizer, err = os.ReadFile(vectorizer); err != nil {
				return err
			}
			if classifier != "" {
				if source.Classifier, err = os.ReadFile(classifier); err != nil {
					return err
				}
			}
			return importTo(c.OutOrStdout(), c.ErrOrStderr(), source, signer, out)
		},
	}
	f := c.Flags()
	f.StringVar(&vectorizer, "vectorizer", "", "pickle `FILE` of the TfidfVectorizer, or of a Pipeline")
	f.StringVar(&classifier, "classifier", "", "pickle `FILE` of the LogisticRegression (default: it is in the Pipeline)")
	f.StringVar(&language, "language", "", "release of spaCy that the model was trained with: `NAME`, one of "+strings.Join(packs.Names(), ", "))
	f.StringVar(&cleaner, "cleaner", "", "cleaning `MODE` that the model was trained with, original or unicode")
	f.StringVar(&output, "output", "", "artifact `FILE` to write")
	f.StringVar(&source.Name, "name", "", "`NAME` of the model")
	f.StringVar(&source.Version, "version", "", "`VERSION` of the model")
	f.StringVar(&key, "sign", "", "`FILE` with the ed25519 private key to sign the artifact with")
	f.StringSliceVar(&identities, "identity", nil, "`NAMES` of functions that the pickle refers to and that return their argument")
	return c
}

// identityNamed knows the functions named, by module.name or name alone, as well as those in common use.
func identityNamed(names []string) func(string) bool {
	return func(name string) bool {
		for _, n := range names {
			if name == n || strings.HasSuffix(name, "."+n) {
				return true
			}
		}
		return pickle.NamedIdentity(name)
	}
}

func importTo(out, warnings io.Writer, source sklearn.Source, signer ed25519.PrivateKey, file *outputFile) error {
	artifact, err := sklearn.Import(source)
	if err == nil && signer != nil {
		artifact, err = model.Sign(artifact, signer)
	}
	if err != nil {
		return err
	}
	if err := file.Commit(artifact); err != nil {
		return err
	}
	m, err := model.Parse(artifact)
	if err != nil {
		return err
	}
	warnOfReleases(warnings, m.Manifest().Sources)
	fmt.Fprintf(out, "%s: %s %s, %d n-grams, %d bytes, digest %s\n", file.path, m.Name(), m.Version(), m.Manifest().Vectorizer.Features, len(artifact), m.Digest())
	return nil
}

// warnOfReleases says when vectorizer and classifier come from different releases, and so hardly from one training.
func warnOfReleases(w io.Writer, sources []model.Source) {
	if len(sources) != 2 || sources[0].Release == sources[1].Release || sources[0].Release == "" || sources[1].Release == "" {
		return
	}
	fmt.Fprintf(w, "warning: the vectorizer is of %s, the classifier of %s: do they belong together?\n", sources[0].Release, sources[1].Release)
}

// readSigner reads the key of the flag --sign, nil when it was not given.
func readSigner(path string) (ed25519.PrivateKey, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the key of --sign cannot be read: %w", err)
	}
	key, err := model.ParsePrivateKey(string(text))
	if err != nil {
		return nil, fmt.Errorf("--sign %s: %w", path, err)
	}
	return key, nil
}

// inspection is what inspect prints.
type inspection struct {
	Digest   string          `json:"digest"`
	Bytes    int             `json:"bytes"`
	Intact   bool            `json:"intact"`
	Vectors  *int            `json:"parity_vectors,omitempty"`
	Signer   string          `json:"signer"` // public key in hexadecimal, empty: it is not signed
	Checked  bool            `json:"signature_checked"`
	Sections []model.Section `json:"sections"`
	Manifest model.Manifest  `json:"manifest"`
}

func newInspect() *cobra.Command {
	var asJSON, verify bool
	var key string
	c := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show what is in an artifact, and whether it is intact",
		Long: `Show what is in an artifact, and whether it is intact. FILE may be the name of a model within the program: default, or original,
the imported one.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return misusef("inspect needs the FILE of one artifact")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			i, err := inspect(args[0], verify, key)
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(c.OutOrStdout())
				e.SetIndent("", "  ")
				e.SetEscapeHTML(false)
				return e.Encode(i)
			}
			return i.print(c.OutOrStdout())
		},
	}
	f := c.Flags()
	f.BoolVar(&asJSON, "json", false, "print JSON")
	f.BoolVar(&verify, "verify", false, "predict the parity vectors in the artifact again")
	f.StringVar(&key, "key", "", "require that `KEY`, an ed25519 public key or a file with one, signed the artifact")
	return c
}

// inspect opens the artifact, which finds any damage, and adds what was asked for.
func inspect(path string, verify bool, key string) (*inspection, error) {
	m, err := model.Open(path)
	if err != nil {
		return nil, err
	}
	i := &inspection{
		Digest: m.Digest(), Bytes: m.Size(), Intact: true, Signer: hex.EncodeToString(m.Signer()), Sections: m.Sections(), Manifest: m.Manifest(),
	}
	n, err := m.Verify()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if verify {
		i.Vectors = &n
	}
	if key == "" {
		return i, nil
	}
	text, noFile := os.ReadFile(key)
	if noFile != nil {
		text = []byte(key)
	}
	public, err := model.ParsePublicKey(string(text))
	switch {
	case err != nil && noFile != nil:
		return nil, misusef("--key is neither a file that can be read nor a key: %w", err)
	case err != nil:
		return nil, misusef("--key %s: %w", key, err)
	}
	if err := m.VerifySignature(public); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	i.Checked = true
	return i, nil
}

func (i *inspection) print(w io.Writer) error {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-12s"+format+"\n", append([]any{name}, args...)...)
	}
	m := i.Manifest
	line("model", "%s", strings.TrimSpace(m.Name+" "+m.Version))
	line("digest", "%s (%d bytes, intact)", i.Digest, i.Bytes)
	if i.Vectors != nil {
		line("verified", "%d parity vectors give the probabilities that the artifact states", *i.Vectors)
	}
	line("signature", "%s", i.signature())
	line("language", "%s, cleaner %s", m.Language, m.Cleaner)
	var classes []string
	for _, class := range m.Classes {
		classes = append(classes, class.Text)
	}
	line("classes", "%s", strings.Join(classes, ", "))
	if v := m.Vectorizer; v != nil {
		line("n-grams", "%d of %d to %d words, norm %s, idf %t (smooth %t), sublinear tf %t, binary %t",
			v.Features, v.NGramRange[0], v.NGramRange[1], v.Norm, v.UseIDF, v.SmoothIDF, v.SublinearTF, v.Binary)
	}
	if m.Threshold != 0 {
		line("threshold", "%v", m.Threshold)
	}
	if len(m.Labels) > 0 {
		line("labels", "%s", strings.Join(m.Labels, ", "))
	}
	for _, s := range m.Sources {
		line("made from", "%s", strings.Join(strings.Fields(s.What+" "+s.Release+" "+s.SHA256), " "))
	}
	for _, note := range m.Notes {
		line("note", "%s", note)
	}
	name := "metrics"
	for _, metric := range metricLines(m.Metrics) {
		line(name, "%s", metric)
		name = ""
	}
	wide := 0
	for _, s := range i.Sections {
		wide = max(wide, len(s.Name))
	}
	name = "sections"
	for _, s := range i.Sections {
		line(name, "%-*s %10d bytes", wide, s.Name, s.Bytes)
		name = ""
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// metricLines are the figures that train leaves in a manifest, as it prints them; what is not from there as it stands.
func metricLines(metrics json.RawMessage) []string {
	if len(metrics) == 0 {
		return nil
	}
	var b strings.Builder
	var m train.Metrics
	if err := json.Unmarshal(metrics, &m); err != nil || m.Comments == 0 {
		return []string{string(metrics)}
	}
	printMetrics(&b, &m)
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}

// signature says who signed the artifact, and whether that is known or only what the artifact says.
func (i *inspection) signature() string {
	switch {
	case i.Signer == "":
		return "none"
	case i.Checked:
		return "by " + i.Signer + " (checked)"
	}
	return "by " + i.Signer + " (not checked; --key KEY checks it)"
}
