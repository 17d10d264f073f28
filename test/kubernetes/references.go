package kubernetes

import (
	"fmt"
	"maps"
	"slices"
)

// External are the objects that manifests may refer to although no overlay holds them; the README says who makes them.
type External struct {
	Function string // the Service that `func deploy` makes
	Secret   string // the secret with Kafka's credentials, made by hand
}

// checkReferences wants every reference of o to name an object that is built with it, or an external one.
func (e External) checkReferences(all []Object, o Object) []string {
	var problems []string
	for _, r := range references(o.fields) {
		if r.kind == "Service" && r.apiVersion == "serving.knative.dev/v1" && r.name == e.Function {
			continue
		}
		if r.kind == "Secret" && r.name == e.Secret {
			continue
		}
		if _, ok := find(all, o, r); !ok {
			problems = append(problems, fmt.Sprintf("refers to %v, which is neither in the overlay nor made by func", r))
		}
	}
	if broker := o.text("spec", "broker"); o.Kind == "Trigger" {
		if _, ok := find(all, o, ref{"eventing.knative.dev/v1", "Broker", "", broker}); !ok {
			problems = append(problems, fmt.Sprintf("refers to Broker/%s, which is not in the overlay", broker))
		}
	}
	return problems
}

// references returns every reference in a manifest, in the order of the fields' names.
func references(fields map[string]any) []ref {
	var all []ref
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		switch v := fields[key].(type) {
		case map[string]any:
			if r, ok := asReference(key, v); ok {
				all = append(all, r)
			} else {
				all = append(all, references(v)...)
			}
		case []any:
			for _, e := range v {
				if m, ok := e.(map[string]any); ok {
					all = append(all, references(m)...)
				}
			}
		}
	}
	return all
}

// asReference returns the reference that a field of this name and value is.
func asReference(key string, v map[string]any) (ref, bool) {
	field := func(name string) string { s, _ := v[name].(string); return s }
	if field("name") == "" {
		return ref{}, false
	}
	switch key {
	case "secretKeyRef":
		return ref{"v1", "Secret", "", field("name")}, true
	case "ref", "subject", "channel", "config":
		if field("kind") == "" {
			return ref{"v1", "Secret", "", field("name")}, true // auth.secret.ref has a name only
		}
		return ref{field("apiVersion"), field("kind"), field("namespace"), field("name")}, true
	}
	return ref{}, false
}
