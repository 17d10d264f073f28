package rpc

import (
	"context"
	"fmt"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/encoding/protojson"

	"reddit-classifier/internal/rpc/seldon"
)

// seldonServer implements Seldon Core's Predict. The JSON form of its messages is the JSON of Seldon's REST API.
type seldonServer struct{ api *api }

func (s *seldonServer) Predict(ctx context.Context, r *seldon.SeldonMessage) (*seldon.SeldonMessage, error) {
	body, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(r)
	if err != nil {
		return nil, connect.NewError(connect.CodeInvalidArgument, fmt.Errorf("the message has no JSON form: %w", err))
	}
	var raw []byte
	if err := s.api.post(ctx, "/api/v1.0/predictions", body, &raw); err != nil {
		return nil, err
	}
	answer := &seldon.SeldonMessage{}
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(raw, answer); err != nil {
		return nil, connect.NewError(connect.CodeInternal, fmt.Errorf("the answer cannot be read: %w", err))
	}
	return answer, nil
}
