package host

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	fn "knative.dev/func/pkg/functions"
	"sigs.k8s.io/yaml"
)

// module returns the folder of a module in the build list of these tests.
func module(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", path).Output()
	if err != nil {
		t.Fatalf("find the module %s: %v", path, err)
	}
	return strings.TrimSpace(string(out))
}

// schema returns the JSON schema that func publishes for func.yaml.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(filepath.Join(module(t, "knative.dev/func"), "schema", "func_yaml-schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// document decodes the text of func.yaml for the validator of the schema.
func document(t *testing.T, text string) any {
	t.Helper()
	j, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(j)))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func manifest(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root(), "func.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSchema(t *testing.T) {
	if err := schema(t).Validate(document(t, manifest(t))); err != nil {
		t.Errorf("func.yaml does not comply with func's schema: %v", err)
	}
}

// TestSchemaBites makes one change of func.yaml at a time, which the schema must refuse.
func TestSchemaBites(t *testing.T) {
	s := schema(t)
	for _, c := range []struct{ name, old, new, want string }{
		{"no created", "created:", "# created:", "missing property 'created'"},
		{"created is no time", "created: ", "created: at ", "date-time"},
		{"other invoke", "invoke: http", "invoke: grpc", "must be one of"},
		{"typing error", "healthEndpoints:", "healthEndpoint:", "additional properties 'healthEndpoint'"},
		{"metric", "metric: concurrency", "metric: cpu", "must be one of"},
		{"negative scale", "min: 0", "min: -1", "minimum"},
		{"builder host", "invoke: http", "invoke: http\nbuild:\n  builder: host", "must be one of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(manifest(t), c.old, c.new, 1)
			if text == manifest(t) {
				t.Fatalf("func.yaml does not have %q", c.old)
			}
			err := s.Validate(document(t, text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

// func loads and validates func.yaml as its commands do, and reads the settings for the deployment.
func TestValidate(t *testing.T) {
	f, err := fn.NewFunction(copyProject(t, "validate", nothing))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Validate(); err != nil {
		t.Fatal(err)
	}
	if f.Name != "reddit-classifier" || f.Runtime != "go" || f.Invoke != "http" {
		t.Errorf("name %q, runtime %q, invoke %q; want reddit-classifier, go, http", f.Name, f.Runtime, f.Invoke)
	}
	if latest := fn.LastSpecVersion(); f.SpecVersion != latest {
		t.Errorf("specVersion is %s, func writes %s: change it in func.yaml", f.SpecVersion, latest)
	}
	scale := f.Deploy.Options.Scale
	if scale == nil || scale.Min == nil || *scale.Min != 0 {
		t.Error("func.yaml must have scale.min: 0, so that the function scales to zero regardless of the cluster's default")
	}
	if h := f.Deploy.HealthEndpoints; h.Liveness != "/health/liveness" || h.Readiness != "/health/readiness" {
		t.Errorf("health endpoints %+v are not those that func-go serves", h)
	}
}
