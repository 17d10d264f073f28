package features

import (
	"encoding/binary"
	"math"
	"slices"

	"reddit-classifier/model/artifact"
)

// Transforms is an opened sequence of transforms, which uses the sections in place. It is immutable and safe for
// concurrent use.
//
// Transforms are stored as a program and an array of numbers. The program has 32 bytes for each transform: 4 bytes each
// for kind, flags, number of features before and after it, norm, and first feature; 8 bytes for the threshold. A
// transform of some of the features does not change the others. The numbers that the transforms need follow each other:
//
//	0 tfidf      flags 1 sublinear, 2 idf, 8 norms from the last feature to the first; with idf one for each feature
//	1 select     for each feature its new number, or -1
//	2 scale      for each feature its factor
//	3 normalize  none
//	4 binarize   none
//	5 svd        for each feature its number in each component
//	6 reverse    none; reverses the order of the features
type Transforms struct {
	stages []stage
	out    int
}

type stage struct {
	kind      uint32
	flags     uint32
	in, out   int
	norm      Norm
	first     int
	all       bool // the transform is of all features
	threshold float64
	numbers   []float64
}

const (
	stageTfidf = iota
	stageSelect
	stageScale
	stageNormalize
	stageBinarize
	stageSVD
	stageReverse
	knownStages

	stageSize = 32
	maxStages = 64

	tfidfSublinear = 1
	tfidfIDF       = 2
	stageSingle    = 4
	tfidfBackward  = 8
)

// EncodeTransforms encodes transforms of vectors with a number of features, in the format that [Transforms] describes.
// out is the number of features after them.
func EncodeTransforms(transforms []Transform, features int) (program []byte, numbers []float64, out int, err error) {
	w := writer{out: features}
	if err := w.write(transforms, false); err != nil {
		return nil, nil, 0, err
	}
	return w.program, w.numbers, w.out, nil
}

// writer encodes transforms.
type writer struct {
	program []byte
	numbers []float64
	out     int
	single  bool // values are of single precision
	// descending says that vectors run from the last feature to the first.
	descending bool
}

// write encodes transforms. After them vectors are in ascending order, unless inOrder says that they may keep
// scikit-learn's order.
func (w *writer) write(transforms []Transform, inOrder bool) error {
	if len(transforms) > maxStages/2-1 {
		return artifact.UnsupportedErrorf("%d transforms: at most %d can be represented", len(transforms), maxStages/2-1)
	}
	for _, t := range transforms {
		if t, ok := t.(*Tfidf); ok && t.reverses() {
			w.reverse()
		}
		s, err := newPart(t, w.out, &w.single)
		if err != nil {
			return err
		}
		w.add(s)
		if s.kind == stageSVD {
			w.descending = false
		}
	}
	if w.descending && !inOrder {
		w.reverse()
	}
	return nil
}

func (w *writer) reverse() {
	w.add(stage{kind: stageReverse, in: w.out, out: w.out})
	w.descending = !w.descending
}

func (w *writer) add(s stage) {
	le := binary.LittleEndian
	for _, n := range []uint32{s.kind, s.flags, uint32(s.in), uint32(s.out), uint32(s.norm), uint32(s.first)} {
		w.program = le.AppendUint32(w.program, n)
	}
	w.program = artifact.AppendFloats(w.program, s.threshold)
	w.numbers = append(w.numbers, s.numbers...)
	w.out += s.out - s.in
}

// newPart encodes a transform of all features or of some.
func newPart(t Transform, in int, single *bool) (stage, error) {
	part, ok := t.(*Part)
	if !ok {
		return newStage(t, in, single)
	}
	if part.First < 0 || part.Count < 1 || part.First+part.Count > in {
		return stage{}, artifact.FormatErrorf("a transform of %d features from %d on, of %d", part.Count, part.First, in)
	}
	own := part.Float32
	s, err := newStage(part.Transform, part.Count, &own)
	s.first = part.First
	if t, ok := part.Transform.(*Tfidf); ok && t.reverses() {
		s.flags |= tfidfBackward // the other features' order stays, so only the norm's is scikit-learn's
	}
	*single = *single && own
	return s, err
}

