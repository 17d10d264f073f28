package rpc_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"

	"reddit-classifier/function"
	"reddit-classifier/internal/rpc"
	"reddit-classifier/internal/rpc/inference"
	"reddit-classifier/internal/rpc/inference/inferenceconnect"
	"reddit-classifier/internal/rpc/seldon"
	"reddit-classifier/internal/rpc/seldon/seldonconnect"
	"reddit-classifier/internal/tracing/tracetest"
	"reddit-classifier/model"
)

// serve starts a server with the built-in model and returns its URL and a client that speaks HTTP/2 without TLS.
func serve(t *testing.T) (url string, client *http.Client) {
	t.Helper()
	f := function.NewWith(function.Defaults())
	if err := f.Start(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(rpc.Handler(http.HandlerFunc(f.Handle)))
	server.Config.Protocols = rpc.Protocols()
	server.Start()
	protocols := &http.Protocols{}
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: protocols}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
		if err := f.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return server.URL, &http.Client{Transport: transport}
}

func builtIn(t *testing.T) *model.Model {
	t.Helper()
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var texts = []string{"This is an input", "lol", "", "reefs 🐠"}

func input(elements [][]byte) *inference.ModelInferRequest_InferInputTensor {
	return &inference.ModelInferRequest_InferInputTensor{
		Name: "text", Datatype: "BYTES", Shape: []int64{int64(len(texts))},
		Contents: &inference.InferTensorContents{BytesContents: elements},
	}
}

func TestModelInfer(t *testing.T) {
	url, client := serve(t)
	m := builtIn(t)
	c := inferenceconnect.NewGRPCInferenceServiceClient(client, url, connect.WithGRPC())
	var elements [][]byte
	var raw []byte
	var want []float64
	for _, text := range texts {
		elements = append(elements, []byte(text))
		raw = append(binary.LittleEndian.AppendUint32(raw, uint32(len(text))), text...)
		want = m.AppendProba(want, text)
	}
	answer, err := c.ModelInfer(t.Context(), &inference.ModelInferRequest{
		ModelName: m.Name(), Id: "q", Inputs: []*inference.ModelInferRequest_InferInputTensor{input(elements)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if answer.GetId() != "q" || answer.GetModelName() != m.Name() || len(answer.GetOutputs()) != 1 {
		t.Fatalf("the answer is %v", answer)
	}
	out := answer.GetOutputs()[0]
	if diff := cmp.Diff(want, out.GetContents().GetFp64Contents()); diff != "" {
		t.Errorf("probabilities (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int64{4, 2}, out.GetShape()); diff != "" || out.GetName() != "proba" ||
		out.GetDatatype() != "FP64" {
		t.Errorf("the output is %v", out)
	}
	// The same in the binary form.
	in := input(nil)
	in.Contents = nil
	answer, err = c.ModelInfer(t.Context(), &inference.ModelInferRequest{
		ModelName: m.Name(), Inputs: []*inference.ModelInferRequest_InferInputTensor{in}, RawInputContents: [][]byte{raw},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.GetRawOutputContents()) != 1 || answer.GetOutputs()[0].GetContents() != nil {
		t.Fatalf("the answer to raw contents is %v", answer)
	}
	var got []float64
	for b := answer.GetRawOutputContents()[0]; len(b) >= 8; b = b[8:] {
		got = append(got, math.Float64frombits(binary.LittleEndian.Uint64(b)))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("raw probabilities (-want +got):\n%s", diff)
	}
	// KServe's client says the size of raw contents in a parameter.
	in.Parameters = map[string]*inference.InferParameter{"binary_data_size": int64Parameter(int64(len(raw)))}
	request := &inference.ModelInferRequest{
		ModelName: m.Name(), Inputs: []*inference.ModelInferRequest_InferInputTensor{in}, RawInputContents: [][]byte{raw},
		Parameters: map[string]*inference.InferParameter{
			"binary_data_output": {ParameterChoice: &inference.InferParameter_BoolParam{BoolParam: true}},
		},
	}
	again, err := c.ModelInfer(t.Context(), request)
	if err != nil || !bytes.Equal(again.GetRawOutputContents()[0], answer.GetRawOutputContents()[0]) {
		t.Errorf("with parameters of the binary extension: %v, %v", again, err)
	}
}

func int64Parameter(v int64) *inference.InferParameter {
	return &inference.InferParameter{ParameterChoice: &inference.InferParameter_Int64Param{Int64Param: v}}
}

// TestCompression: the compressions that Triton's clients offer.
func TestCompression(t *testing.T) {
	url, client := serve(t)
	m := builtIn(t)
	request := &inference.ModelInferRequest{
		ModelName: m.Name(), Inputs: []*inference.ModelInferRequest_InferInputTensor{input(
			[][]byte{[]byte("This is an input"), []byte(strings.Repeat("lol ", 1000)), {}, []byte("reefs")})},
	}
	plain, err := inferenceconnect.NewGRPCInferenceServiceClient(client, url, connect.WithGRPC()).
		ModelInfer(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"gzip", "deflate"} {
		c := inferenceconnect.NewGRPCInferenceServiceClient(client, url, connect.WithGRPC(),
			connect.WithSendCompression(name),
			connect.WithAcceptCompression("deflate",
				func() connect.Decompressor { return &inflater{} },
				func() connect.Compressor { return zlib.NewWriter(io.Discard) }))
		for range 3 { // compressors are used again
			answer, err := c.ModelInfer(t.Context(), request)
			if diff := cmp.Diff(plain, answer, protocmp.Transform()); err != nil || diff != "" {
				t.Errorf("%s: %v, difference from the plain answer:\n%s", name, err, diff)
			}
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		url+inferenceconnect.GRPCInferenceServiceModelInferProcedure, strings.NewReader("\x01\x00\x00\x00\x02ab"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/grpc")
	r.Header.Set("Grpc-Encoding", "deflate")
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	if got := response.Header.Get("Grpc-Status") + response.Trailer.Get("Grpc-Status"); got != "3" {
		t.Errorf("data that is not compressed has the status %q, want 3, invalid argument", got)
	}
}

// inflater is a zlib reader that gets its data from Reset.
type inflater struct{ io.ReadCloser }

func (i *inflater) Reset(from io.Reader) (err error) {
	i.ReadCloser, err = zlib.NewReader(from)
	return err
}

func TestModelInferRefuses(t *testing.T) {
	url, client := serve(t)
	m := builtIn(t)
	c := inferenceconnect.NewGRPCInferenceServiceClient(client, url, connect.WithGRPC())
	numbers := input(nil)
	numbers.Datatype, numbers.Contents = "FP64", &inference.InferTensorContents{Fp64Contents: []float64{1, 2, 3, 4}}
	bare := input(nil)
	bare.Contents = nil
	for name, test := range map[string]struct {
		request *inference.ModelInferRequest
		code    connect.Code
		says    string
	}{
		"another model": {
			&inference.ModelInferRequest{ModelName: "other",
				Inputs: []*inference.ModelInferRequest_InferInputTensor{input([][]byte{{}})}},
			connect.CodeNotFound, "other",
		},
		"numbers": {
			&inference.ModelInferRequest{ModelName: m.Name(), Inputs: []*inference.ModelInferRequest_InferInputTensor{numbers}},
			connect.CodeInvalidArgument, "datatype is not BYTES",
		},
		"not UTF-8": {
			&inference.ModelInferRequest{ModelName: m.Name(),
				Inputs: []*inference.ModelInferRequest_InferInputTensor{input([][]byte{{0xff}})}},
			connect.CodeInvalidArgument, `element 0 of input "text" is not UTF-8`,
		},
		"raw content cut short": {
			&inference.ModelInferRequest{
				ModelName: m.Name(), Inputs: []*inference.ModelInferRequest_InferInputTensor{bare},
				RawInputContents: [][]byte{{5, 0, 0, 0, 'a'}},
			},
			connect.CodeInvalidArgument, "an element of 5 bytes, but only 1 are left",
		},
		"raw content for no input": {
			&inference.ModelInferRequest{ModelName: m.Name(), RawInputContents: [][]byte{{}}},
			connect.CodeInvalidArgument, "1 elements for 0 inputs",
		},
	} {
		_, err := c.ModelInfer(t.Context(), test.request)
		if connect.CodeOf(err) != test.code || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %v with %q", name, err, test.code, test.says)
		}
	}
}

func TestMetadata(t *testing.T) {
	url, client := serve(t)
	m := builtIn(t)
	c := inferenceconnect.NewGRPCInferenceServiceClient(client, url, connect.WithGRPC())
	described, err := c.ModelMetadata(t.Context(), &inference.ModelMetadataRequest{Name: m.Name()})
	if err != nil {
		t.Fatal(err)
	}
	if described.GetName() != m.Name() || len(described.GetInputs()) != 1 ||
		described.GetInputs()[0].GetDatatype() != "BYTES" {
		t.Errorf("the model is %v", described)
	}
	live, err := c.ServerLive(t.Context(), &inference.ServerLiveRequest{})
	if err != nil || !live.GetLive() {
		t.Errorf("live: %v, %v", live, err)
	}
	ready, err := c.ModelReady(t.Context(), &inference.ModelReadyRequest{Name: m.Name()})
	if err != nil || !ready.GetReady() {
		t.Errorf("ready: %v, %v", ready, err)
	}
	if _, err := c.ModelReady(t.Context(),
		&inference.ModelReadyRequest{Name: "other"}); connect.CodeOf(err) != connect.CodeNotFound {
		t.Errorf("another model: %v", err)
	}
	server, err := c.ServerMetadata(t.Context(), &inference.ServerMetadataRequest{})
	if err != nil || server.GetName() == "" {
		t.Errorf("server: %v, %v", server, err)
	}
}

func TestSeldon(t *testing.T) {
	url, client := serve(t)
	m := builtIn(t)
	c := seldonconnect.NewSeldonClient(client, url, connect.WithGRPC())
	values := make([]*structpb.Value, len(texts))
	var want []any
	for i, text := range texts {
		values[i] = structpb.NewStringValue(text)
		p := m.PredictProba(text)
		want = append(want, []any{p[0], p[1]})
	}
	answer, err := c.Predict(t.Context(), &seldon.SeldonMessage{
		Meta: &seldon.Meta{Puid: "p"},
		DataOneof: &seldon.SeldonMessage_Data{Data: &seldon.DefaultData{
			DataOneof: &seldon.DefaultData_Ndarray{Ndarray: &structpb.ListValue{Values: values}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, answer.GetData().GetNdarray().AsSlice()); diff != "" {
		t.Errorf("probabilities (-want +got):\n%s", diff)
	}
	if answer.GetMeta().GetPuid() != "p" {
		t.Errorf("meta is %v", answer.GetMeta())
	}
	_, err = c.Predict(t.Context(), &seldon.SeldonMessage{DataOneof: &seldon.SeldonMessage_BinData{BinData: []byte("x")}})
	if connect.CodeOf(err) != connect.CodeInvalidArgument || !strings.Contains(err.Error(), "bindata_unsupported") {
		t.Errorf("binData: %v", err)
	}
}

// TestRest has everything that is no gRPC go its way, over HTTP/1 and HTTP/2.
func TestRest(t *testing.T) {
	url, client := serve(t)
	for _, c := range []*http.Client{http.DefaultClient, client} {
		resp, err := c.Post(url+"/v1/models/"+builtIn(t).Name()+":predict", "application/json",
			strings.NewReader(`{"instances":["lol"]}`))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("status %d", resp.StatusCode)
		}
	}
	http.DefaultClient.CloseIdleConnections()
}

// TestTrace: the span of a call continues the caller's trace.
func TestTrace(t *testing.T) {
	c := tracetest.New(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "10")
	url, client := serve(t)
	request := connect.NewRequest(&inference.ModelInferRequest{
		ModelName: builtIn(t).Name(),
		Inputs:    []*inference.ModelInferRequest_InferInputTensor{input([][]byte{[]byte("a")})},
	})
	request.Msg.Inputs[0].Shape = []int64{1}
	const trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
	request.Header().Set("Traceparent", "00-"+trace+"-"+parent+"-01")
	call := connect.NewClient[inference.ModelInferRequest, inference.ModelInferResponse](client,
		url+inferenceconnect.GRPCInferenceServiceModelInferProcedure, connect.WithGRPC())
	if _, err := call.CallUnary(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	if s := c.Wait(t, 1)[0]; s.Trace != trace || s.Parent != parent || s.GetName() != "POST /v2/models/{name}/infer" {
		t.Errorf("the span is %v", s)
	}
}
