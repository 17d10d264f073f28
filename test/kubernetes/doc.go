// Package kubernetes checks the project's manifests without a cluster.
//
// Each overlay is built with kustomize's own library. What it gives is then judged three times: by Knative's types
// (SetDefaults and Validate, which its webhooks run), by the custom resource definitions (schema, unknown fields and
// CEL rules, with the API server's code), and by rules of our own for what no webhook checks: KafkaSource's values,
// references, topics, the way that a prediction and an error take. Each case under testdata/bad changes one thing in an
// overlay and says what must be said of it.
package kubernetes
