package autoscaling

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"knative.dev/serving/pkg/apis/autoscaling"
	"sigs.k8s.io/yaml"
)

// Measured is what test/func measures on the function that func's host builder built.
type Measured struct {
	CPU     time.Duration // processor time for a record of one comment, HTTP included
	Comment time.Duration // processor time for each further comment in a record
	Start   time.Duration // from starting the process to its first readiness
}

// ReadMeasured reads measured.json, in which durations are written as Go writes them.
func ReadMeasured(path string) (Measured, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Measured{}, err
	}
	var in struct{ CPU, Comment, Start string }
	if err := json.Unmarshal(text, &in); err != nil {
		return Measured{}, fmt.Errorf("%s: %w", path, err)
	}
	var m Measured
	for _, d := range []struct {
		text string
		to   *time.Duration
	}{{in.CPU, &m.CPU}, {in.Comment, &m.Comment}, {in.Start, &m.Start}} {
		if *d.to, err = time.ParseDuration(d.text); err != nil || *d.to <= 0 {
			return Measured{}, fmt.Errorf("%s: %q is no positive duration", path, d.text)
		}
	}
	return m, nil
}

// Scale is what func.yaml says about scaling: the annotations that `func deploy` makes of it, and the limits of a pod.
type Scale struct {
	Annotations map[string]string
	Concurrency int     // requests in one pod at once
	CPUs        float64 // processors that a pod may use
}

// ReadScale reads func.yaml.
func ReadScale(path string) (Scale, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Scale{}, err
	}
	var f struct {
		Deploy struct {
			Options struct {
				Scale     struct{ Min, Max, Metric, Target, Utilization any }
				Resources struct {
					Limits struct {
						CPU         string
						Concurrency int
					}
				}
			}
		}
	}
	if err := yaml.Unmarshal(text, &f); err != nil {
		return Scale{}, fmt.Errorf("%s: %w", path, err)
	}
	s := Scale{Annotations: map[string]string{autoscaling.ClassAnnotationKey: autoscaling.KPA}}
	for key, v := range map[string]any{
		autoscaling.MinScaleAnnotationKey:          f.Deploy.Options.Scale.Min,
		autoscaling.MaxScaleAnnotationKey:          f.Deploy.Options.Scale.Max,
		autoscaling.MetricAnnotationKey:            f.Deploy.Options.Scale.Metric,
		autoscaling.TargetAnnotationKey:            f.Deploy.Options.Scale.Target,
		autoscaling.TargetUtilizationPercentageKey: f.Deploy.Options.Scale.Utilization,
	} {
		if v != nil {
			s.Annotations[key] = fmt.Sprint(v)
		}
	}
	limits := f.Deploy.Options.Resources.Limits
	s.Concurrency = limits.Concurrency
	milli, isMilli := strings.CutSuffix(limits.CPU, "m")
	if _, err := fmt.Sscan(milli, &s.CPUs); err != nil || s.CPUs <= 0 || s.Concurrency <= 0 {
		return Scale{}, fmt.Errorf("%s: resources.limits must say cpu and concurrency", path)
	}
	if isMilli {
		s.CPUs /= 1000
	}
	return s, nil
}

// With returns a copy of the scale with another target.
func (s Scale) With(target string) Scale {
	annotations := map[string]string{}
	for k, v := range s.Annotations {
		annotations[k] = v
	}
	annotations[autoscaling.TargetAnnotationKey] = target
	s.Annotations = annotations
	return s
}
