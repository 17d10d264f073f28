// Package pickletest writes pickles for tests, opcode by opcode.
package pickletest

import (
	"bytes"
	"encoding/binary"
	"math"
)

// Program is a pickle under way. Methods append to it and return it.
type Program struct{ bytes.Buffer }

// New returns a pickle of protocol 4 that has only its beginning.
func New() *Program {
	p := &Program{}
	p.WriteString("\x80\x04")
	return p
}

// Ops appends opcodes as they are.
func (p *Program) Ops(s string) *Program {
	p.WriteString(s)
	return p
}

// End returns the pickle, whose value is on top of the stack.
func (p *Program) End() []byte { return p.Ops(".").Bytes() }

// Text pushes a str.
func (p *Program) Text(s string) *Program {
	p.WriteByte('X')
	p.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(s))))
	return p.Ops(s)
}

// Int pushes an int.
func (p *Program) Int(n int) *Program {
	p.WriteByte('J')
	p.Write(binary.LittleEndian.AppendUint32(nil, uint32(int32(n))))
	return p
}

// Value pushes None, a bool, an int, a float64, a str, or a list of such values.
func (p *Program) Value(v any) *Program {
	switch v := v.(type) {
	case nil:
		return p.Ops("N")
	case bool:
		if v {
			return p.Ops("\x88")
		}
		return p.Ops("\x89")
	case int:
		return p.Int(v)
	case float64:
		p.WriteByte('G')
		p.Write(binary.BigEndian.AppendUint64(nil, math.Float64bits(v)))
		return p
	case string:
		return p.Text(v)
	case []any:
		p.Ops("](")
		for _, item := range v {
			p.Value(item)
		}
		return p.Ops("e")
	case func(*Program):
		v(p)
		return p
	}
	panic("no such value")
}

// Global pushes a class or function by its name.
func (p *Program) Global(module, name string) *Program {
	return p.Text(module).Text(name).Ops("\x93")
}

// Begin begins an object: its class, and the dict of its attributes. Set and Done follow.
func (p *Program) Begin(module, class string) *Program {
	return p.Global(module, class).Ops(")\x81}(")
}

// Set gives an object an attribute. The value is one that Value takes, or a function that pushes one.
func (p *Program) Set(name string, value any) *Program { return p.Text(name).Value(value) }

// Done ends an object.
func (p *Program) Done() *Program { return p.Ops("ub") }

// Object pushes an object with attributes.
func (p *Program) Object(module, class string, attributes ...func(*Program)) *Program {
	p.Begin(module, class)
	for _, set := range attributes {
		set(p)
	}
	return p.Done()
}

// Floats pushes an array of one dimension, or with rows above 0 of two.
func (p *Program) Floats(rows int, values ...float64) *Program {
	shape := []int{len(values)}
	if rows > 0 {
		shape = []int{rows, len(values) / rows}
	}
	bits := make([]uint64, len(values))
	for i, v := range values {
		bits[i] = math.Float64bits(v)
	}
	return p.array("f8", shape, bits)
}

// Ints pushes an array of one dimension.
func (p *Program) Ints(values ...int) *Program {
	bits := make([]uint64, len(values))
	for i, v := range values {
		bits[i] = uint64(v)
	}
	return p.array("i8", []int{len(values)}, bits)
}

// Singles pushes an array of one dimension, or with rows above 0 of two, of numbers in single precision.
func (p *Program) Singles(rows int, values ...float32) *Program {
	shape := []int{len(values)}
	if rows > 0 {
		shape = []int{rows, len(values) / rows}
	}
	bits := make([]uint64, len(values))
	for i, v := range values {
		bits[i] = uint64(math.Float32bits(v))
	}
	return p.array("f4", shape, bits)
}

// array pushes an array of one or two dimensions. The dtype ends in the number of bytes of an element, 4 or 8.
func (p *Program) array(dtype string, shape []int, values []uint64) *Program {
	p.Global("numpy.core.multiarray", "_reconstruct").Global("numpy", "ndarray").Int(0).Ops("\x85C\x01b\x87R(").Int(1)
	for _, n := range shape {
		p.Int(n)
	}
	p.Ops([]string{"\x85", "\x86"}[len(shape)-1])
	p.Global("numpy", "dtype").Text(dtype).Ops("\x89\x88\x87R\x89B")
	width := int(dtype[1] - '0')
	p.Write(binary.LittleEndian.AppendUint32(nil, uint32(width*len(values))))
	for _, v := range values {
		p.Write(binary.LittleEndian.AppendUint64(nil, v)[:width])
	}
	return p.Ops("tb")
}
