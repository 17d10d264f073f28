package pickle

import "strings"

// The names that a pickle of a text model may call, by what they stand for. Modules moved between releases, so a name is listed
// once per module that had it.

// classes are made by NEWOBJ (or copyreg's _reconstructor) without arguments and filled by BUILD. The value is the class's
// name here, whatever its module was.
var classes = map[string]string{
	"sklearn.feature_extraction.text.TfidfVectorizer":         "TfidfVectorizer",
	"sklearn.feature_extraction.text.TfidfTransformer":        "TfidfTransformer",
	"sklearn.linear_model._logistic.LogisticRegression":       "LogisticRegression",
	"sklearn.linear_model.logistic.LogisticRegression":        "LogisticRegression", // before 0.22
	"sklearn.pipeline.Pipeline":                               "Pipeline",
	"scipy.sparse._csr.csr_matrix":                            "csr_matrix",
	"scipy.sparse.csr.csr_matrix":                             "csr_matrix", // before 1.8
	"scipy.sparse._dia.dia_matrix":                            "dia_matrix",
	"scipy.sparse.dia.dia_matrix":                             "dia_matrix",
	"joblib.numpy_pickle.NumpyArrayWrapper":                   "NumpyArrayWrapper",
	"sklearn.externals.joblib.numpy_pickle.NumpyArrayWrapper": "NumpyArrayWrapper", // before 0.23
}

// call is what REDUCE does for one of the allowed functions.
type call func(m *machine, args tuple) (any, error)

var calls = map[string]call{}

// The map is filled here and not where it is declared because createArray looks names up in it.
func init() {
	for _, module := range []string{"numpy.core.multiarray", "numpy._core.multiarray",
		"numpy.core._multiarray_umath", "numpy._core._multiarray_umath"} {
		calls[module+"._reconstruct"] = reconstructArray
		calls[module+".scalar"] = makeScalar
	}
	calls["numpy.core.numeric._frombuffer"] = arrayFromBuffer // protocol 5
	calls["numpy._core.numeric._frombuffer"] = arrayFromBuffer
	calls["numpy.dtype"] = makeDtype
	for _, module := range []string{"dill._dill", "dill.dill"} {
		calls[module+"._create_function"] = createFunction
		calls[module+"._create_code"] = createCode
		calls[module+"._create_array"] = createArray
		calls[module+"._get_attr"] = getAttr
		calls[module+"._getattr"] = getAttr
		calls[module+"._import_module"] = importModule
		calls[module+"._load_type"] = loadType
		calls[module+"._create_cell"] = ignore("a cell")
	}
	for _, module := range []string{"builtins", "__builtin__"} {
		calls[module+".getattr"] = getAttr
		calls[module+".set"] = makeSet
		calls[module+".frozenset"] = makeSet
		calls[module+".bytes"] = makeBytes
		calls[module+".bytearray"] = makeBytes
	}
	calls["types.CodeType"] = createCode   // see loadType
	calls["_codecs.encode"] = encodeLatin1 // bytes in protocols 0 to 2
	calls["copyreg._reconstructor"] = reconstructor
	calls["copy_reg._reconstructor"] = reconstructor
	calls["collections.OrderedDict"] = makeDict
	calls["collections.defaultdict"] = makeDict
	for _, name := range []string{"numpy.random._pickle.__randomstate_ctor", "numpy.random._pickle.__bit_generator_ctor",
		"numpy.random.__RandomState_ctor", "numpy.random.mtrand.__RandomState_ctor"} {
		calls[name] = ignore("a random state")
	}
}

// call executes REDUCE: the only way for a pickle to have a function run.
func (m *machine) call(fn, args any) (any, error) {
	name, ok := fn.(*global)
	if !ok {
		return nil, formatErrorf("byte %d: calls %s", m.pos, describe(fn))
	}
	arguments, ok := args.(tuple)
	if !ok {
		return nil, formatErrorf("byte %d: arguments that are not a tuple", m.pos)
	}
	if f, ok := calls[name.String()]; ok {
		return f(m, arguments)
	}
	return newObject(fn, args, nil)
}

