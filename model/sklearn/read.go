package sklearn

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"reddit-classifier/model/head"
	"reddit-classifier/model/pickle"
)

// Read assembles a model from its files, which may be in any order. Nothing in the files is executed. The error is
// [Obstacles], with all the reasons why the model cannot be imported, or names a file that cannot be read.
func Read(files []File, options Options) (*Pipeline, error) {
	r := &reader{options: options}
	p := newProblems()
	out := &Pipeline{}
	var parts []part
	for i, f := range files {
		if slices.ContainsFunc(files[:i], func(other File) bool { return bytes.Equal(other.Data, f.Data) }) {
			continue // the same pipeline as --vectorizer and --classifier
		}
		v, err := pickle.Load(f.Data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		found := partsOf(v, p.at(f.Name))
		if len(found) == 0 && p.count() == 0 {
			advice := "give the file of a fitted Pipeline, or those of its vectorizer and classifier"
			if isVocabulary(v) {
				advice = "if it is a vocabulary, pickle the vectorizer that uses it: how texts are split is not in it"
			}
			p.at(f.Name).add(advice, "it holds %s, which is not a part of a model", pickle.Describe(v))
		}
		out.Sources = append(out.Sources, sourceOf(f, v, found))
		parts = append(parts, found...)
	}
	parts = removeDuplicates(parts)
	if steps, encoder := joinParts(parts, p); p.count() == 0 {
		r.read(steps, encoder, out)
	} else {
		for _, part := range parts { // reports other obstacles
			r.readIncomplete(part.steps)
		}
	}
	if r.english == 0 && options.Language != nil && p.count() == 0 {
		p.add("leave out --language and --cleaner", "the vectorizer takes texts as they are and splits them itself")
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	out.Steps, out.Notes = r.steps, r.notes
	return out, nil
}

// removeDuplicates leaves out the parts whose estimators are all in another part as well: a dict may hold a Pipeline,
// and its vectorizer once more.
func removeDuplicates(parts []part) []part {
	var out []part
	for i, p := range parts {
		repeated := len(p.steps) > 0 && slices.ContainsFunc(parts, func(other part) bool {
			return len(other.steps) > len(p.steps) && other.containsAll(p.steps)
		})
		for _, other := range parts[:i] {
			repeated = repeated || len(other.steps) == len(p.steps) && len(p.steps) > 0 && other.containsAll(p.steps)
		}
		if !repeated {
			out = append(out, p)
		}
	}
	return out
}

// containsAll reports whether the part has the same estimator objects as all of the steps.
func (p part) containsAll(steps []step) bool {
	for _, s := range steps {
		if !slices.ContainsFunc(p.steps, func(own step) bool { return own.estimator == s.estimator }) {
			return false
		}
	}
	return true
}

// isVocabulary reports whether v may be the vocabulary_ of a vectorizer: a dict of texts and their numbers.
func isVocabulary(v any) bool {
	d, ok := v.(*pickle.Dict)
	if !ok || len(d.Keys) == 0 {
		return false
	}
	_, named := d.Keys[0].(string)
	_, numbered := d.Values[0].(int64)
	return named && numbered
}

func sourceOf(f File, v any, parts []part) SourceFile {
	sum := sha256.Sum256(f.Data)
	s := SourceFile{File: f.Name, SHA256: hex.EncodeToString(sum[:])}
	if o, ok := v.(*pickle.Object); ok {
		s.Class = o.Class
		s.Release, _ = o.Text("_sklearn_version", "")
	}
	for _, part := range parts {
		for _, step := range part.steps {
			if s.Class == "" {
				s.Class = step.estimator.Class
			}
			if s.Release == "" {
				s.Release, _ = step.estimator.Text("_sklearn_version", "")
			}
		}
	}
	return s
}

// joinParts orders the parts: the one that begins with a text, the transforms, the classifier. It returns the steps of
// all, and the encoder of classes if there is one.
func joinParts(parts []part, p *problems) (steps []step, encoder *part) {
	var texts, middles, ends []part
	for i := range parts {
		part := &parts[i]
		switch {
		case part.encoder != nil && encoder != nil:
			part.p.add("give one", "there is more than one LabelEncoder or MultiLabelBinarizer")
		case part.encoder != nil:
			encoder = part
		case len(part.steps) == 0:
			part.p.add("", "an empty Pipeline")
		case beginsWithText(part.steps):
			texts = append(texts, *part)
		case isClassifier(part.steps[len(part.steps)-1]):
			ends = append(ends, *part)
		default:
			middles = append(middles, *part)
		}
	}
	if p.count() == 0 {
		checkParts(texts, middles, ends, p)
	}
	for _, part := range slices.Concat(texts, sortParts(middles), ends) {
		steps = append(steps, part.steps...)
	}
	return steps, encoder
}

// beginsWithText reports whether the first step takes a text: it is a vectorizer, or something unknown in its place.
func beginsWithText(steps []step) bool {
	first := steps[0]
	switch kindOf(first.estimator) {
	case kindVectorizer, kindUnion:
		return true
	case kindOther:
		return len(steps) > 1 || len(textPipelines(first.estimator, first.p)) > 0
	}
	return len(steps) > 1 && advice[className(first.estimator)] != ""
}

func isClassifier(s step) bool { return kindOf(s.estimator) == kindOther }

// sortParts puts TfidfTransformers first, and otherwise keeps the order in which the user gave the files.
func sortParts(parts []part) []part {
	slices.SortStableFunc(parts, func(a, b part) int { return rank(a) - rank(b) })
	return parts
}

func rank(p part) int {
	if className(p.steps[0].estimator) == "TfidfTransformer" {
		return 0
	}
	return 1
}

// checkParts reports if there are not one vectorizer and one classifier, or if there are steps in addition to a whole
// model.
func checkParts(texts, middles, ends []part, p *problems) {
	for _, text := range texts {
		if last := text.steps[len(text.steps)-1]; isClassifier(last) {
			ends = append(slices.Clone(ends), part{steps: []step{last}})
			for _, middle := range middles {
				middle.p.add("leave its file out, or give the files of a model in parts", "%s is not a part of the model in the other file",
					middle.steps[0].estimator.Class)
			}
		}
	}
	switch {
	case len(texts) == 0:
		p.add("give the file of the vectorizer as well", "there is no vectorizer of texts")
	case len(texts) > 1:
		p.add("give the files of one model, or put vectorizers side by side into a FeatureUnion",
			"there are %d vectorizers: %s", len(texts), classesOf(texts, func(steps []step) step { return steps[0] }))
	}
	switch {
	case len(ends) == 0:
		p.add("give the file of the classifier as well", "there is no classifier")
	case len(ends) > 1:
		p.add("give the files of one model", "there are %d classifiers: %s", len(ends),
			classesOf(ends, func(steps []step) step { return steps[len(steps)-1] }))
	}
}

func classesOf(parts []part, which func([]step) step) string {
	names := make([]string, len(parts))
	for i, part := range parts {
		names[i] = which(part.steps).estimator.Class
	}
	return strings.Join(names, ", ")
}

// readIncomplete reads the steps of one part only to report what cannot be imported, if the parts do not form a model.
func (r *reader) readIncomplete(steps []step) {
	if len(steps) == 0 {
		return
	}
	if last := steps[len(steps)-1]; isClassifier(last) {
		steps = steps[:len(steps)-1]
		defer readClassifier(last.estimator, last.p, position{in: columns{n: -1}})
	}
	if len(steps) > 0 && beginsWithText(steps) {
		r.text(steps)
		return
	}
	for _, s := range steps {
		r.transform(s, nil)
	}
}

// read reads the steps of a model from the text to the classifier.
func (r *reader) read(steps []step, encoder *part, out *Pipeline) {
	last := linkSteps(steps)[len(steps)-1]
	at := position{in: columns{n: -1}}
	var c *columns
	if len(steps) > 1 {
		c = r.text(steps[:len(steps)-1])
	} else {
		c, at.branches = r.liftPipelines(last)
	}
	if c != nil {
		at.in = *c
	}
	out.Classifier, out.Classes = readClassifier(last.estimator, last.p, at)
	r.steps = append(r.steps, Step{Name: last.name, Class: last.estimator.Class, Options: optionsOf(last.estimator)})
	if c != nil {
		out.Vectorizers, out.Transforms = c.vectorizers, c.transforms
	}
	if out.Classifier != nil {
		shape := out.Classifier.Shape()
		out.Multilabel = shape.Multilabel
		if c != nil && shape.Features != 0 && shape.Features != c.n {
			last.p.add("give the files of one training", "it was fitted on %d features and gets %d", shape.Features, c.n)
		}
	}
	if encoder != nil {
		renameClasses(out, encoder)
	}
}

// renameClasses gives classes that are numbers the names that an encoder has for them.
func renameClasses(out *Pipeline, encoder *part) {
	a := attributes{encoder.encoder, encoder.p}
	names := readClasses(a, "classes_")
	if out.Classifier == nil {
		return
	}
	numbered := len(out.Classes) <= len(names)
	for i, c := range out.Classes {
		numbered = numbered && c.Kind == head.ClassNumber && (c.Text == strconv.Itoa(i) || c.Text == strconv.Itoa(i)+".0")
	}
	if !numbered || len(out.Classes) != len(names) || (a.Class == "MultiLabelBinarizer") != out.Multilabel {
		a.p.add("leave its file out", "the %d classes of the %s are not those of the classifier, which has %d", len(names),
			a.Class, len(out.Classes))
		return
	}
	out.Classes = names
}
