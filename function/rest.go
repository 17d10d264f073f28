package function

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/version"
)

//go:embed openapi.json
var openAPIDocument []byte

//go:embed page.html
var page []byte

// endpoint is an operation of the REST API.
type endpoint int

const (
	noEndpoint endpoint = iota
	rootPage
	openAPI
	seldonPredict
	modelList
	modelStatus
	modelPredict
	serverMetadata
	serverLive
	serverReady
	inferenceModels
	modelMetadata
	modelReady
	modelInfer
)

// paths lists the paths of the REST API, for the error about other paths.
const paths = "/, /openapi.json, /api/v1.0/predictions, /api/v0.1/predictions, " +
	"/v1/models, /v1/models/NAME, /v1/models/NAME:predict, " +
	"/v2, /v2/health/live, /v2/health/ready, /v2/models, /v2/models/NAME, /v2/models/NAME/ready, /v2/models/NAME/infer " +
	"(or NAME/versions/V instead of NAME)"

// target is an endpoint with the model and the version that the path names.
type target struct {
	endpoint endpoint
	model    string
	version  string
}

// targetOf returns the target of a path.
func targetOf(u *url.URL) target {
	path := strings.Trim(u.EscapedPath(), "/")
	switch path {
	case "":
		return target{endpoint: rootPage}
	case "openapi.json":
		return target{endpoint: openAPI}
	case "api/v1.0/predictions", "api/v0.1/predictions":
		return target{endpoint: seldonPredict}
	case "v1/models":
		return target{endpoint: modelList}
	case "v2":
		return target{endpoint: serverMetadata}
	case "v2/health/live":
		return target{endpoint: serverLive}
	case "v2/health/ready":
		return target{endpoint: serverReady}
	case "v2/models":
		return target{endpoint: inferenceModels}
	}
	if name, ok := strings.CutPrefix(path, "v1/models/"); ok && !strings.Contains(name, "/") {
		for _, verb := range []string{":predict", "%3Apredict", "%3apredict"} {
			if model, ok := strings.CutSuffix(name, verb); ok {
				return target{endpoint: modelPredict, model: unescaped(model)}
			}
		}
		return target{endpoint: modelStatus, model: unescaped(name)}
	}
	if rest, ok := strings.CutPrefix(path, "v2/models/"); ok {
		return inferenceTarget(strings.Split(rest, "/"))
	}
	return target{}
}

// inferenceTarget returns the target of the segments that follow /v2/models in a path.
func inferenceTarget(segments []string) target {
	t := target{endpoint: modelMetadata, model: unescaped(segments[0])}
	segments = segments[1:]
	if len(segments) >= 2 && segments[0] == "versions" {
		t.version = unescaped(segments[1])
		segments = segments[2:]
	}
	switch {
	case len(segments) == 0:
	case len(segments) == 1 && segments[0] == "ready":
		t.endpoint = modelReady
	case len(segments) == 1 && segments[0] == "infer":
		t.endpoint = modelInfer
	default:
		return target{}
	}
	return t
}

func unescaped(segment string) string {
	if s, err := url.PathUnescape(segment); err == nil {
		return s
	}
	return segment
}

// methods returns the methods of an endpoint, as the header Allow has them.
func (e endpoint) methods() string {
	switch e {
	case rootPage:
		return "GET, HEAD, POST"
	case seldonPredict, modelPredict, modelInfer:
		return "POST"
	}
	return "GET, HEAD"
}

// route returns the path of an endpoint that takes POST, as spans name it.
func (e endpoint) route() string {
	switch e {
	case seldonPredict:
		return "/api/v1.0/predictions"
	case modelPredict:
		return "/v1/models/{name}:predict"
	case modelInfer:
		return "/v2/models/{name}/infer"
	}
	return "/"
}

// serveREST answers a request that is not a CloudEvent, in the protocol of the request. It posts nothing to a sink.
func (r *servingState) serveREST(w http.ResponseWriter, req *http.Request) {
	t := targetOf(req.URL)
	switch {
	case t.endpoint == noEndpoint:
		writeError(w, &Error{
			Code: http.StatusNotFound, Reason: "unknown_path", Message: "no such path; the paths are " + paths,
		})
	case !strings.Contains(t.endpoint.methods(), req.Method):
		w.Header().Set("Allow", t.endpoint.methods())
		writeError(w, &Error{
			Code:    http.StatusMethodNotAllowed,
			Reason:  "method_not_allowed",
			Message: "this path accepts " + t.endpoint.methods(),
		})
	case t.model != "" && t.model != r.classifier.name && t.model != r.classifier.model.Name():
		writeError(w, &Error{
			Code:   http.StatusNotFound,
			Reason: "unknown_model",
			Message: "there is no model " + cloudevent.Quote(t.model) + "; the model is " +
				cloudevent.Quote(r.classifier.name) + ", and MODEL_NAME can give it another name",
		})
	case t.version != "" && t.version != r.classifier.version:
		writeError(w, &Error{
			Code:   http.StatusNotFound,
			Reason: "unknown_version",
			Message: "there is no version " + cloudevent.Quote(t.version) + "; the version is " +
				cloudevent.Quote(r.classifier.version),
		})
	case req.Method == http.MethodPost:
		b := pool.Get().(*buffers)
		b.memory.memory = r.memory
		r.servePrediction(b, w, req, t)
		b.recycle()
	default:
		r.serveDescription(w, req, t)
	}
}

