package pickle

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf8"
)

// readNPY reads NumPy's own format for one array (numpy.lib.format): a magic, a header that is a Python dict, and the
// raw bytes.
func readNPY(b []byte, budget *budget) (*Array, error) {
	if len(b) < 12 || !bytes.HasPrefix(b, []byte("\x93NUMPY")) {
		return nil, formatErrorf("not an array in NumPy's format")
	}
	header, rest := uint64(binary.LittleEndian.Uint16(b[8:])), b[10:]
	if b[6] > 1 {
		header, rest = uint64(binary.LittleEndian.Uint32(b[8:])), b[12:]
	}
	if header > uint64(len(rest)) {
		return nil, formatErrorf("an array in NumPy's format is cut short")
	}
	l := &literal{in: string(rest[:header])}
	v, err := l.value(0)
	if err != nil {
		return nil, err
	}
	d, ok := v.(*Dict)
	if !ok {
		return nil, formatErrorf("the header of an array in NumPy's format is %s", Describe(v))
	}
	descr, _ := d.Get("descr")
	element, err := describedType(descr)
	if err != nil {
		return nil, err
	}
	if element.hasObjects() {
		return nil, unsupportedErrorf("an array of objects in NumPy's format, which is a pickle")
	}
	shape, _ := d.Get("shape")
	fortran, _ := d.Get("fortran_order")
	a := &Array{budget: budget}
	return a, a.setLayout(shape, element, fortran == true, rest[header:], nil)
}

// describedType returns the dtype of descr: a short name, or a list of a record's fields.
func describedType(descr any) (*DType, error) {
	switch descr := descr.(type) {
	case string:
		return parseDType(descr)
	case *List:
		d := &DType{Kind: 'V'}
		for _, item := range descr.Items {
			pair, ok := item.(Tuple)
			if !ok || len(pair) != 2 {
				return nil, unsupportedErrorf("an array of records with arrays in them")
			}
			name, ok1 := pair[0].(string)
			short, ok2 := pair[1].(string)
			if !ok1 || !ok2 {
				return nil, unsupportedErrorf("an array of records within records")
			}
			inner, err := parseDType(short)
			if err != nil {
				return nil, err
			}
			d.fields = append(d.fields, field{name, d.Width, inner})
			d.Width += inner.Width
		}
		return d, nil
	}
	return nil, formatErrorf("a dtype described by %s", Describe(descr))
}

// literal reads a Python literal of dicts, lists, tuples, texts, whole numbers and truth values.
type literal struct {
	in  string
	pos int
}

func (l *literal) space() {
	for l.pos < len(l.in) && strings.IndexByte(" \n\t\r", l.in[l.pos]) >= 0 {
		l.pos++
	}
}

func (l *literal) next(c byte) bool {
	l.space()
	if l.pos < len(l.in) && l.in[l.pos] == c {
		l.pos++
		return true
	}
	return false
}

func (l *literal) damaged() error {
	return formatErrorf("the header of an array in NumPy's format is damaged")
}

func (l *literal) value(depth int) (any, error) {
	if depth > 8 {
		return nil, l.damaged()
	}
	switch {
	case l.next('{'):
		d := &Dict{}
		for !l.next('}') {
			key, err := l.value(depth + 1)
			if err != nil {
				return nil, err
			}
			if !l.next(':') {
				return nil, l.damaged()
			}
			v, err := l.value(depth + 1)
			if err != nil {
				return nil, err
			}
			d.set(key, v)
			if !l.next(',') && (l.pos >= len(l.in) || l.in[l.pos] != '}') {
				return nil, l.damaged()
			}
		}
		return d, nil
	case l.next('('):
		items, err := l.items(')', depth)
		return Tuple(items), err
	case l.next('['):
		items, err := l.items(']', depth)
		return &List{items}, err
	}
	return l.atom()
}

func (l *literal) items(end byte, depth int) (items []any, err error) {
	for !l.next(end) {
		v, err := l.value(depth + 1)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
		if !l.next(',') && (l.pos >= len(l.in) || l.in[l.pos] != end) {
			return nil, l.damaged()
		}
	}
	return items, nil
}

func (l *literal) atom() (any, error) {
	l.space()
	rest := l.in[l.pos:]
	if rest != "" && (rest[0] == '\'' || rest[0] == '"') {
		end := strings.IndexByte(rest[1:], rest[0])
		if end < 0 || strings.Contains(rest[1:end+1], "\\") || !utf8.ValidString(rest[1:end+1]) {
			return nil, l.damaged()
		}
		l.pos += end + 2
		return rest[1 : end+1], nil
	}
	end := strings.IndexAny(rest, " ,:)]}\n")
	if end < 0 {
		end = len(rest)
	}
	l.pos += end
	switch word := rest[:end]; word {
	case "True":
		return true, nil
	case "False":
		return false, nil
	case "None":
		return nil, nil
	default:
		n, err := strconv.ParseInt(strings.TrimSuffix(word, "L"), 10, 64)
		if err != nil {
			return nil, l.damaged()
		}
		return n, nil
	}
}
