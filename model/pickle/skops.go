package pickle

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// maxSchema is the maximum size in bytes of the schema of a skops file. That of a million n-grams has 400 MB.
const maxSchema = 1 << 29

// maxSchemaDepth is the maximum nesting of values in the schema.
const maxSchemaDepth = 500

// isZip reports whether b begins like a zip archive, as a skops file does.
func isZip(b []byte) bool {
	return bytes.HasPrefix(b, []byte("PK\x03\x04")) || bytes.HasPrefix(b, []byte("PK\x05\x06"))
}

// skops reads a file of the library skops, version 0.2 or later: a zip archive with schema.json, a tree of nodes that
// name the class or function of each value, and with arrays in NumPy's format.
type skops struct {
	files  map[string]*zip.File
	left   int64              // bytes that may still be decompressed
	cached map[int64]any      // values by their ids; nil if nothing refers to them
	texts  map[string]string  // one copy of each
	types  map[string]*Global // one of each
	budget *budget
}

func loadSkops(b []byte) (any, error) {
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, formatErrorf("a damaged zip archive: %v", err)
	}
	s := &skops{files: map[string]*zip.File{}, left: maxDecompressed, texts: map[string]string{},
		types: map[string]*Global{}, budget: newBudget()}
	for _, f := range r.File {
		s.files[f.Name] = f
	}
	if s.files["schema.json"] == nil {
		return nil, UnsupportedError(describeForeignZip(r.File))
	}
	schema, err := s.open("schema.json", maxSchema)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(schema, []byte(`"CachedNode"`)) {
		s.cached = map[int64]any{}
	}
	decoder := json.NewDecoder(bytes.NewReader(schema))
	decoder.UseNumber()
	root, err := s.decode(decoder, 0)
	if err != nil {
		return nil, err
	}
	return s.value(root, 0)
}

// open returns the contents of a file in the archive.
func (s *skops) open(name string, most int64) ([]byte, error) {
	f := s.files[name]
	if f == nil {
		return nil, formatErrorf("a skops file without %.80q", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, formatErrorf("a damaged skops file: %v", err)
	}
	defer r.Close()
	most = min(most, s.left)
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, formatErrorf("a damaged skops file: %v", err)
	}
	if int64(len(b)) > most {
		return nil, formatErrorf("a skops file whose decompressed size is more than %d bytes", maxDecompressed)
	}
	s.left -= int64(len(b))
	s.budget.grow(len(b))
	return b, nil
}

// fields is a JSON object that keeps the order of its members.
type fields struct {
	names  []string
	values []any
}

func (f *fields) get(name string) any {
	for i, n := range f.names {
		if n == name {
			return f.values[i]
		}
	}
	return nil
}

func (f *fields) text(name string) string {
	s, _ := f.get(name).(string)
	return s
}

// decode reads one JSON value: *fields, []any, string, json.Number, bool or nil.
func (s *skops) decode(d *json.Decoder, depth int) (any, error) {
	if depth > maxSchemaDepth {
		return nil, formatErrorf("a skops file nested more than %d deep", maxSchemaDepth)
	}
	if s.budget.values--; s.budget.values < 0 {
		return nil, formatErrorf("more than %d values", maxValues)
	}
	t, err := d.Token()
	if err != nil {
		return nil, formatErrorf("a damaged schema.json: %v", err)
	}
	switch t := t.(type) {
	case string:
		return s.intern(t), nil
	case json.Delim:
		if t == '[' {
			var items []any
			for d.More() {
				v, err := s.decode(d, depth+1)
				if err != nil {
					return nil, err
				}
				items = append(items, v)
			}
			_, err = d.Token()
			return items, err
		}
		f := &fields{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, formatErrorf("a damaged schema.json: %v", err)
			}
			text, _ := name.(string)
			v, err := s.decode(d, depth+1)
			if err != nil {
				return nil, err
			}
			f.names, f.values = append(f.names, s.intern(text)), append(f.values, v)
		}
		if _, err = d.Token(); err != nil {
			return nil, formatErrorf("a damaged schema.json: %v", err)
		}
		return s.compact(f)
	}
	return t, nil
}

// leaf is the compact form of a node with a plain value.
type leaf struct {
	id    int64
	value any
}