// newObject executes NEWOBJ: it makes an empty object of an allowed class.
func newObject(class, args, keywords any) (any, error) {
	name, ok := class.(*global)
	if !ok {
		return nil, formatErrorf("makes an object of %s", describe(class))
	}
	known, ok := classes[name.String()]
	if !ok {
		return nil, refuse(name)
	}
	if args, ok := args.(tuple); !ok || len(args) > 0 {
		return nil, unsupportedErrorf("%s made with arguments", name)
	}
	if keywords, ok := keywords.(*dict); ok && len(keywords.keys) > 0 {
		return nil, unsupportedErrorf("%s made with arguments", name)
	}
	return &object{class: known, state: &dict{}}, nil
}

// refuse names what the pickle wants and why it does not get it.
func refuse(name *global) error {
	if strings.HasPrefix(name.module, "sklearn.") {
		return unsupportedErrorf("refuses %s: only a TfidfVectorizer, a LogisticRegression or a Pipeline of the two can be imported", name)
	}
	return unsupportedErrorf("refuses to touch %s: it is not on the list of names that a scikit-learn text model needs", name)
}

// build executes BUILD: it gives state to the object made before.
func (m *machine) build(target, state any) (any, error) {
	switch target := target.(type) {
	case *object:
		if err := target.build(state); err != nil {
			return nil, err
		}
		if target.class == "NumpyArrayWrapper" {
			return m.joblibArray(target)
		}
		return target, nil
	case *ndarray:
		return target, target.build(state)
	case *dtype:
		return target, target.build(state)
	case *function, *opaque: // a function's attributes, a random state
		return target, nil
	case *global:
		return nil, refuse(target)
	}
	return nil, formatErrorf("byte %d: state for %s", m.pos, describe(target))
}

func (o *object) build(state any) error {
	// Objects with __slots__ give a pair: the dict and the slots.
	if pair, ok := state.(tuple); ok && len(pair) == 2 {
		state = pair[0]
	}
	d, ok := state.(*dict)
	if !ok {
		return formatErrorf("the state of %s is %s", o.class, describe(state))
	}
	for i, key := range d.keys {
		o.state.set(key, d.values[i])
	}
	return nil
}

func ignore(what string) call {
	return func(*machine, tuple) (any, error) { return &opaque{what}, nil }
}

func makeSet(*machine, tuple) (any, error) { return &set{}, nil }

func makeDict(_ *machine, args tuple) (any, error) {
	d := &dict{}
	for _, arg := range args {
		pairs, ok := arg.(*list) // OrderedDict under Python 2 passes its pairs
		if !ok {
			continue
		}
		for _, pair := range pairs.items {
			switch pair := pair.(type) {
			case *list:
				if len(pair.items) == 2 {
					d.set(pair.items[0], pair.items[1])
				}
			case tuple:
				if len(pair) == 2 {
					d.set(pair[0], pair[1])
				}
			}
		}
	}
	return d, nil
}

func makeBytes(m *machine, args tuple) (any, error) {
	if len(args) == 0 {
		return rawBytes{}, nil
	}
	switch v := args[0].(type) {
	case rawBytes:
		return v, nil
	case string: // bytearray(text, 'latin-1')
		return latin1(v)
	}
	return nil, unsupportedErrorf("bytes made of %s", describe(args[0]))
}

func encodeLatin1(m *machine, args tuple) (any, error) {
	if len(args) == 2 && args[1] == "latin1" {
		if text, ok := args[0].(string); ok {
			return latin1(text)
		}
	}
	return nil, unsupportedErrorf("_codecs.encode other than to latin1")
}

func latin1(text string) (any, error) {
	b := make(rawBytes, 0, len(text))
	for _, c := range text {
		if c > 0xff {
			return nil, formatErrorf("a character above U+00FF in Latin-1 text")
		}
		b = append(b, byte(c))
	}
	return b, nil
}

