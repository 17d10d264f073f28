package kubernetes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	cloudevents "github.com/cloudevents/sdk-go/v2"
)

// External has the objects to which manifests may refer although no overlay has them.
type External struct {
	Function   string   // the Service that `func deploy` creates
	Settings   []string // environment variables that the function reads
	Secret     string   // the secret with the credentials of Kafka, which a person creates
	SecretKeys []string // the keys of the secret

	DeadLetters string // the KafkaSink that the function posts refused events to
}

// isFunction reports whether a reference of o refers to the function.
func (e External) isFunction(o Object, r ref) bool {
	return r.apiVersion == "serving.knative.dev/v1" && r.kind == "Service" && r.name == e.Function &&
		(r.namespace == "" || r.namespace == o.Namespace)
}

// checkReferences reports references of o to objects that are neither in the overlay nor external.
func (e External) checkReferences(all []Object, o Object) []string {
	var problems []string
	for _, r := range references(o) {
		if e.isFunction(o, r) || r == (ref{"v1", "Secret", "", e.Secret}) {
			continue
		}
		if _, ok := find(all, o, r); !ok {
			problems = append(problems, fmt.Sprintf("refers to %v, which is neither in the overlay nor created by func", r))
		}
	}
	return problems
}

// references returns every reference in a manifest, in the order of the fields' names.
func references(o Object) []ref {
	var all []ref
	each(o.fields, nil, func(path []string, v map[string]any) {
		if len(path) == 0 {
			return
		}
		if r, ok := asReference(path[len(path)-1], v); ok {
			all = append(all, r)
		}
	})
	switch o.Kind {
	case "Trigger":
		all = append(all, ref{"eventing.knative.dev/v1", "Broker", "", o.text("spec", "broker")})
	case "ConfigMap":
		if name := o.text("data", brokerSecret); name != "" {
			all = append(all, ref{"v1", "Secret", "", name})
		}
	}
	return all
}

// asReference returns the reference that a field of this name and value is.
func asReference(key string, v map[string]any) (ref, bool) {
	field := func(name string) string { s, _ := v[name].(string); return s }
	switch r := (ref{field("apiVersion"), field("kind"), field("namespace"), field("name")}); key {
	case "secretKeyRef":
		return ref{"v1", "Secret", "", r.name}, true
	case "ref", "subject", "channel", "config":
		if r.kind == "" && r.name != "" {
			return ref{"v1", "Secret", r.namespace, r.name}, true // auth.secret.ref has no kind
		}
		return r, r.kind != ""
	}
	return ref{}, false
}

// checkAddresses wants destinations to be references alone. A relative uri is a path of the object that is referred to:
// that of a KafkaSink, which has one path per sink, would be another sink.
func checkAddresses(o Object) []string {
	var problems []string
	each(o.fields, nil, func(path []string, v map[string]any) {
		if v["uri"] != nil {
			problems = append(
				problems,
				fmt.Sprintf("%s.uri is set: events would go there and not where the reference says", strings.Join(path, ".")),
			)
		}
	})
	return problems
}

// checkOverrides wants ceOverrides to name extensions only: with an attribute, such as id, all events would have the
// same one, and the function does not start with such a K_CE_OVERRIDES.
func checkOverrides(o Object) []string {
	var problems []string
	each(o.fields, nil, func(path []string, v map[string]any) {
		overrides, _ := v["ceOverrides"].(map[string]any)
		extensions, _ := overrides["extensions"].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(extensions)) {
			if err := new(cloudevents.EventContextV1).SetExtension(name, extensions[name]); err != nil {
				problems = append(problems, fmt.Sprintf("%s.ceOverrides.extensions.%s: %v", strings.Join(path, "."), name, err))
			}
		}
	})
	return problems
}

// each calls do for every map within v, in the order of the fields' names; what is in a list has the list's path.
func each(v any, path []string, do func(path []string, fields map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		do(path, v)
		for _, key := range slices.Sorted(maps.Keys(v)) {
			each(v[key], append(slices.Clip(path), key), do)
		}
	case []any:
		for _, e := range v {
			each(e, path, do)
		}
	}
}
