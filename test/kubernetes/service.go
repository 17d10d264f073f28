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
	usualPort     = 8080             // Serving's, and that of func's images

	deadLetterSink = "DEAD_LETTER_SINK" // read by the function
)

// secretValue is what no environment variable of a manifest may look like.
var secretValue = regexp.MustCompile(`(?i)passw|secret|token|private|-----BEGIN|://[^/@]+@`)

// checkService returns what is wrong with a Service that runs the function.
func (e External) checkService(o Object) []string {
	var s servingv1.Service
	if err := strictly(o.fields, &s); err != nil {
		return nil // which is said elsewhere
	}
	return append(e.checkFunction(&s), checkRestricted(s.Spec.Template.Spec.PodSpec)...)
}

// checkRestricted wants what Kubernetes' restricted profile asks of a pod, and a file system that cannot be written to.
// What func makes has not all of it: func.yaml cannot say so.
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
		problems = append(problems, "the pod gets a service account's token, which the function has no use for")
	}
	return problems
}

// checkFunction returns what Serving takes and the function does not work with.
func (e External) checkFunction(s *servingv1.Service) []string {
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	spec := s.Spec.Template.Spec
	if s.Name != e.Function {
		say("the name is %q: sources and bindings refer to %q", s.Name, e.Function)
	}
	if spec.ServiceAccountName != "" {
		say("spec.template.spec.serviceAccountName is %q, which nobody makes", spec.ServiceAccountName)
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
		say("the image is %q: who deploys it says which one %q is", c.Image, e.Function)
	}
	for path, probe := range map[string]*corev1.Probe{"/health/liveness": c.LivenessProbe, "/health/readiness": c.ReadinessProbe} {
		if probe == nil || probe.HTTPGet == nil || probe.HTTPGet.Path != path {
			say("no probe asks %s, which func-go answers", path)
		}
	}
	return append(problems, e.checkEnvironment(c)...)
}

// checkEnvironment wants each variable to be one that is read, none to hold a secret, and the function to listen where
// it is asked.
func (e External) checkEnvironment(c corev1.Container) []string {
	var problems []string
	port := fmt.Sprint(usualPort)
	if len(c.Ports) > 0 {
		port = fmt.Sprint(c.Ports[0].ContainerPort)
	}
	listens := fmt.Sprint(usualPort)
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
					"DEAD_LETTER_SINK is %q: the KafkaSink for refused events is %s, beside that of K_SINK",
					v.Value,
					e.DeadLetters,
				),
			)
		case !slices.Contains(e.Settings, v.Name):
			problems = append(problems, "nothing reads the environment variable "+v.Name)
		}
	}
	if listens != port {
		problems = append(problems, fmt.Sprintf("the function listens on port %s and is asked on %s", listens, port))
	}
	return problems
}

// checkMemory wants the runtime's limit to be written as Go reads it and to leave the container room for what is not
// Go's.
func checkMemory(value string, limit *resource.Quantity) []string {
	number, isBytes := strings.CutSuffix(value, "iB")
	most, err := resource.ParseQuantity(number + "i")
	if !isBytes || err != nil || most.Cmp(*limit) >= 0 {
		return []string{
			fmt.Sprintf(
				"%s is %q: it is a number of KiB, MiB or GiB, below the container's limit of %v",
				memoryLimit,
				value,
				limit,
			),
		}
	}
	return nil
}
