package head

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unsafe"
)

// Limits of a program.
const (
	maxNesting     = 6       // classifiers within one another
	maxClassifiers = 1 << 16 // classifiers in total
	maxClasses     = 1 << 16 // classes, labels or outputs
	maxNumber      = 1e100   // magnitude of a number; sums of products of such numbers are finite
	alignment      = 64      // bytes; of each array in the numbers
)

// kind is the number of a classifier's type in a program: 1 Linear, 2 Constant, 3 Calibrated, 4 OneVsRest, 5 OneVsOne,
// 6 Voting, 7 SVC, 8 Forest, 9 Boosting, 10 Pipeline.
type kind uint32

const (
	kindLinear kind = 1 + iota
	kindConstant
	kindCalibrated
	kindOneVsRest
	kindOneVsOne
	kindVoting
	kindSVC
	kindForest
	kindBoosting
	kindPipeline
)

// codec visits the fields of classifiers and writes or reads them. The encode method of a classifier describes its
// format for both directions.
//
// A program is little-endian and has no gaps. It has one classifier, which is
//
//	kind    uint32
//	fields  in the order that the encode method of the type gives
//
// A field is a number, a classifier, or an array. A number is a uint32 if it is an integer, a boolean (0 or 1) or a
// constant, and else a float64. An array has its length in the program, as a uint64, and its elements in the numbers.
// They are little-endian and float64s unless stated otherwise; the first one is at the next multiple of 64 bytes, with
// zeros between arrays. Members are encoded as jointLinear.encode describes. Each classifier has exactly one encoding,
// and nothing follows the last field or the last element.
type codec struct {
	reading     bool
	program     []byte
	numbers     []byte
	at          int // position in numbers when reading
	nesting     int
	classifiers int
	err         error

	// joined has the joined coefficients of the members that are being visited; nil if each has its own.
	joined        *jointLinear
	joinedOutputs int // outputs of the linear classifiers visited so far
}

// Encode writes a classifier. Wherever numbers is stored, it must begin at a multiple of 64 bytes.
func Encode(c Classifier) (program, numbers []byte, err error) {
	w := &codec{}
	w.classifier(&c, math.MaxInt32)
	return w.program, w.numbers, w.err
}

// Open reads a classifier for vectors with that number of features. Where the machine allows it, the classifier uses
// the arrays in numbers without copying them, so numbers must not change. The error says what is invalid.
func Open(program, numbers []byte, features int) (Classifier, error) {
	r := &codec{reading: true, program: program, numbers: numbers}
	var c Classifier
	r.classifier(&c, features)
	if r.err == nil && len(r.program) > 0 {
		r.failf("%d bytes follow the classifier's program", len(r.program))
	}
	if r.err == nil && r.at != len(numbers) {
		r.failf("%d bytes follow the classifier's numbers", len(numbers)-r.at)
	}
	if r.err != nil {
		return nil, r.err
	}
	return c, nil
}

