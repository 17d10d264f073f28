package pickle

import (
	"slices"
	"strconv"
	"strings"
)

// The opcodes, with pickletools' names.
const (
	opMark           = '('
	opStop           = '.'
	opPop            = '0'
	opPopMark        = '1'
	opDup            = '2'
	opFloat          = 'F'
	opInt            = 'I'
	opBinInt         = 'J'
	opBinInt1        = 'K'
	opLong           = 'L'
	opBinInt2        = 'M'
	opNone           = 'N'
	opInst           = 'i'
	opObj            = 'o'
	opReduce         = 'R'
	opString         = 'S'
	opBinString      = 'T'
	opShortBinString = 'U'
	opUnicode        = 'V'
	opBinUnicode     = 'X'
	opAppend         = 'a'
	opBuild          = 'b'
	opGlobal         = 'c'
	opDict           = 'd'
	opEmptyDict      = '}'
	opAppends        = 'e'
	opGet            = 'g'
	opBinGet         = 'h'
	opLongBinGet     = 'j'
	opList           = 'l'
	opEmptyList      = ']'
	opPut            = 'p'
	opBinPut         = 'q'
	opLongBinPut     = 'r'
	opSetItem        = 's'
	opTuple          = 't'
	opEmptyTuple     = ')'
	opSetItems       = 'u'
	opBinFloat       = 'G'
	// protocol 2
	opProto    = 0x80
	opNewObj   = 0x81
	opTuple1   = 0x85
	opTuple2   = 0x86
	opTuple3   = 0x87
	opNewTrue  = 0x88
	opNewFalse = 0x89
	opLong1    = 0x8a
	opLong4    = 0x8b
	// protocol 3
	opBinBytes      = 'B'
	opShortBinBytes = 'C'
	// protocol 4
	opShortBinUnicode = 0x8c
	opBinUnicode8     = 0x8d
	opBinBytes8       = 0x8e
	opEmptySet        = 0x8f
	opAddItems        = 0x90
	opFrozenSet       = 0x91
	opNewObjEx        = 0x92
	opStackGlobal     = 0x93
	opMemoize         = 0x94
	opFrame           = 0x95
	// protocol 5
	opByteArray8 = 0x96
)

// refused are valid opcodes that need something from outside the pickle, or that models do not use.
var refused = map[byte]string{
	'P': "PERSID", 'Q': "BINPERSID",
	0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", 0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
}

// step executes one opcode. It is split into four functions: numbers, texts, containers, and the rest.
func (m *machine) step(op byte) error {
	if done, err := m.stepNumber(op); done || err != nil {
		return err
	}
	if done, err := m.stepText(op); done || err != nil {
		return err
	}
	if done, err := m.stepContainer(op); done || err != nil {
		return err
	}
	return m.stepStructure(op)
}

// stepNumber executes the opcodes that push a number, a truth value or nothing.
func (m *machine) stepNumber(op byte) (bool, error) {
	switch op {
	case opNone:
		m.push(nil)
	case opNewTrue:
		m.push(true)
	case opNewFalse:
		m.push(false)
	case opBinInt:
		v, err := m.uint(4)
		m.push(int64(int32(v)))
		return true, err
	case opBinInt1:
		v, err := m.uint(1)
		m.push(int64(v))
		return true, err
	case opBinInt2:
		v, err := m.uint(2)
		m.push(int64(v))
		return true, err
	case opInt, opLong:
		return true, m.pushLine(func(s string) (any, error) { return decimal(s, op == opInt) })
	case opLong1, opLong4:
		b, err := m.readPrefixed(1 + 3*int(op-opLong1))
		m.push(littleEndianLong(b))
		return true, err
	case opFloat:
		return true, m.pushLine(func(s string) (any, error) {
			f, err := strconv.ParseFloat(s, 64)
			if err != nil {
				return nil, formatErrorf("%.40q is not a number", s)
			}
			return f, nil
		})
	case opBinFloat:
		b, err := m.take(8)
		if err != nil {
			return true, err
		}
		m.push(bigEndianFloat(b))
	default:
		return false, nil
	}
	return true, nil
}

// stepText executes the opcodes that push a text or bytes.
func (m *machine) stepText(op byte) (bool, error) {
	switch op {
	case opShortBinUnicode:
		return true, m.pushCounted(1, true)
	case opBinUnicode:
		return true, m.pushCounted(4, true)
	case opBinUnicode8:
		return true, m.pushCounted(8, true)
	case opShortBinBytes:
		return true, m.pushCounted(1, false)
	case opBinBytes:
		return true, m.pushCounted(4, false)
	case opBinBytes8, opByteArray8:
		return true, m.pushCounted(8, false)
	case opShortBinString, opBinString:
		width := 4
		if op == opShortBinString {
			width = 1
		}
		b, err := m.readPrefixed(width)
		m.push(string(b))
		return true, err
	case opString:
		return true, m.pushLine(unquote)
	case opUnicode:
		return true, m.pushLine(unescape)
	}
	return false, nil
}

