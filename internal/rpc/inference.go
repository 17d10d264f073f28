package rpc

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"unicode/utf8"

	"connectrpc.com/connect"

	"reddit-classifier/internal/rpc/inference"
)

// inferenceServer implements the Open Inference Protocol.
type inferenceServer struct{ api *api }

func (s *inferenceServer) ServerLive(
	ctx context.Context,
	_ *inference.ServerLiveRequest,
) (*inference.ServerLiveResponse, error) {
	return &inference.ServerLiveResponse{Live: s.api.get(ctx, "/v2/health/live", nil) == nil}, nil
}

func (s *inferenceServer) ServerReady(
	ctx context.Context,
	_ *inference.ServerReadyRequest,
) (*inference.ServerReadyResponse, error) {
	return &inference.ServerReadyResponse{Ready: s.api.get(ctx, "/v2/health/ready", nil) == nil}, nil
}

func (s *inferenceServer) ModelReady(
	ctx context.Context,
	r *inference.ModelReadyRequest,
) (*inference.ModelReadyResponse, error) {
	err := s.api.get(ctx, modelPath(r.GetName(), r.GetVersion())+"/ready", nil)
	if connect.CodeOf(err) == connect.CodeNotFound {
		return nil, err
	}
	return &inference.ModelReadyResponse{Ready: err == nil}, nil
}

func (s *inferenceServer) ServerMetadata(
	ctx context.Context, _ *inference.ServerMetadataRequest,
) (*inference.ServerMetadataResponse, error) {
	var m struct {
		Name, Version string
		Extensions    []string
	}
	if err := s.api.get(ctx, "/v2", &m); err != nil {
		return nil, err
	}
	return &inference.ServerMetadataResponse{Name: m.Name, Version: m.Version, Extensions: m.Extensions}, nil
}

// tensor is the description of an input or an output, or one with its data.
type tensor struct {
	Name       string         `json:"name"`
	Datatype   string         `json:"datatype"`
	Shape      []int64        `json:"shape"`
	Parameters map[string]any `json:"parameters,omitempty"`
	Data       any            `json:"data,omitempty"`
}

func (s *inferenceServer) ModelMetadata(
	ctx context.Context, r *inference.ModelMetadataRequest,
) (*inference.ModelMetadataResponse, error) {
	var m struct {
		Name, Platform  string
		Versions        []string
		Inputs, Outputs []tensor
	}
	if err := s.api.get(ctx, modelPath(r.GetName(), r.GetVersion()), &m); err != nil {
		return nil, err
	}
	return &inference.ModelMetadataResponse{
		Name: m.Name, Versions: m.Versions, Platform: m.Platform, Inputs: metadata(m.Inputs), Outputs: metadata(m.Outputs),
	}, nil
}

func metadata(tensors []tensor) []*inference.ModelMetadataResponse_TensorMetadata {
	described := make([]*inference.ModelMetadataResponse_TensorMetadata, len(tensors))
	for i, t := range tensors {
		described[i] = &inference.ModelMetadataResponse_TensorMetadata{Name: t.Name, Datatype: t.Datatype, Shape: t.Shape}
	}
	return described
}

func modelPath(name, version string) string {
	path := "/v2/models/" + url.PathEscape(name)
	if version != "" {
		path += "/versions/" + url.PathEscape(version)
	}
	return path
}

// inferRequest and inferAnswer are the JSON of the protocol's REST form.
type inferRequest struct {
	ID         string            `json:"id,omitempty"`
	Parameters map[string]any    `json:"parameters,omitempty"`
	Inputs     []tensor          `json:"inputs"`
	Outputs    []requestedOutput `json:"outputs,omitempty"`
}

type requestedOutput struct {
	Name       string         `json:"name"`
	Parameters map[string]any `json:"parameters,omitempty"`
}

type inferAnswer struct {
	ModelName    string `json:"model_name"`
	ModelVersion string `json:"model_version"`
	ID           string `json:"id"`
	Outputs      []struct {
		Name     string          `json:"name"`
		Datatype string          `json:"datatype"`
		Shape    []int64         `json:"shape"`
		Data     json.RawMessage `json:"data"`
	} `json:"outputs"`
}

func (s *inferenceServer) ModelInfer(
	ctx context.Context,
	r *inference.ModelInferRequest,
) (*inference.ModelInferResponse, error) {
	request, err := requestOf(r)
	if err != nil {
		return nil, connect.NewError(connect.CodeInvalidArgument, err)
	}
	body, err := json.Marshal(request)
	if err != nil {
		return nil, connect.NewError(connect.CodeInternal, err)
	}
	var answer inferAnswer
	if err := s.api.post(ctx, modelPath(r.GetModelName(), r.GetModelVersion())+"/infer", body, &answer); err != nil {
		return nil, err
	}
	return answer.message(len(r.GetRawInputContents()) > 0)
}

