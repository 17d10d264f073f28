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
)

func newSink() *cobra.Command {
	var kafka clusterFlags
	var listen, metricsAddr string
	var topics []string
	var timeout time.Duration
	var maxHeader int
	c := &cobra.Command{
		Use:   "sink --brokers LIST",
		Short: "Write events that are posted to it to topics, as a KafkaSink does",
		Long: `Write each event that is posted to /TOPIC to that topic, as a KafkaSink does: the part of up that produces, as a process of its
own. 202 says that all replicas in sync have the record; 503 that this is not known, or that the event is too large.`,
		Args: atMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := required(c, "brokers"); err != nil {
				return err
			}
			if maxHeader < 1 {
				return misusef("--max-header-size is %d: give 1 or more", maxHeader)
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
	kafka.add(c, "`LIST` of HOST:PORT of the cluster")
	f.StringSliceVar(
		&topics,
		"topics",
		[]string{local.Output, local.Errors},
		"`LIST` of the topics that may be written to",
	)
	f.StringVar(&listen, "listen", "127.0.0.1:8081", "`ADDRESS` to listen on; port 0: any free one")
	f.DurationVar(&timeout, "timeout", 2*time.Minute, "`TIME` that the cluster may take to accept a record")
	f.StringVar(&metricsAddr, metricsFlag, "", metricsUsage)
	f.IntVar(
		&maxHeader,
		"max-header-size",
		8192,
		"`BYTES` that the headers of a request may have, as the receiver's maxHeaderSize",
	)
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
	sink.Log.Info("listening", "url", "http://"+l.Addr().String(), "topics", sink.Topics)
	return local.ServeSink(ctx, l, sink)
}
