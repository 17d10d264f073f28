package function_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"reddit-classifier/function"
	"reddit-classifier/model"
	"reddit-classifier/model/head"
)

// call sends a request without any attribute of an event.
func call(f *function.Function, method, path, contentType, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return handle(f, r)
}

// isPlain checks that an answer is not an event.
func isPlain(t *testing.T, name string, w *httptest.ResponseRecorder) {
	t.Helper()
	for header := range w.Header() {
		if strings.HasPrefix(header, "Ce-") {
			t.Errorf("%s: the answer has the header %s", name, header)
		}
	}
}

const form = "application/x-www-form-urlencoded" // what curl -d says

// TestREST compares each plain answer with the probabilities that the model gives. A sink gets nothing of it.
func TestREST(t *testing.T) {
	s, set := letters(t, 202)
	f := start(t, to(s.URL, time.Second), set)
	const kserveOne, openOne = `{"predictions":[[§]]}`, `{"model_name":"M","model_version":"V","outputs":[{"name":"proba","datatype":"FP64","shape":[1,2],"data":[§]}]}`
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	models := "/v2/models/" + m.Name()
	const seldonBody, kserveBody = `{"data":{"ndarray":["a"]}}`, `{"instances":["a"]}`
	const openBody = `{"id":"7","inputs":[{"name":"text","datatype":"BYTES","shape":[1],"data":["a"]}]}`
	openID := strings.Replace(openOne, `"outputs"`, `"id":"7","outputs"`, 1)
	for _, tt := range []struct {
		path, contentType, body, want string
	}{
		{"/", form, "a", seldonOne}, {"/", "", "a", seldonOne}, {"/", asText, "a", seldonOne},
		{"/", form, seldonBody, seldonOne}, {"/", form, kserveBody, kserveOne},
		{"/", asJSON, openBody, openID}, {"/", asJSON, `{"text":"a"}`, seldonOne}, {"/", form, "text=%61", seldonOne},
		{"/", form + "; charset=utf-8", "body=a", seldonOne},
		{"/", form, "json=%7B%22text%22%3A%22a%22%7D", seldonOne}, {"", form, "a", seldonOne},
		{"/?x=1", form, "a", seldonOne},
		{"/api/v1.0/predictions", asJSON, seldonBody, seldonOne}, {"/api/v0.1/predictions", asJSON, seldonBody, seldonOne},
		{"/api/v1.0/predictions/", asJSON, `{"strData":"a"}`, seldonOne},
		{"/v1/models/" + m.Name() + ":predict", asJSON, kserveBody, kserveOne},
		{"/v1/models/" + m.Name() + ":predict", form, kserveBody, kserveOne},
		{"/v1/models/" + m.Name() + "%3Apredict", asJSON, kserveBody, kserveOne},
		{models + "/infer", asJSON, openBody, openID}, {models + "/infer", "", openBody, openID},
		{models + "/versions/" + m.Version() + "/infer", asJSON, openBody, openID},
		{models + "/infer", asJSON, strings.Replace(openBody, `"inputs"`, `"outputs":[{"name":"predict_proba"}],"inputs"`, 1),
			strings.Replace(openID, `"proba"`, `"predict_proba"`, 1)},
	} {
		path := tt.path
		if path == "" {
			path = "/"
		}
		w := call(f, http.MethodPost, path, tt.contentType, tt.body)
		name := tt.path + " " + tt.contentType + " " + tt.body
		if want := expected(t, tt.want, []string{"a"}); w.Code != 200 || w.Body.String() != want ||
			w.Header().Get("Content-Type") != asJSON {
			t.Errorf("%s: %d %s %s, want %s", name, w.Code, w.Header(), w.Body, want)
		}
		isPlain(t, name, w)
	}
	if s.posts != 0 {
		t.Errorf("%d posts to the sinks", s.posts)
	}
}

// TestRESTBodies: a body that is too long or cut off is refused as that of an event is.
func TestRESTBodies(t *testing.T) {
	f := start(t, func(c *function.Config) { c.MaxBodyBytes = 1024 })
	for _, tt := range []struct {
		body   string
		length int64
		code   int
		reason string
	}{
		{strings.Repeat("a", 1025), 1025, 413, "body_too_large"}, {strings.Repeat("a", 1025), -1, 413, "body_too_large"},
		{"abc", 4, 400, "incomplete_body"},
	} {
		r := post(tt.body)
		r.ContentLength = tt.length
		if w := handle(f, r); w.Code != tt.code || reasonOf(t, w) != tt.reason {
			t.Errorf("%d of %d bytes: %d %s", len(tt.body), tt.length, w.Code, w.Body)
		}
	}
}

