package pickle

import (
	"slices"
	"strings"
)

// call returns the result of a known function. A call of any other function becomes an Object that names it.
type call func(m *machine, args Tuple) (any, error)

var calls = map[string]call{}

// The map is filled here because createArray, which is in it, also reads it.
func init() {
	for _, module := range []string{"numpy.core.multiarray", "numpy._core.multiarray",
		"numpy.core._multiarray_umath", "numpy._core._multiarray_umath"} {
		calls[module+"._reconstruct"] = reconstructArray
		calls[module+".scalar"] = makeScalar
	}
	calls["numpy.core.numeric._frombuffer"] = arrayFromBuffer // protocol 5
	calls["numpy._core.numeric._frombuffer"] = arrayFromBuffer
	calls["numpy.dtype"] = makeDType
	for _, module := range []string{"dill._dill", "dill.dill"} {
		calls[module+"._create_function"] = createFunction
		calls[module+"._create_code"] = createCode
		calls[module+"._create_array"] = createArray
		calls[module+"._get_attr"] = getAttr
		calls[module+"._getattr"] = getAttr
		calls[module+"._import_module"] = importModule
		calls[module+"._load_type"] = loadType
	}
	for _, module := range []string{"cloudpickle.cloudpickle", "cloudpickle.cloudpickle_fast", "cloudpickle"} {
		calls[module+"._make_function"] = createFunction
		calls[module+"._make_skel_func"] = createFunction
		calls[module+"._fill_function"] = first
		calls[module+"._builtin_type"] = loadType
		calls[module+".subimport"] = importModule
	}
	for _, module := range []string{"builtins", "__builtin__"} {
		calls[module+".getattr"] = getAttr
		calls[module+".set"] = makeSet
		calls[module+".frozenset"] = makeSet
		calls[module+".bytes"] = makeBytes
		calls[module+".bytearray"] = makeBytes
		calls[module+".list"] = makeList
		calls[module+".dict"] = makeDict
	}
	calls["types.CodeType"] = createCode   // see loadType
	calls["_codecs.encode"] = encodeLatin1 // bytes in protocols 0 to 2
	for _, module := range []string{"copyreg", "copy_reg"} {
		calls[module+"._reconstructor"] = reconstructor
		calls[module+".__newobj__"] = newObjectOf
	}
	calls["collections.OrderedDict"] = makeDict
	calls["collections.defaultdict"] = makeDict
}

// runners are the built-in functions among them.
var runners = []string{"eval", "exec", "execfile", "compile", "open", "__import__", "apply", "input", "breakpoint"}

// runsCode reports whether a name is that of a function that runs or fetches a command or code. This package could not
// call it, but a pickle with such a call is an attack and not a model.
func runsCode(name *Global) bool {
	module, _, _ := strings.Cut(name.Module, ".")
	switch module {
	case "os", "posix", "nt", "subprocess", "commands", "pty", "runpy", "socket", "webbrowser", "shutil", "ctypes",
		"importlib", "urllib", "requests":
		return true
	case "builtins", "__builtin__":
		return slices.Contains(runners, name.Name)
	}
	return false
}

func unsupportedCall(name *Global) error {
	return unsupportedErrorf("refuses to touch %s: no model needs it, and a pickle that calls it is an attack", name)
}

// call executes REDUCE, a call of a function with arguments.
func (m *machine) call(fn, args any) (any, error) {
	arguments, ok := args.(Tuple)
	if !ok {
		return nil, formatErrorf("byte %d: arguments that are not a tuple", m.pos)
	}
	name, ok := fn.(*Global)
	if !ok {
		return m.object("", "a call of "+Describe(fn), arguments)
	}
	if runsCode(name) {
		return nil, unsupportedCall(name)
	}
	if f, ok := calls[name.String()]; ok {
		return f(m, arguments)
	}
	return m.object(name.Module, name.Name, arguments)
}

