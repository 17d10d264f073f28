// Package broker gets the commands to a Kafka cluster: a real one, or an embedded one for a machine that has none.
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

// Topic describes a topic to create where it is missing.
type Topic struct {
	Name       string
	Partitions int32
	MaxBytes   int // max.message.bytes; 0: as the brokers have it
}

const (
	// embeddedMaxBytes lets the embedded broker take any comment that the function would: its limits are the ones to meet
	// first.
	embeddedMaxBytes = 16 << 20
	answerWithin     = 10 * time.Second
	maxBytes         = "max.message.bytes" // a topic's setting
)

// Embedded starts a broker within this process, on the loopback interface. It keeps its records in memory. Port 0 means
// any free one.
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

// Split returns the addresses of a comma-separated list.
func Split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// Cluster is how to reach a Kafka cluster.
type Cluster struct {
	Addrs    []string  // HOST:PORT
	security []kgo.Opt // none: in plain text, without a log-in
	reach    *reach    // nil: clients try in silence
}

// At returns the cluster that takes anyone at addrs.
func At(addrs ...string) Cluster { return Cluster{Addrs: addrs} }

// Telling returns c with a log that is told when a broker cannot be reached, and when it can again.
func (c Cluster) Telling(log *slog.Logger) Cluster {
	c.reach = &reach{log: log, away: make(map[string]*absence)}
	return c
}

// Options are those that all clients of the cluster share.
func (c Cluster) Options() []kgo.Opt {
	opts := []kgo.Opt{
		kgo.SeedBrokers(c.Addrs...),
		kgo.ClientID("reddit-classifier"),
		kgo.DialTimeout(answerWithin),
		kgo.ProducerLinger(0),                        // each record is awaited by someone
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), // as KafkaSource: what a transaction has aborted is not there
	}
	opts = append(opts, c.security...)
	if c.reach != nil {
		opts = append(opts, kgo.WithHooks(c.reach))
	}
	return opts
}

// Connect returns a client of the cluster, after a broker answered.
func (c Cluster) Connect(ctx context.Context, opts ...kgo.Opt) (*kgo.Client, error) {
	for _, addr := range c.Addrs {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			return nil, fmt.Errorf("the Kafka address %q is not HOST:PORT", addr)
		}
	}
	if len(c.Addrs) == 0 {
		return nil, errors.New("no Kafka address is given: name one or more HOST:PORT")
	}
	client, err := kgo.NewClient(append(c.Options(), opts...)...)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	if err := client.Ping(ctx); err != nil {
		client.Close()
		return nil, fmt.Errorf(
			"no Kafka broker answers at %s: %w; check the address, that the broker runs, and which TLS and log-in it asks for",
			strings.Join(c.Addrs, ", "),
			err,
		)
	}
	return client, nil
}

// Ensure creates the topics that do not exist and returns their names, when they can be used. Those that exist are left
// as they are.
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
	return created, usable(ctx, admin, topics)
}

func (t Topic) configs() map[string]*string {
	if t.MaxBytes == 0 {
		return nil
	}
	return map[string]*string{maxBytes: kadm.StringPtr(strconv.Itoa(t.MaxBytes))}
}

// usable waits until every partition tells where it ends: a broker that has created a topic needs a moment to lead its
// partitions.
func usable(ctx context.Context, admin *kadm.Client, topics []Topic) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	var names []string
	for _, t := range topics {
		names = append(names, t.Name)
	}
	for {
		ends, err := admin.ListEndOffsets(ctx, names...)
		if err == nil {
			err = ends.Error()
		}
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

// Require errs when one of the topics does not exist.
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

// MaxBytes returns how large a batch of records each of the topics takes, so that a producer neither sends one that is
// refused nor holds back one that would not be. A topic that does not tell is absent.
func MaxBytes(ctx context.Context, client *kgo.Client, topics ...string) map[string]int32 {
	limits := make(map[string]int32)
	configs, err := kadm.NewClient(client).DescribeTopicConfigs(ctx, topics...)
	if err != nil {
		return limits // not allowed to ask; the producer's default is every broker's default
	}
	for _, topic := range configs {
		for _, c := range topic.Configs {
			n, err := strconv.Atoi(c.MaybeValue())
			// kfake lists every level: the topic's, its broker's under that one's name, and its default.
			own := c.Key == maxBytes && c.Source == kmsg.ConfigSourceDynamicTopicConfig
			isLimit := own || c.Key == "message.max.bytes" || c.Key == maxBytes && limits[topic.Name] == 0
			if isLimit && err == nil && n >= 512 && n <= 1<<30 { // what kgo takes
				limits[topic.Name] = int32(n)
			}
			if own {
				break
			}
		}
	}
	return limits
}