// TestFormText: of a form with more than one field, or another one, nothing is guessed.
func TestFormText(t *testing.T) {
	f := start(t)
	for body, comment := range map[string]string{"a=b": "a=b", "text=a&more=b": "text=a&more=b", "text=a b": "text=a b",
		"x + y = z": "x + y = z", "comment=a%20b%26c+d": "a b&c d", "text=%zz": "text=%zz"} {
		w := call(f, http.MethodPost, "/", form, body)
		if want := expected(t, seldonOne, []string{comment}); w.Body.String() != want {
			t.Errorf("%s: %d %s, want %s", body, w.Code, w.Body, want)
		}
	}
}

func TestRESTRefusals(t *testing.T) {
	f := start(t)
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	infer := "/v2/models/" + m.Name() + "/infer"
	for _, tt := range []struct {
		method, path, contentType, body string
		code                            int
		reason                          string
	}{
		{"GET", "/nowhere", "", "", 404, "unknown_path"}, {"POST", "/v2/models", "", "", 405, "method_not_allowed"},
		{"GET", "/v2/models/a/b", "", "", 404, "unknown_path"},
		{"POST", "/v1/models/other:predict", asJSON, `{"instances":["a"]}`, 404, "unknown_model"},
		{"GET", "/v1/models/other", "", "", 404, "unknown_model"},
		{"GET", "/v2/models/" + m.Name() + "/versions/other", "", "", 404, "unknown_version"},
		{"GET", infer, "", "", 405, "method_not_allowed"}, {"DELETE", "/", "", "", 405, "method_not_allowed"},
		{"POST", "/", form, "", 422, "no_data"}, {"POST", "/", asJSON, `{"instances":[1]}`, 422, "not_text"},
		{"POST", "/", "text/html", "a", 415, "unsupported_content_type"}, {"POST", "/", asJSON, "{", 400, "invalid_json"},
		{"POST", "/api/v1.0/predictions", asJSON, `{"instances":["a"]}`, 422, "unknown_shape"},
		{"POST", "/v1/models/" + m.Name() + ":predict", asJSON, `{"strData":"a"}`, 422, "unknown_shape"},
		{"POST", "/v1/models/" + m.Name() + ":predict", asText, "a", 422, "unknown_shape"},
		{"POST", infer, asJSON, `{"text":"a"}`, 422, "unknown_shape"},
		{"POST", infer, asJSON,
			`{"outputs":[{"name":"other"}],"inputs":[{"name":"text","datatype":"BYTES","shape":[1],"data":["a"]}]}`, 422,
			"unknown_output"},
		{"POST", infer, asJSON, `{"outputs":[{"name":"proba","parameters":{"classification":1}}],` +
			`"inputs":[{"name":"text","datatype":"BYTES","shape":[1],"data":["a"]}]}`, 422, "unknown_output"},
		{"POST", infer, asJSON, `{"outputs":[{"name":"proba","parameters":{"shared_memory_region":"r"}}],` +
			`"inputs":[{"name":"text","datatype":"BYTES","shape":[1],"data":["a"]}]}`, 422, "unknown_output"},
		{"POST", infer, asJSON, `{"inputs":[{"name":"text","datatype":"BYTES","shape":[1],` +
			`"parameters":{"shared_memory_region":"r","shared_memory_byte_size":5}}]}`, 422, "unknown_shape"},
		{"POST", infer, asJSON,
			`{"inputs":[{"name":"text","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":5}}]}`, 400,
			"bad_binary_data"},
		{"POST", "/", asJSON, `{"specversion":"1.0","id":"1","source":"/a","type":"b","data":"a"}`, 400, "not_a_cloudevent"},
	} {
		w := call(f, tt.method, tt.path, tt.contentType, tt.body)
		if reason := reasonOf(t, w); w.Code != tt.code || reason != tt.reason {
			t.Errorf("%s %s: answered %d %s", tt.method, tt.path, w.Code, w.Body)
		}
		if w.Code == 405 && w.Header().Get("Allow") == "" {
			t.Errorf("%s %s: no Allow", tt.method, tt.path)
		}
	}
	if w := call(f, "GET", "/nowhere", "", ""); !strings.Contains(w.Body.String(), "/v2/models/NAME/infer") {
		t.Errorf("the paths are not named: %s", w.Body)
	}
}