// requestOf converts a message, with raw or typed contents, to the equivalent JSON.
func requestOf(r *inference.ModelInferRequest) (*inferRequest, error) {
	raw := r.GetRawInputContents()
	if len(raw) > 0 && len(raw) != len(r.GetInputs()) {
		return nil, fmt.Errorf("raw_input_contents has %d elements for %d inputs", len(raw), len(r.GetInputs()))
	}
	request := &inferRequest{ID: r.GetId(), Parameters: parameters(r.GetParameters())}
	for i, in := range r.GetInputs() {
		t := tensor{
			Name:       in.GetName(),
			Datatype:   in.GetDatatype(),
			Shape:      in.GetShape(),
			Parameters: parameters(in.GetParameters()),
		}
		elements := in.GetContents().GetBytesContents()
		if len(raw) > 0 {
			if in.GetContents() != nil {
				return nil, fmt.Errorf("input %q has contents in addition to raw_input_contents", in.GetName())
			}
			var err error
			if elements, err = splitRaw(raw[i]); t.Datatype == "BYTES" && err != nil {
				return nil, fmt.Errorf("input %q: %w", in.GetName(), err)
			}
		}
		if t.Datatype != "BYTES" { // REST refuses the type, whatever its data
			elements = nil
		}
		texts := make([]string, len(elements))
		for k, e := range elements {
			if !utf8.Valid(e) {
				return nil, fmt.Errorf("element %d of input %q is not UTF-8", k, in.GetName())
			}
			texts[k] = string(e)
		}
		t.Data = texts
		request.Inputs = append(request.Inputs, t)
	}
	for _, out := range r.GetOutputs() {
		request.Outputs = append(request.Outputs, requestedOutput{out.GetName(), parameters(out.GetParameters())})
	}
	return request, nil
}

// parameters converts parameters, except those of the binary extension of the REST form: KServe's client sends them
// with raw contents, too.
func parameters(m map[string]*inference.InferParameter) map[string]any {
	if len(m) == 0 {
		return nil
	}
	values := make(map[string]any, len(m))
	for name, p := range m {
		switch name {
		case "binary_data_size", "binary_data", "binary_data_output":
			continue
		}
		switch choice := p.GetParameterChoice().(type) {
		case *inference.InferParameter_BoolParam:
			values[name] = choice.BoolParam
		case *inference.InferParameter_Int64Param:
			values[name] = choice.Int64Param
		case *inference.InferParameter_StringParam:
			values[name] = choice.StringParam
		case *inference.InferParameter_DoubleParam:
			values[name] = choice.DoubleParam
		case *inference.InferParameter_Uint64Param:
			values[name] = choice.Uint64Param
		}
	}
	return values
}

// splitRaw splits BYTES elements. Each is preceded by its length as a little-endian uint32.
func splitRaw(b []byte) (elements [][]byte, err error) {
	for len(b) > 0 {
		if len(b) < 4 {
			return nil, errors.New("its raw content ends within an element's length")
		}
		n := uint64(binary.LittleEndian.Uint32(b))
		if b = b[4:]; n > uint64(len(b)) {
			return nil, fmt.Errorf("its raw content has an element of %d bytes, but only %d are left", n, len(b))
		}
		elements, b = append(elements, b[:n]), b[n:]
	}
	return elements, nil
}

// message converts an answer. Its contents are raw if those of the request were.
func (a *inferAnswer) message(raw bool) (*inference.ModelInferResponse, error) {
	m := &inference.ModelInferResponse{ModelName: a.ModelName, ModelVersion: a.ModelVersion, Id: a.ID}
	for _, o := range a.Outputs {
		out := &inference.ModelInferResponse_InferOutputTensor{Name: o.Name, Datatype: o.Datatype, Shape: o.Shape}
		contents := &inference.InferTensorContents{}
		var bytes []byte
		var err error
		switch o.Datatype {
		case "FP64":
			err = json.Unmarshal(o.Data, &contents.Fp64Contents)
			for _, v := range contents.Fp64Contents {
				bytes = binary.LittleEndian.AppendUint64(bytes, math.Float64bits(v))
			}
		case "INT64":
			err = json.Unmarshal(o.Data, &contents.Int64Contents)
			for _, v := range contents.Int64Contents {
				bytes = binary.LittleEndian.AppendUint64(bytes, uint64(v))
			}
		case "BYTES":
			var texts []string
			err = json.Unmarshal(o.Data, &texts)
			for _, text := range texts {
				contents.BytesContents = append(contents.BytesContents, []byte(text))
				bytes = append(binary.LittleEndian.AppendUint32(bytes, uint32(len(text))), text...)
			}
		default:
			err = fmt.Errorf("datatype %s", o.Datatype)
		}
		if err != nil {
			return nil, connect.NewError(connect.CodeInternal, fmt.Errorf("output %q: %w", o.Name, err))
		}
		if raw {
			m.RawOutputContents = append(m.RawOutputContents, bytes)
		} else {
			out.Contents = contents
		}
		m.Outputs = append(m.Outputs, out)
	}
	return m, nil
}
