package kubernetes

import (
	"fmt"
	"slices"
	"strings"
)

// Check returns everything that is wrong with the objects of an overlay, each line beginning with the object's kind and name.
// Without the definitions of Kafka's kinds, which no module ships, those are judged by this package's rules alone.
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
	problems, known := checkType(o)
	if d, ok := defs[o.APIVersion+"/"+o.Kind]; ok {
		known = true
		problems = append(problems, d.check(o)...)
	}
	problems = append(problems, checkLabels(o)...)
	problems = append(problems, e.checkReferences(all, o)...)
	switch o.Kind {
	case "KafkaSource":
		problems = append(problems, checkSource(o)...)
		problems = append(problems, checkTopics(all, o)...)
		problems = append(problems, checkDeadLetters(all, o)...)
		problems = append(problems, checkLetters(all, o)...)
		problems = append(problems, e.checkAnswers(all, o)...)
	case "KafkaSink":
		problems = append(problems, checkServers(o)...)
		problems = append(problems, checkTopics(all, o)...)
	case "KafkaTopic":
		problems = append(problems, checkTopic(o)...)
	case "Broker", "Trigger", "Subscription":
		problems = append(problems, checkDelivery(o)...)
		problems = append(problems, checkDeadLetters(all, o)...)
	case "ConfigMap":
		problems = append(problems, checkConfigMap(o)...)
	case "Secret":
		problems = append(problems, "secrets do not belong in manifests: refer to one made by hand")
	default:
		if !known {
			problems = append(problems, fmt.Sprintf("nothing here knows %s %s", o.APIVersion, o.Kind))
		}
	}
	return problems
}

// checkLabels wants the labels that Kubernetes recommends.
func checkLabels(o Object) []string {
	var problems []string
	for _, name := range []string{"name", "component", "part-of", "managed-by"} {
		if o.text("metadata", "labels", "app.kubernetes.io/"+name) == "" {
			problems = append(problems, "the label app.kubernetes.io/"+name+" is missing")
		}
	}
	return problems
}

// checkTogether wants all to speak to the same Kafka in the same way.
func checkTogether(all []Object) []string {
	var problems []string
	var first Object
	for _, o := range slices.Concat(ofKind(all, "KafkaSource"), ofKind(all, "KafkaSink")) {
		if first.Name == "" {
			first = o
		}
		if !slices.Equal(o.texts("spec", "bootstrapServers"), first.texts("spec", "bootstrapServers")) {
			problems = append(problems, fmt.Sprintf("%v: spec.bootstrapServers are not those of %v", o, first))
		}
		if authenticates(o) != authenticates(first) {
			problems = append(problems, fmt.Sprintf("%v: has credentials and %v has not, or the other way round", o, first))
		}
	}
	for _, o := range ofKind(all, "ConfigMap") {
		if o.text("data", "bootstrap.servers") != strings.Join(first.texts("spec", "bootstrapServers"), ",") {
			problems = append(problems, fmt.Sprintf("%v: bootstrap.servers are not those of %v", o, first))
		}
	}
	return problems
}

// authenticates reports whether a source or sink shows credentials to Kafka.
func authenticates(o Object) bool {
	sasl, _ := o.at("spec", "net", "sasl", "enable").(bool)
	tls, _ := o.at("spec", "net", "tls", "enable").(bool)
	return sasl || tls || o.text("spec", "auth", "secret", "ref", "name") != ""
}
