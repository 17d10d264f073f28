package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"reddit-classifier/model"
	"reddit-classifier/model/clean"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/pickle"
	"reddit-classifier/model/sklearn"
)

func newImport() *cobra.Command {
	var vectorizer, classifier, language, cleaner, output, key string
	var identities []string
	var source sklearn.Source
	c := &cobra.Command{
		Use:   "import",
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
			if source.Vectorizer, err = os.ReadFile(vectorizer); err != nil {
				return err
			}
			if classifier != "" {
				if source.Classifier, err = os.ReadFile(classifier); err != nil {
					return err
				}
			}
			return importTo(c.OutOrStdout(), c.ErrOrStderr(), source, key, output)
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

func importTo(out, warnings io.Writer, source sklearn.Source, key, path string) error {
	artifact, err := sklearn.Import(source)
	if err != nil {
		return err
	}
	if key != "" {
		if artifact, err = sign(artifact, key); err != nil {
			return err
		}
	}
	if err := writeFile(path, artifact); err != nil {
		return err
	}
	m, err := model.Parse(artifact)
	if err != nil {
		return err
	}
	warnOfReleases(warnings, m.Manifest().Sources)
	fmt.Fprintf(out, "%s: %s %s, %d n-grams, %d bytes, digest %s\n", path, m.Name(), m.Version(), m.Manifest().Vectorizer.Features, len(artifact), m.Digest())
	return nil
}

// warnOfReleases says when vectorizer and classifier come from different releases, and so hardly from one training.
func warnOfReleases(w io.Writer, sources []model.Source) {
	if len(sources) != 2 || sources[0].Release == sources[1].Release || sources[0].Release == "" || sources[1].Release == "" {
		return
	}
	fmt.Fprintf(w, "warning: the vectorizer is of %s, the classifier of %s: do they belong together?\n", sources[0].Release, sources[1].Release)
}

func sign(artifact []byte, path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := model.ParsePrivateKey(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return model.Sign(artifact, key)
}

// writeFile writes b to path: what is there stays as it was until all of b is written.
func writeFile(path string, b []byte) error {
	if err := replace(path, b); err != nil {
		return fmt.Errorf("output cannot be written to %s: %w; make room or choose another file", path, err)
	}
	return nil
}

// replace replaces the file at path as a whole, so that a process that has the old one mapped keeps it, and none sees half of one.
// What is no file (a device, a pipe) is written to, never replaced.
func replace(path string, b []byte) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(path, b, 0o644)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails when it was renamed
	_, err = f.Write(b)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
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
	if text, err := os.ReadFile(key); err == nil {
		key = string(text)
	}
	public, err := model.ParsePublicKey(key)
	if err != nil {
		return nil, misuse{err}
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
	line("classes", "%s", strings.Join(m.Classes[:], ", "))
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
	if len(m.Metrics) > 0 {
		line("metrics", "%s", m.Metrics)
	}
	wide := 0
	for _, s := range i.Sections {
		wide = max(wide, len(s.Name))
	}
	name := "sections"
	for _, s := range i.Sections {
		line(name, "%-*s %10d bytes", wide, s.Name, s.Bytes)
		name = ""
	}
	_, err := io.WriteString(w, b.String())
	return err
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
