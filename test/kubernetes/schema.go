package kubernetes

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

// definition is one version of a custom resource definition, compiled by the code of the API server.
type definition struct {
	structural *structuralschema.Structural
	schema     validation.SchemaValidator
	rules      *cel.Validator
}

// Definitions has custom resource definitions by "apiVersion/kind".
type Definitions map[string]definition

// ReadDefinitions reads the definitions in the YAML files of folders.
func ReadDefinitions(dirs ...string) (Definitions, error) {
	all := Definitions{}
	for _, dir := range dirs {
		paths, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
		if err != nil || len(paths) == 0 {
			return nil, fmt.Errorf("no YAML files in %s", dir)
		}
		for _, path := range paths {
			if err := all.read(path); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
		}
	}
	return all, nil
}

func (d Definitions) read(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, doc := range bytes.Split(text, []byte("\n---")) {
		if !bytes.Contains(doc, []byte("kind: CustomResourceDefinition")) {
			continue
		}
		var crd apiextensionsv1.CustomResourceDefinition
		if err := yaml.Unmarshal(doc, &crd); err != nil {
			return err
		}
		for _, v := range crd.Spec.Versions {
			one, err := newDefinition(v.Schema)
			if err != nil {
				return fmt.Errorf("%s %s: %w", crd.Name, v.Name, err)
			}
			d[crd.Spec.Group+"/"+v.Name+"/"+crd.Spec.Names.Kind] = one
		}
	}
	return nil
}

func newDefinition(v *apiextensionsv1.CustomResourceValidation) (definition, error) {
	var in apiextensions.JSONSchemaProps
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(v.OpenAPIV3Schema, &in, nil); err != nil {
		return definition{}, err
	}
	structural, err := structuralschema.NewStructural(&in)
	if err != nil {
		return definition{}, err
	}
	schema, _, err := validation.NewSchemaValidator(&in)
	if err != nil {
		return definition{}, err
	}
	return definition{structural, schema, cel.NewValidator(structural, true, celconfig.PerCallLimit)}, nil
}

// check returns the problems of an object according to its definition, if there is one.
func (d Definitions) check(o Object) []string {
	if one, ok := d[o.APIVersion+"/"+o.Kind]; ok {
		return one.check(o)
	}
	return nil
}

// check returns what the API server would refuse or drop in an object.
func (d definition) check(o Object) []string {
	var problems []string
	fields := runtime.DeepCopyJSON(o.fields)
	defaulting.Default(fields, d.structural)
	pruned := runtime.DeepCopyJSON(fields)
	track := structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	if unknown := pruning.PruneWithOptions(pruned, d.structural, true, track); len(unknown) > 0 {
		problems = append(problems, "unknown field "+strings.Join(unknown, ", "))
	}
	for _, err := range validation.ValidateCustomResource(nil, fields, d.schema) {
		problems = append(problems, err.Error())
	}
	errs, _ := d.rules.Validate(
		context.Background(),
		field.NewPath(""),
		d.structural,
		fields,
		nil,
		celconfig.RuntimeCELCostBudget,
	)
	for _, err := range errs {
		problems = append(problems, err.Error())
	}
	return problems
}
