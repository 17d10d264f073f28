package kubernetes

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// free has the texts to which nothing refers, so that they can be anything.
var free = []string{
	"KafkaSource metadata.name",
	"KafkaSource spec.consumerGroup",
	"SinkBinding metadata.name",
	"Subscription metadata.name",
	"Trigger metadata.name",
}

// If any text in the manifests is misspelt, a rule reports it.
func TestMisspelt(t *testing.T) {
	needKafkaDefinitions(t)
	folders := []string{"service"}
	for _, name := range overlays {
		folders = append(folders, "overlays/"+name)
	}
	n := 0
	for _, config := range folders {
		all := build(t, config)
		for i, o := range all {
			texts(o.fields, nil, func(path []any, text string) {
				where := o.Kind + " " + strings.Trim(strings.ReplaceAll(fmt.Sprint(path), " ", "."), "[]")
				if slices.Contains(free, where) {
					return
				}
				changed := slices.Clone(all)
				changed[i] = object(t, with(o.fields, path, text+"x"))
				n++
				if len(check(t, config, changed)) == 0 {
					t.Errorf("%s: no rule reports that %s is %q", config, where, text+"x")
				}
			})
		}
	}
	t.Logf("%d texts misspelt, one by one", n)
}

// texts calls do for every string in v, with its path, in the order of the fields' names.
func texts(v any, path []any, do func(path []any, text string)) {
	switch v := v.(type) {
	case string:
		do(path, v)
	case []any:
		for i, e := range v {
			texts(e, append(slices.Clip(path), float64(i)), do)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			texts(v[key], append(slices.Clip(path), key), do)
		}
	}
}
