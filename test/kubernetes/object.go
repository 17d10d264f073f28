package kubernetes

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	utiljson "k8s.io/apimachinery/pkg/util/json"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// Object is a manifest of a built overlay.
type Object struct {
	APIVersion, Kind, Namespace, Name string

	fields map[string]any
}

// Build returns the objects that `kubectl apply -k dir` would send.
func Build(dir string) ([]Object, error) {
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		return nil, err
	}
	var all []Object
	for _, r := range built.Resources() {
		text, err := r.AsYAML()
		if err != nil {
			return nil, err
		}
		o, err := newObject(text)
		if err != nil {
			return nil, fmt.Errorf("%s/%s: %w", r.GetKind(), r.GetName(), err)
		}
		all = append(all, o)
	}
	return all, nil
}

// newObject returns the object of a YAML document.
func newObject(text []byte) (Object, error) {
	fields, err := decode(text)
	if err != nil {
		return Object{}, err
	}
	o := Object{fields: fields}
	o.APIVersion, o.Kind = o.text("apiVersion"), o.text("kind")
	o.Namespace, o.Name = o.text("metadata", "namespace"), o.text("metadata", "name")
	return o, nil
}

// decode reads YAML as the API server does: integers are int64, as CEL rules need.
func decode(text []byte) (map[string]any, error) {
	j, err := yaml.YAMLToJSON(text)
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	return fields, utiljson.Unmarshal(j, &fields)
}

// strictly decodes fields into a type of Kubernetes as the API server does. It refuses unknown fields, and numbers in
// place of strings, which sigs.k8s.io/yaml would accept.
func strictly(fields map[string]any, v any) error {
	text, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	problems, err := kjson.UnmarshalStrict(text, v)
	return errors.Join(append(problems, err)...)
}

func (o Object) String() string { return o.Kind + "/" + o.Name }

// at returns the value at a path of fields, or nil.
func (o Object) at(path ...string) any {
	var v any = o.fields
	for _, name := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

// text returns the string at a path, or "".
func (o Object) text(path ...string) string {
	s, _ := o.at(path...).(string)
	return s
}

// number returns the integer at a path, or 0.
func (o Object) number(path ...string) int64 {
	n, _ := o.at(path...).(int64)
	return n
}

// texts returns the strings of the list at a path.
func (o Object) texts(path ...string) []string {
	list, _ := o.at(path...).([]any)
	var all []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

// ref is a reference to an object. Without a namespace it refers to the namespace of the object that has it.
type ref struct{ apiVersion, kind, namespace, name string }

// reference returns the reference at a path, and whether there is one.
func (o Object) reference(path ...string) (ref, bool) {
	if _, ok := o.at(path...).(map[string]any); !ok {
		return ref{}, false
	}
	field := func(name string) string { return o.text(append(slices.Clone(path), name)...) }
	return ref{field("apiVersion"), field("kind"), field("namespace"), field("name")}, true
}

func (r ref) String() string {
	if r.namespace != "" {
		return r.kind + "/" + r.name + " of namespace " + r.namespace
	}
	return r.kind + "/" + r.name
}

// find returns the object to which a reference of o refers.
func find(all []Object, o Object, r ref) (Object, bool) {
	if r.namespace == "" {
		r.namespace = o.Namespace
	}
	for _, c := range all {
		if c.Kind == r.kind && c.Name == r.name && c.Namespace == r.namespace && c.APIVersion == r.apiVersion {
			return c, true
		}
	}
	return Object{}, false
}

// ofKind returns the objects of a kind.
func ofKind(all []Object, kind string) []Object {
	var some []Object
	for _, o := range all {
		if o.Kind == kind {
			some = append(some, o)
		}
	}
	return some
}
