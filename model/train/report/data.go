package report

// Data is the content of a report. The page leaves out what is empty.
type Data struct {
	Name      string // the model's
	Version   string
	Digest    string
	Files     []string // base names of what it was trained on
	Settings  []Setting
	Threshold float64 // on the probability of removal
	Anonymize bool    // leave the text of comments out

	Corpus         Corpus
	Columns        []Column
	Lengths        []LengthBin
	Traits         []Trait
	Cleaning       Cleaning
	Tokenizations  []Tokenization
	Algorithms     []Algorithm
	Learning       []LearningPoint
	Quality        Quality
	Weights        []Weight // of the n-grams that speak most for removal and most against it
	Lengthening    []Dependence
	Unchanged      float64 // mean probability of a sample of comments as they are
	Additions      []Addition
	FalsePositives []Mistake
	FalseNegatives []Mistake
	Slices         []Slice
	Scores, Months []Group // by the comment's score and date, where the files have them
}

// Setting is one choice that was made in training.
type Setting struct{ Name, Value string }

// Corpus counts the comments.
type Corpus struct {
	Comments, Removed int
	Empty             int // without any text, or only white space
	Duplicates        int // comments with the text of an earlier row
	Contradictions    int // texts that were both kept and removed
	MedianWords       [2]float64
}

// Column describes a column of the input.
type Column struct {
	Name, Meaning string
	Missing       int
	Distinct      int
	Range         string // least and greatest of what is not text
}

// LengthBin counts the comments of Low to High words, both included, by class.
type LengthBin struct {
	Low, High int
	Count     [2]int // kept, removed
}

// Trait is something that a comment has or has not.
type Trait struct {
	Name, Meaning string
	Comments      int
	Removed       int
}

// Cleaning says what the cleaner changed.
type Cleaning struct {
	Mode     string
	Comments int // that were changed
	Effects  []Effect
	Examples []Example
}

// Effect is a kind of change, and the number of comments with it.
type Effect struct {
	Name     string
	Comments int
}

// Example is a passage before and after cleaning.
type Example struct {
	Effect        string
	Before, After []Span
}

// Span is a piece of text. Weight is above 0 where it speaks for removal and below where against, at most 1 in size; in
// examples of cleaning it is 1 where the text changed.
type Span struct {
	Text   string
	Weight float64
}

// Tokenization is a way to tokenize comments, and the scores of the model with it.
type Tokenization struct {
	Name, Meaning string
	Tokens        float64   // mean number in a comment
	Vocabulary    int       // different tokens
	Features      int       // different n-grams that the vectorizer keeps
	AUC           []float64 // by fold
	Sample        string    // a sentence of the report, tokenized this way
}

// Algorithm is a classifier with its scores on the same folds.
type Algorithm struct {
	Name           string
	AUC            []float64 // by fold
	FitSeconds     float64   // mean of the folds
	PredictSeconds float64
}

// LearningPoint holds the scores of a training on so many comments.
type LearningPoint struct {
	Comments     int
	Train, Valid []float64 // ROC AUC by fold: on the training comments, and on others
}

// Quality holds the scores of the model's probabilities for comments that it was not trained on.
type Quality struct {
	How        string // where the probabilities come from
	Measures   []Measure
	ROC        []Point // false positive rate, recall
	PR         []Point // recall, precision
	Bins       []CalibrationBin
	Confusion  [2][2]int // [truth][decision]
	Thresholds []Threshold
	Histogram  [][2]int // probabilities in equal bins from 0 to 1: kept, removed
}

// Measure is a score with its 95 % confidence interval. Low and High are 0 if there is none.
type Measure struct {
	Name, Meaning    string
	Value, Low, High float64
}

// Point is a point of a curve, reached at a threshold.
type Point struct{ X, Y, Threshold float64 }

// CalibrationBin compares the mean probability of some comments with the share that was removed.
type CalibrationBin struct {
	Count         int
	Mean, Removed float64
}

// Threshold is what sending every comment at or above it to a moderator means.
type Threshold struct {
	At                       float64
	Share, Precision, Recall float64
}

// Weight is the effect of an n-gram.
type Weight struct {
	NGram    string
	Effect   float64 // mean of what it adds to the log-odds of removal in the comments that have it
	Comments int     // that have it
	Removed  int
}

// Dependence is the mean probability when every comment of a sample is cut to its first Words words.
type Dependence struct {
	Words int
	P     float64
}

// Addition is the mean probability of a sample of comments after an n-gram is appended to each.
type Addition struct {
	NGram    string
	Comments int // that have the n-gram by themselves
	P        float64
}

// Mistake is a comment on the wrong side of the threshold.
type Mistake struct {
	Row   int // from 1, in the order of the files
	P     float64
	Words int
	Text  []Span
	Parts []Part // what the model's blocks added, where it has several
}

// Part is what a block of the model adds to the log-odds of removal.
type Part struct {
	Name  string
	Value float64
}

// Slice is a part of the comments with the model's quality on it.
type Slice struct {
	Name              string
	Comments, Removed int
	Flagged           int // at or above the threshold
	AUC               float64
	Precision, Recall float64
}

// Group counts the comments of a range of scores, or of a month.
type Group struct {
	Name              string
	Comments, Removed int
	P                 float64 // mean probability of removal
}

// rareNGram is how many comments must have an n-gram for an anonymous report to name it: a rare one may be a name or an
// address.
const rareNGram = 10

// anonymous returns d without anything that was written by fewer than a number of people.
func (d Data) anonymous() Data {
	d.Cleaning.Examples = nil
	d.FalsePositives, d.FalseNegatives = withoutText(d.FalsePositives), withoutText(d.FalseNegatives)
	var weights []Weight
	for _, w := range d.Weights {
		if w.Comments >= rareNGram {
			weights = append(weights, w)
		}
	}
	d.Weights = weights
	var additions []Addition
	for _, a := range d.Additions {
		if a.Comments >= rareNGram {
			additions = append(additions, a)
		}
	}
	d.Additions = additions
	return d
}

func withoutText(mistakes []Mistake) []Mistake {
	bare := make([]Mistake, len(mistakes))
	for i, m := range mistakes {
		m.Text = nil
		bare[i] = m
	}
	return bare
}
