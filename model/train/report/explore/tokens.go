package explore

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"reddit-classifier/model/english"
	vector "reddit-classifier/model/features"
	"reddit-classifier/model/train/metric"
	"reddit-classifier/model/train/report"
	"reddit-classifier/model/train/tfidf"
)

// approach is a way to make features of tokens; feature returns "" for a token that is dropped.
type approach struct {
	name, meaning string
	feature       func(t *english.Token) string
}

func (e *explorer) approaches() []approach {
	list := []approach{
		{"All tokens", "every token as it stands, in small letters", func(t *english.Token) string { return lower(t.Text) }},
		{"Alphabetic, no stops", "letters alone, without stop words", func(t *english.Token) string {
			if s := lower(t.Text); alphabetic(s) && !stopWords[s] {
				return s
			}
			return ""
		}},
		{"Without punctuation", "all but punctuation", func(t *english.Token) string {
			if punctuation(t.Text) {
				return ""
			}
			return lower(t.Text)
		}},
		{"The original's", "lemmas; URL for links; no lone marks", func(t *english.Token) string { return t.Feature() }},
	}
	if e.Options.Punctuation {
		list = append(
			list,
			approach{
				"This model's",
				"the original's, with lone marks kept",
				func(t *english.Token) string { return vector.Feature(t, true) },
			},
		)
	}
	return list
}

func lower(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func alphabetic(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) < 0
}

func punctuation(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPunct(r) && !unicode.IsSymbol(r) }) < 0
}

// sample is the sentence that the report tokenizes in every way.
const sample = "The moderators weren't happy: they'd removed 3 comments (see https://example.org/rules)!"

func (e *explorer) tokenizations(d *report.Data) error {
	list := e.approaches()
	for k, a := range list {
		e.progress("comparing tokens", "tokenizer", k+1, len(list))
		corpus := e.tokens(a)
		counts, err := tfidf.CountFor(e.ctx, corpus, e.Options.Vectorizer)
		if err != nil {
			return err
		}
		t := report.Tokenization{Name: a.name, Meaning: a.meaning, Vocabulary: len(corpus.Tokens),
			Sample: strings.Join(e.features(nil, a, sample), " · ")}
		total := 0
		for i := range corpus.Len() {
			total += len(corpus.Doc(i))
		}
		t.Tokens = float64(total) / float64(max(1, corpus.Len()))
		v, err := tfidf.Fit(counts, nil, e.Options.Vectorizer)
		if err == tfidf.ErrNoTerms {
			continue // this way nothing is left of the comments
		}
		if err != nil {
			return err
		}
		t.Features = len(v.Terms)
		for fold := range e.Options.CV {
			training, test := e.parts(fold)
			_, valid, err := e.fit(counts, training, test, false)
			if err != nil {
				return err
			}
			t.AUC = append(t.AUC, valid)
		}
		d.Tokenizations = append(d.Tokenizations, t)
	}
	return nil
}

// tokens tokenizes the comments. If the context is cancelled, the remaining ones are empty.
func (e *explorer) tokens(a approach) *tfidf.Corpus {
	return tfidf.NewCorpus(len(e.cleaned), func(dst []string, i int) []string {
		if e.ctx.Err() != nil {
			return dst
		}
		return e.features(dst, a, e.cleaned[i])
	})
}

func (e *explorer) features(dst []string, a approach, text string) []string {
	var space [64]english.Token
	tokens := e.pack.AppendTokens(space[:0], text)
	for i := range tokens {
		if f := a.feature(&tokens[i]); f != "" && utf8.ValidString(f) {
			dst = append(dst, f)
		}
	}
	return dst
}

// tolerance is that of models that are only measured.
const tolerance = 1e-4

// fit trains the block of words on some comments. It returns the ROC AUC on the test comments and, if both is set, on
// the training comments.
func (e *explorer) fit(c *tfidf.Counts, training, test []int, both bool) (learned, valid float64, err error) {
	if err := e.ctx.Err(); err != nil {
		return 0, 0, err
	}
	v, err := c.Frequencies(training).Choose(e.Options.Vectorizer)
	if err != nil {
		return 0, 0, err
	}
	solver := e.Options.Words
	solver.Tol, solver.Watch = tolerance, func(float64) error { return e.ctx.Err() }
	table := tfidf.NewTable(c.Frequencies(nil), v)
	m, err := solver.Fit(table.Vectors(v, training), e.labels(training))
	if err != nil {
		return 0, 0, err
	}
	area := func(rows []int) float64 {
		return metric.ROCAUC(e.labels(rows), m.DecisionFunction(table.Vectors(v, rows)))
	}
	if both {
		learned = area(training)
	}
	return learned, area(test), nil
}

func (e *explorer) labels(rows []int) []int {
	y := make([]int, len(rows))
	for k, i := range rows {
		y[k] = e.training.Labels[i]
	}
	return y
}