// newStage checks a transform and encodes its numbers. *single says whether values have single precision before the
// transform; newStage sets it to whether they have after it.
func newStage(t Transform, in int, single *bool) (s stage, err error) {
	s = stage{in: in, out: in}
	switch t := t.(type) {
	case *Tfidf:
		s.kind, s.norm, s.numbers = stageTfidf, t.Norm, t.IDF
		if t.SublinearTF {
			s.flags |= tfidfSublinear
		}
		if t.IDF != nil {
			s.flags |= tfidfIDF
		}
		if *single && t.Diagonal && !areSingle(t.IDF) {
			return s, artifact.UnsupportedErrorf("values in single precision are multiplied by idf in double precision")
		}
	case *Select:
		s.kind, s.out = stageSelect, len(t.Columns)
		s.numbers = slices.Repeat([]float64{-1}, in)
		for i, column := range t.Columns {
			if int(column) >= in || i > 0 && column <= t.Columns[i-1] {
				return s, artifact.FormatErrorf("column %d of %d is selected out of turn", column, in)
			}
			s.numbers[column] = float64(i)
		}
	case *Scale:
		s.kind = stageScale
		both := *single && areSingle(t.Divisor)
		for _, d := range t.Divisor {
			factor := 1 / d
			if both {
				factor = round(factor)
			}
			s.numbers = append(s.numbers, factor)
		}
	case *Normalize:
		s.kind, s.norm = stageNormalize, t.Norm
	case *Binarize:
		if s.kind, s.threshold = stageBinarize, t.Threshold; *single {
			s.threshold = round(s.threshold)
		}
	case *Part:
		return s, artifact.UnsupportedErrorf("a transform of some features of some features")
	case *SVD:
		s.kind, s.out = stageSVD, len(t.Components)/max(1, t.Features)
		if t.Features != in || s.out*in != len(t.Components) {
			return s, artifact.FormatErrorf("components of %d features for vectors of %d", t.Features, in)
		}
		s.numbers = make([]float64, len(t.Components))
		for c := range s.out {
			for f := range in {
				s.numbers[f*s.out+c] = t.Components[c*in+f]
			}
		}
		*single = *single && areSingle(t.Components)
	}
	if *single {
		s.flags |= stageSingle
	}
	return s, s.check()
}

// numberCount returns the number of numbers that the stage needs.
func (s *stage) numberCount() int {
	switch {
	case s.kind == stageTfidf && s.flags&tfidfIDF != 0, s.kind == stageSelect, s.kind == stageScale:
		return s.in
	case s.kind == stageSVD:
		return s.in * s.out
	}
	return 0
}

func (s *stage) check() error {
	if s.out < 1 || s.in > maxFeatures || s.out > maxFeatures ||
		s.out != s.in && s.kind != stageSelect && s.kind != stageSVD {
		return artifact.FormatErrorf("a transform from %d features to %d", s.in, s.out)
	}
	if s.norm > NormGreatest || s.flags > tfidfSublinear|tfidfIDF|stageSingle|tfidfBackward ||
		s.flags&^stageSingle != 0 && s.kind != stageTfidf {
		return artifact.UnsupportedErrorf(
			"a transform has norm %d and flags %#x, which this program does not know",
			s.norm,
			s.flags,
		)
	}
	if len(s.numbers) != s.numberCount() || !artifact.AreWeights(s.numbers) ||
		!(s.threshold >= 0 && s.threshold <= artifact.MaxWeight) {
		return artifact.FormatErrorf(
			"a transform of %d features has %d numbers, or one that is not finite",
			s.in,
			len(s.numbers),
		)
	}
	return nil
}

