package function_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/cloudevents/sdk-go/v2/event"

	"reddit-classifier/function"
)

// question returns an event with data of a content type; an empty one is absent.
func question(contentType, data string) event.Event {
	e := event.New()
	e.SetID("1")
	e.SetSource("/test")
	e.SetType("test")
	if contentType != "" {
		e.SetDataContentType(contentType)
	}
	e.DataEncoded = []byte(data)
	return e
}

const asJSON, asText, asBytes, sniff = "application/json", "text/plain", "application/octet-stream", ""

// The rows of the table of payloads, and what each is answered with. P stands for a pair of probabilities.
var answered = []struct{ name, contentType, data, want string }{
	{"seldon", asJSON, `{"data":{"ndarray":["a","b"]}}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P],[P]]},"meta":{}}`},
	{"seldon as it comes from Kafka", sniff, `{"data":{"ndarray":["a"]}}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"seldon rows", asJSON, `{"data":{"ndarray":[["a"],["b"]]}}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P],[P]]},"meta":{}}`},
	{"seldon names", asJSON, `{"data":{"names":["text"],"ndarray":["a"]}}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"seldon meta", asJSON, `{"meta":{"tags":{"a": [1, "x y"]},"puid":"p1","routing":{}},"data":{"ndarray":["a"]}}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{"tags":{"a":[1,"x y"]},"puid":"p1"}}`},
	{"seldon meta after data", asJSON, `{"data":{"ndarray":["a"]},"meta":{"puid":"p1"}}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{"puid":"p1"}}`},
	{"seldon meta null", asJSON, `{"data":{"ndarray":["a"]},"meta":null}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"seldon empty", asJSON, `{"data":{"ndarray":[]}}`, `{"data":{"names":["t:0","t:1"],"ndarray":[]},"meta":{}}`},
	{"seldon empty comment", asJSON, `{"data":{"ndarray":[""]}}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"seldon strData", asJSON, `{"strData":"a"}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"seldon strData meta", asJSON, `{"strData":"a","meta":{"puid":"x"}}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{"puid":"x"}}`},
	{"seldon jsonData text", asJSON, `{"jsonData":"a"}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"seldon jsonData array", asJSON, `{"jsonData":["a","b","c"]}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P],[P],[P]]},"meta":{}}`},
	{"seldon jsonData comment", asJSON, `{"jsonData":{"body":"a","id":"x"}}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"seldon jsonData instances", asJSON, `{"jsonData":{"instances":["a","b"]}}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P],[P]]},"meta":{}}`},
	{"kserve v1", asJSON, `{"instances":["a","b"]}`, `{"predictions":[[P],[P]]}`},
	{"kserve v1 empty", asJSON, `{"signature_name":"x","instances":[]}`, `{"predictions":[]}`},
	{"open inference", asJSON, `{"id":"q1","inputs":[{"name":"x","datatype":"BYTES","shape":[2],"data":["a","b"]}]}`, `{"model_name":"M","model_version":"V","id":"q1","outputs":[{"name":"proba","datatype":"FP64","shape":[2,2],"data":[P,P]}]}`},
	{"open inference without id", asJSON, `{"inputs":[{"data":["a"],"shape":[1,1],"datatype":"BYTES","name":"x","parameters":{}}],"outputs":[]}`, `{"model_name":"M","model_version":"V","outputs":[{"name":"proba","datatype":"FP64","shape":[1,2],"data":[P]}]}`},
	{"open inference rows", asJSON, `{"inputs":[{"name":"x","datatype":"BYTES","shape":[2,1],"data":[["a"],["b"]]}]}`, `{"model_name":"M","model_version":"V","outputs":[{"name":"proba","datatype":"FP64","shape":[2,2],"data":[P,P]}]}`},
	{"reddit comment", asJSON, `{"id":"abc","author":"somebody","score":3,"body":"a","edited":false}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"reddit comment by name", sniff, `{"body":"a","name":"t1_abc","replies":{"kind":"Listing","data":{"children":[]}}}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"json string", asJSON, `"a"`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"text", asText, `any text`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"text that looks like JSON", asText, `{"data":`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"text with a charset", "text/plain; charset=UTF-8", `caf` + "\u00e9", `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"text, sniffed", sniff, `It's a trap`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"text that begins like an array", sniff, `[Study](https://example.org) says`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"text that begins with a brace", sniff, `{sic} they say`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"bytes", asBytes, `{"strData":"a"}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"json of a vendor", "application/vnd.reddit+json; charset=utf-8", `{"strData":"a"}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"byte order mark", sniff, "\ufeff" + `{"strData":"a"}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"NUL, escaped", asJSON, `{"strData":"a\u0000b"}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"NUL in text", asText, "a\x00b", `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"half a surrogate pair", asJSON, `{"strData":"\ud83d"}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"emoji and curly quotes", sniff, "{\"data\":{\"ndarray\":[\"\u201cwow\u201d \U0001f602 \\ud83d\\ude02\"]}}", `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"a megabyte", sniff, `{"data":{"ndarray":["` + strings.Repeat("lorem ipsum ", 87382) + `"]}}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
	{"white space around", asJSON, " \n{ \"strData\" :\t\"a\" } \r\n", `{"data":{"names":["t:0","t:1"],"ndarray":[[P]]},"meta":{}}`},
}

