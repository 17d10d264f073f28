// Package pickle reads pickles without executing anything in them.
//
// A pickle is a program for a small stack machine (Python's pickletools module documents it opcode by opcode). Python's own
// machine imports and calls whatever the program names, so reading a pickle there is running it. The machine here calls nothing: it
// builds plain data, see the types in value.go. For a few functions, listed in calls.go, it knows what they return: NumPy's arrays,
// dtypes and scalars, sets, bytes, and the functions that dill and cloudpickle write by value, whose code is looked at, to see whether
// it is the identity, and never run. An object of any other class, and a call of any other function, becomes an Object that says which.
// Only a pickle that wants to call what attacks call, such as os.system, is refused whole.
//
// Read are protocols 0 to 5; files of pickle, joblib (compressed too), dill and cloudpickle; little and big endian arrays in C
// or Fortran order.
//
// Errors are of two kinds: FormatError, the bytes are no pickle, or a value is not what it should be, and UnsupportedError, they are
// but hold what this project cannot represent.
package pickle

import "fmt"

// FormatError says that the bytes are not a pickle of such a model: cut short, damaged, inconsistent or unfitted.
type FormatError string

func (e FormatError) Error() string { return "pickle: " + string(e) }

// UnsupportedError says that the pickle is valid but names or holds something that is refused or cannot be represented.
type UnsupportedError string

func (e UnsupportedError) Error() string { return "pickle: " + string(e) }

func formatErrorf(format string, args ...any) error {
	return FormatError(fmt.Sprintf(format, args...))
}

func unsupportedErrorf(format string, args ...any) error {
	return UnsupportedError(fmt.Sprintf(format, args...))
}

// Vectorizer is a fitted TfidfVectorizer, with scikit-learn's names.
type Vectorizer struct {
	Version     string    // scikit-learn's release; "" when the pickle does not say (before 0.18)
	Features    []string  // n-grams by feature index
	IDF         []float64 // per feature; nil unless UseIDF
	NGramMin    int
	NGramMax    int
	Norm        string // "l1", "l2" or "" (none)
	UseIDF      bool
	SmoothIDF   bool
	SublinearTF bool
	Binary      bool
	MinDF       float64
	MaxDF       float64
	MaxFeatures int // 0: no limit

	// Diagonal says that the release multiplies by a sparse diagonal matrix of idf (before 1.5), and not by idf_ itself. The
	// sparse product leaves the features of a row in descending order, and thus sums in that order.
	Diagonal bool
	// Assumed names functions that the pickle holds by name only and that were taken to be the identity.
	Assumed []string
}

// Classifier is a fitted binary LogisticRegression, with scikit-learn's names.
type Classifier struct {
	Version   string
	Coef      []float64
	Intercept float64
	Classes   [2]string // as Python prints them
	// Softmax says that probabilities are the softmax of (-d, d), multi_class="multinomial", and not expit(d).
	Softmax bool
}

// Identity reports whether a function that a pickle holds by name only ("module.name") is known to return its argument.
type Identity func(name string) bool

// NamedIdentity knows the names in common use for it, in any module.
func NamedIdentity(name string) bool {
	switch lastPart(name) {
	case "identity", "identity_tokenizer", "identity_preprocessor", "identity_fun", "identity_func",
		"dummy", "dummy_fun", "dummy_func", "do_nothing", "passthrough", "pass_through", "noop", "no_op":
		return true
	}
	return false
}

// ReadVectorizer reads a TfidfVectorizer, or the one in a Pipeline. A nil identity stands for NamedIdentity.
func ReadVectorizer(b []byte, identity Identity) (*Vectorizer, error) {
	root, parts, err := loadEstimators(b)
	if err != nil {
		return nil, err
	}
	if parts.vectorizer == nil {
		return nil, unsupportedErrorf("holds %s where a TfidfVectorizer or a Pipeline with one is expected", Describe(root))
	}
	if identity == nil {
		identity = NamedIdentity
	}
	return parts.readVectorizer(identity)
}

// ReadClassifier reads a LogisticRegression, or the one in a Pipeline.
func ReadClassifier(b []byte) (*Classifier, error) {
	root, parts, err := loadEstimators(b)
	if err != nil {
		return nil, err
	}
	if parts.classifier == nil {
		return nil, unsupportedErrorf("holds %s where a LogisticRegression or a Pipeline with one is expected", Describe(root))
	}
	return readClassifier(parts.classifier)
}

// loadEstimators returns what the pickle holds, and the estimators in it.
func loadEstimators(b []byte) (root any, found parts, err error) {
	if root, err = Load(b); err == nil {
		found, err = estimators(root)
	}
	return root, found, err
}
