package kubernetes

import (
	"fmt"
	"slices"
)

// credentials are the fields of a KafkaSource whose values are in the secret. A KafkaSink reads the same secret with
// fixed keys, so the source must name these keys as well.
var credentials = []struct{ part, field, key string }{
	{"sasl", "type", "sasl.mechanism"},
	{"sasl", "user", "user"},
	{"sasl", "password", "password"},
	{"tls", "caCert", "ca.crt"},
}

// checkCredentials reports a KafkaSource with incomplete credentials or without TLS. Without TLS the password is sent
// in plain text. The sinks use the protocol of the secret, SASL_SSL.
func (e External) checkCredentials(o Object) []string {
	if o.at("spec", "net") == nil {
		return nil
	}
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	for _, part := range []string{"sasl", "tls"} {
		if on, _ := o.at("spec", "net", part, "enable").(bool); !on {
			say("spec.net.%s.enable is not true, and the sinks' secret asks for SASL_SSL", part)
		}
	}
	for _, c := range credentials {
		path := []string{"spec", "net", c.part, c.field, "secretKeyRef"}
		if key := o.text(append(path, "key")...); key != c.key || !slices.Contains(e.SecretKeys, key) {
			say("spec.net.%s.%s takes the secret's key %q: it is %q, of %q", c.part, c.field, key, c.key, e.SecretKeys)
		}
		if optional, _ := o.at(append(path, "optional")...).(bool); optional {
			say("spec.net.%s.%s is optional: without the secret the source would try without it", c.part, c.field)
		}
	}
	return problems
}

// authenticates reports whether a source, a sink or the ConfigMap of a Broker has credentials.
func authenticates(o Object) bool {
	return o.at("spec", "net") != nil || o.at("spec", "auth") != nil || o.text("data", brokerSecret) != ""
}
