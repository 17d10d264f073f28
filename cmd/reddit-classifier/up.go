package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	fn "knative.dev/func-go/http"

	"reddit-classifier/function"
	"reddit-classifier/internal/broker"
	"reddit-classifier/internal/console"
	"reddit-classifier/internal/eventing"
	"reddit-classifier/internal/local"
	"reddit-classifier/internal/metrics"
	"reddit-classifier/internal/models"
	"reddit-classifier/internal/plural"
	"reddit-classifier/model"
)

// upCommand holds the flags of the command up and the parts that it runs.
type upCommand struct {
	input, output, listen, model string
	once, verbose, strict        bool
	noConsole                    bool
	kafka                        clusterFlags
	page                         consolePage
	registry                     *metrics.Registry // nil without --metrics
	functionLog                  slog.Handler

	out     io.Writer
	names   *model.Model // names the classes of answers
	tracker *local.Tracker
	records *recordFile // nil without --output: answers are printed
	failed  chan error
	flush   func() // of the log
}

const listenConsole = "listen-console"

func newUp() *cobra.Command {
	var u upCommand
	c := &cobra.Command{
		Use:   "up",
		Short: "Run the whole system on this machine: Kafka, source, function, sink",
		Long: `Run the whole system on this machine: Kafka (embedded unless --brokers names a real cluster), the topics
reddit-classifier-input, -output and -errors, a source that works like a KafkaSource, the function on the HTTP server
that it has when deployed, and a sink that works like a KafkaSink.

A web page shows the traffic; its address is printed first. --no-console leaves the page out; so does --once, unless
--listen-console is given.

The system is fed the comments of --input, or a few samples. Each answer is printed on a line. The command runs until
Ctrl-C. With --once it runs until every record is answered, and then prints a summary. Its p50 and p99 are of the time
from the source's first request for an event until the event is answered or dead-lettered.`,
		Example: `  reddit-classifier up
  reddit-classifier up --once --model model.rcm --input comments.csv --output answers.jsonl`,
		Args:              maximumArgs(0),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			// An empty list is an unset variable rather than a wish for an embedded Kafka.
			if c.Flags().Changed("brokers") && len(broker.SplitAddrs(u.kafka.brokers)) == 0 {
				return usageErrorf(
					"--brokers is %q: name at least one HOST:PORT, or leave it out for an embedded Kafka",
					u.kafka.brokers,
				)
			}
			if u.kafka.config != "" && u.kafka.brokers == "" {
				return usageErrorf("--kafka-config is for a real cluster: name it with --brokers")
			}
			if u.once && !c.Flags().Changed("listen") {
				u.listen = "127.0.0.1:0" // nobody needs to know the address
			}
			u.noConsole = u.noConsole || u.once && !c.Flags().Changed(listenConsole)
			u.out = c.OutOrStdout()
			return u.run(c)
		},
	}
	f := c.Flags()
	f.StringVar(&u.input, "input", "", "Feed the comments of `FILE`, each as a record with its id as key. "+
		"(default: a few samples)")
	f.StringVar(&u.output, "output", "", "Write the records of the output and error topics to `FILE`, as lines of JSON. "+
		"(default: print the answers)")
	f.BoolVar(&u.once, "once", false, "Stop once every record is answered, and print a summary.")
	u.kafka.add(c, "Use the cluster of these brokers, a comma-separated `LIST` of HOST:PORT, and create missing topics "+
		"there. (default: an embedded Kafka)")
	f.StringVar(&u.listen, "listen", "127.0.0.1:8080", "Serve the function at `ADDRESS`. Port 0 picks a free port, as "+
		"does --once without this flag.")
	f.StringVar(&u.model, "model", "", servedModelUsage)
	u.page.add(c, listenConsole)
	f.BoolVar(&u.noConsole, "no-console", false, "Do not serve the page.")
	inputFlags(c)
	f.BoolVar(&u.strict, "strict", false, strictUsage)
	f.BoolVar(&u.verbose, "verbose", false, "Also log retries and other details.")
	completeFile(c, commentFiles, "input")
	completeFile(c, nil, "output")
	completeFlag(c, "model", completeModel)
	return c
}