func TestAnswers(t *testing.T) {
	f := start(t)
	for _, tt := range answered {
		t.Run(tt.name, func(t *testing.T) {
			out, err := f.HandleEvent(context.Background(), question(tt.contentType, tt.data))
			if err != nil {
				t.Fatal(err)
			}
			if err := out.Validate(); err != nil {
				t.Error(err)
			}
			if !json.Valid(out.Data()) {
				t.Error("the answer is not JSON")
			}
			if got := generalize(t, string(out.Data())); got != tt.want {
				t.Errorf("answer\n%s, want\n%s", got, tt.want)
			}
		})
	}
}

// generalize replaces each pair of probabilities with P, and checks that each is one; and the model's name and version.
func generalize(t *testing.T, s string) string {
	t.Helper()
	var a struct {
		Data        struct{ Ndarray [][2]float64 }
		Predictions [][2]float64
		Outputs     []struct{ Data []float64 }
		ModelName   string `json:"model_name"`
		Version     string `json:"model_version"`
	}
	if err := json.Unmarshal([]byte(s), &a); err != nil {
		t.Fatal(err)
	}
	pairs := append(a.Data.Ndarray, a.Predictions...)
	for _, o := range a.Outputs {
		for i := 0; i+1 < len(o.Data); i += 2 {
			pairs = append(pairs, [2]float64(o.Data[i:]))
		}
	}
	for _, p := range pairs {
		if p[0] < 0 || p[1] < 0 || math.Abs(p[0]+p[1]-1) > 1e-12 {
			t.Errorf("%v are no probabilities", p)
		}
		b, _ := json.Marshal(p)
		s = strings.Replace(s, strings.Trim(string(b), "[]"), "P", 1)
	}
	s = strings.Replace(s, `"model_name":"`+a.ModelName, `"model_name":"M`, 1)
	return strings.Replace(s, `"model_version":"`+a.Version, `"model_version":"V`, 1)
}

