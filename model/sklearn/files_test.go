package sklearn

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const mlmodelText = `artifact_path: model
flavors:
  python_function:
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.sklearn
    model_path: model.pkl
    predict_fn: predict
    python_version: 3.11.7
  sklearn:
    code: null
    pickled_model: model.pkl
    serialization_format: cloudpickle
    sklearn_version: 1.5.2
mlflow_version: 2.9.2
model_uuid: 5e2d3c0c1f0c4b6f8f3a2b1c0d9e8f7a
signature:
  inputs: '[{"type": "string", "required": true}]'
utc_time_created: '2026-11-30 12:00:00.000000'
`

func TestModelNamed(t *testing.T) {
	for _, test := range []struct{ name, mlmodel, want, err string }{
		{"as MLflow writes it", mlmodelText, "model.pkl", ""},
		{"the function alone",
			"flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n    model_path: data/model.skops\n",
			"data/model.skops", ""},
		{"in quotes, by four spaces", "flavors:\n    sklearn:\n        pickled_model: \"my model.pkl\"\n", "my model.pkl",
			""},
		{"another library's",
			"flavors:\n  python_function:\n    loader_module: mlflow.keras\n    model_path: data\n  keras:\n    data: data\n",
			"",
			"not a model of scikit-learn: it has the flavours keras, python_function"},
		{"outside", "flavors:\n  sklearn:\n    pickled_model: ../../secret.pkl\n", "",
			`it names "../../secret.pkl", which is not in its folder`},
		{"absolute", "flavors:\n  sklearn:\n    pickled_model: /etc/passwd\n", "",
			`it names "/etc/passwd", which is not in its folder`},
		{"empty", "", "", "it does not describe a model"},
	} {
		got, err := modelNamed([]byte(test.mlmodel))
		message := ""
		if err != nil {
			message = err.Error()
		}
		if got != test.want || message != test.err {
			t.Errorf("%s: %q, %q; want %q, %q", test.name, got, message, test.want, test.err)
		}
	}
}

func TestFiles(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "model")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if _, err := Files(folder); err == nil || !strings.Contains(err.Error(), "a folder must be an MLflow model") {
		t.Errorf("a folder without MLmodel: %v", err)
	}
	description := write("MLmodel", mlmodelText)
	if _, err := Files(folder); err == nil || !strings.Contains(err.Error(), "model.pkl") {
		t.Errorf("an MLmodel without its model: %v", err)
	}
	model := write("model.pkl", "N.")
	files, err := Files(folder, model, description)
	if err != nil || len(files) != 3 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		if f.Name != model || string(f.Data) != "N." {
			t.Errorf("%+v", f)
		}
	}
}
