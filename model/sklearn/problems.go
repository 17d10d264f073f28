package sklearn

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"reddit-classifier/model/pickle"
)

// Obstacle is one reason why a model cannot be imported.
type Obstacle struct {
	Where  string // the file and the step: "model.pkl: Pipeline: tfidf (TfidfVectorizer)"
	What   string // what cannot be imported: "stop_words is a set of numbers"
	Advice string // what can be done about it; may be empty
}

// String returns the obstacle as one line.
func (o Obstacle) String() string {
	s := o.What
	if o.Where != "" {
		s = o.Where + ": " + s
	}
	if o.Advice != "" {
		s += "; " + o.Advice
	}
	return s
}

// Obstacles is an error: all the reasons why a model cannot be imported.
type Obstacles []Obstacle

func (o Obstacles) Error() string {
	if len(o) == 1 {
		return "cannot be imported: " + o[0].String()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "cannot be imported, for %d reasons:", len(o))
	for _, each := range o {
		b.WriteString("\n  " + each.String())
	}
	return b.String()
}

// problems collects obstacles, so that a user learns all of them at once. The copies that at returns share one list,
// and each has its own place.
type problems struct {
	where string
	depth int
	*problemList
}

// problemList is the list that copies of problems share.
type problemList struct {
	all     Obstacles
	times   int
	entered int
	words   int
	members int
}

func newProblems() *problems { return &problems{problemList: &problemList{}} }

// at returns problems for a part of p's place: a file, a step, an estimator within another.
func (p *problems) at(part string) *problems {
	if p.where != "" {
		part = p.where + ": " + part
	}
	return &problems{part, p.depth + 1, p.problemList}
}

// maxParts is the maximum number of pipelines, tuples, unions and estimators that are read, because values may contain
// cycles.
const maxParts = 10000

// maxDepth is the maximum nesting of these parts.
const maxDepth = 50

// enter counts one more part. If there are too many, it reports that and returns false.
func (p *problems) enter() bool {
	if p.depth > maxDepth {
		p.add("", "it has parts within one another, more than %d deep", maxDepth)
		return false
	}
	if p.entered++; p.entered > maxParts {
		p.add("", "it has more than %d parts", maxParts)
		return false
	}
	return true
}

// maxWords is the maximum number of n-grams, stop words and classes of all estimators together.
const maxWords = 1 << 25

// reserveWords adds n to the number of words, and reports an obstacle if there are too many.
func (p *problems) reserveWords(n int) bool {
	if p.words += n; p.words > maxWords {
		p.add("", "it has more than %d n-grams, stop words and classes", maxWords)
		return false
	}
	return true
}

// maxObstacles is the maximum number of obstacles in an error.
const maxObstacles = 50

// add reports something that cannot be imported, with advice, which may be empty.
func (p *problems) add(advice, format string, args ...any) {
	p.times++
	o := Obstacle{p.where, fmt.Sprintf(format, args...), advice}
	if len(p.all) < maxObstacles && !slices.Contains(p.all, o) {
		p.all = append(p.all, o)
	}
}

// fail reports an error of package pickle, unless it is nil.
func (p *problems) fail(err error) {
	if err == nil {
		return
	}
	var format pickle.FormatError
	var unsupported pickle.UnsupportedError
	switch {
	case errors.As(err, &format):
		p.add("", "%s", string(format))
	case errors.As(err, &unsupported):
		p.add("", "%s", string(unsupported))
	default:
		p.add("", "%v", err)
	}
}

// count returns how often something was reported, so that a caller can find out whether a reader has reported anything.
func (p *problems) count() int { return p.times }

// err returns the obstacles as an error, or nil.
func (p *problems) err() error {
	if len(p.all) == 0 {
		return nil
	}
	return p.all
}

// attributes reads an estimator's attributes and reports what is wrong with them. It then returns a zero value, which
// does not matter because nothing will be imported.
type attributes struct {
	*pickle.Object
	p *problems
}

func (a attributes) bool(name string, fallback bool) bool {
	v, err := a.Bool(name, fallback)
	a.p.fail(err)
	return v
}

func (a attributes) number(name string, fallback float64) float64 {
	v, err := a.Number(name, fallback)
	a.p.fail(err)
	return v
}

func (a attributes) int(name string, fallback int) int {
	v, err := a.Int(name, fallback)
	a.p.fail(err)
	return v
}

func (a attributes) text(name, fallback string) string {
	v, err := a.Text(name, fallback)
	a.p.fail(err)
	return v
}

func (a attributes) floats(name string) ([]float64, []int) {
	v, shape, err := a.Floats(name)
	a.p.fail(err)
	return v, shape
}

func (a attributes) ints(name string) ([]int64, []int) {
	v, shape, err := a.Ints(name)
	a.p.fail(err)
	return v, shape
}

func (a attributes) matrix(name string) (values []float64, rows, columns int) {
	values, rows, columns, err := a.Matrix(name)
	a.p.fail(err)
	return values, rows, columns
}

func (a attributes) object(name string) (inner *pickle.Object, ok bool) {
	inner, err := a.Object.Object(name)
	a.p.fail(err)
	return inner, err == nil
}

func (a attributes) objects(name string) []*pickle.Object {
	v, err := a.Objects(name)
	a.p.fail(err)
	return v
}
