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

// endpoint is what a path of the REST API is for.
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

// paths tells which there are, in the answer to others.
const paths = "/, /openapi.json, /api/v1.0/predictions, /api/v0.1/predictions, /v1/models, /v1/models/NAME, /v1/models/NAME:predict, " +
	"/v2, /v2/health/live, /v2/health/ready, /v2/models, /v2/models/NAME, /v2/models/NAME/ready, /v2/models/NAME/infer " +
	"(or NAME/versions/V instead of NAME)"

// target is an endpoint, with the model that the path names.
type target struct {
	endpoint endpoint
	model    string
	version  string
}

// targetOf finds what a path is for.
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
		if model, ok := strings.CutSuffix(name, ":predict"); ok {
			return target{endpoint: modelPredict, model: unescaped(model)}
		}
		return target{endpoint: modelStatus, model: unescaped(name)}
	}
	if rest, ok := strings.CutPrefix(path, "v2/models/"); ok {
		return inferenceTarget(strings.Split(rest, "/"))
	}
	return target{}
}

// inferenceTarget finds what the segments of a path behind /v2/models are for.
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

// methods returns the methods that an endpoint answers.
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

// serveREST answers a request that is no CloudEvent, as the servers do whose protocol it speaks. Nothing of it goes to
// a sink.
func (r *running) serveREST(w http.ResponseWriter, req *http.Request) {
	t := targetOf(req.URL)
	switch {
	case t.endpoint == noEndpoint:
		writeError(w, &Error{Code: http.StatusNotFound, Reason: "unknown_path", Message: "no such path; there are " + paths})
	case !strings.Contains(t.endpoint.methods(), req.Method):
		w.Header().Set("Allow", t.endpoint.methods())
		writeError(
			w,
			&Error{
				Code:    http.StatusMethodNotAllowed,
				Reason:  "method_not_allowed",
				Message: "this path takes " + t.endpoint.methods(),
			},
		)
	case t.model != "" && t.model != r.classifier.name && t.model != r.classifier.model.Name():
		writeError(
			w,
			&Error{
				Code:   http.StatusNotFound,
				Reason: "unknown_model",
				Message: "there is no model " + cloudevent.Quote(
					t.model,
				) + ", but " + cloudevent.Quote(
					r.classifier.name,
				) + "; MODEL_NAME can name it",
			},
		)
	case t.version != "" && t.version != r.classifier.version:
		writeError(
			w,
			&Error{
				Code:    http.StatusNotFound,
				Reason:  "unknown_version",
				Message: "there is no version " + cloudevent.Quote(t.version) + ", but " + cloudevent.Quote(r.classifier.version),
			},
		)
	case req.Method == http.MethodPost:
		b := pool.Get().(*buffers)
		b.memory.memory = r.memory
		r.servePrediction(b, w, req, t)
		b.free()
	default:
		r.serveDescription(w, req, t)
	}
}

// servePrediction answers data with predictions, in the memory of b. After a panic that memory is not used again.
func (r *running) servePrediction(b *buffers, w http.ResponseWriter, req *http.Request, t target) {
	defer b.memory.Release()
	if r.observer.tracer != nil {
		var x *exchange
		x, req = r.observer.asked(w, req, t.endpoint)
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

func (r *running) predictPlain(b *buffers, req *http.Request, t target) ([]byte, error) {
	if err := r.readBody(req, b); err != nil {
		return nil, err
	}
	data, contentType := b.body.Bytes(), first(req.Header, "Content-Type")
	switch t.endpoint {
	case modelPredict:
		b.request.only = kserve
	case modelInfer:
		var err error
		if data, err = b.request.splitBinary(first(req.Header, binaryHeader), data); err != nil {
			return nil, err
		}
		b.request.only, b.request.isBinary, contentType = openInference, true, applicationJSON
	case seldonPredict:
		b.request.only = seldon
	}
	data, contentType = r.classifier.dialect.form(data, contentType)
	weight := r.classifier.weight(data) + r.classifier.binaryWeight(b.request.binary)
	if err := reserveWork(req.Context(), b, weight); err != nil {
		return nil, err
	}
	began := r.observer.begin()
	response, err := r.classifier.classify(req.Context(), b, contentType, data, maxAnswer)
	if err == nil {
		keepWork(b, len(response))
		r.observer.answered(req.Context(), &b.predictions, len(response), began)
	}
	return response, err
}

// formType is the content type that curl -d gives whatever it sends.
const formType = "application/x-www-form-urlencoded"

// form returns the data of a form: the field called text, body, comment, json or as TEXT_FIELD says, if that is the
// only one, or else all of it, which is sniffed.
func (d *dialect) form(data []byte, contentType string) ([]byte, string) {
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

// serveDescription answers what is asked by GET.
func (r *running) serveDescription(w http.ResponseWriter, req *http.Request, t target) {
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

// description is what Open Inference says of an input or output.
type description struct {
	Name     string `json:"name"`
	Datatype string `json:"datatype"`
	Shape    []int  `json:"shape"`
}

// metadata returns Open Inference's description of the model.
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

// servePage says in a line what this is, or on a page where one is asked for.
func (r *running) servePage(w http.ResponseWriter, req *http.Request) {
	if strings.Contains(req.Header.Get("Accept"), "text/html") {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
		writeBody(w, http.StatusOK, page)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	writeBody(
		w,
		http.StatusOK,
		[]byte(
			"reddit-classifier "+version.String()+", model "+r.classifier.name+" "+r.classifier.version+": POST comments or CloudEvents here; paths and formats are in /openapi.json\n",
		),
	)
}

func writeJSON(w http.ResponseWriter, v any) {
	b, _ := json.Marshal(v) // of maps and strings
	w.Header()["Content-Type"] = []string{applicationJSON}
	writeBody(w, http.StatusOK, append(b, '\n'))
}