func (m *machine) pushCounted(width int, text bool) error {
	b, err := m.readPrefixed(width)
	if err != nil {
		return err
	}
	if text {
		return m.pushText(b)
	}
	m.push(Bytes(b))
	return nil
}

func (m *machine) pushLine(parse func(string) (any, error)) error {
	s, err := m.line()
	if err != nil {
		return err
	}
	v, err := parse(s)
	m.push(v)
	return err
}

// unquote reads the argument of STRING: a Python 2 str as repr writes it.
func unquote(s string) (any, error) {
	if len(s) < 2 || s[0] != s[len(s)-1] || (s[0] != '\'' && s[0] != '"') {
		return nil, formatErrorf("a STRING without quotes")
	}
	quote := s[0]
	body := s[1 : len(s)-1]
	var out strings.Builder
	for body != "" {
		if body[0] != '\\' { // each byte is copied, not decoded as UTF-8
			out.WriteByte(body[0])
			body = body[1:]
			continue
		}
		if len(body) > 1 && (body[1] == '\'' || body[1] == '"') {
			out.WriteByte(body[1])
			body = body[2:]
			continue
		}
		c, _, rest, err := strconv.UnquoteChar(body, quote)
		if err != nil || c > 0xff {
			return nil, formatErrorf("a STRING with a bad escape")
		}
		out.WriteByte(byte(c))
		body = rest
	}
	return out.String(), nil
}

// unescape reads the argument of UNICODE: Latin-1 with the escapes \uXXXX and \UXXXXXXXX (raw-unicode-escape).
func unescape(s string) (any, error) {
	var out strings.Builder
	for i := 0; i < len(s); {
		width := 0
		if s[i] == '\\' && i+1 < len(s) {
			switch s[i+1] {
			case 'u':
				width = 4
			case 'U':
				width = 8
			}
		}
		if width == 0 {
			out.WriteRune(rune(s[i]))
			i++
			continue
		}
		if i+2+width > len(s) {
			return nil, formatErrorf("a UNICODE with a bad escape")
		}
		c, err := strconv.ParseUint(s[i+2:i+2+width], 16, 21)
		if err != nil {
			return nil, formatErrorf("a UNICODE with a bad escape")
		}
		out.WriteRune(rune(c))
		i += 2 + width
	}
	return out.String(), nil
}

// stepContainer executes the opcodes that create and fill tuples, lists, dicts and sets.
func (m *machine) stepContainer(op byte) (bool, error) {
	var items []any
	var err error
	switch op {
	case opMark:
		m.marks = append(m.marks, len(m.stack))
		return true, nil
	case opEmptyTuple, opEmptyList, opEmptyDict, opEmptySet:
		return true, m.pushContainer(op, nil)
	case opTuple1, opTuple2, opTuple3:
		if items, err = m.popN(int(op-opTuple1) + 1); err == nil {
			err = m.pushContainer(opTuple, items)
		}
	case opTuple, opList, opDict, opFrozenSet:
		if items, err = m.popMark(); err == nil {
			err = m.pushContainer(op, items)
		}
	case opAppend:
		if items, err = m.popN(1); err == nil {
			err = m.extend(items)
		}
	case opAppends, opAddItems:
		if items, err = m.popMark(); err == nil {
			err = m.extend(items)
		}
	case opSetItem:
		if items, err = m.popN(2); err == nil {
			err = m.setItems(items)
		}
	case opSetItems:
		if items, err = m.popMark(); err == nil {
			err = m.setItems(items)
		}
	default:
		return false, nil
	}
	return true, err
}

func (m *machine) pushContainer(op byte, items []any) error {
	items = slices.Clone(items)
	switch op {
	case opTuple, opEmptyTuple:
		m.push(Tuple(items))
	case opList, opEmptyList:
		m.push(&List{items})
	case opFrozenSet, opEmptySet:
		m.push(&Set{items})
	case opDict, opEmptyDict:
		m.push(&Dict{})
		if err := m.setItems(items); err != nil {
			return err
		}
	}
	return m.chargeValue()
}

// extend adds items to the list or set on top of the stack.
func (m *machine) extend(items []any) error {
	top, err := m.top()
	if err != nil {
		return err
	}
	switch top := top.(type) {
	case *List:
		top.Items = append(top.Items, items...)
	case *Set:
		top.Items = append(top.Items, items...)
	case *Object:
		top.Items = append(top.Items, items...)
	default:
		return formatErrorf("byte %d: items for %s", m.pos, Describe(top))
	}
	return nil
}

