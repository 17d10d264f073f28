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
	"reddit-classifier/internal/replay"
	"reddit-classifier/model"
)

// page holds the flags of the page that watches the topics, and what it is.
type page struct {
	listen, against, metrics string
	allowReplay              bool

	server  *console.Server
	cluster broker.Cluster // that it watches, once watch was called
	topics  console.Topics
}

func (p *page) add(c *cobra.Command, listenFlag string) {
	f := c.Flags()
	f.StringVar(
		&p.listen,
		listenFlag,
		console.DefaultListen,
		"`ADDRESS` of the page; port 0: any free one. Other than the loopback it asks for a token",
	)
	f.StringVar(&p.against, "against", "", "a second model to try comments with: "+modelUsage)
	f.StringVar(&p.metrics, metricsFlag, "", metricsUsage)
	f.BoolVar(&p.allowReplay, "allow-replay", false, "let the page put dead letters back")
}

// open listens, so that the page's address is known.
func (p *page) open(listenFlag string, m *model.Model, topics console.Topics) (err error) {
	p.topics = topics
	config := console.Config{Listen: p.listen, Model: m, Topics: topics}
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

// watch tells the page of a cluster's topics, and serves it until stop is called.
func (p *page) watch(
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

func (p *page) replay(ctx context.Context, reason string, dryRun bool) (console.Replayed, error) {
	config := replay.Config{Cluster: p.cluster, From: p.topics.Errors, To: p.topics.Input, Reason: reason, DryRun: dryRun}
	found, err := replay.Run(ctx, config)
	out := console.Replayed{Actions: make(map[string]int)}
	if err != nil {
		return out, err
	}
	unsure := 0
	for _, l := range found.Letters {
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
				"%d letters are unsure: %s has nothing left from before %s, so whether they were replayed before is not known.",
				unsure,
				p.topics.Input,
				found.Since.UTC().Format(time.RFC3339),
			),
		)
	}
	if found.Others > 0 {
		out.Notes = append(
			out.Notes,
			fmt.Sprintf("%d records of %s cannot be read as dead letters.", found.Others, p.topics.Errors),
		)
	}
	return out, nil
}

func newConsole() *cobra.Command {
	var p page
	var kafka clusterFlags
	var modelPath, group string
	var last int64
	c := &cobra.Command{
		Use:   "console --brokers LIST",
		Short: "Show what goes in and out of the function, on a page",
		Long: `Show what goes in and out of the function, on a page: answers, dead letters, rate, latency, lag and scores of a real cluster's
topics, live. It reads the topics beside other consumers, joins no group and writes nothing, unless --allow-replay lets
the page put dead letters back. up has the same page.`,
		Args: atMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := required(c, "brokers"); err != nil {
				return err
			}
			if last < 0 {
				return misusef("--last is %d: give 0 or more", last)
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
	kafka.add(c, "`LIST` of HOST:PORT of the cluster")
	p.add(c, "listen")
	f.StringVar(&p.topics.Input, "input", local.Input, "`TOPIC` that the function is fed from")
	f.StringVar(&p.topics.Output, "output", local.Output, "`TOPIC` that has the predictions")
	f.StringVar(&p.topics.Errors, "errors", local.Errors, "`TOPIC` that has the dead letters")
	f.StringVar(&group, "group", "reddit-classifier", "consumer `GROUP` whose lag is shown")
	f.Int64Var(&last, "last", 200, "show the last `N` records of each partition as well")
	f.StringVar(&modelPath, "model", modelDefault, "what answers are explained with: "+modelUsage)
	return c
}
