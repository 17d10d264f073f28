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

// The intervals of Knative: queue-proxies and the activator report every second, the autoscaler decides every two
// seconds.
const (
	reportEvery = time.Second
	decideEvery = 2 * time.Second
)

// epoch is the time at which a simulation begins. Any time will do.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// activity is the status of the condition Active that Serving sets on a PodAutoscaler.
type activity string

const (
	inactive   activity = "False"
	activating activity = "Unknown"
	active     activity = "True"
)

// autoscaler is the autoscaler of Knative for one revision.
type autoscaler struct {
	decider   *scaling.Decider
	collector *metrics.MetricCollector
	scaler    scaling.UniScaler
	key       types.NamespacedName
	min, max  int32
	ready     int // number of ready pods

	desired int32 // the last result of the scaler
	wanted  int32 // replicas of the revision's Deployment
	state   activity
	since   time.Duration // start of state
	direct  bool          // the activator would have left the request path
}

// ReadyCount and NotReadyCount return the numbers of pods to the scaler.
func (a *autoscaler) ReadyCount() (int, error)    { return a.ready, nil }
func (a *autoscaler) NotReadyCount() (int, error) { return 0, nil }

func newAutoscaler(s Scale) (*autoscaler, error) {
	settings, err := config.NewConfigFromMap(map[string]string{}) // the defaults of Knative
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
		service = "" // pods are not scraped: the activator reports all their requests
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

// report records the average number of requests in flight since the last report.
func (a *autoscaler) report(now time.Duration, concurrency float64) {
	a.collector.Record(a.key, epoch.Add(now), metrics.Stat{PodName: "all", AverageConcurrentRequests: concurrency})
}

// decide sets the number of wanted pods from the result of the scaler. It repeats after a change of the activity,
// because Serving reconciles a PodAutoscaler after every change.
func (a *autoscaler) decide(now time.Duration) {
	if r := a.scaler.Scale(zap.NewNop().Sugar(), epoch.Add(now)); r.ScaleValid {
		a.desired = r.DesiredPodCount
		a.direct = a.direct || a.desired > 0 && r.ExcessBurstCapacity >= 0
	}
	for {
		before, want := a.state, max(a.min, min(a.max, a.desired))
		if want == 0 {
			want = a.scaleToZero(now)
		} else {
			a.wanted = want
		}
		if a.setActivity(now, want); a.state == before {
			return
		}
	}
}

// unknown is scaleUnknown of Serving: do not change the number of pods.
const unknown = -1

// scaleToZero is handleScaleToZero of Serving's reconciler for a revision without requests. It returns the number of
// wanted pods. The last pod stays until the revision has been active for a stable window; then the revision becomes
// inactive, and then no pod is wanted. The grace period in between does not apply, because the activator is always in
// the request path.
func (a *autoscaler) scaleToZero(now time.Duration) int32 {
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

// setActivity is computeActiveCondition of Serving's reconciler.
func (a *autoscaler) setActivity(now time.Duration, want int32) {
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
