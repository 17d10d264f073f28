package kubernetes

import (
	"fmt"
	"log/slog"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
)

const (
	listenAddress = "LISTEN_ADDRESS" // read by func-go
	memoryLimit   = "GOMEMLIMIT"     // read by Go's runtime
	defaultPort   = 8080             // of Serving and of images built by func

	deadLetterSink = "DEAD_LETTER_SINK" // read by the function
)

// secretValue matches environment variables that look like secrets.
var secretValue = regexp.MustCompile(`(?i)passw|secret|token|private|-----BEGIN|://[^/@]+@`)

// checkService returns the problems of a Service that runs the function.
func (e External) checkService(o Object) []string {
	var s servingv1.Service
	if err := strictly(o.fields, &s); err != nil {
		return nil // reported elsewhere
	}
	return append(e.checkFunction(&s), checkRestricted(s.Spec.Template.Spec.PodSpec)...)
}

// checkRestricted reports violations of Kubernetes' restricted profile, and a writable root file system. The Service
// that func creates does not comply, because func.yaml has no such settings.
func checkRestricted(pod corev1.PodSpec) []string {
	yes := func(b *bool) bool { return b != nil && *b }
	var problems []string
	for _, c := range pod.Containers {
		s := c.SecurityContext
		if s == nil {
			return []string{"there is no securityContext"}
		}
		for _, rule := range []struct {
			broken bool
			why    string
		}{
			{!yes(s.RunAsNonRoot) || s.RunAsUser == nil || *s.RunAsUser == 0, "the container may run as root"},
			{!yes(s.ReadOnlyRootFilesystem), "the root file system can be written to"},
			{s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation, "privileges can be gained"},
			{s.Capabilities == nil || !slices.Equal(s.Capabilities.Drop, []corev1.Capability{"ALL"}) || len(s.Capabilities.Add) > 0, "capabilities are left"},
			{s.SeccompProfile == nil || s.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault, "system calls are not filtered"},
		} {
			if rule.broken {
				problems = append(problems, rule.why)
			}
		}
	}
	if pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken {
		problems = append(problems, "the pod gets the token of a service account, which the function does not need")
	}
	return problems
}

// checkFunction returns the settings that Serving accepts but with which the function does not work.
func (e External) checkFunction(s *servingv1.Service) []string {
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	spec := s.Spec.Template.Spec
	if s.Name != e.Function {
		say("the name is %q: sources and bindings refer to %q", s.Name, e.Function)
	}
	if spec.ServiceAccountName != "" {
		say("spec.template.spec.serviceAccountName is %q, which nothing creates", spec.ServiceAccountName)
	}
	for name, seconds := range map[string]*int64{"timeoutSeconds": spec.TimeoutSeconds, "responseStartTimeoutSeconds": spec.ResponseStartTimeoutSeconds} {
		if seconds != nil && time.Duration(*seconds)*time.Second < serverTimeout {
			say("spec.template.spec.%s is %d: the function may take %v to answer", name, *seconds, serverTimeout)
		}
	}
	if len(spec.Containers) != 1 {
		return append(problems, fmt.Sprintf("there are %d containers", len(spec.Containers)))
	}
	c := spec.Containers[0]
	if c.Image != e.Function {
		say("the image is %q: it must be %q, which is replaced at deployment", c.Image, e.Function)
	}
	for path, probe := range map[string]*corev1.Probe{"/health/liveness": c.LivenessProbe, "/health/readiness": c.ReadinessProbe} {
		if probe == nil || probe.HTTPGet == nil || probe.HTTPGet.Path != path {
			say("no probe gets %s, which func-go answers", path)
		}
	}
	return append(problems, e.checkEnvironment(c)...)
}

// checkEnvironment reports variables that nothing reads or that look like secrets, and a function that listens on
// another port than that of its container.
func (e External) checkEnvironment(c corev1.Container) []string {
	var problems []string
	port := fmt.Sprint(defaultPort)
	if len(c.Ports) > 0 {
		port = fmt.Sprint(c.Ports[0].ContainerPort)
	}
	listens := fmt.Sprint(defaultPort)
	for _, v := range c.Env {
		switch {
		case secretValue.MatchString(v.Name + "=" + v.Value):
			problems = append(problems, "the environment variable "+v.Name+" looks like a secret")
		case v.Name == listenAddress:
			_, listens, _ = net.SplitHostPort(v.Value)
		case v.Name == memoryLimit:
			problems = append(problems, checkMemory(v.Value, c.Resources.Limits.Memory())...)
		case v.Name == "LOG_LEVEL" && new(slog.Level).UnmarshalText([]byte(v.Value)) != nil:
			problems = append(problems, fmt.Sprintf("LOG_LEVEL is %q: the function would not start", v.Value))
		case v.Name == deadLetterSink && v.Value != e.DeadLetters:
			problems = append(
				problems,
				fmt.Sprintf(
					"DEAD_LETTER_SINK is %q: it must be %s, the KafkaSink for refused events",
					v.Value,
					e.DeadLetters,
				),
			)
		case !slices.Contains(e.Settings, v.Name):
			problems = append(problems, "nothing reads the environment variable "+v.Name)
		}
	}
	if listens != port {
		problems = append(problems, fmt.Sprintf("the function listens on port %s, and gets requests on port %s", listens, port))
	}
	return problems
}

// checkMemory reports a memory limit of the Go runtime that Go cannot parse, or that is not below the container's
// limit.
func checkMemory(value string, limit *resource.Quantity) []string {
	number, isBytes := strings.CutSuffix(value, "iB")
	most, err := resource.ParseQuantity(number + "i")
	if !isBytes || err != nil || most.Cmp(*limit) >= 0 {
		return []string{
			fmt.Sprintf(
				"%s is %q: it must be a number of KiB, MiB or GiB, below the container's limit of %v",
				memoryLimit,
				value,
				limit,
			),
		}
	}
	return nil
}
