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
		Long: `Run the function alone, on func-go's HTTP server, configured as when deployed, and gRPC on the same port (HTTP/2 without TLS):
the Open Inference Protocol, Seldon Core's Predict, health and reflection.

The environment variables are:

` + settings(),
		Args: atMost(0),
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
			if c.Flags().Changed(logFormat) || isTerminal(c.ErrOrStderr()) {
				config.Log = slog.New(logHandler(c, config.LogLevel))
			}
			return runServe(c.Context(), listen, config)
		},
	}
	f := c.Flags()
	f.StringVar(&listen, "listen", "127.0.0.1:8080", "`ADDRESS` to listen on")
	f.StringVar(&modelPath, "model", "", modelUsage+" (default: MODEL_PATH, or else default)")
	f.StringVar(&sink, "sink", "", "`URL` that predictions are posted to, instead of K_SINK")
	return c
}

func settings() string {
	var b strings.Builder
	_ = function.PrintUsage(&b) // a strings.Builder takes everything
	return b.String()
}

// runServe leaves everything but gRPC to func-go's service, as the program that func builds does.
func runServe(ctx context.Context, listen string, config function.Config) error {
	if err := os.Setenv("LISTEN_ADDRESS", listen); err != nil { // the service has no other way to be told
		return err
	}
	fn.SetLogLevel(fn.LogWarn)
	service := fn.New(function.NewWith(config))
	service.Protocols = rpc.Protocols()
	service.Handler = rpc.Handler(service.Handler)
	err := service.Start(ctx)
	var listening *net.OpError
	if errors.As(err, &listening) && listening.Op == "listen" {
		return fmt.Errorf("the function %w", local.ListenError("listen", listen, listening))
	}
	return err
}
