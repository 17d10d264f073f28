// Package kubernetes checks the project's manifests without a cluster.
//
// It builds each overlay with the library of kustomize, and checks the result in three ways: with Knative's types
// (SetDefaults and Validate, as its webhooks do), with the custom resource definitions (schema, unknown fields and CEL
// rules, with the code of the API server), and with rules of its own for what no webhook checks: values of a
// KafkaSource, references, topics, and the paths of predictions and errors. Each case in testdata/bad changes one thing
// in an overlay and has the problem that must be reported.
package kubernetes
