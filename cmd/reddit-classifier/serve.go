package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"

	"github.com/spf13/cobra"
	fn "knative.dev/func-go/http"

	"reddit-classifier/function"
	"reddit-classifier/internal/local"
	"reddit-classifier/internal/rpc"
)

func newServe() *cobra.Command {
	var listen, modelPath, sink string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the function alone, on the HTTP server that it has when deployed",
		Long: `Run the function alone, on the HTTP server that it has when deployed (func-go's). The same port speaks gRPC,
over HTTP/2 without TLS: the Open Inference Protocol, Seldon Core's Predict, health and reflection.

These environment variables configure the function, here and when it is deployed:

` + settings(),
		Example: `  reddit-classifier serve --model model.rcm
  LABELS=true reddit-classifier serve --listen :8080 --sink http://localhost:8081/reddit-classifier-output`,
		Args:              maximumArgs(0),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := function.ReadConfig()
			if err != nil {
				return err
			}
			if modelPath != "" {
				config.ModelPath = modelPath
			}
			if sink != "" {
				config.Sink = sink
			}
			config.Log = slog.New(logHandler(c, config.LogLevel))
			return runServe(c.Context(), listen, config)
		},
	}
	f := c.Flags()
	f.StringVar(&listen, "listen", "127.0.0.1:8080", "Listen on `ADDRESS`.")
	f.StringVar(&modelPath, "model", "", servedModelUsage)
	f.StringVar(&sink, "sink", "", "Post predictions to `URL`. (default: K_SINK; if it is empty, reply with them)")
	completeFlag(c, "model", completeModel)
	return c
}

const servedModelUsage = "Model to serve: " + modelUsage + " (default: MODEL_PATH, or default if it is empty)"

// settings describes the environment variables of the function.
func settings() string {
	var b strings.Builder
	_ = function.PrintUsage(&b) // a strings.Builder never fails
	b.WriteString("\nOTEL_EXPORTER_OTLP_ENDPOINT and the other standard variables of OpenTelemetry turn traces on.\n")
	return b.String()
}

// notifyingFunction is a function that tells when it has started.
type notifyingFunction struct {
	*function.Function
	started func()
}

// Start starts the function, and calls started if it could be.
func (s *notifyingFunction) Start(ctx context.Context, environment map[string]string) error {
	err := s.Function.Start(ctx, environment)
	if err == nil {
		s.started()
	}
	return err
}

// runServe runs func-go's service, as the program that func builds does, and adds gRPC.
func runServe(ctx context.Context, listen string, config function.Config) error {
	if err := os.Setenv("LISTEN_ADDRESS", listen); err != nil { // the service reads nothing else
		return err
	}
	fn.SetLogLevel(fn.LogWarn)
	f := &notifyingFunction{Function: function.NewWith(config)}
	service := fn.New(f)
	f.started = func() { config.Log.Info("listening", "address", "http://"+service.Addr().String()) }
	service.Protocols = rpc.Protocols()
	service.Handler = rpc.Handler(service.Handler)
	err := service.Start(ctx)
	var listening *net.OpError
	if errors.As(err, &listening) && listening.Op == "listen" {
		return fmt.Errorf("the function %w", local.ListenError("listen", listen, listening))
	}
	return err
}