// servePrediction answers a request with predictions, using the buffers b. After a panic b is not used again.
func (r *servingState) servePrediction(b *buffers, w http.ResponseWriter, req *http.Request, t target) {
	defer b.memory.Release()
	if r.observer.tracer != nil {
		var x *tracedResponse
		x, req = r.observer.startRESTSpan(w, req, t.endpoint)
		w = x
		defer x.end(&b.memory)
	}
	response, err := r.predictPlain(b, req, t)
	kind := b.request.shape
	if err != nil {
		e := AsError(err)
		r.observer.refused(req.Context(), &b.in, kind, e)
		writeError(w, e)
		return
	}
	r.observer.accepted(req.Context(), kind, http.StatusOK)
	w.Header()["Content-Type"] = []string{applicationJSON}
	if n := b.request.header; n > 0 {
		w.Header()["Content-Type"] = []string{"application/octet-stream"}
		w.Header().Set(binaryHeader, strconv.Itoa(n))
	}
	writeBody(w, http.StatusOK, response)
}

func (r *servingState) predictPlain(b *buffers, req *http.Request, t target) ([]byte, error) {
	if err := r.readBody(req, b); err != nil {
		return nil, err
	}
	data, contentType := b.body.Bytes(), firstHeader(req.Header, "Content-Type")
	switch t.endpoint {
	case modelPredict:
		b.request.only = kserve
	case modelInfer:
		var err error
		if data, err = b.request.splitBinary(firstHeader(req.Header, binaryHeader), data); err != nil {
			return nil, err
		}
		b.request.only, b.request.isBinary, contentType = openInference, true, applicationJSON
	case seldonPredict:
		b.request.only = seldon
	}
	data, contentType = r.classifier.dialect.parseForm(data, contentType)
	weight := r.classifier.estimateMemory(data) + r.classifier.binaryMemory(b.request.binary)
	if err := reserveWork(req.Context(), b, weight); err != nil {
		return nil, err
	}
	began := r.observer.begin()
	response, err := r.classifier.classify(req.Context(), b, contentType, data, maxAnswer)
	if err == nil {
		shrinkWork(b, len(response))
		r.observer.answered(req.Context(), &b.predictions, len(response), began)
	}
	return response, err
}

// formType is the content type that curl -d sends by default.
const formType = "application/x-www-form-urlencoded"

// parseForm returns the data and the content type of a form. If its only field is named text, body, comment, json or
// TEXT_FIELD, the data is the field's value; otherwise it is the whole body, which is sniffed.
func (d *dialect) parseForm(data []byte, contentType string) ([]byte, string) {
	if name, _, _ := strings.Cut(contentType, ";"); !strings.EqualFold(strings.TrimSpace(name), formType) {
		return data, contentType
	}
	name, value, ok := bytes.Cut(data, []byte{'='})
	if ok && (string(name) == "json" || d.isText(string(name))) && !bytes.ContainsAny(value, "& \n") {
		if text, err := url.QueryUnescape(string(value)); err == nil {
			if string(name) == "json" {
				return []byte(text), applicationJSON
			}
			return []byte(text), "text/plain"
		}
	}
	return data, ""
}

// serveDescription answers a GET or HEAD request.
func (r *servingState) serveDescription(w http.ResponseWriter, req *http.Request, t target) {
	c := r.classifier
	switch t.endpoint {
	case rootPage:
		r.servePage(w, req)
	case openAPI:
		w.Header().Set("Content-Type", applicationJSON)
		writeBody(w, http.StatusOK, openAPIDocument)
	case modelList, inferenceModels:
		writeJSON(w, map[string]any{"models": []string{c.name}})
	case modelStatus:
		writeJSON(w, map[string]any{"name": c.name, "ready": true})
	case serverMetadata:
		writeJSON(
			w,
			map[string]any{
				"name":       "reddit-classifier",
				"version":    version.String(),
				"extensions": []string{"binary_tensor_data"},
			},
		)
	case serverLive:
		writeJSON(w, map[string]any{"live": true})
	case serverReady:
		writeJSON(w, map[string]any{"ready": true})
	case modelMetadata:
		writeJSON(w, c.metadata())
	case modelReady:
		writeJSON(w, map[string]any{"name": c.name, "ready": true})
	}
}

// description describes an input or output, in Open Inference's format.
type description struct {
	Name     string `json:"name"`
	Datatype string `json:"datatype"`
	Shape    []int  `json:"shape"`
}

// metadata returns the description of the model in Open Inference's format.
func (c *classifier) metadata() any {
	return struct {
		Name     string        `json:"name"`
		Versions []string      `json:"versions"`
		Platform string        `json:"platform"`
		Inputs   []description `json:"inputs"`
		Outputs  []description `json:"outputs"`
	}{
		c.name, []string{c.version}, "reddit-classifier",
		[]description{{"text", "BYTES", []int{-1}}},
		[]description{{c.form.output(), c.form.datatype(), []int{-1, max(c.form.columns, 1)}}},
	}
}

// servePage answers with a web page if the client accepts HTML, and with a line of text otherwise.
func (r *servingState) servePage(w http.ResponseWriter, req *http.Request) {
	if strings.Contains(req.Header.Get("Accept"), "text/html") {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
		writeBody(w, http.StatusOK, page)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	writeBody(w, http.StatusOK, []byte("reddit-classifier "+version.String()+", model "+r.classifier.name+" "+
		r.classifier.version+": POST comments or CloudEvents here; /openapi.json describes paths and formats\n"))
}

func writeJSON(w http.ResponseWriter, v any) {
	b, _ := json.Marshal(v) // maps and strings, which cannot fail
	w.Header()["Content-Type"] = []string{applicationJSON}
	writeBody(w, http.StatusOK, append(b, '\n'))
}
