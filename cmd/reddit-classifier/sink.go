package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/internal/local"
	"reddit-classifier/internal/metrics"
	"reddit-classifier/internal/version"
)

func newSink() *cobra.Command {
	var kafka clusterFlags
	var listen, metricsAddr string
	var topics []string
	var timeout time.Duration
	var maxHeader int
	c := &cobra.Command{
		Use:   "sink --brokers LIST",
		Short: "Write posted events to Kafka topics, as a KafkaSink does",
		Long: `Write each event that is posted to /TOPIC to that Kafka topic, as a KafkaSink does. It is the sink of the
command up, as a process of its own. The answer 202 means that all in-sync replicas have the record. The answer 503
means that this is not known, or that the event is too large.`,
		Example: `  reddit-classifier sink --brokers kafka:9092
  reddit-classifier sink --brokers kafka:9092 --topics predictions,errors --listen 127.0.0.1:9000`,
		Args:              maximumArgs(0),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := requireFlags(c, "brokers"); err != nil {
				return err
			}
			if maxHeader < 1 {
				return usageErrorf("--max-header-size is %d: give 1 or more", maxHeader)
			}
			log, flush := newLog(logHandler(c, slog.LevelInfo))
			defer flush()
			cluster, err := kafka.cluster(c)
			if err != nil {
				return err
			}
			registry := metrics.NewRegistry()
			sink := &eventing.Sink{Topics: topics, MaxHeaderBytes: maxHeader, Log: log}
			sink.Count(registry)
			stopMetrics, err := serveMetrics(metricsAddr, registry)
			if err != nil {
				return err
			}
			defer stopMetrics()
			return runSink(c.Context(), cluster, sink, listen, timeout)
		},
	}
	f := c.Flags()
	kafka.add(c, brokersUsage)
	f.StringSliceVar(&topics, "topics", []string{local.Output, local.Errors},
		"Comma-separated `LIST` of the topics that may be written to.")
	f.StringVar(&listen, "listen", "127.0.0.1:8081", "Listen on `ADDRESS`. Port 0 picks a free port.")
	f.DurationVar(&timeout, "timeout", 2*time.Minute, "Maximum `TIME` for the cluster to accept a record.")
	f.StringVar(&metricsAddr, metricsFlag, "", metricsUsage)
	f.IntVar(&maxHeader, "max-header-size", 8192,
		"Maximum size of a request's headers in `BYTES`, the same as maxHeaderSize of Knative's receiver.")
	return c
}

func runSink(
	ctx context.Context,
	cluster broker.Cluster,
	sink *eventing.Sink,
	listen string,
	timeout time.Duration,
) error {
	producer, err := cluster.NewProducer(ctx, timeout, sink.Topics...)
	if err != nil {
		return err
	}
	defer producer.Close()
	if err := broker.Require(ctx, producer.Client, sink.Topics...); err != nil {
		return err
	}
	l, err := local.Listen(listen)
	if err != nil {
		return fmt.Errorf("the sink %w", err)
	}
	sink.Producer = producer
	sink.Log.Info("ready", "url", "http://"+l.Addr().String(), "topics", sink.Topics, "release", version.String())
	return local.ServeSink(ctx, l, sink)
}
