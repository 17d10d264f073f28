package kubernetes

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// bad is a case of testdata/bad: one change of the objects of a folder of config, and the problem that must be
// reported.
type bad struct {
	Name        string
	Want        string         // part of the problem
	Definitions bool           // only the definitions of Kafka's kinds report it
	Config      string         // folder under config
	Of          string         // the objects to change: Kind or Kind/name
	At          []any          // path of the field; empty: the object is removed
	Value       any            // new value of the field; nil: the field is removed
	Add         map[string]any // an additional object
}

// Each rule reports its problem.
func TestBad(t *testing.T) {
	paths, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal("no bad manifests", err)
	}
	for _, path := range paths {
		for _, b := range readBad(t, path) {
			t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml")+"/"+b.Name, func(t *testing.T) {
				if b.Definitions {
					needKafkaDefinitions(t)
				}
				problems := check(t, b.Config, b.change(t, build(t, b.Config)))
				if !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, b.Want) }) {
					t.Errorf("no problem has %q; found:\n%s", b.Want, strings.Join(problems, "\n"))
				}
			})
		}
	}
}

func readBad(t *testing.T, path string) []bad {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []bad
	if err := yaml.UnmarshalStrict(text, &all); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return all
}

// change returns the objects with the change of the case.
func (b bad) change(t *testing.T, all []Object) []Object {
	t.Helper()
	var changed []Object
	found := b.Of == ""
	for _, o := range all {
		if b.Of != o.Kind && b.Of != o.String() {
			changed = append(changed, o)
			continue
		}
		found = true
		if len(b.At) > 0 {
			changed = append(changed, object(t, with(o.fields, b.At, b.Value)))
		}
	}
	if !found {
		t.Fatalf("%s has no %s", b.Config, b.Of)
	}
	if b.Add != nil {
		changed = append(changed, object(t, b.Add))
	}
	return changed
}

func object(t *testing.T, fields any) Object {
	t.Helper()
	text, err := yaml.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	o, err := newObject(text)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// with returns a copy of v with the value at a path replaced, or removed if value is nil.
func with(v any, path []any, value any) any {
	if len(path) == 0 {
		return value
	}
	if list, ok := v.([]any); ok {
		list, i := slices.Clone(list), int(path[0].(float64))
		list[i] = with(list[i], path[1:], value)
		return list
	}
	fields, _ := v.(map[string]any)
	if fields = maps.Clone(fields); fields == nil {
		fields = map[string]any{}
	}
	name := fmt.Sprint(path[0])
	if fields[name] = with(fields[name], path[1:], value); fields[name] == nil {
		delete(fields, name)
	}
	return fields
}
