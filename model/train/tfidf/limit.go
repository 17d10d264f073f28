package tfidf

import (
	"math/bits"
	"slices"
)

// mostFrequent returns the limit columns with the largest tf, ascending.
//
// At the border some columns have the same tf, and scikit-learn takes those that numpy's argsort of −tf happens to put
// first. That sort is not stable, so only the same algorithm chooses the same columns: introsort, see
// [indirectSorter]. (On processors with AVX-512 or AVX2, numpy 1.25 and later sort with x86-simd-sort, and
// which of the tied columns scikit-learn keeps depends on the machine it runs on. This is numpy's portable path, the
// one before, and the one that it takes everywhere else; NPY_DISABLE_CPU_FEATURES makes it take it.)
func mostFrequent(columns []int32, tf []int, limit int) []int32 {
	keys := make([]float64, len(columns))
	for k, j := range columns {
		keys[k] = -float64(tf[j])
	}
	kept := make([]int32, limit)
	for k, at := range selectFirst(keys, limit) {
		kept[k] = columns[at]
	}
	slices.Sort(kept)
	return kept
}

// selectFirst returns the first limit elements, in any order, of the order that sorts keys as
// numpy.argsort(kind="quicksort") does.
func selectFirst(keys []float64, limit int) []int32 {
	order := make([]int32, len(keys))
	for i := range order {
		order[i] = int32(i)
	}
	s := indirectSorter{keys, order, limit}
	s.introsort(0, len(order)-1, 2*(bits.Len(uint(len(order)))-1))
	return order[:limit]
}

// indirectSorter sorts order by the keys it points to: D. Musser's introsort ("Introspective sorting and selection
// algorithms", 1997) with the median of three as pivot, insertion sort for 16 elements and fewer, and heapsort once the
// recursion is twice as deep as the logarithm of the length. Of each partition it sorts only the side that the border
// lies in: elements that are wholly before or after the border need not be in order.
type indirectSorter struct {
	keys   []float64
	order  []int32
	border int
}

func (s indirectSorter) less(i, j int) bool { return s.keys[s.order[i]] < s.keys[s.order[j]] }
func (s indirectSorter) swap(i, j int)      { s.order[i], s.order[j] = s.order[j], s.order[i] }

// introsort sorts order[lo:hi+1] as far as needed. Only the larger part of each division is held to the depth: numpy
// goes on with the smaller one at once, and looks at the depth when it comes back to what it had put aside.
func (s indirectSorter) introsort(lo, hi, depth int) {
	for hi-lo >= 16 {
		pivot := s.partition(lo, hi)
		depth--
		left, larger := s.border <= pivot, pivot-lo >= hi-pivot
		if left {
			hi = pivot - 1
		} else {
			lo = pivot + 1
		}
		if s.border <= lo || s.border > hi {
			return
		}
		if left == larger && depth < 0 {
			s.heapsort(lo, hi)
			return
		}
	}
	s.insertion(lo, hi)
}

// partition divides order[lo:hi+1] at the median of its first, middle and last key, and returns where that one ends up.
func (s indirectSorter) partition(lo, hi int) int {
	middle := lo + (hi-lo)/2
	if s.less(middle, lo) {
		s.swap(middle, lo)
	}
	if s.less(hi, middle) {
		s.swap(hi, middle)
	}
	if s.less(middle, lo) {
		s.swap(middle, lo)
	}
	pivot := s.keys[s.order[middle]]
	s.swap(middle, hi-1)
	i, j := lo, hi-1
	for {
		for i++; s.keys[s.order[i]] < pivot; i++ {
		}
		for j--; pivot < s.keys[s.order[j]]; j-- {
		}
		if i >= j {
			break
		}
		s.swap(i, j)
	}
	s.swap(i, hi-1)
	return i
}

func (s indirectSorter) insertion(lo, hi int) {
	for i := lo + 1; i <= hi; i++ {
		for j := i; j > lo && s.less(j, j-1); j-- {
			s.swap(j, j-1)
		}
	}
}

func (s indirectSorter) heapsort(lo, hi int) {
	n := hi - lo + 1
	for root := n/2 - 1; root >= 0; root-- {
		s.sift(lo, root, n)
	}
	for n--; n > 0; n-- {
		s.swap(lo, lo+n)
		s.sift(lo, 0, n)
	}
}

// sift lets the element at root sink into the heap of n elements that starts at lo.
func (s indirectSorter) sift(lo, root, n int) {
	for {
		child := 2*root + 1
		if child >= n {
			return
		}
		if child+1 < n && s.less(lo+child, lo+child+1) {
			child++
		}
		if !s.less(lo+root, lo+child) {
			return
		}
		s.swap(lo+root, lo+child)
		root = child
	}
}
