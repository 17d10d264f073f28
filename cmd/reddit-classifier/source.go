package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/internal/local"
	"reddit-classifier/internal/metrics"
	"reddit-classifier/internal/version"
)

// The commands source, sink and serve run the parts of up as processes of their own: for tests that kill one of them,
// and to try a part with a real cluster.

func newSource() *cobra.Command {
	s := eventing.Source{Delivery: eventing.DefaultDelivery}
	var kafka clusterFlags
	var ordering, offset, policy, keys, metricsAddr string
	c := &cobra.Command{
		Use:   "source --brokers LIST --sink URL --dead-letter URL",
		Short: "Post a topic's records to the function, as a KafkaSource does",
		Long: `Post a topic's records to the function as CloudEvents, as a KafkaSource does. It is the source of the command
up, as a process of its own. An event that the function refuses is posted to --dead-letter. A record's offset is
committed once the function or the dead letter sink has accepted the event.

The log on standard error names each dead letter and the first retry of an event; repetitions are counted. A record that
a KafkaSource would lose is delivered and logged, unless --strict is given.`,
		Example: `  reddit-classifier source --brokers kafka:9092 --sink http://localhost:8080 \
    --dead-letter http://localhost:8081/reddit-classifier-errors
  reddit-classifier source --brokers kafka:9092 --sink http://localhost:8080 \
    --dead-letter http://localhost:8081/reddit-classifier-errors --ordering unordered --in-flight 20`,
		Args:              maximumArgs(0),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := requireFlags(c, "brokers", "sink", "dead-letter"); err != nil {
				return err
			}
			var err error
			s.Unordered = choiceIndex(&err, "ordering", ordering, orderings) == 1
			s.FromEnd = choiceIndex(&err, "initial-offset", offset, offsets) == 1
			s.Delivery.Linear = choiceIndex(&err, "backoff-policy", policy, policies) == 1
			s.Keys = eventing.KeyType(keyTypes[choiceIndex(&err, "key-type", keys, keyTypes)])
			if err := errors.Join(err, checkSource(&s)); err != nil {
				return err
			}
			log, flush := newLog(logHandler(c, slog.LevelInfo))
			defer flush()
			s.Log = log
			registry := metrics.NewRegistry()
			s.Count(registry)
			stopMetrics, err := serveMetrics(metricsAddr, registry)
			if err != nil {
				return err
			}
			defer stopMetrics()
			cluster, err := kafka.cluster(c)
			if err != nil {
				return err
			}
			return runSource(c.Context(), &s, cluster)
		},
	}
	f := c.Flags()
	kafka.add(c, brokersUsage)
	f.StringVar(&s.Sink, "sink", "", "Post events to the function at `URL`. (required)")
	f.StringVar(&s.DeadLetter, "dead-letter", "", "Post events that the function refuses to `URL`. (required)")
	f.StringVar(&s.Topic, "topic", local.Input, "`TOPIC` to consume.")
	f.StringVar(&s.Group, "group", "reddit-classifier", "Consumer `GROUP`.")
	f.StringVar(&s.Namespace, "namespace", local.Namespace, "`NAMESPACE` in the events' source attribute.")
	f.StringVar(&s.Name, "name", local.SourceName, "`NAME` in the events' source attribute.")
	f.StringVar(&ordering, "ordering", orderings[0],
		"`ORDER` of delivery: ordered (one event in flight per partition) or unordered.")
	f.IntVar(&s.InFlight, "in-flight", 100, "Maximum number `N` of events in flight if delivery is unordered.")
	f.StringVar(&keys, "key-type", keyTypes[0],
		"`TYPE` of the records' keys: string, int, float or byte-array, as in KafkaSource's label of that name.")
	f.BoolVar(&s.Strict, "strict", false, strictUsage)
	f.StringVar(&offset, "initial-offset", offsets[0],
		"`OFFSET` at which a new consumer group starts: earliest or latest.")
	f.IntVar(&s.Delivery.Retry, "retry", s.Delivery.Retry, "Maximum number `N` of retries after the first attempt.")
	f.DurationVar(&s.Delivery.Backoff, "backoff-delay", s.Delivery.Backoff,
		"Base `TIME` of the waits before retries; --backoff-policy says how they grow.")
	f.StringVar(&policy, "backoff-policy", policies[0],
		"`POLICY` of the wait before the n-th retry: exponential (backoff-delay × 2ⁿ) or linear (backoff-delay × n).")
	f.StringVar(&metricsAddr, metricsFlag, "", metricsUsage)
	f.DurationVar(&s.Delivery.Timeout, "timeout", s.Delivery.Timeout, "Maximum `TIME` one attempt may take.")
	completeValues(c, "ordering", orderings...)
	completeValues(c, "key-type", keyTypes...)
	completeValues(c, "initial-offset", offsets...)
	completeValues(c, "backoff-policy", policies...)
	return c
}

const strictUsage = "Lose the records that a KafkaSource would lose."

// The values of flags that have a few, the default first.
var (
	orderings = []string{"ordered", "unordered"}
	offsets   = []string{"earliest", "latest"}
	policies  = []string{"exponential", "linear"}
	keyTypes  = []string{
		string(eventing.TextKeys), string(eventing.IntKeys), string(eventing.FloatKeys), string(eventing.ByteKeys),
	}
)

// choiceIndex returns the index of a flag's value among its choices. If it is none of them, pick adds an error to err
// and returns 0.
func choiceIndex(err *error, name, value string, choices []string) int {
	i := slices.Index(choices, value)
	if i < 0 {
		last := len(choices) - 1
		*err = errors.Join(*err, usageErrorf("--%s is %q: give %s or %s",
			name, value, strings.Join(choices[:last], ", "), choices[last]))
		return 0
	}
	return i
}

// checkSource returns an error for each flag that has an unusable value.
func checkSource(s *eventing.Source) error {
	d := s.Delivery
	var all []error
	for _, flag := range []struct {
		ok       bool
		name     string
		value    any
		accepted string
	}{
		{cloudevent.IsSinkURL(s.Sink), "sink", s.Sink, "give an absolute URL, http:// or https://"},
		{cloudevent.IsSinkURL(s.DeadLetter), "dead-letter", s.DeadLetter, "give an absolute URL, http:// or https://"},
		{s.Topic != "", "topic", s.Topic, "give the name of a topic"},
		{s.Group != "", "group", s.Group, "give the name of a consumer group"},
		{s.InFlight >= 1, "in-flight", s.InFlight, "give 1 or more"},
		{d.Retry >= 0, "retry", d.Retry, "give 0 or more"},
		{d.Backoff > 0, "backoff-delay", d.Backoff, "give more than 0, such as 300ms"},
		{d.Timeout > 0, "timeout", d.Timeout, "give more than 0, such as 60s"},
	} {
		if flag.ok {
			continue
		}
		if text, ok := flag.value.(string); ok {
			flag.value = strconv.Quote(text)
		}
		all = append(all, usageErrorf("--%s is %v: %s", flag.name, flag.value, flag.accepted))
	}
	return errors.Join(all...)
}

func runSource(ctx context.Context, s *eventing.Source, cluster broker.Cluster) error {
	client, err := cluster.Connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := broker.Require(ctx, client, s.Topic); err != nil {
		return err
	}
	s.Client = cluster.Options()
	s.Log.Info("ready", "topic", s.Topic, "group", s.Group, "sink", s.Sink, "release", version.String())
	return s.Run(ctx)
}
