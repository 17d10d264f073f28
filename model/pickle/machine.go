package pickle

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"reddit-classifier/internal/plural"
)

// Limits. They allow a vocabulary of ten million n-grams; the largest known pickle of a text model has less than a
// million opcodes.
const (
	maxOpcodes = 1 << 27
	maxValues  = 1 << 25 // lists, tuples, dicts, sets, objects and arrays
	maxNesting = 8       // pickles within a joblib pickle (arrays of objects)
	maxMemo    = 1 << 26 // entries
	maxDigits  = 4300    // of a whole number written as text: Python's own limit
)

// machine runs one pickle.
type machine struct {
	in      []byte
	pos     int
	stack   []any
	marks   []int
	memo    []any
	nesting int
	budget  *budget
}

// budget is what all machines of one pickle, and the readers of its values, may still do. A pickle can name a value
// again and again in two bytes; copies, numbers and dense bound what comes of that by the length of the file.
type budget struct {
	opcodes, values int
	copies          int // items and bytes of values that are copied
	numbers         int // elements of arrays that are decoded
	dense           int // numbers that sparse matrices become
}

func newBudget() *budget {
	return &budget{opcodes: maxOpcodes, values: maxValues, copies: 1 << 20, numbers: 1 << 24, dense: maxDense}
}

// grow adds what n more bytes of a file allow: each is decoded or copied a few times at most.
func (b *budget) grow(n int) {
	b.copies += 2 * n
	b.numbers += 4 * n
}

// errTooManyCopies says that more is copied than a file of that length has.
const errTooManyCopies = FormatError("its values are copied again and again, which no fitted model does")

// copy counts n items or bytes of a value that are copied.
func (b *budget) copy(n int) error {
	if b.copies -= n; b.copies < 0 {
		return errTooManyCopies
	}
	return nil
}

// Load returns the value that the pickle in b describes, which may be compressed as joblib does, or a skops file. Of a
// file with several pickles, one after the other, it returns a Tuple. Its values share memory with b. Values may refer
// to each other in circles.
func Load(b []byte) (any, error) {
	b, err := decompress(b)
	if err != nil {
		return nil, err
	}
	if len(b) == 0 {
		return nil, FormatError("empty")
	}
	if isZip(b) {
		return loadSkops(b)
	}
	m := &machine{in: b, budget: newBudget()}
	m.budget.grow(len(b))
	v, err := m.run()
	var bad FormatError
	if errors.As(err, &bad) && b[0] != opProto { // protocols 0 and 1 can begin with any byte, but are rarely written
		if what := describeForeign(b); what != "" {
			return nil, formatErrorf("not a pickle, but %s", what)
		}
		return nil, formatErrorf("probably not a pickle at all: it begins with %.16q (%s)", b, string(bad))
	}
	if err != nil {
		return nil, err
	}
	return m.loadFollowing(v)
}

// loadFollowing reads the pickles that follow the first one. Other bytes after it are ignored, as Python does.
func (m *machine) loadFollowing(first any) (any, error) {
	all := Tuple{first}
	for m.pos < len(m.in) && m.in[m.pos] == opProto {
		next := &machine{in: m.in, pos: m.pos, budget: m.budget}
		v, err := next.run()
		if err != nil {
			return nil, err
		}
		all, m.pos = append(all, v), next.pos
	}
	if len(all) == 1 {
		return first, nil
	}
	return all, nil
}

func (m *machine) run() (any, error) {
	for ; m.budget.opcodes > 0; m.budget.opcodes-- {
		op, err := m.byte()
		if err != nil {
			return nil, err
		}
		if op == opStop {
			return m.pop()
		}
		if err := m.step(op); err != nil {
			return nil, err
		}
	}
	return nil, formatErrorf("more than %d opcodes", maxOpcodes)
}

// chargeValue counts one more list, tuple, dict, set, object or array.
func (m *machine) chargeValue() error {
	if m.budget.values--; m.budget.values < 0 {
		return formatErrorf("more than %d values", maxValues)
	}
	return nil
}

func (m *machine) truncated() error {
	return formatErrorf("cut short: ends after %s, in the middle", plural.Of(len(m.in), "byte", "bytes"))
}

func (m *machine) byte() (byte, error) {
	if m.pos >= len(m.in) {
		return 0, m.truncated()
	}
	m.pos++
	return m.in[m.pos-1], nil
}

// take returns the next n bytes of the input itself.
func (m *machine) take(n uint64) ([]byte, error) {
	if n > uint64(len(m.in)-m.pos) {
		return nil, m.truncated()
	}
	b := m.in[m.pos : m.pos+int(n) : m.pos+int(n)]
	m.pos += int(n)
	return b, nil
}

// uint reads a little-endian unsigned integer of width bytes.
func (m *machine) uint(width int) (uint64, error) {
	b, err := m.take(uint64(width))
	if err != nil {
		return 0, err
	}
	var word [8]byte
	copy(word[:], b)
	return binary.LittleEndian.Uint64(word[:]), nil
}

