package kubernetes

import (
	"context"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	duckv1 "knative.dev/eventing/pkg/apis/duck/v1"
	eventingv1 "knative.dev/eventing/pkg/apis/eventing/v1"
	"knative.dev/eventing/pkg/apis/feature"
	messagingv1 "knative.dev/eventing/pkg/apis/messaging/v1"
	sourcesv1 "knative.dev/eventing/pkg/apis/sources/v1"
	"knative.dev/pkg/apis"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
)

// checked is a type that a webhook can check.
type checked interface {
	apis.Defaultable
	apis.Validatable
}

// types has the types of Knative by "apiVersion/kind".
var types = map[string]func() checked{
	"serving.knative.dev/v1/Service":     func() checked { return &servingv1.Service{} },
	"sources.knative.dev/v1/SinkBinding": func() checked { return &sourcesv1.SinkBinding{} },
	"eventing.knative.dev/v1/Broker":     func() checked { return &eventingv1.Broker{} },
	"eventing.knative.dev/v1/Trigger":    func() checked { return &eventingv1.Trigger{} },
	"messaging.knative.dev/v1/Subscription": func() checked {
		return &messagingv1.Subscription{}
	},
	"messaging.knative.dev/v1beta1/KafkaChannel": func() checked { return &kafkaChannel{} },
}

// others are the further kinds that have rules here.
var others = []string{
	"sources.knative.dev/v1/KafkaSource", "eventing.knative.dev/v1alpha1/KafkaSink", "kafka.strimzi.io/v1/KafkaTopic", "v1/ConfigMap", "v1/Secret",
}

// webhook returns the context of a webhook: an object is created, and all features have their defaults.
func webhook() context.Context {
	return feature.ToContext(apis.WithinCreate(context.Background()), feature.FromContextOrDefaults(context.Background()))
}

// checkType returns what Knative's webhook would refuse in an object.
func checkType(o Object) []string {
	kind := o.APIVersion + "/" + o.Kind
	create, ok := types[kind]
	switch {
	case slices.Contains(others, kind):
		return nil
	case !ok:
		return []string{fmt.Sprintf("unknown kind %s %s", o.APIVersion, o.Kind)}
	}
	v := create()
	if err := strictly(o.fields, v); err != nil {
		return []string{err.Error()}
	}
	if m, ok := v.(metav1.Object); ok && m.GetNamespace() == "" {
		m.SetNamespace(metav1.NamespaceDefault) // as the API server does before it asks a webhook
	}
	v.SetDefaults(webhook())
	if err := v.Validate(webhook()).Filter(apis.ErrorLevel); err != nil {
		return []string{err.Error()}
	}
	return nil
}

// kafkaChannel is KafkaChannel v1beta1. No module ships its type or its definition.
type kafkaChannel struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec struct {
		NumPartitions          int32  `json:"numPartitions"`
		ReplicationFactor      int16  `json:"replicationFactor"`
		RetentionDuration      string `json:"retentionDuration"`
		duckv1.ChannelableSpec `json:",inline"`
	} `json:"spec"`
}

func (c *kafkaChannel) SetDefaults(ctx context.Context) { c.Spec.Delivery.SetDefaults(ctx) }

func (c *kafkaChannel) Validate(ctx context.Context) *apis.FieldError {
	var errs *apis.FieldError
	if c.Spec.NumPartitions <= 0 {
		errs = errs.Also(apis.ErrInvalidValue(c.Spec.NumPartitions, "spec.numPartitions"))
	}
	if c.Spec.ReplicationFactor <= 0 {
		errs = errs.Also(apis.ErrInvalidValue(c.Spec.ReplicationFactor, "spec.replicationFactor"))
	}
	if d, err := duration(c.Spec.RetentionDuration); err != nil || d <= 0 {
		errs = errs.Also(apis.ErrInvalidValue(c.Spec.RetentionDuration, "spec.retentionDuration"))
	}
	return errs.Also(c.Spec.Delivery.Validate(ctx).ViaField("spec.delivery"))
}