// compact returns a leaf for a node whose value is plain or a type, as most are: n-grams' numbers and the types of
// dicts' keys.
func (s *skops) compact(f *fields) (any, error) {
	switch f.text("__loader__") {
	case "JsonNode":
		text, _ := f.get("content").(string)
		v, err := jsonValue(text)
		return &leaf{f.id(), v}, err
	case "TypeNode":
		name := qualified(f.text("__module__"), f.text("__class__"))
		if s.types[name] == nil {
			s.types[name] = &Global{f.text("__module__"), f.text("__class__")}
		}
		return &leaf{f.id(), s.types[name]}, nil
	}
	return f, nil
}

// id returns the number by which other nodes refer to the node's value, or -1.
func (f *fields) id() int64 {
	if n, ok := f.get("__id__").(json.Number); ok {
		if id, err := n.Int64(); err == nil {
			return id
		}
	}
	return -1
}

func (s *skops) intern(text string) string {
	if len(text) > 40 {
		return text
	}
	if known, ok := s.texts[text]; ok {
		return known
	}
	s.texts[text] = text
	return text
}

// value returns the value of a node.
func (s *skops) value(node any, depth int) (any, error) {
	if leaf, ok := node.(*leaf); ok {
		s.memoize(leaf.id, leaf.value)
		return leaf.value, nil
	}
	f, ok := node.(*fields)
	if !ok || depth > maxSchemaDepth {
		return nil, formatErrorf("a skops file with an invalid node")
	}
	id := f.id()
	if f.text("__loader__") == "CachedNode" {
		v, ok := s.cached[id]
		if !ok {
			return nil, formatErrorf("a skops file that refers to a value before it")
		}
		return v, nil
	}
	v, err := s.decodeNode(f, depth)
	if err == nil {
		s.memoize(id, v)
	}
	return v, err
}

func (s *skops) memoize(id int64, v any) {
	if s.cached != nil && id >= 0 {
		s.cached[id] = v
	}
}

func (s *skops) decodeNode(f *fields, depth int) (any, error) {
	content := f.get("content")
	switch f.text("__loader__") {
	case "DictNode":
		return s.dict(f, depth)
	case "DefaultDictNode", "_DictWithDeprecatedKeysNode":
		if inner, ok := content.(*fields); ok {
			return s.value(inner.get("main"), depth+1)
		}
	case "ListNode":
		items, err := s.list(content, depth)
		return &List{items}, err
	case "TupleNode":
		items, err := s.list(content, depth)
		return Tuple(items), err
	case "SetNode":
		items, err := s.list(content, depth)
		return &Set{items}, err
	case "NdArrayNode":
		return s.array(f, depth)
	case "DTypeNode":
		v, err := s.value(content, depth+1)
		if a, ok := v.(*Array); ok {
			return a.DType, err
		}
		return v, err
	case "SparseMatrixNode":
		return s.sparse(f)
	case "FunctionNode":
		if inner, ok := content.(*fields); ok { // skops before 0.8
			return &Global{inner.text("module_path"), inner.text("function")}, nil
		}
		return &Global{f.text("__module__"), f.text("__class__")}, nil
	case "BytesNode", "BytearrayNode":
		b, err := s.open(f.text("file"), maxDecompressed)
		return Bytes(b), err
	}
	return s.object(f, depth)
}

// object returns an object: its class, its constructor arguments, and its attributes.
func (s *skops) object(f *fields, depth int) (any, error) {
	o := &Object{Module: f.text("__module__"), Class: f.text("__class__")}
	if reduce, ok := f.get("__reduce__").(*fields); ok {
		args, err := s.value(reduce.get("args"), depth+1)
		if err != nil {
			return nil, err
		}
		items, _ := Values(args)
		o.Args = Tuple(items)
	}
	node, ok := f.get("content").(*fields)
	if !ok || node.get("__loader__") == nil {
		return o, nil
	}
	state, err := s.value(node, depth+1)
	if err != nil {
		return nil, err
	}
	if f.text("__loader__") == "ConstructorFromReduceNode" {
		items, _ := Values(state)
		o.Args = Tuple(items)
		return o, nil
	}
	return o, o.build(state, s.budget)
}