func (u *upCommand) run(c *cobra.Command) error {
	ctx, stderr := c.Context(), c.ErrOrStderr()
	var err error
	if u.names, err = u.openNames(); err != nil {
		return err
	}
	if err := setEncoding(c, u.names); err != nil {
		return err
	}
	next, closeInput, err := u.messages(c)
	if err != nil {
		return err
	}
	defer func() { _ = closeInput() }()
	if u.page.metrics != "" {
		u.registry = metrics.NewRegistry()
	}
	u.failed = make(chan error, 1)
	u.tracker = local.NewTracker()
	if u.output != "" {
		if err := checkOutputPath(u.output, u.input); err != nil {
			return err
		}
		if u.records, err = createRecordFile(u.output); err != nil {
			return err
		}
		defer u.records.Close()
	}
	config, err := u.config(c)
	if err != nil {
		return err
	}
	defer u.flush()
	if !u.noConsole {
		if err := u.openPage(&config); err != nil {
			return err
		}
		defer u.page.server.Close()
	}
	if u.registry != nil && !u.noConsole {
		u.page.server.Feed.Count(u.registry)
	}
	stopMetrics, err := serveMetrics(u.page.metrics, u.registry)
	if err != nil {
		return err
	}
	defer stopMetrics()
	system, err := local.Start(ctx, config)
	if err != nil {
		return err
	}
	defer system.Close()
	if !u.noConsole {
		stop, err := u.page.watch(ctx, system.Cluster, local.Group, 0)
		if err != nil {
			return err
		}
		defer func() { _ = stop() }()
	}
	if !u.once {
		u.introduce(system)
	}
	go u.feed(ctx, system, next)
	if err := u.wait(ctx, stderr); err != nil {
		return err
	}
	system.Close()
	if u.once {
		u.summarize()
	}
	if u.records != nil {
		return u.records.Close()
	}
	return nil
}

// readConfig reads the function's configuration from the environment, with the model of --model.
func (u *upCommand) readConfig() (function.Config, error) {
	c, err := function.ReadConfig()
	if err == nil && u.model != "" {
		c.ModelPath = u.model
	}
	return c, err
}

// openNames opens the model that the function has. If it cannot be opened, openNames returns the default model, and
// the function reports the error.
func (u *upCommand) openNames() (*model.Model, error) {
	c, err := u.readConfig()
	if err != nil {
		return nil, err
	}
	if m, err := models.Open(c.ModelPath); err == nil {
		return m, nil
	}
	return model.Default()
}

// openPage starts to listen for the page, prints its address, and passes log records on to the page.
func (u *upCommand) openPage(config *local.Config) error {
	topics := console.Topics{Input: local.Input, Output: local.Output, Errors: local.Errors}
	var samples []string
	if u.input == "" {
		samples = local.RefusedSamples
	}
	if err := u.page.open(listenConsole, u.names, topics, samples...); err != nil {
		return err
	}
	config.Log = slog.New(u.page.server.Feed.Handler(config.Log.Handler()))
	u.functionLog = u.page.server.Feed.Handler(u.functionLog)
	_, err := fmt.Fprintf(u.out, "The page is at %s\n", u.page.server.URL())
	return err
}

// messages returns a function that returns the next message to feed, from the input or the samples, and then io.EOF.
func (u *upCommand) messages(c *cobra.Command) (next func() (local.Message, error), stop func() error, err error) {
	if u.input == "" {
		return local.Sequence(local.Samples()...), func() error { return nil }, nil
	}
	in, err := openInput(c, u.input)
	if err != nil {
		return nil, nil, err
	}
	return func() (local.Message, error) {
		comment, err := in.Next()
		if err == io.EOF {
			printSkipped(c.ErrOrStderr(), in)
		}
		return local.NewMessage(comment.ID, comment.Text), err
	}, in.Close, nil
}

func (u *upCommand) config(c *cobra.Command) (local.Config, error) {
	cluster, err := u.kafka.cluster(c)
	if err != nil {
		return local.Config{}, err
	}
	level := slog.LevelError
	if u.verbose {
		level = slog.LevelDebug
	}
	u.functionLog = logHandler(c, level)
	log, flush := newLog(logHandler(c, level))
	u.flush = flush
	config := local.Config{
		Cluster:  cluster,
		Listen:   u.listen,
		Function: u.function,
		Delivery: eventing.DefaultDelivery,
		Strict:   u.strict,
		Log:      log,
		OnAnswer: u.answered,
		Comments: !u.names.HasThreshold(),
	}
	if u.once {
		config.OnDelivery = u.tracker.Delivered
	}
	return config, nil
}