// OpenTransforms opens the output of [EncodeTransforms] for vectors with a number of features, and uses it in place.
func OpenTransforms(program []byte, numbers []float64, features int) (*Transforms, error) {
	t := &Transforms{}
	if len(program)%stageSize != 0 || len(program)/stageSize > maxStages {
		return nil, artifact.FormatErrorf("a program of %d bytes for transforms", len(program))
	}
	le := binary.LittleEndian
	in := features
	for ; len(program) > 0; program = program[stageSize:] {
		s := stage{
			kind:  le.Uint32(program),
			flags: le.Uint32(program[4:]),
			in:    int(le.Uint32(program[8:])),
			out:   int(le.Uint32(program[12:])),
			norm: Norm(
				le.Uint32(program[16:]),
			),
			first:     int(le.Uint32(program[20:])),
			threshold: math.Float64frombits(le.Uint64(program[24:])),
		}
		if s.kind >= knownStages {
			return nil, artifact.UnsupportedErrorf("the transform %d is one that this program does not know", s.kind)
		}
		if s.first+s.in > in || s.out > maxFeatures || s.numberCount() > len(numbers) {
			return nil, artifact.FormatErrorf(
				"a transform from %d features of %d to %d, %d numbers",
				s.in,
				in,
				s.out,
				len(numbers),
			)
		}
		s.all = s.in == in
		s.numbers, numbers = numbers[:s.numberCount()], numbers[s.numberCount():]
		if err := s.check(); err != nil {
			return nil, err
		}
		t.stages, in = append(t.stages, s), in-s.in+s.out
	}
	t.out = in
	if in > maxFeatures {
		return nil, artifact.FormatErrorf("transforms to %d features", in)
	}
	if len(numbers) > 0 {
		return nil, artifact.FormatErrorf("%d numbers belong to no transform", len(numbers))
	}
	return t, nil
}

// Features returns the number of features after the transforms.
func (t *Transforms) Features() int { return t.out }

// Buffer holds the buffers of transforms. The zero value is ready to use.
type Buffer struct {
	x, rest Vector
	dense   []float64
	part    *Buffer
}

func (b *Buffer) shrink() {
	if cap(b.x.Index) > maxKept/8 {
		b.x, b.rest, b.part = Vector{}, Vector{}, nil
	}
}

// Apply returns the transformed vector, which is in the buffer, or x itself if there are no transforms. It does not
// change x.
func (t *Transforms) Apply(x Vector, b *Buffer) Vector {
	if len(t.stages) == 0 {
		return x
	}
	b.x.Index = append(b.x.Index[:0], x.Index...)
	b.x.Value = append(b.x.Value[:0], x.Value...)
	for i := range t.stages {
		if s := &t.stages[i]; s.all {
			s.apply(b)
		} else {
			s.applyPart(b)
		}
	}
	return b.x
}

// applyPart transforms some of the features, and moves those after them.
func (s *stage) applyPart(b *Buffer) {
	if b.part == nil {
		b.part = &Buffer{}
	}
	low, _ := slices.BinarySearch(b.x.Index, uint32(s.first))
	high, _ := slices.BinarySearch(b.x.Index, uint32(s.first+s.in))
	high = max(low, high) // an artifact may lie about the order
	part := b.part
	part.x = Vector{append(part.x.Index[:0], b.x.Index[low:high]...), append(part.x.Value[:0], b.x.Value[low:high]...)}
	b.rest = Vector{append(b.rest.Index[:0], b.x.Index[high:]...), append(b.rest.Value[:0], b.x.Value[high:]...)}
	for i := range part.x.Index {
		part.x.Index[i] -= uint32(s.first)
	}
	s.apply(part)
	b.x = Vector{b.x.Index[:low], append(append(b.x.Value[:low], part.x.Value...), b.rest.Value...)}
	for _, f := range part.x.Index {
		b.x.Index = append(b.x.Index, f+uint32(s.first))
	}
	for _, f := range b.rest.Index {
		b.x.Index = append(b.x.Index, f-uint32(s.in)+uint32(s.out))
	}
}

