package head

// kindOf returns the number that stands for the classifier's type in a program, 0 for one that cannot be written.
func kindOf(c Classifier) kind {
	switch c.(type) {
	case *Linear:
		return kindLinear
	}
	return 0
}

// newClassifier returns an empty classifier of the kind, nil for a kind that does not exist.
func newClassifier(k kind) Classifier {
	switch k {
	case kindLinear:
		return &Linear{}
	}
	return nil
}
