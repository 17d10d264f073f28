// Package kubernetes checks the project's manifests without a cluster.
//
// Each overlay is built with kustomize's own library. What it gives is then judged three times: by Knative's types (SetDefaults
// and Validate, which its webhooks run), by the custom resource definitions (schema, unknown fields and CEL rules, with the API
// server's code), and by rules of our own for what no webhook checks: KafkaSource's values, references, topics, the way that a
// prediction and an error take. The folders under testdata/bad break one thing each and say which answer that must give.
package kubernetes