// What is refused, with the code and the reason.
var refused = []struct {
	name, contentType, data string
	code                    int
	reason                  string
}{
	{"no data", sniff, ``, 422, "no_data"},
	{"no text", asText, ``, 422, "no_data"},
	{"truncated", sniff, `{"data":{"ndarray":["a`, 400, "invalid_json"},
	{"truncated early", sniff, `{`, 400, "invalid_json"},
	{"truncated, said to be JSON", asJSON, `{"data":{"ndarray":["a"]}`, 400, "invalid_json"},
	{"text, said to be JSON", asJSON, `hello`, 400, "invalid_json"},
	{"white space, said to be JSON", asJSON, ` `, 400, "invalid_json"},
	{"two values", asJSON, `{"strData":"a"}{}`, 400, "invalid_json"},
	{"trailing comma", asJSON, `{"strData":"a",}`, 400, "invalid_json"},
	{"single quotes", asJSON, `{'strData':'a'}`, 400, "invalid_json"},
	{"NUL in JSON", asJSON, "{\"strData\":\"a\x00\"}", 400, "invalid_json"},
	{"bad escape", asJSON, `{"strData":"\x41"}`, 400, "invalid_json"},
	{"short escape", asJSON, `{"strData":"\u12"}`, 400, "invalid_json"},
	{"deep", asJSON, `{"x":` + strings.Repeat("[", 100000), 400, "json_too_deep"},
	{"deep data", asJSON, `{"data":{"ndarray":` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + `}}`, 400, "json_too_deep"},
	{"deep jsonData", asJSON, strings.Repeat(`{"jsonData":`, 100), 400, "json_too_deep"},
	{"invalid UTF-8 in JSON", sniff, "{\"strData\":\"\xff\"}", 400, "invalid_utf8"},
	{"invalid UTF-8 in text", sniff, "caf\xe9", 422, "invalid_utf8"},
	{"number", sniff, `42`, 422, "unknown_shape"},
	{"array", asJSON, `["a"]`, 422, "unknown_shape"},
	{"null", asJSON, `null`, 422, "unknown_shape"},
	{"unknown shape", asJSON, `{"foo":"bar"}`, 422, "unknown_shape"},
	{"empty object", asJSON, `{}`, 422, "unknown_shape"},
	{"numbers in ndarray", asJSON, `{"data":{"ndarray":[1,2]}}`, 422, "not_text"},
	{"number after text", asJSON, `{"data":{"ndarray":["a",2.5e3]}}`, 422, "not_text"},
	{"rows of numbers", asJSON, `{"data":{"ndarray":[[1.0],[2.0]]}}`, 422, "not_text"},
	{"null in ndarray", asJSON, `{"data":{"ndarray":[null]}}`, 422, "not_text"},
	{"row after text", asJSON, `{"data":{"ndarray":["a",["b"]]}}`, 422, "mixed_rows"},
	{"text after row", asJSON, `{"data":{"ndarray":[["a"],"b"]}}`, 422, "mixed_rows"},
	{"two columns", asJSON, `{"data":{"ndarray":[["a","b"]]}}`, 422, "not_one_column"},
	{"no column", asJSON, `{"data":{"ndarray":[[]]}}`, 422, "not_one_column"},
	{"ndarray is text", asJSON, `{"data":{"ndarray":"a"}}`, 422, "unknown_shape"},
	{"data is text", asJSON, `{"data":"a"}`, 422, "unknown_shape"},
	{"no ndarray", asJSON, `{"data":{"names":[]}}`, 422, "unknown_shape"},
	{"tensor", asJSON, `{"data":{"tensor":{"shape":[1,1],"values":[1]}}}`, 422, "tensor_unsupported"},
	{"tftensor", asJSON, `{"data":{"tftensor":{}}}`, 422, "tftensor_unsupported"},
	{"binData", asJSON, `{"binData":"YQ=="}`, 422, "bindata_unsupported"},
	{"strData is a number", asJSON, `{"strData":1}`, 422, "not_text"},
	{"jsonData of unknown shape", asJSON, `{"jsonData":{"x":"a"}}`, 422, "unknown_shape"},
	{"jsonData is a number", asJSON, `{"jsonData":1}`, 422, "unknown_shape"},
	{"two shapes", asJSON, `{"strData":"a","instances":["b"]}`, 422, "ambiguous_shape"},
	{"one shape twice", asJSON, `{"strData":"a","strData":"b"}`, 422, "ambiguous_shape"},
	{"ndarray twice", asJSON, `{"data":{"ndarray":["a"],"ndarray":["b"]}}`, 422, "ambiguous_shape"},
	{"body twice", asJSON, `{"id":"x","body":"a","body":"b"}`, 422, "ambiguous_shape"},
	{"body alone", asJSON, `{"body":"a"}`, 422, "unknown_shape"},
	{"body is null", asJSON, `{"id":"x","body":null}`, 422, "not_text"},
	{"instances of objects", asJSON, `{"instances":[{"text":"a"}]}`, 422, "not_text"},
	{"floats to open inference", asJSON, `{"inputs":[{"name":"x","datatype":"FP64","shape":[1],"data":[1.5]}]}`, 422, "not_text"},
	{"bytes of numbers", asJSON, `{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"data":[1]}]}`, 422, "not_text"},
	{"wrong shape", asJSON, `{"inputs":[{"name":"x","datatype":"BYTES","shape":[3],"data":["a"]}]}`, 422, "shape_mismatch"},
	{"no shape", asJSON, `{"inputs":[{"name":"x","datatype":"BYTES","data":["a"]}]}`, 422, "shape_mismatch"},
	{"no tensor in inputs", asJSON, `{"inputs":[]}`, 422, "unknown_shape"},
	{"two tensors in inputs", asJSON, `{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"data":["a"]},{}]}`, 422, "too_many_inputs"},
	{"tensor without data", asJSON, `{"inputs":[{"name":"x","datatype":"BYTES","shape":[1]}]}`, 422, "unknown_shape"},
	{"very many", asJSON, `{"instances":[` + strings.Repeat(`"",`, 1<<16) + `""]}`, 413, "too_many_comments"},
	{"xml", "application/xml", `<a/>`, 415, "unsupported_content_type"},
	{"html", "text/html", `a`, 415, "unsupported_content_type"},
	{"latin-1", "text/plain; charset=iso-8859-1", "a", 415, "unsupported_charset"},
	{"no content type at all", "nonsense;;", "a", 415, "bad_content_type"},
}

func TestRefusals(t *testing.T) {
	f := start(t)
	for _, tt := range refused {
		t.Run(tt.name, func(t *testing.T) {
			out, err := f.HandleEvent(context.Background(), question(tt.contentType, tt.data))
			var e *function.Error
			if out != nil || !errors.As(err, &e) {
				t.Fatalf("%v, %v; want an *Error", out, err)
			}
			if e.Code != tt.code || e.Reason != tt.reason {
				t.Errorf("%d %s (%s), want %d %s", e.Code, e.Reason, e.Message, tt.code, tt.reason)
			}
		})
	}
}

func TestOwnAnswersAreRefused(t *testing.T) {
	f := start(t)
	for _, kind := range []string{function.PredictionType, function.ErrorType} {
		e := question(asJSON, `{"strData":"a"}`)
		e.SetType(kind)
		_, err := f.HandleEvent(context.Background(), e)
		if got := function.AsError(err); got.Code != 422 || got.Reason != "loop" {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := start(t).HandleEvent(ctx, question(asText, "a"))
	if got := function.AsError(err); got.Code != 503 || got.Reason != "canceled" {
		t.Error(err)
	}
}
