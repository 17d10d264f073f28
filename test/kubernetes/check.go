package kubernetes

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// Check returns the problems of the objects of an overlay. Each begins with the kind and the name of the object. No
// module ships the definitions of Kafka's kinds. If defs does not have them, only the rules of this package apply to
// those kinds.
func Check(all []Object, defs Definitions, e External) []string {
	var problems []string
	for _, o := range all {
		for _, p := range checkOne(all, o, defs, e) {
			problems = append(problems, fmt.Sprintf("%v: %s", o, p))
		}
	}
	return append(problems, checkTogether(all)...)
}

func checkOne(all []Object, o Object, defs Definitions, e External) []string {
	problems := slices.Concat(checkType(o), defs.check(o), e.checkMetadata(o), checkAnnotations(o),
		e.checkReferences(all, o), checkAddresses(o), checkOverrides(o))
	switch o.Kind {
	case "KafkaSource":
		return slices.Concat(problems, checkSource(o), checkServers(o), e.checkCredentials(o), checkTopics(all, o),
			checkDelivery(o), checkDeadLetters(all, o), checkDeadLetterTopic(all, o), e.checkAnswers(all, o))
	case "KafkaSink":
		return slices.Concat(problems, checkSink(o), checkServers(o), checkTopics(all, o))
	case "KafkaTopic":
		return slices.Concat(problems, checkTopic(o))
	case "KafkaChannel":
		return slices.Concat(problems, checkChannel(all, o))
	case "Broker", "Trigger", "Subscription":
		return slices.Concat(problems, checkDelivery(o), checkDeadLetters(all, o))
	case "ConfigMap":
		return slices.Concat(problems, checkConfigMap(all, o))
	case "Service":
		return slices.Concat(problems, e.checkService(o))
	case "Secret":
		return append(problems, "secrets do not belong in manifests: refer to one made by hand")
	}
	return problems
}

// components are the values of the label app.kubernetes.io/component that each kind may have.
var components = map[string][]string{
	"Broker":       {"broker"},
	"ConfigMap":    {"broker"},
	"KafkaChannel": {"channel"},
	"KafkaSink":    {"sink", "dead-letters"},
	"KafkaSource":  {"source"},
	"KafkaTopic":   {"topic"},
	"Service":      {"function"},
	"SinkBinding":  {"binding"},
	"Subscription": {"subscription"},
	"Trigger":      {"trigger"},
}

// checkMetadata checks the name, and the labels that Kubernetes recommends.
func (e External) checkMetadata(o Object) []string {
	var meta metav1.ObjectMeta
	fields, _ := o.at("metadata").(map[string]any)
	if err := strictly(fields, &meta); err != nil {
		return []string{"metadata: " + err.Error()}
	}
	if why := validation.IsDNS1123Subdomain(meta.Name); len(why) > 0 {
		return []string{"metadata.name: " + why[0]}
	}
	project := []string{e.Function}
	var problems []string
	for _, label := range []struct {
		name   string
		values []string
	}{
		{"name", project}, {"component", components[o.Kind]}, {"part-of", project}, {"managed-by", []string{"kustomize"}},
	} {
		if v := meta.Labels["app.kubernetes.io/"+label.name]; !slices.Contains(label.values, v) {
			problems = append(
				problems,
				fmt.Sprintf("the label app.kubernetes.io/%s is %q, not one of %q", label.name, v, label.values),
			)
		}
	}
	return problems
}

// checkTogether reports objects that connect to different Kafka clusters, or in different ways.
func checkTogether(all []Object) []string {
	var problems []string
	var first Object
	for _, o := range slices.Concat(ofKind(all, "KafkaSource"), ofKind(all, "KafkaSink"), ofKind(all, "ConfigMap")) {
		if first.Name == "" {
			first = o
		}
		if !slices.Equal(serversOf(o), serversOf(first)) {
			problems = append(problems, fmt.Sprintf("%v: bootstrap servers are not those of %v", o, first))
		}
		if authenticates(o) != authenticates(first) {
			problems = append(problems, fmt.Sprintf("%v: has credentials and %v has not, or the other way round", o, first))
		}
	}
	return problems
}

// serversOf returns the bootstrap servers of a source, a sink or a Broker's ConfigMap.
func serversOf(o Object) []string {
	if o.Kind == "ConfigMap" {
		return strings.Split(o.text("data", brokerServers), ",")
	}
	return o.texts("spec", "bootstrapServers")
}
