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

	"reddit-classifier/internal/models"
	"reddit-classifier/internal/plural"
	"reddit-classifier/internal/version"
	"reddit-classifier/model"
	"reddit-classifier/model/train"
)

// inspection is the output of inspect.
type inspection struct {
	Program  string          `json:"program"` // version of this program
	Digest   string          `json:"digest"`
	Bytes    int             `json:"bytes"`
	Intact   bool            `json:"intact"`
	Vectors  *int            `json:"parity_vectors,omitempty"`
	Signer   string          `json:"signer"` // public key in hexadecimal; empty if the artifact is not signed
	Checked  bool            `json:"signature_checked"`
	Prepare  []string        `json:"prepare,omitempty"`
	Sections []model.Section `json:"sections"`
	Manifest model.Manifest  `json:"manifest"`
}

func newInspect() *cobra.Command {
	var asJSON, verify bool
	var key string
	c := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show the contents of an artifact, and check that it is intact",
		Long: `Show the contents of an artifact, and check that it is intact. FILE may also be the name of a built-in model:
default or original (the imported one).`,
		Example: `  reddit-classifier inspect --verify model.rcm
  reddit-classifier inspect default`,
		ValidArgsFunction: func(c *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeModel(c, args, word)
		},
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageErrorf("inspect needs the FILE of one artifact")
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
	f.BoolVar(&asJSON, "json", false, "Print JSON.")
	f.BoolVar(&verify, "verify", false, "Print how many of the texts in the artifact are answered as the artifact states.")
	f.StringVar(&key, "key", "", "Fail unless this `KEY` signed the artifact: an ed25519 public key, or a file with one. "+
		"(default: the signature is not checked)")
	completeFile(c, nil, "key")
	return c
}

// inspect opens the artifact, which finds any damage, predicts its parity vectors, and checks the signature if there is
// a key.
func inspect(path string, verify bool, key string) (*inspection, error) {
	m, err := models.Open(path)
	if err != nil {
		return nil, err
	}
	i := &inspection{
		Program: "reddit-classifier " + version.String(),
		Digest:  m.Digest(), Bytes: m.Size(), Intact: true, Signer: hex.EncodeToString(m.Signer()),
		Prepare: m.Preparation(), Sections: m.Sections(), Manifest: m.Manifest(),
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
		return nil, usageErrorf("--key is neither a readable file nor a key: %w", err)
	case err != nil:
		return nil, usageErrorf("--key %s: %w", key, err)
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
		line("verified", "%s answered as the artifact states", plural.Of(*i.Vectors, "text is", "texts are"))
	}
	line("signature", "%s", i.signature())
	if m.Language != "" {
		line("language", "%s, cleaner %s", m.Language, m.Cleaner)
	}
	name := "prepare"
	for _, step := range i.Prepare {
		line(name, "%s", step)
		name = ""
	}
	name = "steps"
	for _, step := range m.Steps {
		line(name, "%s", stepLine(step))
		name = ""
	}
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
	name = "metrics"
	for _, metric := range metricLines(m.Metrics) {
		line(name, "%s", metric)
		name = ""
	}
	line("program", "%s", i.Program)
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

// metricLines formats the metrics in a manifest as train prints them, or returns other metrics unchanged.
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

// signature says who signed the artifact, and whether the signature was checked.
func (i *inspection) signature() string {
	switch {
	case i.Signer == "":
		return "none"
	case i.Checked:
		return "by " + i.Signer + " (checked)"
	}
	return "by " + i.Signer + " (not checked; --key KEY checks it)"
}

const signUsage = "Sign the artifact with the ed25519 private key in `FILE`. (default: no signature)"

// readSigner reads the key of the flag --sign. Without the flag it returns nil.
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
