package kubernetes

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"knative.dev/pkg/apis"
	"knative.dev/serving/pkg/apis/autoscaling"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/yaml"
)

// funcYAML has the fields of func.yaml that this package reads.
type funcYAML struct {
	Name string
	Run  struct{ Envs []corev1.EnvVar }

	Deploy struct {
		Annotations     map[string]string
		HealthEndpoints struct{ Liveness, Readiness string }
		Options         struct {
			Scale struct {
				Min, Max            *int64
				Metric              string
				Target, Utilization *float64
			}
			Resources struct {
				Requests struct{ CPU, Memory string }
				Limits   struct {
					CPU, Memory string
					Concurrency *int64
				}
			}
		}
	}
}

func readFunc(t *testing.T) funcYAML {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(), "func.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var f funcYAML
	if err := yaml.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// deployed returns the Service that `func deploy` creates, as far as func.yaml determines it. func sets
// deploy.annotations on the Service and on the revision, and formats the numbers of scale with six decimals.
func deployed(t *testing.T) *servingv1.Service {
	t.Helper()
	f := readFunc(t)
	scale, resources := f.Deploy.Options.Scale, f.Deploy.Options.Resources
	var s servingv1.Service
	s.APIVersion, s.Kind, s.Name, s.Namespace = "serving.knative.dev/v1", "Service", f.Name, "default"
	s.Annotations = f.Deploy.Annotations
	template := &s.Spec.Template
	template.Annotations = map[string]string{
		autoscaling.MinScaleAnnotationKey:          fmt.Sprint(*scale.Min),
		autoscaling.MaxScaleAnnotationKey:          fmt.Sprint(*scale.Max),
		autoscaling.MetricAnnotationKey:            scale.Metric,
		autoscaling.TargetAnnotationKey:            fmt.Sprintf("%f", *scale.Target),
		autoscaling.TargetUtilizationPercentageKey: fmt.Sprintf("%f", *scale.Utilization),
	}
	for k, v := range f.Deploy.Annotations {
		template.Annotations[k] = v
	}
	template.Spec.ContainerConcurrency = resources.Limits.Concurrency
	probe := func(path string) *corev1.Probe {
		return &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path}}}
	}
	template.Spec.Containers = []corev1.Container{{
		Image: "reddit-classifier",
		Env:   f.Run.Envs,
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{"cpu": resource.MustParse(resources.Requests.CPU),
				"memory": resource.MustParse(resources.Requests.Memory)},
			Limits: corev1.ResourceList{"cpu": resource.MustParse(resources.Limits.CPU),
				"memory": resource.MustParse(resources.Limits.Memory)},
		},
		LivenessProbe:  probe(f.Deploy.HealthEndpoints.Liveness),
		ReadinessProbe: probe(f.Deploy.HealthEndpoints.Readiness),
	}}
	return &s
}

// Serving's webhook accepts the Service that func creates from func.yaml. func itself does not check it.
func TestDeployed(t *testing.T) {
	s := deployed(t)
	for _, p := range external.checkFunction(s) {
		t.Error(p)
	}
	s.SetDefaults(webhook())
	if err := s.Validate(webhook()).Filter(apis.ErrorLevel); err != nil {
		t.Error(err)
	}
}

// config/service is valid and restricted, and has the settings of func.yaml.
func TestService(t *testing.T) {
	all := build(t, "service")
	for _, p := range check(t, "service", all) {
		t.Error(p)
	}
	if len(all) != 1 {
		t.Fatalf("config/service has %v, not one Service", all)
	}
	var ours servingv1.Service
	if err := strictly(all[0].fields, &ours); err != nil {
		t.Fatal(err)
	}
	ours.Namespace = "default"
	theirs := deployed(t)
	for _, s := range []*servingv1.Service{&ours, theirs} {
		s.SetDefaults(webhook())
		for _, key := range []string{autoscaling.TargetAnnotationKey, autoscaling.TargetUtilizationPercentageKey} {
			s.Spec.Template.Annotations[key] = number(t, s.Spec.Template.Annotations[key])
		}
	}
	if diff := cmp.Diff(theirs.Spec.Template.Annotations, ours.Spec.Template.Annotations); diff != "" {
		t.Errorf("the annotations are not those of func.yaml (-func.yaml +config/service):\n%s", diff)
	}
	want, got := theirs.Spec.Template.Spec, ours.Spec.Template.Spec
	if diff := cmp.Diff(want.ContainerConcurrency, got.ContainerConcurrency); diff != "" {
		t.Errorf("containerConcurrency is not that of func.yaml:\n%s", diff)
	}
	a, b := want.Containers[0], got.Containers[0]
	// set in images of func's host builder
	a.Env = append([]corev1.EnvVar{{Name: "LISTEN_ADDRESS", Value: "[::]:8080"}}, a.Env...)
	if diff := cmp.Diff([]any{a.Env, a.Resources, a.LivenessProbe, a.ReadinessProbe},
		[]any{b.Env, b.Resources, b.LivenessProbe, b.ReadinessProbe}); diff != "" {
		t.Errorf("the container is not that of func.yaml (-func.yaml +config/service):\n%s", diff)
	}
}

// number formats a number in its shortest form: "10.000000" and "10" mean the same to the autoscaler.
func number(t *testing.T, text string) string {
	t.Helper()
	var n float64
	if _, err := fmt.Sscan(text, &n); err != nil {
		t.Fatalf("%q is not a number", text)
	}
	return fmt.Sprint(n)
}
