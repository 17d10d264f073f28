package pickle

// code holds the parts of a Python code object that matter.
type code struct {
	name                string
	args, locals, stack int64
	bytecode            []byte
	names               int
}

// createFunction returns the function of a code object, as dill and cloudpickle write it.
func createFunction(m *machine, args Tuple) (any, error) {
	if len(args) > 0 {
		if c, ok := args[0].(*code); ok {
			return &Function{c.name, c}, m.chargeValue()
		}
	}
	return &Function{Name: "of unknown code"}, m.chargeValue()
}

// createCode reads the arguments of Python's code type. Their number and order changed with every release, but the
// bytecode is always the first bytes after the counts, and constants, names, variables, the file and the name follow
// it. From Python 3.10 dill puts the line table first.
func createCode(m *machine, args Tuple) (any, error) {
	all := args
	if len(args) > 0 {
		if _, ok := args[0].(int64); !ok {
			args = args[1:]
		}
	}
	var counts []int64
	for len(args) > 0 {
		n, ok := args[0].(int64)
		if !ok {
			break
		}
		counts = append(counts, n)
		args = args[1:]
	}
	if len(counts) < 5 || len(args) < 3 {
		return m.object("types", "CodeType", all)
	}
	c := &code{args: counts[0], locals: counts[len(counts)-3], stack: counts[len(counts)-2]}
	names, ok := args[2].(Tuple)
	if !ok {
		return m.object("types", "CodeType", all)
	}
	c.names = len(names)
	switch b := args[0].(type) {
	case Bytes:
		c.bytecode = b
	case string:
		if v, err := latin1(m, b); err == nil {
			c.bytecode = v.(Bytes)
		}
	}
	if len(args) > 5 {
		c.name, _ = args[5].(string)
	}
	return c, m.chargeValue()
}

// IsIdentity reports whether the code of the function is that of the identity function of one argument, as CPython 2.7
// and 3.5 to 3.14 compile it.
func (f *Function) IsIdentity() bool {
	c := f.code
	if c == nil || c.args != 1 || c.locals != 1 || c.stack != 1 || c.names != 0 {
		return false
	}
	switch string(c.bytecode) {
	case "|\x00S\x00", // 3.6 to 3.10: LOAD_FAST 0, RETURN_VALUE
		"\x97\x00|\x00S\x00", // 3.11, 3.12: RESUME first
		"\x95\x00U\x00$\x00", // 3.13: opcodes renumbered
		"\x80\x00V\x00#\x00", // 3.14: LOAD_FAST_BORROW
		"\x80\x00T\x00#\x00", // 3.14
		"|\x00\x00S":         // 2.7, 3.5
		return true
	}
	return false
}