// newObject executes NEWOBJ: it makes an empty object.
func (m *machine) newObject(class, args, keywords any) (any, error) {
	name, ok := class.(*Global)
	if !ok {
		return m.object("__main__", classByValue(class), nil)
	}
	if runsCode(name) {
		return nil, unsupportedCall(name)
	}
	arguments, _ := args.(Tuple)
	if keywords, ok := keywords.(*Dict); ok && len(keywords.Keys) > 0 {
		if err := m.budget.copy(len(arguments)); err != nil {
			return nil, err
		}
		arguments = append(slices.Clone(arguments), keywords)
	}
	return m.object(name.Module, name.Name, arguments)
}

// classByValue returns the name of a class that dill or cloudpickle wrote by value, as a call with its metaclass and
// name.
func classByValue(class any) string {
	if o, ok := class.(*Object); ok && len(o.Args) > 1 {
		if name, ok := o.Args[1].(string); ok {
			return name
		}
	}
	return Describe(class)
}

func (m *machine) object(module, class string, args Tuple) (any, error) {
	return &Object{Module: module, Class: class, Args: args}, m.chargeValue()
}

// build executes BUILD, which sets the state of an object.
func (m *machine) build(target, state any) (any, error) {
	switch target := target.(type) {
	case *Object:
		if err := target.build(state, m.budget); err != nil {
			return nil, err
		}
		if target.Class == "NumpyArrayWrapper" && strings.HasSuffix(target.Module, "joblib.numpy_pickle") {
			return m.joblibArray(target)
		}
		return target, nil
	case *Array:
		return target, target.build(state)
	case *DType:
		return target, target.build(state)
	case *Global:
		if runsCode(target) {
			return nil, unsupportedCall(target)
		}
		return target, nil
	case *Function, *Set, *List, *Dict: // their attributes are not needed
		return target, nil
	}
	return nil, formatErrorf("byte %d: state for %s", m.pos, Describe(target))
}

// maxAttributes bounds the attributes of an object, which are looked up one after the other.
const maxAttributes = 1000

// build gives an object its state: attributes, or something else.
func (o *Object) build(state any, b *budget) error {
	parts := []any{state}
	if pair, ok := state.(Tuple); ok && len(pair) == 2 { // objects with __slots__ give a pair: the dict and the slots
		_, ok1 := pair[0].(*Dict)
		_, ok2 := pair[1].(*Dict)
		if (ok1 || pair[0] == nil) && (ok2 || pair[1] == nil) {
			parts = pair
		}
	}
	for _, part := range parts {
		if d, ok := part.(*Dict); ok {
			if err := b.copy(len(d.Keys)); err != nil {
				return err
			}
			o.attributes.Keys = append(o.attributes.Keys, d.Keys...)
			o.attributes.Values = append(o.attributes.Values, d.Values...)
		} else if part != nil {
			o.State = part
		}
	}
	if len(o.attributes.Keys) > maxAttributes {
		return formatErrorf("an object of class %s with more than %d attributes", o, maxAttributes)
	}
	return nil
}

// first returns its first argument, as cloudpickle's function that fills a function does.
func first(_ *machine, args Tuple) (any, error) {
	if len(args) == 0 {
		return nil, formatErrorf("a function of cloudpickle without arguments")
	}
	return args[0], nil
}

func makeSet(m *machine, args Tuple) (any, error) {
	s := &Set{}
	if len(args) > 0 {
		items, ok := Values(args[0])
		if !ok {
			return nil, formatErrorf("a set made of %s", Describe(args[0]))
		}
		if err := m.budget.copy(len(items)); err != nil {
			return nil, err
		}
		s.Items = slices.Clone(items)
	}
	return s, m.chargeValue()
}

func makeList(m *machine, args Tuple) (any, error) {
	l := &List{}
	if len(args) > 0 {
		items, ok := Values(args[0])
		if !ok {
			return nil, formatErrorf("a list made of %s", Describe(args[0]))
		}
		if err := m.budget.copy(len(items)); err != nil {
			return nil, err
		}
		l.Items = slices.Clone(items)
	}
	return l, m.chargeValue()
}

func makeDict(m *machine, args Tuple) (any, error) {
	d := &Dict{}
	for _, arg := range args {
		pairs, ok := arg.(*List) // OrderedDict under Python 2 passes its pairs
		if !ok {
			continue
		}
		if err := m.budget.copy(len(pairs.Items)); err != nil {
			return nil, err
		}
		for _, pair := range pairs.Items {
			if pair, ok := Values(pair); ok && len(pair) == 2 {
				d.set(pair[0], pair[1])
			}
		}
	}
	return d, m.chargeValue()
}

