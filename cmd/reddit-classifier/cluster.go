package main

import (
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"reddit-classifier/cmd/reddit-classifier/broker"
)

// clusterFlags are those of the commands that talk to Kafka.
type clusterFlags struct {
	brokers string
}

func (f *clusterFlags) add(c *cobra.Command, brokersUsage string) {
	c.Flags().StringVar(&f.brokers, "brokers", "", brokersUsage)
}

// cluster returns what the flags name. That it cannot be reached is said on stderr for as long as it is tried.
func (f *clusterFlags) cluster(stderr io.Writer) (broker.Cluster, error) {
	return broker.At(broker.Split(f.brokers)...).Telling(slog.New(slog.NewTextHandler(stderr, nil))), nil
}
