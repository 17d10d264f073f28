// Package sklearn turns scikit-learn's pickles into an artifact: the vectorizer and the classifier as package pickle reads
// them, together with what they silently depend on, the cleaning and the tokenizer.
package sklearn

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"reddit-classifier/model"
	"reddit-classifier/model/clean"
	"reddit-classifier/model/english"
	"reddit-classifier/model/features"
	"reddit-classifier/model/head"
	"reddit-classifier/model/pickle"
)

// Source is what an artifact is made from.
type Source struct {
	Vectorizer []byte // the pickle of a TfidfVectorizer, or of a Pipeline
	Classifier []byte // the pickle of a LogisticRegression, or of a Pipeline; nil: the Pipeline in Vectorizer has it
	Language   *english.Pack
	Cleaner    clean.Mode
	Name       string // of the model; "" is reddit-classifier
	Version    string
	// Identity says which functions, held by their names only, return their argument; nil is pickle.NamedIdentity.
	Identity pickle.Identity
}

// Parity are the texts that an imported artifact carries with their probabilities: a bit of everything that the cleaner, the
// tokenizer and the n-grams do.
var Parity = []string{
	"This is an input",
	"",
	"I don't think the authors controlled for income, did they? See https://example.org/paper.pdf (table 3).",
	"LOL!!! 😂😂 that's sooo “scientific” -- nice try…",
	"&gt; Correlation isn't causation.\n\nNobody said it was; read p. 4, it's 95% CI [0.2-0.8].",
	"The drug's half-life is 3.5h, i.e. you'd need 10mg/kg twice a day.",
	"[removed]",
}

// Import returns the artifact. Errors wrap a pickle.FormatError or a pickle.UnsupportedError, or those of package model.
func Import(src Source) ([]byte, error) {
	classifier := src.Classifier
	if classifier == nil {
		classifier = src.Vectorizer
	}
	v, err := pickle.ReadVectorizer(src.Vectorizer, src.Identity)
	if err != nil {
		return nil, fmt.Errorf("the vectorizer: %w", err)
	}
	c, err := pickle.ReadClassifier(classifier)
	if err != nil {
		return nil, fmt.Errorf("the classifier: %w", err)
	}
	if len(v.Features) != len(c.Coef) {
		return nil, fmt.Errorf("vectorizer and classifier do not belong together: %w", pickle.FormatError(
			fmt.Sprintf("%d n-grams in vocabulary_ but %d coefficients", len(v.Features), len(c.Coef))))
	}
	norm, err := features.ParseNorm(v.Norm)
	if err != nil {
		return nil, err
	}
	return model.Build(model.Spec{
		Manifest: manifest(src, v, c, classifier),
		Vectorizers: []features.Vectorizer{{
			Analyzer: features.Analyzer{Kind: features.AnalyzerEnglish, Language: src.Language.Bytes(), Cleaner: uint32(src.Cleaner)},
			NGramMin: v.NGramMin, NGramMax: v.NGramMax, Vocabulary: v.Features, Binary: v.Binary, Weight: 1,
			Tfidf: &features.Tfidf{IDF: v.IDF, SublinearTF: v.SublinearTF, Norm: norm, Diagonal: v.Diagonal},
		}},
		Classifier: model.Binary(c.Coef, c.Intercept, c.Softmax),
		Classes:    classes(c),
		Parity:     Parity,
	})
}

// classes returns the names of the classes: numbers where they are written as such.
func classes(c *pickle.Classifier) []head.Class {
	var classes []head.Class
	for _, name := range c.Classes {
		kind := head.ClassString
		if _, err := strconv.ParseFloat(name, 64); err == nil {
			kind = head.ClassNumber
		}
		classes = append(classes, head.Class{Kind: kind, Text: name})
	}
	return classes
}

func manifest(src Source, v *pickle.Vectorizer, c *pickle.Classifier, classifier []byte) model.Manifest {
	m := model.Manifest{
		Name: src.Name, Version: src.Version,
		Vectorizer: &model.Vectorizer{
			NGramRange: [2]int{v.NGramMin, v.NGramMax}, MaxFeatures: v.MaxFeatures, MinDF: v.MinDF, MaxDF: v.MaxDF,
			Binary: v.Binary, Norm: v.Norm, UseIDF: v.UseIDF, SmoothIDF: v.SmoothIDF, SublinearTF: v.SublinearTF,
			Features: len(v.Features),
		},
		Sources: []model.Source{
			source("TfidfVectorizer", v.Version, src.Vectorizer),
			source("LogisticRegression", c.Version, classifier),
		},
	}
	if m.Name == "" {
		m.Name = "reddit-classifier"
	}
	for _, name := range v.Assumed {
		m.Notes = append(m.Notes, name+" is held by its name only and taken to be the identity")
	}
	return m
}

func source(what, release string, b []byte) model.Source {
	sum := sha256.Sum256(b)
	s := model.Source{What: what, SHA256: hex.EncodeToString(sum[:])}
	if release != "" {
		s.Release = "scikit-learn " + release
	}
	return s
}