func (s *skops) list(content any, depth int) ([]any, error) {
	nodes, ok := content.([]any)
	if !ok && content != nil {
		return nil, formatErrorf("a skops file with an invalid list")
	}
	items := make([]any, len(nodes))
	for i, node := range nodes {
		var err error
		if items[i], err = s.value(node, depth+1); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// dict returns a dict. Its keys are texts in JSON; key_types has their types.
func (s *skops) dict(f *fields, depth int) (any, error) {
	content, ok := f.get("content").(*fields)
	if !ok {
		return nil, formatErrorf("a skops file with an invalid dict")
	}
	types, err := s.value(f.get("key_types"), depth+1)
	if err != nil {
		return nil, err
	}
	kinds, _ := Values(types)
	if len(kinds) != len(content.names) {
		return nil, formatErrorf("a skops file with a dict of %d keys and %d types of keys", len(content.names), len(kinds))
	}
	d := &Dict{}
	for i, name := range content.names {
		v, err := s.value(content.values[i], depth+1)
		if err != nil {
			return nil, err
		}
		d.set(keyOf(name, kinds[i]), v)
	}
	return d, nil
}

// keyOf returns the key with a text and a type.
func keyOf(text string, kind any) any {
	g, ok := kind.(*Global)
	switch {
	case !ok, g.Name == "str":
	case g.Name == "bool", g.Name == "bool_":
		return text == "True" || text == "true"
	case strings.HasPrefix(g.Name, "int"), strings.HasPrefix(g.Name, "uint"):
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	case strings.HasPrefix(g.Name, "float"):
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			return v
		}
	}
	return text
}

// array returns an array, or the number of an array without dimensions, which was a NumPy scalar.
func (s *skops) array(f *fields, depth int) (any, error) {
	if f.text("type") == "json" { // of objects
		shape, err := s.value(f.get("shape"), depth+1)
		if err != nil {
			return nil, err
		}
		items, err := s.list(f.get("content"), depth)
		if err != nil {
			return nil, err
		}
		dims, _, err := parseShape(shape)
		if err != nil {
			return nil, err
		}
		for range len(dims) - 1 { // rows are lists within the list
			var flat []any
			for _, item := range items {
				row, ok := item.(*List)
				if !ok {
					return nil, formatErrorf("a skops file with an invalid array")
				}
				flat = append(flat, row.Items...)
			}
			items = flat
		}
		a := &Array{budget: s.budget}
		return a, a.setLayout(shape, &DType{Kind: 'O', Width: 8}, false, nil, items)
	}
	b, err := s.open(f.text("file"), maxDecompressed)
	if err != nil {
		return nil, err
	}
	a, err := readNPY(b, s.budget)
	if err != nil {
		return nil, err
	}
	if len(a.Shape) == 0 && f.text("__class__") != "ndarray" {
		return a.Values()[0], nil
	}
	return a, nil
}

// sparse reads a matrix as scipy.sparse.save_npz writes it: an archive of arrays.
func (s *skops) sparse(f *fields) (any, error) {
	b, err := s.open(f.text("file"), maxDecompressed)
	if err != nil {
		return nil, err
	}
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, formatErrorf("a damaged sparse matrix: %v", err)
	}
	inner := &skops{files: map[string]*zip.File{}, left: s.left, budget: s.budget}
	for _, file := range r.File {
		inner.files[file.Name] = file
	}
	o := &Object{Module: f.text("__module__"), Class: f.text("__class__")}
	for _, name := range []string{"data", "indices", "indptr", "offsets", "shape"} {
		if inner.files[name+".npy"] == nil {
			continue
		}
		b, err := inner.open(name+".npy", maxDecompressed)
		if err != nil {
			return nil, err
		}
		a, err := readNPY(b, s.budget)
		if err != nil {
			return nil, err
		}
		if name == "shape" {
			o.attributes.set("_shape", Tuple(a.Values()))
			continue
		}
		o.attributes.set(name, a)
	}
	s.left = inner.left
	return o, nil
}

// jsonValue reads what Python's json.dumps wrote of None, a truth value, a number or a text.
func jsonValue(text string) (any, error) {
	switch text {
	case "NaN":
		return math.NaN(), nil
	case "Infinity":
		return math.Inf(1), nil
	case "-Infinity":
		return math.Inf(-1), nil
	case "true", "false":
		return text == "true", nil
	case "null":
		return nil, nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	var v any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, formatErrorf("a skops file with a value that is not JSON: %.40q", text)
	}
	number, ok := v.(json.Number)
	if !ok {
		switch v.(type) {
		case nil, bool, string:
			return v, nil
		}
		return nil, formatErrorf("a skops file with a value that is not plain: %.40q", text)
	}
	if n, err := number.Int64(); err == nil {
		return n, nil
	}
	if n, ok := new(big.Int).SetString(string(number), 10); ok && len(number) <= maxDigits {
		return n, nil
	}
	value, err := number.Float64()
	if err != nil {
		return nil, formatErrorf("a skops file with a number out of range: %.40q", text)
	}
	return value, nil
}
