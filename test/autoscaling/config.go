package autoscaling

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"strings"
	"time"

	"knative.dev/serving/pkg/apis/autoscaling"
	"knative.dev/serving/pkg/apis/serving"
	"sigs.k8s.io/yaml"
)

// Measured has the figures that test/func measures on a function that func's host builder has built.
type Measured struct {
	CPU     time.Duration // processor time for a record of one comment, HTTP included
	Comment time.Duration // processor time for each further comment in a record
	Start   time.Duration // from the start of the process until it is ready
}

// ReadMeasured reads measured.json. Its durations have Go's format.
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
			return Measured{}, fmt.Errorf("%s: %q is not a positive duration", path, d.text)
		}
	}
	return m, nil
}

// Scale has the settings of func.yaml for scaling: the annotations that `func deploy` sets, and the limits of a pod.
type Scale struct {
	Annotations map[string]string
	Concurrency int     // limit of concurrent requests in a pod
	CPUs        float64 // processor limit of a pod
	Request     string  // processor request of a pod
}

// ReadScale reads func.yaml.
func ReadScale(path string) (Scale, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Scale{}, err
	}
	var f struct {
		Deploy struct {
			Annotations map[string]string
			Options     struct {
				Scale     struct{ Min, Max, Metric, Target, Utilization any }
				Resources struct {
					Requests struct{ CPU string }
					Limits   struct {
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
	// func sets deploy.annotations on the revision and on the Service. A Service must not have annotations of autoscaling.
	if err := serving.ValidateHasNoAutoscalingAnnotation(f.Deploy.Annotations); err != nil {
		return Scale{}, fmt.Errorf(
			"%s: Serving refuses annotations of autoscaling on the Service, where func sets deploy.annotations as well; move them to config/service: %w",
			path,
			err,
		)
	}
	s.Request = f.Deploy.Options.Resources.Requests.CPU
	limits := f.Deploy.Options.Resources.Limits
	s.Concurrency = limits.Concurrency
	milli, isMilli := strings.CutSuffix(limits.CPU, "m")
	if _, err := fmt.Sscan(milli, &s.CPUs); err != nil || s.CPUs <= 0 || s.Concurrency <= 0 {
		return Scale{}, fmt.Errorf("%s: resources.limits must have cpu and concurrency", path)
	}
	if isMilli {
		s.CPUs /= 1000
	}
	return s, nil
}

// With returns a copy of the scale with an annotation set.
func (s Scale) With(key, value string) Scale {
	s.Annotations = maps.Clone(s.Annotations)
	s.Annotations[key] = value
	return s
}

// ReadSource reads the manifest of a KafkaSource, and from the manifest of the topics the number of partitions of its
// first topic.
func ReadSource(path, topics string) (Source, error) {
	var k struct {
		Spec struct {
			Ordering  string
			Consumers int
			Topics    []string
			Delivery  struct {
				Retry                                int
				BackoffPolicy, BackoffDelay, Timeout string
				DeadLetterSink                       any
			}
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Source{}, err
	}
	if err := yaml.Unmarshal(text, &k); err != nil {
		return Source{}, fmt.Errorf("%s: %w", path, err)
	}
	d := k.Spec.Delivery
	if len(k.Spec.Topics) == 0 || d.BackoffDelay == "" || d.Timeout == "" {
		return Source{}, fmt.Errorf("%s: not a KafkaSource with topics and with delivery.backoffDelay and delivery.timeout", path)
	}
	s := Source{Ordered: k.Spec.Ordering != "unordered", Consumers: max(1, k.Spec.Consumers)}
	s.Delivery = Delivery{Retry: d.Retry, Linear: d.BackoffPolicy == "linear", DeadLetter: d.DeadLetterSink != nil}
	if s.Backoff, err = duration(d.BackoffDelay); err != nil {
		return Source{}, fmt.Errorf("%s: backoffDelay: %w", path, err)
	}
	if s.Timeout, err = duration(d.Timeout); err != nil {
		return Source{}, fmt.Errorf("%s: timeout: %w", path, err)
	}
	s.Partitions, err = partitions(topics, k.Spec.Topics[0])
	return s, err
}

// duration reads an ISO 8601 duration of hours, minutes and seconds, such as PT0.3S.
func duration(text string) (time.Duration, error) {
	rest, ok := strings.CutPrefix(text, "PT")
	d, err := time.ParseDuration(strings.ToLower(rest))
	if !ok || err != nil || d <= 0 {
		return 0, fmt.Errorf("%q is not a duration such as PT1M30S", text)
	}
	return d, nil
}

// partitions returns the number of partitions of a topic in a file of KafkaTopics.
func partitions(path, topic string) (int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	for _, document := range bytes.Split(text, []byte("\n---\n")) {
		var t struct {
			Metadata struct{ Name string }
			Spec     struct{ Partitions int }
		}
		if err := yaml.Unmarshal(document, &t); err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
		if t.Metadata.Name == topic && t.Spec.Partitions > 0 {
			return t.Spec.Partitions, nil
		}
	}
	return 0, fmt.Errorf("%s: no topic %s with partitions", path, topic)
}
