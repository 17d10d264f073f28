package head

// kindOf returns the kind of the classifier's type, or 0 if it cannot be encoded.
func kindOf(c Classifier) kind {
	switch c.(type) {
	case *Linear:
		return kindLinear
	case *Constant:
		return kindConstant
	case *Calibrated:
		return kindCalibrated
	case *OneVsRest:
		return kindOneVsRest
	case *OneVsOne:
		return kindOneVsOne
	case *Voting:
		return kindVoting
	case *SVC:
		return kindSVC
	case *Forest:
		return kindForest
	case *Boosting:
		return kindBoosting
	case *Pipeline:
		return kindPipeline
	}
	return 0
}

// newClassifier returns an empty classifier of the kind, or nil if there is no such kind.
func newClassifier(k kind) Classifier {
	switch k {
	case kindLinear:
		return &Linear{}
	case kindConstant:
		return &Constant{}
	case kindCalibrated:
		return &Calibrated{}
	case kindOneVsRest:
		return &OneVsRest{}
	case kindOneVsOne:
		return &OneVsOne{}
	case kindVoting:
		return &Voting{}
	case kindSVC:
		return &SVC{}
	case kindForest:
		return &Forest{}
	case kindBoosting:
		return &Boosting{}
	case kindPipeline:
		return &Pipeline{}
	}
	return nil
}