// readPrefixed reads a length of width bytes and that many bytes.
func (m *machine) readPrefixed(width int) ([]byte, error) {
	n, err := m.uint(width)
	if err != nil {
		return nil, err
	}
	return m.take(n)
}

// line reads up to a newline, which it drops.
func (m *machine) line() (string, error) {
	i := bytes.IndexByte(m.in[m.pos:], '\n')
	if i < 0 {
		return "", m.truncated()
	}
	s := string(m.in[m.pos : m.pos+i])
	m.pos += i + 1
	return s, nil
}

func (m *machine) push(v any) { m.stack = append(m.stack, v) }

// floor returns the height of the stack at the last mark. Opcodes must not reach below it.
func (m *machine) floor() int {
	if len(m.marks) == 0 {
		return 0
	}
	return m.marks[len(m.marks)-1]
}

func (m *machine) pop() (any, error) {
	if len(m.stack) <= m.floor() {
		return nil, formatErrorf("byte %d: the stack is empty", m.pos)
	}
	v := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return v, nil
}

func (m *machine) top() (any, error) {
	if len(m.stack) <= m.floor() {
		return nil, formatErrorf("byte %d: the stack is empty", m.pos)
	}
	return m.stack[len(m.stack)-1], nil
}

// popMark returns the values above the last mark, valid until the next push.
func (m *machine) popMark() ([]any, error) {
	if len(m.marks) == 0 {
		return nil, formatErrorf("byte %d: no mark", m.pos)
	}
	start := m.floor()
	m.marks = m.marks[:len(m.marks)-1]
	items := m.stack[start:]
	m.stack = m.stack[:start]
	return items, nil
}

// popN returns the n top values, valid until the next push.
func (m *machine) popN(n int) ([]any, error) {
	if len(m.stack)-n < m.floor() {
		return nil, formatErrorf("byte %d: the stack is empty", m.pos)
	}
	items := m.stack[len(m.stack)-n:]
	m.stack = m.stack[:len(m.stack)-n]
	return items, nil
}

func (m *machine) put(i uint64) error {
	v, err := m.top()
	if err != nil {
		return err
	}
	// Writers number the memo from 0 or 1 upwards. A large gap can only be an attempt to exhaust memory.
	if i > uint64(len(m.memo))+1024 || i >= maxMemo {
		return formatErrorf("byte %d: memo entry %d out of order", m.pos, i)
	}
	for uint64(len(m.memo)) <= i {
		m.memo = append(m.memo, nil)
	}
	m.memo[i] = v
	return nil
}

func (m *machine) get(i uint64) error {
	if i >= uint64(len(m.memo)) {
		return formatErrorf("byte %d: no memo entry %d", m.pos, i)
	}
	m.push(m.memo[i])
	return nil
}

func (m *machine) pushText(b []byte) error {
	if !isText(b) {
		return formatErrorf("byte %d: text is not UTF-8", m.pos)
	}
	m.push(string(b))
	return nil
}

// isText reports whether b is UTF-8 that may include lone surrogates, as Python writes them (surrogatepass).
func isText(b []byte) bool {
	for !utf8.Valid(b) {
		c, size := utf8.DecodeRune(b)
		for c != utf8.RuneError || size != 1 {
			b = b[size:]
			c, size = utf8.DecodeRune(b)
		}
		if len(b) < 3 || b[0] != 0xed || b[1]&0xe0 != 0xa0 || b[2]&0xc0 != 0x80 {
			return false
		}
		b = b[3:]
	}
	return true
}

// littleEndianLong reads the two's complement integer of LONG1 and LONG4.
func littleEndianLong(b []byte) any {
	digits := slices.Clone(b)
	slices.Reverse(digits)
	n := new(big.Int).SetBytes(digits)
	if len(b) > 0 && b[len(b)-1]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return narrowInt(n)
}

// narrowInt returns n as an int64 if it fits, and as a *big.Int otherwise.
func narrowInt(n *big.Int) any {
	if n.IsInt64() {
		return n.Int64()
	}
	return n
}

// decimal reads the argument of INT and LONG: protocol 0 writes integers as text, and booleans as 00 and 01.
func decimal(s string, short bool) (any, error) {
	if short && s == "00" {
		return false, nil
	}
	if short && s == "01" {
		return true, nil
	}
	s = strings.TrimSuffix(s, "L")
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, nil
	}
	if len(s) <= maxDigits {
		if n, ok := new(big.Int).SetString(s, 10); ok {
			return narrowInt(n), nil
		}
	}
	return nil, formatErrorf("%.40q is not an integer", s)
}

func bigEndianFloat(b []byte) float64 { return math.Float64frombits(binary.BigEndian.Uint64(b)) }
