// Package broker connects the commands to a Kafka cluster: a real one, or one that is embedded in this process.
package broker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Topic describes a topic to create if it does not exist.
type Topic struct {
	Name       string
	Partitions int32
	MaxBytes   int // max.message.bytes; 0 means the default of the brokers
}

const (
	// embeddedMaxBytes is the largest record of the embedded broker. It is above the limits of the function, so that those
	// apply first.
	embeddedMaxBytes = 16 << 20
	requestTimeout   = 10 * time.Second
	maxMessageBytes  = "max.message.bytes" // the name of a topic's setting
)

// Embedded starts a broker in this process. It listens on the loopback interface, on any free port if port is 0, and
// keeps its records in memory.
func Embedded(port int) (addr string, stop func(), err error) {
	cluster, err := kfake.NewCluster(
		kfake.Ports(port),
		kfake.ClusterID("reddit-classifier"),
		kfake.BrokerConfigs(map[string]string{"message.max.bytes": fmt.Sprint(embeddedMaxBytes)}),
	)
	if err != nil {
		return "", nil, fmt.Errorf("the embedded Kafka cannot listen: %w", err)
	}
	return cluster.ListenAddrs()[0], cluster.Close, nil
}

// SplitAddrs returns the addresses of a comma-separated list.
func SplitAddrs(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// Cluster has what clients need to connect to a Kafka cluster.
type Cluster struct {
	Addrs    []string       // HOST:PORT
	security []kgo.Opt      // empty: plain text without authentication
	outages  *outageMonitor // nil: clients do not log outages
}

// At returns the cluster at the addresses given, each HOST:PORT. Clients use neither TLS nor authentication.
func At(addrs ...string) Cluster { return Cluster{Addrs: addrs} }

// LogOutages returns a copy of c whose clients log when a broker cannot be reached, and when it can again.
func (c Cluster) LogOutages(log *slog.Logger) Cluster {
	c.outages = &outageMonitor{log: log, outages: make(map[string]*outage)}
	return c
}

// Options returns the options that all clients of the cluster share.
func (c Cluster) Options() []kgo.Opt {
	opts := []kgo.Opt{
		kgo.SeedBrokers(c.Addrs...),
		kgo.ClientID("reddit-classifier"),
		kgo.DialTimeout(requestTimeout),
		kgo.ProducerLinger(0),                        // every write is waited for
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), // as a KafkaSource: no records of aborted transactions
	}
	opts = append(opts, c.security...)
	if c.outages != nil {
		opts = append(opts, kgo.WithHooks(c.outages))
	}
	return opts
}

// Connect returns a client of the cluster after a broker has answered it.
func (c Cluster) Connect(ctx context.Context, opts ...kgo.Opt) (*kgo.Client, error) {
	for _, addr := range c.Addrs {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			return nil, fmt.Errorf("the Kafka address %q is not HOST:PORT: give addresses such as kafka:9092", addr)
		}
	}
	if len(c.Addrs) == 0 {
		return nil, errors.New("no Kafka address is given: give one or more HOST:PORT")
	}
	client, err := kgo.NewClient(append(c.Options(), opts...)...)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	if err := client.Ping(ctx); err != nil {
		client.Close()
		return nil, fmt.Errorf(
			"no Kafka broker answers at %s: %w; check the address, that the broker runs, and which TLS and log-in it requires",
			strings.Join(c.Addrs, ", "),
			err,
		)
	}
	return client, nil
}

// Ensure creates the topics that do not exist, waits until all can be used, and returns the names of those it created.
// It does not change existing topics.
func Ensure(ctx context.Context, client *kgo.Client, topics ...Topic) (created []string, err error) {
	admin := kadm.NewClient(client)
	for _, t := range topics {
		_, err := admin.CreateTopic(ctx, t.Partitions, -1, t.configs(), t.Name)
		switch {
		case err == nil:
			created = append(created, t.Name)
		case !errors.Is(err, kerr.TopicAlreadyExists):
			return created, fmt.Errorf("topic %s is missing and cannot be created: %w", t.Name, err)
		}
	}
	return created, awaitUsable(ctx, admin, topics)
}

func (t Topic) configs() map[string]*string {
	if t.MaxBytes == 0 {
		return nil
	}
	return map[string]*string{maxMessageBytes: kadm.StringPtr(strconv.Itoa(t.MaxBytes))}
}

// awaitUsable waits until every partition has an end offset. A broker that has created a topic needs a moment to become
// the leader of its partitions.
func awaitUsable(ctx context.Context, admin *kadm.Client, topics []Topic) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	var names []string
	for _, t := range topics {
		names = append(names, t.Name)
	}
	for {
		_, err := CheckListed(admin.ListEndOffsets(ctx, names...))
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("topics %s cannot be used: %w", strings.Join(names, ", "), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// CheckListed returns the offsets that a method of [kadm.Client] has listed, or an error if it has failed for any
// partition.
func CheckListed(offsets kadm.ListedOffsets, err error) (kadm.ListedOffsets, error) {
	if err == nil {
		err = offsets.Error()
	}
	return offsets, err
}

// Require returns an error if one of the topics does not exist.
func Require(ctx context.Context, client *kgo.Client, topics ...string) error {
	details, err := kadm.NewClient(client).ListTopics(ctx, topics...)
	if err != nil {
		return fmt.Errorf("topics cannot be listed: %w", err)
	}
	for _, t := range topics {
		if !details.Has(t) {
			return fmt.Errorf("topic %s does not exist: create it, or check its name", t)
		}
	}
	return nil
}

// MaxBytes returns the largest size in bytes of a batch of records for each of the topics. A topic whose setting is
// unknown is not in the map.
func MaxBytes(ctx context.Context, client *kgo.Client, topics ...string) map[string]int32 {
	limits := make(map[string]int32)
	configs, err := kadm.NewClient(client).DescribeTopicConfigs(ctx, topics...)
	if err != nil {
		return limits // not authorized to read it; the producer then uses the default of all brokers
	}
	for _, topic := range configs {
		for _, c := range topic.Configs {
			n, err := strconv.Atoi(c.MaybeValue())
			// kfake lists the settings of every level: of the topic, of the broker (under another name), and the default.
			own := c.Key == maxMessageBytes && c.Source == kmsg.ConfigSourceDynamicTopicConfig
			isLimit := own || c.Key == "message.max.bytes" || c.Key == maxMessageBytes && limits[topic.Name] == 0
			if isLimit && err == nil && n >= 512 && n <= 1<<30 { // the range of kgo
				limits[topic.Name] = int32(n)
			}
			if own {
				break
			}
		}
	}
	return limits
}