// apply transforms the vector in the buffer.
func (s *stage) apply(b *Buffer) {
	values, single := b.x.Value, s.flags&stageSingle != 0
	switch s.kind {
	case stageTfidf:
		s.tfidf(b.x)
	case stageSelect:
		s.selectFeatures(b)
	case stageScale:
		for i, f := range b.x.Index {
			if int(f) < s.in {
				values[i] *= s.numbers[f]
			}
		}
		if single {
			roundAll(values)
		}
	case stageNormalize:
		s.normalize(values)
	case stageBinarize:
		s.binarize(b)
	case stageSVD:
		s.svd(b)
	case stageReverse:
		reverse(b.x)
	}
}

func (s *stage) tfidf(x Vector) {
	single := s.flags&stageSingle != 0
	for i, f := range x.Index {
		v := x.Value[i]
		if s.flags&tfidfSublinear != 0 && single {
			v = float64(logSingle(float32(v)) + 1)
		} else if s.flags&tfidfSublinear != 0 {
			v = math.Log(v) + 1
		}
		if s.flags&tfidfIDF != 0 && int(f) < s.in {
			v *= s.numbers[f]
		}
		x.Value[i] = v
	}
	if single {
		roundAll(x.Value)
	}
	s.normalize(x.Value)
}

func reverse(x Vector) {
	slices.Reverse(x.Index)
	slices.Reverse(x.Value)
}

// normalize divides the values by their norm.
func (s *stage) normalize(values []float64) {
	if s.flags&tfidfBackward != 0 {
		slices.Reverse(values)
		defer slices.Reverse(values)
	}
	single := s.flags&stageSingle != 0
	if s.norm == NormGreatest {
		divideByGreatest(values, s.in)
		if single {
			roundAll(values)
		}
		return
	}
	if single {
		divideSingle(values, s.norm)
	} else {
		divide(values, s.norm)
	}
}

// divideByGreatest divides the values by the greatest of so many features, unless that is 0.
func divideByGreatest(values []float64, features int) {
	greatest := 0.0
	if len(values) > 0 && len(values) == features {
		greatest = values[0]
	}
	for _, v := range values {
		greatest = max(greatest, v)
	}
	if greatest == 0 {
		return
	}
	for i := range values {
		values[i] /= greatest
	}
}

// selectFeatures keeps the selected features.
func (s *stage) selectFeatures(b *Buffer) {
	n := 0
	for i, f := range b.x.Index {
		if int(f) >= s.in {
			continue
		}
		if to := s.numbers[f]; to >= 0 && to < float64(s.out) {
			b.x.Index[n], b.x.Value[n] = uint32(to), b.x.Value[i]
			n++
		}
	}
	b.x = Vector{b.x.Index[:n], b.x.Value[:n]}
}

// binarize keeps the values above the threshold and sets them to 1.
func (s *stage) binarize(b *Buffer) {
	n := 0
	for i, v := range b.x.Value {
		if v > s.threshold {
			b.x.Index[n], b.x.Value[n] = b.x.Index[i], 1
			n++
		}
	}
	b.x = Vector{b.x.Index[:n], b.x.Value[:n]}
}

// svd computes the components, a dense vector.
func (s *stage) svd(b *Buffer) {
	if cap(b.dense) < s.out {
		b.dense = make([]float64, s.out)
	}
	sums := b.dense[:s.out]
	clear(sums)
	for i, f := range b.x.Index {
		if int(f) >= s.in {
			continue
		}
		parts := s.numbers[int(f)*s.out:][:s.out]
		if s.flags&stageSingle != 0 {
			for c, part := range parts {
				sums[c] = round(sums[c] + round(b.x.Value[i]*part))
			}
			continue
		}
		for c, part := range parts {
			sums[c] += float64(b.x.Value[i] * part)
		}
	}
	b.x = Vector{b.x.Index[:0], append(b.x.Value[:0], sums...)}
	for c := range sums {
		b.x.Index = append(b.x.Index, uint32(c))
	}
}

// divide divides the values by their norm.
func divide(values []float64, norm Norm) {
	if n := normOf(norm, values); n != 0 {
		for i := range values {
			values[i] /= n
		}
	}
}
