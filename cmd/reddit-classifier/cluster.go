package main

import (
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"reddit-classifier/internal/broker"
)

// clusterFlags are those of the commands that talk to Kafka.
type clusterFlags struct {
	brokers string
	config  string
}

func (f *clusterFlags) add(c *cobra.Command, brokersUsage string) {
	c.Flags().StringVar(&f.brokers, "brokers", "", brokersUsage)
	c.Flags().StringVar(
		&f.config,
		"kafka-config",
		"",
		"properties `FILE` with the cluster's TLS and SASL, as Kafka's own tools take it with --command-config",
	)
}

// cluster returns what the flags name. That it cannot be reached is said on stderr for as long as it is tried.
func (f *clusterFlags) cluster(c *cobra.Command) (broker.Cluster, error) {
	log := slog.New(logHandler(c, slog.LevelInfo))
	cluster := broker.At(broker.Split(f.brokers)...).Telling(log)
	if f.config == "" {
		return cluster, nil
	}
	cluster, ignored, err := cluster.Secured(f.config)
	if err != nil {
		return cluster, fmt.Errorf("--kafka-config: %w", err)
	}
	if len(ignored) > 0 { // as Kafka's own tools do: such a file is shared with other programs
		log.Warn("settings that are not known here are ignored", "file", f.config, "settings", ignored)
	}
	return cluster, nil
}