// reconstructor is copyreg's way to make an object in protocols 0 and 1: (class, object, None).
func reconstructor(_ *machine, args tuple) (any, error) {
	if len(args) != 3 {
		return nil, formatErrorf("copyreg._reconstructor with %d arguments", len(args))
	}
	if base, ok := args[1].(*global); !ok || base.name != "object" {
		return nil, unsupportedErrorf("copyreg._reconstructor from %s", describe(args[1]))
	}
	return newObject(args[0], tuple{}, nil)
}

func importModule(_ *machine, args tuple) (any, error) {
	if len(args) > 0 {
		if name, ok := args[0].(string); ok {
			return &module{name}, nil // a name only: nothing is imported
		}
	}
	return nil, formatErrorf("dill's _import_module without a name")
}

// loadType returns the name of a type: dill knows types by one word, and before 0.3.5 has code objects, sets and the empty bytes made
// by calling theirs.
func loadType(_ *machine, args tuple) (any, error) {
	if len(args) == 1 {
		if name, ok := args[0].(string); ok && strings.HasSuffix(name, "Type") {
			return &global{module: "types", name: name}, nil
		} else if ok {
			return &global{module: "builtins", name: name}, nil
		}
	}
	return nil, formatErrorf("dill's _load_type without a name")
}

// getAttr returns a name within a module or a class (str.split, say) as a name: nothing is looked up.
func getAttr(_ *machine, args tuple) (any, error) {
	if len(args) < 2 {
		return nil, formatErrorf("getattr with %d arguments", len(args))
	}
	if name, ok := args[1].(string); ok {
		switch of := args[0].(type) {
		case *module:
			return &global{of.name, name}, nil
		case *global:
			return &global{of.module, of.name + "." + name}, nil
		}
	}
	return nil, unsupportedErrorf("getattr of %s, which is neither a module nor a class", describe(args[0]))
}

// createArray is dill's: a maker of an array, its arguments, and the array's state.
func createArray(m *machine, args tuple) (any, error) {
	if len(args) < 3 {
		return nil, formatErrorf("dill's _create_array with %d arguments", len(args))
	}
	v, err := m.call(args[0], args[1])
	if err != nil {
		return nil, err
	}
	array, ok := v.(*ndarray)
	if !ok {
		return nil, formatErrorf("dill's _create_array makes %s", describe(v))
	}
	return array, array.build(args[2])
}

func createFunction(_ *machine, args tuple) (any, error) {
	if len(args) > 0 {
		if c, ok := args[0].(*code); ok {
			return &function{c}, nil
		}
	}
	return nil, formatErrorf("dill's _create_function without code")
}

// createCode reads the arguments of Python's code type. Their number and order changed with every release, but the bytecode is
// always the first bytes after the counts, and constants and names follow it. From Python 3.10 dill puts the line table first.
func createCode(_ *machine, args tuple) (any, error) {
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
		return nil, formatErrorf("dill's _create_code with strange arguments")
	}
	c := &code{args: counts[0], locals: counts[len(counts)-3], stack: counts[len(counts)-2]}
	consts, ok1 := args[1].(tuple)
	names, ok2 := args[2].(tuple)
	if !ok1 || !ok2 {
		return nil, formatErrorf("dill's _create_code with strange arguments")
	}
	c.consts, c.names = len(consts), len(names)
	switch b := args[0].(type) {
	case rawBytes:
		c.bytecode = b
	case string:
		if v, err := latin1(b); err == nil {
			c.bytecode = v.(rawBytes)
		}
	}
	return c, nil
}

// isIdentity reports whether the code is that of a function of one argument which returns it, as CPython 3.6 to 3.13 and 2.7
// compile it. Other code is not looked into.
func (c *code) isIdentity() bool {
	if c.args != 1 || c.locals != 1 || c.stack != 1 || c.names != 0 {
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
