package sklearn

import (
	"strconv"
	"strings"

	"reddit-classifier/model/pickle"
)

// release is a release of scikit-learn without its patch number: 0.24 is {0, 24}.
type release struct{ major, minor int }

// releaseOf returns the release that fitted an estimator. ok is false if the pickle does not say.
func releaseOf(o *pickle.Object) (r release, ok bool) {
	text, err := o.Text("_sklearn_version", "")
	if err != nil {
		return r, false
	}
	return parseRelease(text)
}

func parseRelease(text string) (r release, ok bool) {
	major, rest, _ := strings.Cut(text, ".")
	minor, _, _ := strings.Cut(rest, ".")
	var err1, err2 error
	r.major, err1 = strconv.Atoi(major)
	r.minor, err2 = strconv.Atoi(minor)
	return r, err1 == nil && err2 == nil
}

// before reports whether r is older than major.minor.
func (r release) before(major, minor int) bool {
	return r.major < major || r.major == major && r.minor < minor
}

// className returns the name of an object's class, or "" if it is not one of scikit-learn's. Classes have moved between
// modules, so only the package is compared.
func className(o *pickle.Object) string {
	if strings.HasPrefix(o.Module, "sklearn.") {
		return o.Class
	}
	return ""
}