func makeBytes(m *machine, args Tuple) (any, error) {
	if len(args) == 0 {
		return Bytes{}, nil
	}
	switch v := args[0].(type) {
	case Bytes:
		return v, nil
	case string: // bytearray(text, 'latin-1')
		return latin1(m, v)
	}
	return m.object("builtins", "bytes", args)
}

func encodeLatin1(m *machine, args Tuple) (any, error) {
	if len(args) == 2 && (args[1] == "latin1" || args[1] == "latin-1") {
		if text, ok := args[0].(string); ok {
			return latin1(m, text)
		}
	}
	return m.object("_codecs", "encode", args)
}

func latin1(m *machine, text string) (any, error) {
	if err := m.budget.copy(len(text)); err != nil {
		return nil, err
	}
	b := make(Bytes, 0, len(text))
	for _, c := range text {
		if c > 0xff {
			return nil, formatErrorf("a character above U+00FF in Latin-1 text")
		}
		b = append(b, byte(c))
	}
	return b, nil
}

// reconstructor is copyreg's way to make an object in protocols 0 and 1: (class, base, state of the base).
func reconstructor(m *machine, args Tuple) (any, error) {
	if len(args) != 3 {
		return nil, formatErrorf("copyreg._reconstructor with %d arguments", len(args))
	}
	v, err := m.newObject(args[0], nil, nil)
	if err != nil {
		return nil, err
	}
	o := v.(*Object)
	switch base := args[2].(type) {
	case *Dict:
		o.Entries = *base
	default:
		if items, ok := Values(base); ok {
			if err := m.budget.copy(len(items)); err != nil {
				return nil, err
			}
			o.Items = slices.Clone(items)
		}
	}
	return o, nil
}

// newObjectOf is copyreg's NEWOBJ as a function.
func newObjectOf(m *machine, args Tuple) (any, error) {
	if len(args) == 0 {
		return nil, formatErrorf("copyreg.__newobj__ without a class")
	}
	return m.newObject(args[0], args[1:], nil)
}

func importModule(_ *machine, args Tuple) (any, error) {
	if len(args) > 0 {
		if name, ok := args[0].(string); ok {
			return &Module{name}, nil // a name only: nothing is imported
		}
	}
	return nil, formatErrorf("a module without a name")
}

// loadType returns the name of a type. dill names types by one word. dill before 0.3.5, and cloudpickle, create code
// objects, sets and empty bytes by calling their types.
func loadType(_ *machine, args Tuple) (any, error) {
	if len(args) == 1 {
		if name, ok := args[0].(string); ok && strings.HasSuffix(name, "Type") {
			return &Global{Module: "types", Name: name}, nil
		} else if ok {
			return &Global{Module: "builtins", Name: name}, nil
		}
	}
	return nil, formatErrorf("a type without a name")
}

// getAttr returns a name within a module or a class (str.split, say) as a name: nothing is looked up.
func getAttr(m *machine, args Tuple) (any, error) {
	if len(args) < 2 {
		return nil, formatErrorf("getattr with %d arguments", len(args))
	}
	if name, ok := args[1].(string); ok {
		switch of := args[0].(type) {
		case *Module:
			return &Global{of.Name, name}, nil
		case *Global:
			return &Global{of.Module, of.Name + "." + name}, nil
		}
	}
	return m.object("builtins", "getattr", args)
}

// createArray is dill's function of that name: a constructor of an array, its arguments, and the array's state.
func createArray(m *machine, args Tuple) (any, error) {
	if len(args) < 3 {
		return nil, formatErrorf("dill's _create_array with %d arguments", len(args))
	}
	v, err := m.call(args[0], args[1])
	if err != nil {
		return nil, err
	}
	array, ok := v.(*Array)
	if !ok {
		return nil, formatErrorf("dill's _create_array makes %s", Describe(v))
	}
	return array, array.build(args[2])
}