// setItems adds key, value, key, value… to the dict on top of the stack.
func (m *machine) setItems(items []any) error {
	top, err := m.top()
	if err != nil {
		return err
	}
	d, ok := top.(*Dict)
	if o, isObject := top.(*Object); isObject {
		d, ok = &o.Entries, true
	}
	if !ok || len(items)%2 != 0 {
		return formatErrorf("byte %d: pairs for %s", m.pos, Describe(top))
	}
	for i := 0; i < len(items); i += 2 {
		d.set(items[i], items[i+1])
	}
	return nil
}

// stepStructure executes the rest: the memo, names, calls and state.
func (m *machine) stepStructure(op byte) error {
	switch op {
	case opProto:
		version, err := m.byte()
		if err == nil && version > 5 {
			err = unsupportedErrorf("pickle protocol %d is not supported: the newest supported one is 5", version)
		}
		return err
	case opFrame: // its length is only for buffered readers
		_, err := m.take(8)
		return err
	case opPop:
		if len(m.marks) > 0 && len(m.stack) == m.floor() {
			m.marks = m.marks[:len(m.marks)-1]
			return nil
		}
		_, err := m.pop()
		return err
	case opPopMark:
		_, err := m.popMark()
		return err
	case opDup:
		v, err := m.top()
		m.push(v)
		return err
	case opMemoize:
		return m.put(uint64(len(m.memo)))
	case opBinPut, opLongBinPut:
		i, err := m.uint(1 + 3*int(op-opBinPut))
		if err != nil {
			return err
		}
		return m.put(i)
	case opBinGet:
		i, err := m.uint(1)
		if err != nil {
			return err
		}
		return m.get(i)
	case opLongBinGet:
		i, err := m.uint(4)
		if err != nil {
			return err
		}
		return m.get(i)
	case opPut, opGet:
		return m.stepTextMemo(op)
	case opGlobal, opStackGlobal:
		return m.stepGlobal(op)
	case opReduce, opNewObj, opNewObjEx, opBuild:
		return m.stepCall(op)
	case opInst, opObj:
		return m.stepInstance(op)
	}
	if name, ok := refused[op]; ok {
		return unsupportedErrorf("byte %d: opcode %s is not for a model in one file", m.pos-1, name)
	}
	return formatErrorf("byte %d: no such opcode: %#02x", m.pos-1, op)
}

func (m *machine) stepTextMemo(op byte) error {
	s, err := m.line()
	if err != nil {
		return err
	}
	i, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		return formatErrorf("byte %d: bad memo entry %.20q", m.pos, s)
	}
	if op == opPut {
		return m.put(i)
	}
	return m.get(i)
}

func (m *machine) stepGlobal(op byte) error {
	if op == opGlobal {
		module, err := m.line()
		if err != nil {
			return err
		}
		name, err := m.line()
		if err != nil {
			return err
		}
		m.push(&Global{module, name})
		return m.chargeValue()
	}
	items, err := m.popN(2)
	if err != nil {
		return err
	}
	module, ok1 := items[0].(string)
	name, ok2 := items[1].(string)
	if !ok1 || !ok2 {
		return formatErrorf("byte %d: a name that is not text", m.pos)
	}
	m.push(&Global{module, name})
	return m.chargeValue()
}

// stepInstance executes INST and OBJ, which create objects of Python 2's old-style classes. Their arguments are above
// the mark.
func (m *machine) stepInstance(op byte) error {
	var class any
	if op == opInst {
		if err := m.stepGlobal(opGlobal); err != nil {
			return err
		}
		class, _ = m.pop()
	}
	items, err := m.popMark()
	if err != nil {
		return err
	}
	args := Tuple(slices.Clone(items))
	if op == opObj {
		if len(args) == 0 {
			return formatErrorf("byte %d: an object without a class", m.pos)
		}
		class, args = args[0], args[1:]
	}
	v, err := m.newObject(class, args, nil)
	m.push(v)
	return err
}

func (m *machine) stepCall(op byte) error {
	n := 2
	if op == opNewObjEx {
		n = 3
	}
	items, err := m.popN(n)
	if err != nil {
		return err
	}
	var v any
	switch op {
	case opReduce:
		v, err = m.call(items[0], items[1])
	case opNewObj:
		v, err = m.newObject(items[0], items[1], nil)
	case opNewObjEx:
		v, err = m.newObject(items[0], items[1], items[2])
	case opBuild:
		v, err = m.build(items[0], items[1])
	}
	m.push(v)
	return err
}
