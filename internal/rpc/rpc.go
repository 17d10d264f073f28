// Package rpc serves a model over gRPC: the Open Inference Protocol (inference.GRPCInferenceService) and Seldon Core's
// protocol (seldon.protos.Seldon), with health and reflection. Each call becomes the equivalent request of the
// function's REST API, within this process, so that limits, refusals and answers are the same as those of REST.
package rpc

import (
	"net/http"
	"strings"

	"connectrpc.com/connect"
	"connectrpc.com/grpchealth"
	"connectrpc.com/grpcreflect"

	"reddit-classifier/internal/rpc/inference/inferenceconnect"
	"reddit-classifier/internal/rpc/seldon/seldonconnect"
)

// maxMessage is the maximum size of a message in bytes, which exceeds the default of MAX_BODY_BYTES.
const maxMessage = 16 << 20

// Handler answers gRPC requests and passes all others to rest, which must serve the function's REST API.
func Handler(rest http.Handler) http.Handler {
	services := []string{inferenceconnect.GRPCInferenceServiceName, seldonconnect.SeldonName}
	options := connect.WithHandlerOptions(connect.WithReadMaxBytes(maxMessage), deflate())
	api := &api{rest: rest}
	mux := http.NewServeMux()
	mux.Handle(inferenceconnect.NewGRPCInferenceServiceHandler(&inferenceServer{api: api}, options))
	mux.Handle(seldonconnect.NewSeldonHandler(&seldonServer{api: api}, options))
	mux.Handle(grpchealth.NewHandler(&health{api: api, services: services}))
	reflector := grpcreflect.NewStaticReflector(append(services, grpchealth.HealthV1ServiceName)...)
	mux.Handle(grpcreflect.NewHandlerV1(reflector))
	mux.Handle(grpcreflect.NewHandlerV1Alpha(reflector))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
			mux.ServeHTTP(w, r)
			return
		}
		rest.ServeHTTP(w, r)
	})
}

// Protocols returns HTTP/1 and HTTP/2, both without TLS, as a Knative port named h2c needs.
func Protocols() *http.Protocols {
	p := &http.Protocols{}
	p.SetHTTP1(true)
	p.SetUnencryptedHTTP2(true)
	return p
}
