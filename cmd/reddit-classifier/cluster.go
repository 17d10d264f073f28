package main

import (
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"reddit-classifier/internal/broker"
)

// clusterFlags are the flags that name a Kafka cluster.
type clusterFlags struct {
	brokers string
	config  string
}

func (f *clusterFlags) add(c *cobra.Command, brokersUsage string) {
	c.Flags().StringVar(&f.brokers, "brokers", "", brokersUsage)
	c.Flags().StringVar(&f.config, "kafka-config", "", "Read the cluster's TLS and SASL settings from properties `FILE`, "+
		"in the format of --command-config of Kafka's own tools. (default: no TLS, no SASL)")
	completeFile(c, []string{"properties"}, "kafka-config")
}

// brokersUsage describes --brokers where it is required.
const brokersUsage = "Comma-separated `LIST` of the brokers' HOST:PORT. (required)"

// cluster returns the cluster that the flags name. While it cannot be reached, warnings are logged to standard error.
func (f *clusterFlags) cluster(c *cobra.Command) (broker.Cluster, error) {
	log := slog.New(logHandler(c, slog.LevelInfo))
	cluster := broker.At(broker.SplitAddrs(f.brokers)...).LogOutages(log)
	if f.config == "" {
		return cluster, nil
	}
	cluster, ignored, err := cluster.WithSecurity(f.config)
	if err != nil {
		return cluster, fmt.Errorf("--kafka-config: %w", err)
	}
	if len(ignored) > 0 { // Kafka's own tools ignore them too: the file is often shared with other programs
		log.Warn("unknown settings are ignored", "file", f.config, "settings", ignored)
	}
	return cluster, nil
}