// function returns the function as the environment configures it, with up's sink. It logs little, because its refusals
// are printed as answers.
func (u *upCommand) function(sink string) (fn.Handler, error) {
	c, err := u.readConfig()
	if err != nil {
		return nil, err
	}
	c.Sink, c.DeadLetter = sink, local.Errors // a reference resolved against sink
	c.Registry, c.MetricsAddr = u.registry, "off"
	c.Log = slog.New(u.functionLog)
	return function.NewWith(c), nil
}

func (u *upCommand) answered(a local.Answer) {
	var err error
	if u.records != nil {
		err = u.records.Write(a.Record)
	} else {
		_, err = fmt.Fprintln(u.out, printable(a.Line(u.names)))
	}
	if err != nil {
		u.fail(err)
	}
	if u.once {
		u.tracker.Answered(a) // last, so that all answers are written once all are counted
	}
}

func (u *upCommand) fail(err error) {
	select {
	case u.failed <- err:
	default: // only the first error is reported
	}
}

func (u *upCommand) feed(ctx context.Context, system *local.System, next func() (local.Message, error)) {
	sent := func(string) {}
	if u.once {
		sent = u.tracker.Fed
	}
	if err := system.Feed(ctx, next, sent); err != nil {
		u.fail(err)
		return
	}
	u.tracker.AllFed()
}

// wait returns once everything is answered, with --once, or on Ctrl-C, which is an error only with --once.
func (u *upCommand) wait(ctx context.Context, stderr io.Writer) error {
	var complete <-chan struct{}
	bar := newProgress(stderr)
	defer bar.Done()
	if u.once {
		complete = u.tracker.Complete()
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-complete:
			return nil
		case err := <-u.failed:
			return err
		case <-ctx.Done():
			if !u.once {
				return nil
			}
			fed, done := u.tracker.Progress()
			return fmt.Errorf("interrupted after %d of %s answered", done, plural.Of(fed, "record was", "records were"))
		case <-tick.C:
			if u.records == nil {
				continue
			}
			if err := u.records.Flush(); err != nil {
				return err
			}
			if fed, done := u.tracker.Progress(); u.once {
				bar.Set(done, fed)
			}
		}
	}
}

// introduce prints what runs and how to send events to it.
func (u *upCommand) introduce(s *local.System) {
	kafka := "embedded, in memory"
	if u.kafka.brokers != "" {
		kafka = "yours"
	}
	addrs := strings.Join(s.Cluster.Addrs, ",")
	fmt.Fprintf(u.out, `Kafka (%s) is at %s, the function at %s. Send more events from another terminal:

  curl -i %s -H 'Ce-Specversion: 1.0' -H "Ce-Id: $RANDOM$(date +%%s)" -H 'Ce-Source: /me' -H 'Ce-Type: reddit.comment' \
    -H 'Ce-Partitionkey: by-curl' -H 'Content-Type: application/json' -d '{"data":{"ndarray":["This is an input"]}}'
  echo '{"data":{"ndarray":["This is an input"]}}' | kcat -P -b %s -t %s -k by-kcat
  kcat -C -b %s -t %s -f '%%k %%s\n'

Answers (Ctrl-C ends it):

`, kafka, addrs, s.URL(), s.URL(), addrs, local.Input, addrs, local.Output)
}

func (u *upCommand) summarize() {
	s := u.tracker.Summary()
	fmt.Fprintf(u.out, "%s, %s, %s, %.0f records/s, p50 %.2f ms, p99 %.2f ms\n",
		plural.Of(s.Records, "record", "records"), plural.Of(s.Predictions, "prediction", "predictions"),
		plural.Of(s.DeadLetters, "dead letter", "dead letters"), s.PerSecond(), milliseconds(s.P50), milliseconds(s.P99))
	for _, why := range slices.Sorted(maps.Keys(s.Losses)) {
		verb := "would lose"
		if u.strict {
			verb = "loses"
		}
		fmt.Fprintf(u.out, "%d of them a real KafkaSource %s: %s\n", s.Losses[why], verb, why)
	}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
