package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/console"
	"reddit-classifier/internal/local"
	"reddit-classifier/internal/metrics"
	"reddit-classifier/internal/models"
	"reddit-classifier/internal/plural"
	"reddit-classifier/internal/replay"
	"reddit-classifier/model"
)

// consolePage is the web page that shows the topics, with its flags.
type consolePage struct {
	listen, against, metrics string
	allowReplay              bool

	server  *console.Server
	cluster broker.Cluster // the cluster that is shown; set by watch
	topics  console.Topics
}

func (p *consolePage) add(c *cobra.Command, listenFlag string) {
	f := c.Flags()
	f.StringVar(&p.listen, listenFlag, console.DefaultListen, "Serve the page at `ADDRESS`. Port 0 picks a free port. "+
		"An address that other machines can reach asks for a token.")
	f.StringVar(&p.against, "against", "", "Second model to try comments with: "+modelUsage+" (default: no second model)")
	f.StringVar(&p.metrics, metricsFlag, "", metricsUsage)
	f.BoolVar(&p.allowReplay, "allow-replay", false, "Let the page replay dead letters.")
	completeFlag(c, "against", completeModel)
}

// open starts to listen, so that the page has its address. samples are the keys of records that are refused on purpose.
func (p *consolePage) open(listenFlag string, m *model.Model, topics console.Topics, samples ...string) (err error) {
	p.topics = topics
	config := console.Config{Listen: p.listen, Model: m, Topics: topics, Samples: samples}
	if p.against != "" {
		if config.Against, err = models.Open(p.against); err != nil {
			return err
		}
	}
	if p.allowReplay {
		config.Replay = p.replay
	}
	if p.server, err = console.New(config); err != nil {
		return fmt.Errorf("the page %w", local.ListenError(listenFlag, p.listen, err))
	}
	return nil
}

// watch shows a cluster's topics on the page, and serves it until stop is called.
func (p *consolePage) watch(
	ctx context.Context,
	cluster broker.Cluster,
	group string,
	last int64,
) (stop func() error, err error) {
	p.cluster = cluster
	watch := console.Watch{Cluster: cluster, Topics: p.topics, Group: group, Last: last}
	unwatch, err := watch.Start(ctx, p.server.Feed)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan error, 1)
	go func() { served <- p.server.Serve(ctx) }()
	return func() error {
		cancel()
		unwatch()
		return <-served
	}, nil
}

func (p *consolePage) replay(ctx context.Context, reason string, dryRun bool) (console.Replayed, error) {
	config := replay.Config{Cluster: p.cluster, From: p.topics.Errors, To: p.topics.Input, Reason: reason, DryRun: dryRun}
	summary, err := replay.Run(ctx, config)
	out := console.Replayed{Actions: make(map[string]int)}
	if err != nil {
		return out, err
	}
	unsure := 0
	for _, l := range summary.Letters {
		out.Actions[string(l.Action)]++
		if l.Unsure {
			unsure++
		}
		origin := fmt.Sprintf("%s/%d/%d", l.Topic, l.Partition, l.Offset)
		out.Letters = append(out.Letters, console.ReplayedLetter{
			Key: l.Key, ID: l.ID, Origin: origin, Reason: l.Reason, Action: string(l.Action), Unsure: l.Unsure,
		})
	}
	if unsure > 0 {
		out.Notes = append(
			out.Notes,
			fmt.Sprintf(
				"%s may have been replayed before: %s has no records left from before %s.",
				plural.Of(unsure, "letter", "letters"),
				p.topics.Input,
				summary.Since.UTC().Format(time.RFC3339),
			),
		)
	}
	if summary.Others > 0 {
		out.Notes = append(
			out.Notes,
			fmt.Sprintf("%s of %s cannot be read as a dead letter.",
				plural.Of(summary.Others, "record", "records"), p.topics.Errors),
		)
	}
	return out, nil
}

func newConsole() *cobra.Command {
	var p consolePage
	var kafka clusterFlags
	var modelPath, group string
	var last int64
	c := &cobra.Command{
		Use:   "console --brokers LIST",
		Short: "Show the traffic of the function on a web page",
		Long: `Show the traffic of the function on a web page, live from the topics of a real cluster: answers, dead letters,
rate, latency, lag and scores. The command joins no consumer group and writes nothing, unless --allow-replay lets the
page replay dead letters. The command up serves the same page.`,
		Example: `  reddit-classifier console --brokers kafka-1:9092,kafka-2:9092
  reddit-classifier console --brokers kafka:9093 --kafka-config client.properties --model model.rcm --allow-replay`,
		Args:              maximumArgs(0),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := requireFlags(c, "brokers"); err != nil {
				return err
			}
			if last < 0 {
				return usageErrorf("--last is %d: give 0 or more", last)
			}
			cluster, err := kafka.cluster(c)
			if err != nil {
				return err
			}
			m, err := models.Open(modelPath)
			if err != nil {
				return err
			}
			if err := p.open("listen", m, p.topics); err != nil {
				return err
			}
			defer p.server.Close()
			stop, err := p.watch(c.Context(), cluster, group, last)
			if err != nil {
				return err
			}
			registry := metrics.NewRegistry()
			p.server.Feed.Count(registry)
			stopMetrics, err := serveMetrics(p.metrics, registry)
			if err != nil {
				return err
			}
			defer stopMetrics()
			fmt.Fprintf(c.OutOrStdout(), "The page is at %s\nCtrl-C ends it.\n", p.server.URL())
			<-c.Context().Done()
			return stop()
		},
	}
	f := c.Flags()
	kafka.add(c, brokersUsage)
	p.add(c, "listen")
	f.StringVar(&p.topics.Input, "input", local.Input, "`TOPIC` that the function gets its events from.")
	f.StringVar(&p.topics.Output, "output", local.Output, "`TOPIC` of the predictions.")
	f.StringVar(&p.topics.Errors, "errors", local.Errors, "`TOPIC` of the dead letters.")
	f.StringVar(&group, "group", "reddit-classifier", "Consumer `GROUP` whose lag is shown.")
	f.Int64Var(&last, "last", 200, "Start with the last `N` records of each partition.")
	f.StringVar(&modelPath, "model", modelDefault, "Model that explains the answers: "+modelUsage)
	completeFlag(c, "model", completeModel)
	return c
}
