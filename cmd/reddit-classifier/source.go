package main

import (
	"context"
	"errors"
	"log/slog"
	"strconv"

	"github.com/spf13/cobra"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/internal/local"
	"reddit-classifier/internal/metrics"
)

// Source, sink and serve are the parts of up as processes of their own: for tests that kill one of them, and to see a
// part at work against a real cluster.

func newSource() *cobra.Command {
	s := eventing.Source{Delivery: eventing.DefaultDelivery}
	var kafka clusterFlags
	var ordering, offset, policy, keys, metricsAddr string
	c := &cobra.Command{
		Use:   "source --brokers LIST --sink URL --dead-letter URL",
		Short: "Post a topic's records to the function, as a KafkaSource does",
		Long: `Post a topic's records to the function as CloudEvents, as a KafkaSource does: the part of up that consumes, as a process of
its own. What the function refuses is posted to --dead-letter, and a record is committed when either has accepted it. An
event's first retry and each dead letter are logged to standard error; what repeats is counted. A record that a
KafkaSource loses is delivered and logged; with --strict it is lost here, too.`,
		Args: atMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := required(c, "brokers", "sink", "dead-letter"); err != nil {
				return err
			}
			var err error
			pick(
				c,
				&err,
				"ordering",
				ordering,
				map[string]func(){"ordered": func() {}, "unordered": func() { s.Unordered = true }},
			)
			pick(
				c,
				&err,
				"initial-offset",
				offset,
				map[string]func(){"earliest": func() {}, "latest": func() { s.FromEnd = true }},
			)
			pick(
				c,
				&err,
				"backoff-policy",
				policy,
				map[string]func(){"exponential": func() {}, "linear": func() { s.Delivery.Linear = true }},
			)
			pick(c, &err, "key-type", keys, map[string]func(){
				"string": func() { s.Keys = eventing.TextKeys }, "int": func() { s.Keys = eventing.IntKeys },
				"float": func() { s.Keys = eventing.FloatKeys }, "byte-array": func() { s.Keys = eventing.ByteKeys },
			})
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
	kafka.add(c, "`LIST` of HOST:PORT of the cluster")
	f.StringVar(&s.Sink, "sink", "", "`URL` of the function")
	f.StringVar(&s.DeadLetter, "dead-letter", "", "`URL` that takes what the function refuses")
	f.StringVar(&s.Topic, "topic", local.Input, "`TOPIC` to consume")
	f.StringVar(&s.Group, "group", "reddit-classifier", "consumer `GROUP`")
	f.StringVar(&s.Namespace, "namespace", local.Namespace, "`NAMESPACE` in the events' source attribute")
	f.StringVar(&s.Name, "name", local.SourceName, "`NAME` in the events' source attribute")
	f.StringVar(&ordering, "ordering", "ordered", "`ordered` (one event in flight per partition) or unordered")
	f.IntVar(&s.InFlight, "in-flight", 100, "`N` events in flight in all, when unordered")
	f.StringVar(
		&keys,
		"key-type",
		"string",
		"how keys are read: `TYPE` string, int, float or byte-array, as KafkaSource's label of that name says",
	)
	f.BoolVar(&s.Strict, "strict", false, strictUsage)
	f.StringVar(&offset, "initial-offset", "earliest", "where a new group starts: `earliest` or latest")
	f.IntVar(&s.Delivery.Retry, "retry", s.Delivery.Retry, "`N` attempts after the first")
	f.DurationVar(
		&s.Delivery.Backoff,
		"backoff-delay",
		s.Delivery.Backoff,
		"`PAUSE` from which those between attempts are reckoned",
	)
	f.StringVar(&policy, "backoff-policy", "exponential", "`exponential` or linear")
	f.StringVar(&metricsAddr, metricsFlag, "", metricsUsage)
	f.DurationVar(&s.Delivery.Timeout, "timeout", s.Delivery.Timeout, "`TIME` that one attempt may take")
	return c
}

const strictUsage = "lose the records that a KafkaSource loses"

// pick calls what belongs to the value of a flag that has a few.
func pick(c *cobra.Command, err *error, name, value string, choices map[string]func()) {
	choose, ok := choices[value]
	if !ok {
		*err = errors.Join(*err, misusef("--%s is %q: %s", name, value, c.Flags().Lookup(name).Usage))
		return
	}
	choose()
}

// checkSource says which flags have values that no source can work with.
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
		all = append(all, misusef("--%s is %v: %s", flag.name, flag.value, flag.accepted))
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
	s.Log.Info("consuming", "topic", s.Topic, "group", s.Group, "sink", s.Sink)
	return s.Run(ctx)
}
