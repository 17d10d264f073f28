package rpc

import (
	"context"
	"fmt"
	"slices"

	"connectrpc.com/connect"
	"connectrpc.com/grpchealth"
)

// health implements grpc.health.v1. Every service is ready if the model is.
type health struct {
	api      *api
	services []string
}

func (h *health) Check(ctx context.Context, r *grpchealth.CheckRequest) (*grpchealth.CheckResponse, error) {
	if r.Service != "" && !slices.Contains(h.services, r.Service) {
		return nil, connect.NewError(connect.CodeNotFound, fmt.Errorf("there is no service %q", r.Service))
	}
	status := grpchealth.StatusServing
	if h.api.get(ctx, "/v2/health/ready", nil) != nil {
		status = grpchealth.StatusNotServing
	}
	return &grpchealth.CheckResponse{Status: status}, nil
}