func (c *codec) failf(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

// check sets the error unless ok.
func (c *codec) check(ok bool, format string, args ...any) {
	if !ok {
		c.failf(format, args...)
	}
}

// classifier is a field that is a classifier for vectors with that number of features.
func (c *codec) classifier(v *Classifier, features int) {
	c.nesting++
	defer func() { c.nesting-- }()
	if c.classifiers++; c.classifiers > maxClassifiers || c.nesting > maxNesting {
		c.failf("more than %d classifiers, or more than %d within one another", maxClassifiers, maxNesting)
		return
	}
	var k uint32
	if !c.reading {
		k = uint32(kindOf(*v))
	}
	c.uint32(&k)
	if c.err != nil {
		return
	}
	if c.reading {
		*v = newClassifier(kind(k))
	}
	if *v == nil {
		c.failf("a classifier of kind %d, which this program does not know", k)
		return
	}
	if _, linear := (*v).(*Linear); c.joined != nil && !linear {
		c.failf("a classifier of kind %d has no coefficients to be joined", k)
		return
	}
	(*v).encode(c, features)
}

func (c *codec) uint32(v *uint32) {
	if !c.reading {
		c.program = binary.LittleEndian.AppendUint32(c.program, *v)
		return
	}
	if b := c.next(4); b != nil {
		*v = binary.LittleEndian.Uint32(b)
	}
}

func (c *codec) uint64(v *uint64) {
	if !c.reading {
		c.program = binary.LittleEndian.AppendUint64(c.program, *v)
		return
	}
	if b := c.next(8); b != nil {
		*v = binary.LittleEndian.Uint64(b)
	}
}

// next returns the next n bytes of the program, or nil after an error.
func (c *codec) next(n int) []byte {
	if c.err == nil && len(c.program) < n {
		c.err = errors.New("the classifier's program is cut short")
	}
	if c.err != nil {
		return nil
	}
	b := c.program[:n]
	c.program = c.program[n:]
	return b
}

// int is a uint32 field in the range from 0 to most.
func (c *codec) int(v *int, most int) {
	n := uint32(*v)
	c.uint32(&n)
	if c.err == nil && int64(n) > int64(most) {
		c.failf("%d in the classifier's program where at most %d is possible", n, most)
	}
	if c.err == nil {
		*v = int(n)
	}
}

// enum is a uint32 field for a constant below end.
func enum[T ~uint8](c *codec, v *T, end T) {
	n := int(*v)
	c.int(&n, int(end)-1)
	if c.err == nil {
		*v = T(n)
	}
}

func (c *codec) bool(v *bool) {
	n := 0
	if *v {
		n = 1
	}
	c.int(&n, 1)
	*v = n == 1
}

// float is a float64 field with a magnitude of at most maxNumber.
func (c *codec) float(v *float64) {
	bits := math.Float64bits(*v)
	c.uint64(&bits)
	if c.err == nil {
		*v = math.Float64frombits(bits)
		c.check(math.Abs(*v) <= maxNumber, "the number %v in the classifier's program", *v)
	}
}

// numbersOf is an array of numbers with magnitudes of at most maxNumber.
func (c *codec) numbersOf(v *[]float64) {
	array(c, v)
	if c.err == nil && !allBelow(*v, maxNumber) {
		c.failf("the classifier has a number that is not finite, or beyond %g", maxNumber)
	}
}

// allBelow reports whether no number is NaN or has a magnitude above limit. It runs at the speed of the memory.
func allBelow(v []float64, limit float64) bool {
	const sign = 1 << 63
	spare := uint64(sign-1) - math.Float64bits(limit) // added to a magnitude above limit, it sets the sign bit
	var a, b, c, d uint64
	for ; len(v) >= 4; v = v[4:] {
		a |= math.Float64bits(v[0])&^sign + spare
		b |= math.Float64bits(v[1])&^sign + spare
		c |= math.Float64bits(v[2])&^sign + spare
		d |= math.Float64bits(v[3])&^sign + spare
	}
	for _, x := range v {
		a |= math.Float64bits(x)&^sign + spare
	}
	return (a|b|c|d)&sign == 0
}

// array is an array of numbers, or of structs of numbers without padding.
func array[T any](c *codec, v *[]T) {
	var element T
	size := int(unsafe.Sizeof(element))
	n := uint64(len(*v))
	c.uint64(&n)
	if c.err != nil {
		return
	}
	if !c.reading {
		c.numbers = append(c.numbers, make([]byte, -len(c.numbers)&(alignment-1))...)
		c.numbers, c.err = binary.Append(c.numbers, binary.LittleEndian, *v)
		return
	}
	from := min(c.at+(-c.at&(alignment-1)), len(c.numbers))
	if n > uint64(len(c.numbers)-from)/uint64(size) {
		c.failf("the classifier's numbers are cut short")
		return
	}
	for _, b := range c.numbers[c.at:from] {
		if b != 0 {
			c.failf("bytes between the classifier's arrays are not zero")
			return
		}
	}
	c.at = from + int(n)*size
	*v, c.err = view[T](c.numbers[from:c.at:c.at], int(n))
}

// list is the length of a list that must not be empty. It returns the length; the fields of the elements follow.
func list[T any](c *codec, v *[]T) int {
	n := len(*v)
	c.int(&n, maxClassifiers)
	c.check(n > 0, "an empty list in the classifier's program")
	if c.err != nil {
		return 0
	}
	if c.reading {
		c.check(n <= len(c.program), "the classifier's program is cut short") // an element takes at least one byte
		if c.err != nil {
			return 0
		}
		*v = make([]T, n)
	}
	return n
}

// view returns the bytes as n elements, without copying them if the byte order and the alignment allow it.
func view[T any](b []byte, n int) ([]T, error) {
	if n == 0 {
		return nil, nil
	}
	var element T
	first := unsafe.Pointer(unsafe.SliceData(b))
	if littleEndian && uintptr(first)%unsafe.Alignof(element) == 0 {
		return unsafe.Slice((*T)(first), n), nil
	}
	v := make([]T, n)
	return v, binary.Read(bytes.NewReader(b), binary.LittleEndian, v)
}

var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1
