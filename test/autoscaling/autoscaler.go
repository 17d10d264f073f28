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

// activity is what Serving writes into a PodAutoscaler's condition Active.
type activity string

const (
	inactive   activity = "False"
	activating activity = "Unknown"
	active     activity = "True"
)

// autoscaler is Knative's, for one revision.
type autoscaler struct {
	decider   *scaling.Decider
	collector *metrics.MetricCollector
	scaler    scaling.UniScaler
	key       types.NamespacedName
	min, max  int32
	ready     int // pods that are ready

	desired int32 // what the scaler said last
	wanted  int32 // what the revision's Deployment is told
	state   activity
	since   time.Duration // of state
	direct  bool          // whether the activator ever had to leave the path of requests
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
	a := &autoscaler{
		decider: kparesources.MakeDecider(pa, settings),
		key:     types.NamespacedName{Namespace: pa.Namespace, Name: pa.Name},
		state:   inactive,
	}
	a.min, a.max = pa.ScaleBounds(settings)
	service := pa.Name + "-private"
	if a.decider.Spec.TargetBurstCapacity == -1 {
		service = "" // pods are not asked: all they have came through the activator, which reports it
	}
	none := func(*autoscalingv1alpha1.Metric, *zap.SugaredLogger) (metrics.StatsScraper, error) { return nil, nil }
	a.collector = metrics.NewMetricCollector(none, zap.NewNop().Sugar())
	if err := a.collector.CreateOrUpdate(resources.MakeMetric(pa, service, settings)); err != nil {
		return nil, err
	}
	a.scaler = scaling.New(
		attribute.NewSet(),
		noop.NewMeterProvider(),
		pa.Namespace,
		pa.Name,
		a.collector,
		a,
		&a.decider.Spec,
	)
	return a, nil
}

func (a *autoscaler) close() { a.collector.Delete(a.key.Namespace, a.key.Name) }

// report tells Knative how many requests were in flight, on average since the last report.
func (a *autoscaler) report(now time.Duration, concurrency float64) {
	a.collector.Record(a.key, epoch.Add(now), metrics.Stat{PodName: "all", AverageConcurrentRequests: concurrency})
}

// decide has Knative's scaler look at what was reported, and sets how many pods are wanted from now on. A change of the
// revision's activity is looked at again at once, as every change of a PodAutoscaler is.
func (a *autoscaler) decide(now time.Duration) {
	if r := a.scaler.Scale(zap.NewNop().Sugar(), epoch.Add(now)); r.ScaleValid {
		a.desired = r.DesiredPodCount
		a.direct = a.direct || a.desired > 0 && r.ExcessBurstCapacity >= 0
	}
	for {
		before, want := a.state, max(a.min, min(a.max, a.desired))
		if want == 0 {
			want = a.toZero(now)
		} else {
			a.wanted = want
		}
		if a.become(now, want); a.state == before {
			return
		}
	}
}

// unknown is Serving's scaleUnknown: leave the pods as they are.
const unknown = -1

// toZero is handleScaleToZero of Serving's reconciler for a revision that nothing is to be done for. It returns how
// many pods are wanted: the last one stays until the revision was active for a stable window, then the revision is
// marked inactive, then there is none. The grace period in between is for the activator to be put in the path, where it
// is all the time.
func (a *autoscaler) toZero(now time.Duration) int32 {
	switch {
	case a.state == activating:
		return unknown
	case a.state == inactive:
		a.wanted = 0
	case now-a.since < a.decider.Spec.StableWindow:
		a.wanted = 1
		return 1
	}
	return 0
}

// become is computeActiveCondition of Serving's reconciler.
func (a *autoscaler) become(now time.Duration, want int32) {
	var next activity
	switch {
	case want == 0:
		next = inactive
	case a.ready == 0:
		next = activating
	default:
		next = active
	}
	if next != a.state {
		a.state, a.since = next, now
	}
}