func TestDescriptions(t *testing.T) {
	f := start(t)
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	model := "/v2/models/" + m.Name()
	metadata := `{"name":"` + m.Name() + `","versions":["` + m.Version() + `"],"platform":"reddit-classifier","inputs":[{"name":"text","datatype":"BYTES","shape":[-1]}],"outputs":[{"name":"proba","datatype":"FP64","shape":[-1,2]}]}`
	ready := `{"name":"` + m.Name() + `","ready":true}`
	for path, want := range map[string]string{
		"/v1/models": `{"models":["` + m.Name() + `"]}`, "/v2/models": `{"models":["` + m.Name() + `"]}`,
		"/v1/models/" + m.Name(): ready, "/v2/health/live": `{"live":true}`, "/v2/health/ready": `{"ready":true}`,
		model: metadata, model + "/versions/" + m.Version(): metadata, model + "/ready": ready,
		model + "/versions/" + m.Version() + "/ready": ready, "/v2": `"extensions":["binary_tensor_data"]`,
		"/": "POST comments or CloudEvents here",
	} {
		w := call(f, "GET", path, "", "")
		if w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s, want %s", path, w.Code, w.Body, want)
		}
		isPlain(t, path, w)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	if w := handle(f, r); w.Code != 200 || !strings.Contains(w.Body.String(), "<form") ||
		!strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		t.Errorf("the page: %d %s", w.Code, w.Body)
	}
	if w := call(f, "GET", "/openapi.json", "", ""); w.Code != 200 || w.Header().Get("Content-Type") != asJSON ||
		!strings.HasPrefix(w.Body.String(), "{") {
		t.Errorf("the OpenAPI document: %d %v %.100s", w.Code, w.Header(), w.Body)
	}
	named := start(t, func(c *function.Config) { c.ModelName = "reddit" })
	for _, path := range []string{"/v2/models/reddit", "/v1/models/" + m.Name()} {
		if w := call(named, "GET", path, "", ""); w.Code != 200 || !strings.Contains(w.Body.String(), `"name":"reddit"`) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// TestEventsAreToldApart: one attribute in a header, or a content type of events, makes a request one of events.
func TestEventsAreToldApart(t *testing.T) {
	f := start(t)
	for name, r := range map[string]*http.Request{
		"an id": post("a", "Ce-Id", "1"), "a type": post("a", "ce-type", "1"), "an extension": post("a", "CE-ANY", "1"),
		"a content type": post("{}", "Content-Type", "Application/CloudEvents+JSON"),
		"a batch":        post("[", "Content-Type", "application/cloudevents-batch+json"),
	} {
		if w := handle(f, r); w.Code != 400 {
			t.Errorf("%s: answered %d %s", name, w.Code, w.Body)
		}
	}
	for _, path := range []string{"/", "/nowhere", "/v1/models/x:predict"} {
		r := kafka("a")
		r.URL.Path = path
		if w := handle(f, r); w.Code != 200 || w.Header().Get("Ce-Type") != function.PredictionType {
			t.Errorf("an event to %s: answered %d %v", path, w.Code, w.Header())
		}
	}
	without := start(t, func(c *function.Config) { c.REST = false })
	if w := call(without, "POST", "/", asText, "a"); w.Code != 400 || reasonOf(t, w) != "not_a_cloudevent" {
		t.Errorf("REST=false: answered %d %s", w.Code, w.Body)
	}
	if w := call(without, "GET", "/v2", "", ""); w.Code != 405 {
		t.Errorf("REST=false: GET is answered %d", w.Code)
	}
}

// element returns a string as Triton's binary extension has it.
func element(s string) string {
	return string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s
}

// TestBinaryExtension sends and receives the contents of tensors behind the JSON.
func TestBinaryExtension(t *testing.T) {
	f := start(t)
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	infer := func(header, contents string) *httptest.ResponseRecorder {
		r := post(header+contents, "Content-Type", "application/octet-stream", "Inference-Header-Content-Length",
			strconv.Itoa(len(header)))
		r.URL.Path = "/v2/models/" + m.Name() + "/infer"
		return handle(f, r)
	}
	comments := []string{"This is an input", "", "caf\u00e9"}
	contents := element(comments[0]) + element(comments[1]) + element(comments[2])
	size := strconv.Itoa(len(contents))
	text := `{"name":"text","datatype":"BYTES","shape":[3],"parameters":{"binary_data_size":` + size + `}}`
	score := `{"name":"score","datatype":"FP32","shape":[3],"parameters":{"binary_data_size":12}}`
	for name, tt := range map[string]struct{ header, contents string }{
		"one input": {`{"inputs":[` + text + `],"parameters":{"binary_data_output":true}}`, contents},
		"two inputs": {`{"parameters":{"binary_data_output":true},"inputs":[` + score + "," + text + `]}`,
			"123456789012" + contents},
		"text first": {`{"inputs":[` + text + "," + score +
			`],"outputs":[{"name":"proba","parameters":{"binary_data":true}}]}`, contents + "123456789012"},
		"base64": {`{"inputs":[` + strings.Replace(strings.Replace(text, `"binary_data_size":`,
			`"content_type":"base64","binary_data_size":`, 1), size,
			strconv.Itoa(len(element("VGhpcyBpcyBhbiBpbnB1dA==")+element("")+element("Y2Fmw6k="))),
			1) + `],"parameters":{"binary_data_output":true}}`,
			element("VGhpcyBpcyBhbiBpbnB1dA==") + element("") + element("Y2Fmw6k=")},
		"input in the JSON": {`{"inputs":[{"name":"text","datatype":"BYTES","shape":[3],"data":["This is an input","","caf\u00e9"]}],"parameters":{"binary_data_output":true}}`, ""},
		"input by rows": {`{"inputs":[` + strings.Replace(text, "[3]", "[3,1]", 1) +
			`],"parameters":{"binary_data_output":true}}`, contents},
	} {
		w := infer(tt.header, tt.contents)
		n, _ := strconv.Atoi(w.Header().Get("Inference-Header-Content-Length"))
		if w.Code != 200 || n == 0 || n > w.Body.Len() || w.Header().Get("Content-Type") != "application/octet-stream" {
			t.Fatalf("%s: %d %v %q", name, w.Code, w.Header(), w.Body)
		}
		var answer struct {
			Outputs []struct {
				Name       string
				Shape      []int
				Parameters map[string]int
			}
		}
		if err := json.Unmarshal(w.Body.Bytes()[:n], &answer); err != nil || len(answer.Outputs) != 1 ||
			answer.Outputs[0].Parameters["binary_data_size"] != w.Body.Len()-n || w.Body.Len()-n != 48 {
			t.Fatalf("%s: %q, %v", name, w.Body, err)
		}
		var want bytes.Buffer
		for _, comment := range comments {
			_ = binary.Write(&want, binary.LittleEndian, m.PredictProba(comment))
		}
		if got := w.Body.Bytes()[n:]; !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s: %x, want %x", name, got, want.Bytes())
		}
	}
	for name, tt := range map[string]struct {
		header, contents, reason string
	}{
		"too short": {`{"inputs":[` + text + `]}`, contents[:10], "bad_binary_data"},
		"a long element": {`{"inputs":[{"name":"text","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":6}}]}`,
			"\xff\xff\xff\xffab", "bad_binary_data"},
		"an element longer by one": {`{"inputs":[{"name":"text","datatype":"BYTES","shape":[1],"parameters":` +
			`{"binary_data_size":6}}]}`, "\x03\x00\x00\x00ab", "bad_binary_data"},
		"half a length": {`{"inputs":[{"name":"text","datatype":"BYTES","shape":[1],"parameters":` +
			`{"binary_data_size":3}}]}`, "\x00\x00\x00", "bad_binary_data"},
		"no text": {`{"inputs":[{"name":"text","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":5}}]}`,
			"\x01\x00\x00\x00\xff", "invalid_utf8"},
		"another number": {`{"inputs":[{"name":"text","datatype":"BYTES","shape":[2],"parameters":{"binary_data_size":5}}]}`,
			"\x01\x00\x00\x00a", "shape_mismatch"},
		"more than the inputs have": {`{"inputs":[` + text + `]}`, contents + "x", "bad_binary_data"},
		"contents that no input has": {
			`{"inputs":[{"name":"text","datatype":"BYTES","shape":[1],"data":["a"]}]}`, contents, "bad_binary_data"},
		"two kinds of data": {`{"inputs":[` + strings.Replace(text, "{", `{"data":["a","b","c"],`, 1) + `]}`, contents,
			"bad_binary_data"},
		"a negative size": {`{"inputs":[{"name":"text","datatype":"BYTES","shape":[0],"parameters":` +
			`{"binary_data_size":-1}}]}`, "", "bad_binary_data"},
		"a size in a string": {`{"inputs":[` + strings.Replace(text, ":"+size, `:"`+size+`"`, 1) + `]}`, contents,
			"bad_binary_data"},
		"numbers": {`{"inputs":[` + score + `]}`, "123456789012", "not_text"},
		"bad base64": {`{"inputs":[{"name":"text","datatype":"BYTES","shape":[1],"parameters":` +
			`{"content_type":"base64","binary_data_size":5}}]}`, "\x01\x00\x00\x00?", "bad_base64"},
		"too many": {`{"inputs":[{"name":"text","datatype":"BYTES","shape":[65537],"parameters":` +
			`{"binary_data_size":262148}}]}`, strings.Repeat("\x00", 4*65537), "too_many_comments"},
	} {
		if w := infer(tt.header, tt.contents); w.Code/100 != 4 || reasonOf(t, w) != tt.reason {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	for _, length := range []string{"x", "-1", "99"} {
		r := post("{}", "Inference-Header-Content-Length", length)
		r.URL.Path = "/v2/models/" + m.Name() + "/infer"
		if w := handle(f, r); w.Code != 400 || reasonOf(t, w) != "bad_binary_data" {
			t.Errorf("length %s: %d %s", length, w.Code, w.Body)
		}
	}
}

// TestBinaryLabels: labels behind the JSON are elements of BYTES.
func TestBinaryLabels(t *testing.T) {
	votes := &head.Voting{Members: []head.Classifier{linear(head.LinkSoftmax, false)}}
	path := artifact(t, votes, "x", "long name", "z")
	f := start(t, func(c *function.Config) { c.ModelPath, c.ModelName = path, "m" })
	w := call(f, http.MethodPost, "/v2/models/m/infer", asJSON, `{"parameters":{"binary_data_output":true},`+
		`"inputs":[{"name":"text","datatype":"BYTES","shape":[2],"data":["bb","aa"]}]}`)
	n, _ := strconv.Atoi(w.Header().Get("Inference-Header-Content-Length"))
	if w.Code != 200 || n == 0 {
		t.Fatal(w.Code, w.Header(), w.Body)
	}
	header, contents := w.Body.String()[:n], w.Body.String()[n:]
	if !strings.Contains(header, `"datatype":"BYTES","shape":[2,1],"parameters":{"binary_data_size":18}`) ||
		contents != element("long name")+element("x") {
		t.Errorf("%s%q", header, contents)
	}
}

// TestOpenAPI: the document has every path that the function answers, and no other, and each of its references leads
// somewhere.
func TestOpenAPI(t *testing.T) {
	f := start(t)
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	w := call(f, "GET", "/openapi.json", "", "")
	file, err := os.ReadFile("openapi.json")
	if err != nil || w.Body.String() != string(file) {
		t.Errorf("what is served is not openapi.json: %v", err)
	}
	var doc struct {
		OpenAPI    string
		Paths      map[string]map[string]any
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal(file, &doc); err != nil || !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Fatal(doc.OpenAPI, err)
	}
	n := 0
	for path, methods := range doc.Paths {
		real := strings.NewReplacer("{model}", m.Name(), "{version}", m.Version()).Replace(path)
		for _, method := range []string{"get", "post"} {
			w := call(f, strings.ToUpper(method), real, "", "")
			if _, ok := methods[method]; ok == (w.Code == 405) || w.Code == 404 {
				t.Errorf("%s %s: documented: %v, answered %d", method, path, ok, w.Code)
			} else if ok {
				n++
			}
		}
	}
	if n != 18 {
		t.Errorf("%d operations are documented", n)
	}
	for _, part := range strings.Split(string(file), `"#/components/schemas/`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		if doc.Components.Schemas[name] == nil {
			t.Errorf("there is no schema %s", name)
		}
	}
}
