package clients

import (
	"os/exec"
	"testing"

	"reddit-classifier/test/oracle"
)

// TestOpenAPI has Schemathesis make requests from /openapi.json, good and bad, and compare the answers with it.
func TestOpenAPI(t *testing.T) {
	python := oracle.Environment(t, "openapi")
	cmd := exec.Command(python, "-m", "schemathesis.cli", "run", "http://"+serve(t)+"/openapi.json",
		"--checks",
		"not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method",
		"--phases", "examples,coverage,fuzzing", "--max-examples", "30", "--seed", "1", "--no-color")
	cmd.Dir = t.TempDir()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
