package train

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"reddit-classifier/internal/plural"
	"reddit-classifier/model/train/linear"
)

// Folds returns the fold of each comment, 0 to k−1. Folds are stratified: they differ by at most one comment in size
// and in the number of comments of each class, as scikit-learn's StratifiedKFold(shuffle=True). The random source is
// another.
func Folds(y []int, k int, seed uint64) ([]int, error) {
	counts, err := classCounts(y)
	if err != nil {
		return nil, err
	}
	for class, n := range counts {
		if n < k {
			return nil, fmt.Errorf(
				"%s %q (label %d), too few for %d folds, which need one each: give more of them, or fewer folds",
				plural.Of(n, "row is", "rows are"),
				labels[class],
				class,
				k,
			)
		}
	}
	folds := make([]int, len(y))
	next := 0 // a class starts at the fold where the one before ended, so that the folds stay equal in size
	for class := range counts {
		for _, i := range shuffled(y, class, seed) {
			folds[i] = next % k
			next++
		}
	}
	return folds, nil
}

// classCounts returns how many comments were kept and how many removed. It is an error if either is 0.
func classCounts(y []int) (counts [2]int, err error) {
	counts, err = linear.ClassCounts(y)
	for class, n := range counts {
		if n == len(y) && n > 0 {
			return counts, fmt.Errorf(
				"every row is %q (label %d), of %d in all: give files that also have %q ones (label %d)",
				labels[class],
				class,
				n,
				labels[1-class],
				1-class,
			)
		}
	}
	return counts, err
}

// shuffled returns the rows of a class in random order.
func shuffled(y []int, class int, seed uint64) []int {
	var rows []int
	for i, c := range y {
		if c == class {
			rows = append(rows, i)
		}
	}
	random := rand.New(rand.NewPCG(seed, uint64(class)))
	random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return rows
}

// Split returns the rows of a training set and of a test set, which has the given share of each class.
func Split(y []int, share float64, seed uint64) (training, test []int) {
	for class := range 2 {
		rows := shuffled(y, class, seed+1)
		n := int(share*float64(len(rows)) + 0.5)
		test = append(test, rows[:n]...)
		training = append(training, rows[n:]...)
	}
	slices.Sort(training)
	slices.Sort(test)
	return training, test
}

// trainTest returns the rows outside a fold, and those in it.
func trainTest(folds []int, fold int) (training, test []int) {
	for i, f := range folds {
		if f == fold {
			test = append(test, i)
		} else {
			training = append(training, i)
		}
	}
	return training, test
}
