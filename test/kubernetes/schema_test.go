package kubernetes

import (
	"strings"
	"testing"
)

// CEL rules of definitions are evaluated. The definitions of Knative and Kafka have none yet, but a later release may.
func TestRules(t *testing.T) {
	defs, err := ReadDefinitions("testdata/definitions")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ spec, want string }{
		{"{min: 1, max: 2}", ""},
		{"{min: 3, max: 2}", "min must not be above max"},
		{"{min: 1}", "spec.max: Required value"},
		{"{min: 1, max: 2, mux: 3}", "unknown field spec.mux"},
	} {
		fields, err := decode([]byte("{apiVersion: example.org/v1, kind: Range, metadata: {name: r}, spec: " + c.spec + "}"))
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(defs["example.org/v1/Range"].check(Object{fields: fields}), "; ")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.spec, got, c.want)
		}
	}
}
