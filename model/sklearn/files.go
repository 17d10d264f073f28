package sklearn

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Files reads the files at paths. For the folder of an MLflow model it reads the file that the folder's MLmodel names.
func Files(paths ...string) ([]File, error) {
	files := make([]File, len(paths))
	for i, path := range paths {
		if info, err := os.Stat(path); err == nil && info.IsDir() || filepath.Base(path) == mlmodel {
			if path, err = mlflowFile(path); err != nil {
				return nil, err
			}
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("the model cannot be read: %w", err)
		}
		files[i] = File{Name: path, Data: b}
	}
	return files, nil
}

// mlmodel is the file in which MLflow describes a model.
const mlmodel = "MLmodel"

// mlflowFile returns the path of the model's file in the folder of an MLflow model, or next to an MLmodel file.
func mlflowFile(path string) (string, error) {
	if filepath.Base(path) != mlmodel {
		path = filepath.Join(path, mlmodel)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("the model cannot be read: a folder must be an MLflow model: %w", err)
	}
	name, err := modelNamed(b)
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return filepath.Join(filepath.Dir(path), filepath.FromSlash(name)), nil
}

// modelNamed returns the file that an MLmodel names: pickled_model of the flavour sklearn, or model_path of
// python_function where that one loads it with mlflow.sklearn.
func modelNamed(b []byte) (string, error) {
	settings := flavours(b)
	name := settings["sklearn"]["pickled_model"]
	if function := settings["python_function"]; name == "" && function["loader_module"] == "mlflow.sklearn" {
		name = function["model_path"]
	}
	switch {
	case name != "" && !filepath.IsLocal(filepath.FromSlash(name)):
		return "", fmt.Errorf("it names %q, which is not in its folder", name)
	case name != "":
		return name, nil
	case len(settings) == 0:
		return "", fmt.Errorf("it does not describe a model")
	}
	names := slices.Sorted(maps.Keys(settings))
	return "", fmt.Errorf("not a model of scikit-learn: it has the flavours %s", strings.Join(names, ", "))
}

// flavours returns the settings of each flavour in an MLmodel. That is YAML, of which MLflow writes these as plain
// lines.
func flavours(b []byte) map[string]map[string]string {
	out := map[string]map[string]string{}
	var inside bool
	var outer, flavour string
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		line := strings.TrimRight(lines.Text(), " \r")
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		key, value, ok := strings.Cut(line[len(indent):], ":")
		switch {
		case !ok || strings.HasPrefix(key, "#"):
		case indent == "":
			inside, outer, flavour = key == "flavors", "", ""
		case !inside:
		case outer == "" || indent == outer:
			outer, flavour = indent, key
			out[key] = map[string]string{}
		case flavour != "" && out[flavour][key] == "":
			out[flavour][key] = strings.Trim(strings.TrimSpace(value), `"'`)
		}
	}
	return out
}
