package autoscaling

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric/noop"
	"go.uber.org/zap"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/serving/pkg/apis/autoscaling"
	autoscalingv1alpha1 "knative.dev/serving/pkg/apis/autoscaling/v1alpha1"
	"knative.dev/serving/pkg/autoscaler/config"
	"knative.dev/serving/pkg/autoscaler/config/autoscalerconfig"
	"knative.dev/serving/pkg/autoscaler/metrics"
	"knative.dev/serving/pkg/autoscaler/scaling"
	kparesources "knative.dev/serving/pkg/reconciler/autoscaling/kpa/resources"
	"knative.dev/serving/pkg/reconciler/autoscaling/resources"
)

// How often Knative looks: queue-proxies and activator report each second, the autoscaler decides every two.
const (
	reportEvery = time.Second
	decideEvery = 2 * time.Second
)

// epoch is when a simulation begins; any time does.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// autoscaler is Knative's, for one revision.
type autoscaler struct {
	settings  *autoscalerconfig.Config
	decider   *scaling.Decider
	collector *metrics.MetricCollector
	scaler    scaling.UniScaler
	key       types.NamespacedName
	min, max  int32
	ready     int // pods that are ready

	wanted        int32
	activeSince   time.Duration // when the first pod of the current activity was ready
	active        bool
	inactiveSince time.Duration // when there was nothing to do any more for a whole stable window
	inactive      bool
}

// ReadyCount and NotReadyCount tell Knative's scaler about the pods.
func (a *autoscaler) ReadyCount() (int, error)    { return a.ready, nil }
func (a *autoscaler) NotReadyCount() (int, error) { return 0, nil }

func newAutoscaler(s Scale) (*autoscaler, error) {
	settings, err := config.NewConfigFromMap(map[string]string{}) // what Knative ships
	if err != nil {
		return nil, err
	}
	if err := autoscaling.ValidateAnnotations(context.Background(), settings, s.Annotations); err != nil {
		return nil, fmt.Errorf("func.yaml's scale: %w", err)
	}
	pa := &autoscalingv1alpha1.PodAutoscaler{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "reddit-classifier-00001", Annotations: s.Annotations},
		Spec: autoscalingv1alpha1.PodAutoscalerSpec{
			ContainerConcurrency: int64(s.Concurrency),
			Reachability:         autoscalingv1alpha1.ReachabilityReachable,
		},
	}
	a := &autoscaler{settings: settings, decider: kparesources.MakeDecider(pa, settings), key: types.NamespacedName{Namespace: pa.Namespace, Name: pa.Name}}
	a.min, a.max = pa.ScaleBounds(settings)
	none := func(*autoscalingv1alpha1.Metric, *zap.SugaredLogger) (metrics.StatsScraper, error) { return nil, nil }
	a.collector = metrics.NewMetricCollector(none, zap.NewNop().Sugar())
	if err := a.collector.CreateOrUpdate(resources.MakeMetric(pa, "", settings)); err != nil {
		return nil, err
	}
	a.scaler = scaling.New(attribute.NewSet(), noop.NewMeterProvider(), pa.Namespace, pa.Name, a.collector, a, &a.decider.Spec)
	return a, nil
}

func (a *autoscaler) close() { a.collector.Delete(a.key.Namespace, a.key.Name) }

// report tells Knative how many requests were in flight, on average since the last report.
func (a *autoscaler) report(now time.Duration, concurrency float64) {
	a.collector.Record(a.key, epoch.Add(now), metrics.Stat{PodName: "all", AverageConcurrentRequests: concurrency})
}

// decide returns how many pods there should be from now on.
func (a *autoscaler) decide(now time.Duration) int32 {
	r := a.scaler.Scale(zap.NewNop().Sugar(), epoch.Add(now))
	if r.ScaleValid {
		a.wanted = a.toZero(now, max(a.min, min(a.max, r.DesiredPodCount)))
	}
	return a.wanted
}

// toZero is handleScaleToZero of Serving's reconciler: the last pod stays until the revision was active for the stable window,
// then is marked inactive, and goes when it was inactive for the grace period.
func (a *autoscaler) toZero(now time.Duration, desired int32) int32 {
	if !a.active && a.ready > 0 {
		a.active, a.activeSince = true, now
	}
	switch {
	case desired > 0:
		a.inactive = false
		return desired
	case !a.active:
		return a.wanted
	case now-a.activeSince < a.decider.Spec.StableWindow:
		return 1
	case !a.inactive:
		a.inactive, a.inactiveSince = true, now
		return min(a.wanted, 1)
	case now-a.inactiveSince < a.settings.ScaleToZeroGracePeriod:
		return min(a.wanted, 1)
	}
	a.active, a.inactive = false, false
	return 0
}
