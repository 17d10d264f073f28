package features_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"reddit-classifier/model/features"
)

// apply returns what transforms make of x, from the form in which an artifact has them.
func apply(t *testing.T, x features.Vector, n int, transforms ...features.Transform) (features.Vector, int) {
	t.Helper()
	program, numbers, out, err := features.EncodeTransforms(transforms, n)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := features.OpenTransforms(program, numbers, n)
	if err != nil {
		t.Fatal(err)
	}
	if opened.Features() != out {
		t.Errorf("%d features, %d when opened", out, opened.Features())
	}
	return opened.Apply(x, &features.Buffer{}), out
}

// TestPart applies each transform to some of the features, and to these alone in a vector of their own: both give the
// same, and the other features stay.
func TestPart(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		before, count, behind := rng.IntN(4), 1+rng.IntN(6), rng.IntN(4)
		var left, part, right features.Vector
		for f := range before + count + behind {
			v := float64(1 + rng.IntN(9))
			switch {
			case rng.IntN(3) == 0:
			case f < before:
				left = features.Vector{Index: append(left.Index, uint32(f)), Value: append(left.Value, v)}
			case f < before+count:
				part = features.Vector{Index: append(part.Index, uint32(f-before)), Value: append(part.Value, v)}
			default:
				right = features.Vector{Index: append(right.Index, uint32(f-before-count)), Value: append(right.Value, v)}
			}
		}
		scale := &features.Scale{}
		svd := &features.SVD{Features: count}
		for range count {
			scale.Divisor = append(scale.Divisor, rng.Float64()+0.5)
			svd.Components = append(svd.Components, rng.NormFloat64(), rng.NormFloat64())
		}
		for _, transform := range []features.Transform{
			scale, svd, &features.Normalize{Norm: features.NormL2}, &features.Binarize{Threshold: 4},
			&features.Select{Columns: []uint32{uint32(rng.IntN(count))}},
			&features.Tfidf{IDF: scale.Divisor, SublinearTF: true, Norm: features.NormL1},
		} {
			alone, out := apply(t, part, count, transform)
			want := features.Vector{Index: slices.Clone(left.Index), Value: slices.Concat(left.Value, alone.Value, right.Value)}
			for _, f := range alone.Index {
				want.Index = append(want.Index, f+uint32(before))
			}
			for _, f := range right.Index {
				want.Index = append(want.Index, f+uint32(before+out))
			}
			x := features.Vector{Index: slices.Clone(left.Index), Value: slices.Concat(left.Value, part.Value, right.Value)}
			for _, f := range part.Index {
				x.Index = append(x.Index, f+uint32(before))
			}
			for _, f := range right.Index {
				x.Index = append(x.Index, f+uint32(before+count))
			}
			got, n := apply(t, x, before+count+behind, &features.Part{First: before, Count: count, Transform: transform})
			if !slices.Equal(got.Index, want.Index) || !slices.Equal(got.Value, want.Value) || n != before+out+behind {
				t.Fatalf("%T of %d features from %d on of %v: %v, want %v", transform, count, before, x, got, want)
			}
		}
	}
	for _, bad := range []*features.Part{
		{First: 2, Count: 2, Transform: &features.Normalize{}}, {First: -1, Count: 1, Transform: &features.Normalize{}},
		{Transform: &features.Normalize{}},
		{Count: 3, Transform: &features.Part{Count: 1, Transform: &features.Normalize{}}},
	} {
		if _, _, _, err := features.EncodeTransforms([]features.Transform{bad}, 3); err == nil {
			t.Errorf("no error for %+v", bad)
		}
	}
}
