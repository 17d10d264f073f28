package function_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/cloudevents/sdk-go/v2/event"

	"reddit-classifier/function"
	"reddit-classifier/model"
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

// seldonOne is the answer to one comment that is not asked in KServe's or Open Inference's way.
const seldonOne = `{"data":{"names":["t:0","t:1"],"ndarray":[[§]]},"meta":{}}`

// The rows of the table of payloads: the comments in each, and how it is answered, with § for the probabilities of the
// next comment.
var answered = []struct {
	name, contentType, data, want string
	comments                      []string
}{
	{"seldon", asJSON, `{"data":{"ndarray":["a","b"]}}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[§],[§]]},"meta":{}}`,
		[]string{"a", "b"}},
	{"seldon as it comes from Kafka", sniff, `{"data":{"ndarray":["a"]}}`, seldonOne, []string{"a"}},
	{"seldon rows", asJSON, `{"data":{"ndarray":[["a"],["b"]]}}`,
		`{"data":{"names":["t:0","t:1"],"ndarray":[[§],[§]]},"meta":{}}`, []string{"a", "b"}},
	{"seldon names", asJSON, `{"data":{"names":["text"],"ndarray":["a"]}}`, seldonOne, []string{"a"}},
	{"seldon meta", asJSON, `{"meta":{"tags":{"a": [1, "x y"]},"puid":"p1","routing":{}},"data":{"ndarray":["a"]}}`,
		`{"data":{"names":["t:0","t:1"],"ndarray":[[§]]},"meta":{"tags":{"a":[1,"x y"]},"puid":"p1"}}`, []string{"a"}},
	{"seldon meta after data", asJSON, `{"data":{"ndarray":["a"]},"meta":{"puid":"p1"}}`,
		`{"data":{"names":["t:0","t:1"],"ndarray":[[§]]},"meta":{"puid":"p1"}}`, []string{"a"}},
	{"seldon meta null", asJSON, `{"data":{"ndarray":["a"]},"meta":null}`, seldonOne, []string{"a"}},
	{"seldon empty", asJSON, `{"data":{"ndarray":[]}}`, `{"data":{"names":["t:0","t:1"],"ndarray":[]},"meta":{}}`,
		[]string{}},
	{"seldon empty comment", asJSON, `{"data":{"ndarray":[""]}}`, seldonOne, []string{""}},
	{"seldon strData", asJSON, `{"strData":"a"}`, seldonOne, []string{"a"}},
	{"seldon strData meta", asJSON, `{"strData":"a","meta":{"puid":"x"}}`,
		`{"data":{"names":["t:0","t:1"],"ndarray":[[§]]},"meta":{"puid":"x"}}`, []string{"a"}},
	{"seldon jsonData text", asJSON, `{"jsonData":"a"}`, seldonOne, []string{"a"}},
	{"seldon jsonData array", asJSON, `{"jsonData":["a","b","c"]}`,
		`{"data":{"names":["t:0","t:1"],"ndarray":[[§],[§],[§]]},"meta":{}}`, []string{"a", "b", "c"}},
	{"seldon jsonData comment", asJSON, `{"jsonData":{"body":"a","id":"x"}}`, seldonOne, []string{"a"}},
	{"seldon jsonData instances", asJSON, `{"jsonData":{"instances":["a","b"]}}`,
		`{"data":{"names":["t:0","t:1"],"ndarray":[[§],[§]]},"meta":{}}`, []string{"a", "b"}},
	{"kserve v1", asJSON, `{"instances":["a","b"]}`, `{"predictions":[[§],[§]]}`, []string{"a", "b"}},
	{"kserve v1 rows", asJSON, `{"instances":[["a"],["b"]]}`, `{"predictions":[[§],[§]]}`, []string{"a", "b"}},
	{"kserve v1 empty", asJSON, `{"signature_name":"x","instances":[]}`, `{"predictions":[]}`, []string{}},
	{"open inference", asJSON, `{"id":"q1","inputs":[{"name":"x","datatype":"BYTES","shape":[2],"data":["a","b"]}]}`,
		`{"model_name":"M","model_version":"V","id":"q1","outputs":[{"name":"proba","datatype":"FP64","shape":[2,2],"data":[§,§]}]}`, []string{"a", "b"}},
	{"open inference without id", asJSON,
		`{"inputs":[{"data":["a"],"shape":[1,1],"datatype":"BYTES","name":"x","parameters":{}}],"outputs":[]}`,
		`{"model_name":"M","model_version":"V","outputs":[{"name":"proba","datatype":"FP64","shape":[1,2],"data":[§]}]}`,
		[]string{"a"}},
	{"open inference rows", asJSON, `{"inputs":[{"name":"x","datatype":"BYTES","shape":[2,1],"data":[["a"],["b"]]}]}`,
		`{"model_name":"M","model_version":"V","outputs":[{"name":"proba","datatype":"FP64","shape":[2,2],"data":[§,§]}]}`,
		[]string{"a", "b"}},
	{"reddit comment", asJSON, `{"id":"abc","author":"somebody","score":3,"body":"a","edited":false}`, seldonOne,
		[]string{"a"}},
	{"reddit comment by name", sniff, `{"body":"a","name":"t1_abc","replies":{"kind":"Listing","data":{"children":[]}}}`,
		seldonOne, []string{"a"}},
	{"json string", asJSON, `"a"`, seldonOne, []string{"a"}},
	{"text", asText, `any text`, seldonOne, []string{`any text`}},
	{"text that looks like JSON", asText, `{"data":`, seldonOne, []string{`{"data":`}},
	{"text with a charset", "text/plain; charset=UTF-8", `caf` + "\u00e9", seldonOne, []string{"caf\u00e9"}},
	{"text, sniffed", sniff, `It's a trap`, seldonOne, []string{"It's a trap"}},
	{"text that begins like an array", sniff, `[Study](https://example.org) says`, seldonOne,
		[]string{"[Study](https://example.org) says"}},
	{"text that begins with a brace", sniff, `{sic} they say`, seldonOne, []string{"{sic} they say"}},
	{"bytes", asBytes, `{"strData":"a"}`, seldonOne, []string{"a"}},
	{"bytes of text", asBytes, `It's a trap`, seldonOne, []string{"It's a trap"}},
	{"json of a vendor", "application/vnd.reddit+json; charset=utf-8", `{"strData":"a"}`, seldonOne, []string{"a"}},
	{"byte order mark", sniff, "\ufeff" + `{"strData":"a"}`, seldonOne, []string{"a"}},
	{"NUL, escaped", asJSON, `{"strData":"a\u0000b"}`, seldonOne, []string{"a\x00b"}},
	{"half a surrogate pair", asJSON, `{"strData":"\ud83d"}`, seldonOne, []string{"\ufffd"}},
	{"emoji and curly quotes", sniff, "{\"data\":{\"ndarray\":[\"\u201cwow\u201d \U0001f602 \\ud83d\\ude02\"]}}",
		seldonOne, []string{"\u201cwow\u201d \U0001f602 \U0001f602"}},
	{"a megabyte", sniff, `{"data":{"ndarray":["` + strings.Repeat("lorem ipsum ", 87382) + `"]}}`, seldonOne,
		[]string{strings.Repeat("lorem ipsum ", 87382)}},
	{"white space around", asJSON, " \n{ \"strData\" :\t\"a\" } \r\n", seldonOne, []string{"a"}},
	{"the program's own line", sniff, `{"id":"1","text":"a"}`, seldonOne, []string{"a"}},
	{"text alone", asJSON, `{"text":"a"}`, seldonOne, []string{"a"}},
	{"text and no body", asJSON, `{"id":7,"text":"a","body":null}`, seldonOne, []string{"a"}},
	{"removed", sniff, `[removed]`, seldonOne, []string{"[removed]"}},
	{"deleted", asJSON, `{"id":"1","body":"[deleted]"}`, seldonOne, []string{"[deleted]"}},
	{"reddit comment with a numeric id", asJSON, `{"id":42,"body":"a"}`, seldonOne, []string{"a"}},
	{"reddit t1", asJSON,
		`{"kind":"t1","data":{"body":"a","replies":{"kind":"Listing","data":{"children":[{"kind":"t1","data":{"body":"reply"}}]}}}}`, seldonOne, []string{"a"}},
	{"reddit t3", asJSON, `{"kind":"t3","data":{"title":"a","selftext":"b","id":"x"}}`, seldonOne, []string{"a\n\nb"}},
	{"reddit t3 without a text", asJSON, `{"data":{"title":"a","selftext":""},"kind":"t3"}`, seldonOne, []string{"a"}},
	{"reddit submission, flat", asJSON, `{"id":"x","title":"a","selftext":"b"}`, seldonOne, []string{"a\n\nb"}},
	{"reddit listing", asJSON,
		`{"kind":"Listing","data":{"after":null,"children":[{"kind":"t1","data":{"body":"a"}},{"kind":"more","data":{"children":["x"]}},{"kind":"t1","data":{"body":"b"}}]}}`,
		`{"data":{"names":["t:0","t:1"],"ndarray":[[§],[§]]},"meta":{}}`, []string{"a", "b"}},
	{"reddit page", asJSON,
		`[{"kind":"Listing","data":{"children":[{"kind":"t3","data":{"title":"a","selftext":"b"}}]}},{"kind":"Listing","data":{"children":[{"kind":"t1","data":{"body":"c"}}]}}]`,
		`{"data":{"names":["t:0","t:1"],"ndarray":[[§],[§]]},"meta":{}}`, []string{"a\n\nb", "c"}},
	{"connect", sniff, `{"schema":{"type":"struct"},"payload":{"id":"1","body":"a"}}`, seldonOne, []string{"a"}},
	{"connect, a string", sniff, `{"payload":"a","schema":{"type":"string","optional":false}}`, seldonOne, []string{"a"}},
	{"connect, instances", sniff, `{"schema":null,"payload":{"instances":["a","b"]}}`, `{"predictions":[[§],[§]]}`,
		[]string{"a", "b"}},
	{"debezium", sniff, `{"before":null,"after":{"id":1,"body":"a"},"source":{"table":"comments"},"op":"c","ts_ms":1}`,
		seldonOne, []string{"a"}},
	{"debezium in connect", sniff,
		`{"schema":{},"payload":{"before":{"id":1,"text":"old"},"after":{"id":1,"text":"a"},"op":"u"}}`, seldonOne,
		[]string{"a"}},
	{"debezium of MongoDB", sniff, `{"after":"{\"id\":1,\"text\":\"a\"}","op":"c"}`, seldonOne, []string{"a"}},
	{"debezium, unwrapped", sniff, `{"id":1,"text":"a","__deleted":"false"}`, seldonOne, []string{"a"}},
	{"JSON in a JSON string", sniff, `"{\"id\":\"1\",\"body\":\"a\"}"`, seldonOne, []string{"a"}},
	{"JSON in a JSON string in another", asJSON, `"\"{\\\"text\\\":\\\"a\\\"}\""`, seldonOne, []string{"a"}},
	{"JSON string with a quotation", asJSON, `"\"a\" is what they said"`, seldonOne, []string{`"a" is what they said`}},
	{"JSON string that is a quotation", asJSON, `"\"a\""`, seldonOne, []string{`"a"`}},
	{"JSON string that says undefined", asJSON, `"undefined"`, seldonOne, []string{"undefined"}},
	{"JSON string with an element", asJSON, `"<b>a</b>"`, seldonOne, []string{"<b>a</b>"}},
	{"JSON string with a number", asJSON, `"42"`, seldonOne, []string{"42"}},
	{"text that begins with a quotation", sniff, `"a" is what they said`, seldonOne, []string{`"a" is what they said`}},
	{"text that is half a quotation", sniff, `"a, they said`, seldonOne, []string{`"a, they said`}},
	{"text in brackets", sniff, `[a] (b)`, seldonOne, []string{"[a] (b)"}},
	{"text with a tab and new lines", sniff, "a\tb\r\n\fc\v\u0085d", seldonOne, []string{"a\tb\r\n\fc\v\u0085d"}},
	{"text with a call in it", sniff, `print(x) gives {"x": 1}`, seldonOne, []string{`print(x) gives {"x": 1}`}},
	{"text with a formula", sniff, `E=mc^2 (see {1})`, seldonOne, []string{"E=mc^2 (see {1})"}},
	{"text that says undefined", sniff, `undefined behaviour`, seldonOne, []string{"undefined behaviour"}},
	{"one word, said to be text", asText, `undefined`, seldonOne, []string{"undefined"}},
	{"text after a byte order mark", sniff, "\ufeffa", seldonOne, []string{"a"}},
	{"text after a byte order mark, said to be text", asText, "\ufeffa", seldonOne, []string{"a"}},
	{"None, said to be text", asText, `None`, seldonOne, []string{"None"}},
	{"text with markup in it", sniff, `<b>a</b> is bold`, seldonOne, []string{"<b>a</b> is bold"}},
	{"text of the dataset", sniff, `<U+1F602> a`, seldonOne, []string{"<U+1F602> a"}},
	{"text in an element, said to be text", asText, `<sarcasm>a</sarcasm>`, seldonOne, []string{"<sarcasm>a</sarcasm>"}},
	{"base64 of an input", asJSON,
		`{"inputs":[{"name":"x","datatype":"BYTES","shape":[2],"parameters":{"content_type":"base64"},"data":["YQ==","Yg"]}]}`,
		`{"model_name":"M","model_version":"V","outputs":[{"name":"proba","datatype":"FP64","shape":[2,2],"data":[§,§]}]}`,
		[]string{"a", "b"}},
	{"base64 of a request", asJSON,
		`{"parameters":{"content_type":"base64"},"inputs":[{"name":"x","datatype":"BYTES","shape":[1,1],"data":[["YQ=="]]}]}`,
		`{"model_name":"M","model_version":"V","outputs":[{"name":"proba","datatype":"FP64","shape":[1,2],"data":[§]}]}`,
		[]string{"a"}},
	{"base64 of a request and not of its input", asJSON,
		`{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"data":["YQ=="],"parameters":{"content_type":"str"}}],"parameters":{"content_type":"base64"}}`,
		`{"model_name":"M","model_version":"V","outputs":[{"name":"proba","datatype":"FP64","shape":[1,2],"data":[§]}]}`,
		[]string{"YQ=="}},
	{"parameters that say nothing of base64", asJSON,
		`{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"parameters":{"other":"base64"},"data":["YQ=="]}]}`,
		`{"model_name":"M","model_version":"V","outputs":[{"name":"proba","datatype":"FP64","shape":[1,2],"data":[§]}]}`,
		[]string{"YQ=="}},
	{"parameters of other kinds", asJSON,
		`{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"parameters":{"content_type":7,"binary_data":[true]},"data":["a"]}],"parameters":[]}`,
		`{"model_name":"M","model_version":"V","outputs":[{"name":"proba","datatype":"FP64","shape":[1,2],"data":[§]}]}`,
		[]string{"a"}},
	{"several inputs", asJSON,
		`{"inputs":[{"name":"score","datatype":"INT32","shape":[1],"data":[3]},{"name":"Body","datatype":"BYTES","shape":[1],"data":["a"]}]}`,
		`{"model_name":"M","model_version":"V","outputs":[{"name":"proba","datatype":"FP64","shape":[1,2],"data":[§]}]}`,
		[]string{"a"}},
	{"several columns", asJSON, `{"data":{"ndarray":[[1,"a",null],[2,"b",[3]]],"names":["id","comment","more"]}}`,
		`{"data":{"names":["t:0","t:1"],"ndarray":[[§],[§]]},"meta":{}}`, []string{"a", "b"}},
	{"instances of texts", asJSON,
		`{"instances":[{"text":"a"},{"id":1,"body":"b"},{"b64":"Yw=="},{"comment":{"b64":"ZA=="}}]}`,
		`{"predictions":[[§],[§],[§],[§]]}`, []string{"a", "b", "c", "d"}},
}

// TestAnswers compares each answer with the probabilities that the model gives for the comments in it, sent with and
// without HTTP, with buffers that have served a request which leaves something in each of them.
func TestAnswers(t *testing.T) {
	f := start(t)
	dirty := `{"meta":{"tags":{"left":"over"},"puid":"left over"},"data":{"names":["left","text"],"ndarray":[["over","left over"],["over","left over"]]}}`
	for _, tt := range answered {
		t.Run(tt.name, func(t *testing.T) {
			want := expected(t, tt.want, tt.comments)
			out, err := f.HandleEvent(context.Background(), question(tt.contentType, tt.data))
			if err != nil {
				t.Fatal(err)
			}
			if err := out.Validate(); err != nil {
				t.Error(err)
			}
			if got := string(out.Data()); got != want {
				t.Errorf("answer\n%s, want\n%s", got, want)
			}
			for _, before := range []string{dirty,
				`{"id":"left over","inputs":[{"name":"x","datatype":"BYTES","shape":[1],"data":["left over"]}]}`, `{"instances":["left over"`} {
				handle(f, kafka(before))
				r := post(tt.data, ce()...)
				if tt.contentType != "" {
					r.Header.Set("Content-Type", tt.contentType)
				}
				if w := handle(f, r); w.Code != 200 || w.Body.String() != want || w.Header().Get("Ce-Partitionkey") != "" ||
					w.Header().Get("Ce-Subject") != "" {
					t.Errorf("by HTTP: answer %d %v\n%s, want\n%s", w.Code, w.Header(), w.Body, want)
				}
			}
		})
	}
}

// expected fills the probabilities of comments and the model's name and version into an answer.
func expected(t *testing.T, answer string, comments []string) string {
	t.Helper()
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, comment := range comments {
		p := m.PredictProba(comment)
		answer = strings.Replace(answer, "§", pythonFloat(p[0])+","+pythonFloat(p[1]), 1)
	}
	answer = strings.Replace(answer, `"model_name":"M"`, `"model_name":"`+m.Name()+`"`, 1)
	return strings.Replace(answer, `"model_version":"V"`, `"model_version":"`+m.Version()+`"`, 1)
}

// pythonFloat returns f as Python's JSON has it; no probability here is so small or so near to 1 that Go's differs.
func pythonFloat(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

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
	{"deep array", sniff, strings.Repeat("[", 65) + `"a"` + strings.Repeat("]", 65), 400, "json_too_deep"},
	{"deep and truncated array", sniff, strings.Repeat("[", 5000), 400, "json_too_deep"},
	{"deep data", asJSON, `{"data":{"ndarray":` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + `}}`, 400,
		"json_too_deep"},
	{"jsonData in jsonData", asJSON, strings.Repeat(`{"jsonData":`, 9) + `"a"` + strings.Repeat("}", 9), 400,
		"json_too_deep"},
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
	{"rows of several numbers", asJSON, `{"data":{"ndarray":[[1,2,3]]}}`, 422, "not_text"},
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
	{"instances of objects", asJSON, `{"instances":[{"input":"a"}]}`, 422, "not_text"},
	{"instances of two texts", asJSON, `{"instances":[{"text":"a","body":"b"}]}`, 422, "not_text"},
	{"instances of numbers called text", asJSON, `{"instances":[{"text":1}]}`, 422, "not_text"},
	{"instances of odd base64", asJSON, `{"instances":[{"b64":"?"}]}`, 422, "bad_base64"},
	{"instances of base64 of no text", asJSON, `{"instances":[{"b64":"/w=="}]}`, 422, "invalid_utf8"},
	{"instances of base64 of UTF-16", asJSON, `{"instances":[{"b64":"YQBiAA=="}]}`, 422, "binary_data"},
	{"instances of strings and objects", asJSON, `{"instances":["a",{"text":"b"}]}`, 422, "mixed_rows"},
	{"NUL in text", asText, "a\x00b", 422, "binary_data"},
	{"NUL before text", sniff, "\x00a", 422, "binary_data"},
	{"escape in text", sniff, "a\x1b[1mb", 422, "binary_data"},
	{"DEL in text", sniff, "a\x7fb", 422, "binary_data"},
	{"Confluent's Avro", sniff, "\x00\x00\x00\x00\x07\x04c1\x02a", 422, "binary_data"},
	{"Confluent's JSON", sniff, "\x00\x00\x00\x00\x01{\"text\":\"a\"}", 422, "binary_data"},
	{"Confluent's JSON, said to be JSON", asJSON, "\x00\x00\x00\x00\x01{\"text\":\"a\"}", 422, "binary_data"},
	{"protobuf", sniff, "\n\x02c1\x12\x01a", 422, "binary_data"},
	{"gzip", sniff, "\x1f\x8b\x08\x00", 422, "binary_data"},
	{"UTF-16, little end first", sniff, "\xff\xfea\x00", 422, "invalid_utf8"},
	{"UTF-16, big end first", asText, "\xfe\xff\x00a", 422, "invalid_utf8"},
	{"UTF-16 without a mark", asJSON, "{\x00\"\x00i\x00", 422, "invalid_utf8"},
	{"UTF-16 without a mark, big end first", sniff, "\x00{\x00\"\x00i", 422, "invalid_utf8"},
	{"Python's dict", sniff, `{'id': 'c1', 'body': 'a'}`, 422, "printed_object"},
	{"Python's dict, said to be text", asText, ` {'id': 'c1'}`, 422, "printed_object"},
	{"Python's dict of Python 2", sniff, `{u'id': u'c1'}`, 422, "printed_object"},
	{"Python's set", sniff, `{'a', 'b'}`, 422, "printed_object"},
	{"Python's list", sniff, `['a', 'b']`, 422, "printed_object"},
	{"Python's list of dicts", sniff, `[{'id': 'c1'}]`, 422, "printed_object"},
	{"Python's tuple", sniff, `('c1', 'a')`, 422, "printed_object"},
	{"Python's bytes", sniff, `b'{"id": "c1"}'`, 422, "printed_object"},
	{"Python's dataclass", sniff, `Comment(id='c1', body='a')`, 422, "printed_object"},
	{"Python's ordered dict", sniff, `OrderedDict([('id', 'c1')])`, 422, "printed_object"},
	{"Python's object", sniff, `<__main__.Comment object at 0x7f0c2a>`, 422, "printed_object"},
	{"Python's dict in a JSON string", asJSON, `"{'id': 'c1', 'body': 'a'}"`, 422, "printed_object"},
	{"Java's map", sniff, `{id=c1, body=a}`, 422, "printed_object"},
	{"Java's record", sniff, `Comment[id=c1, body=a]`, 422, "printed_object"},
	{"Java's object", sniff, `com.example.Comment@1b2c3d4e`, 422, "printed_object"},
	{"Java's bytes", sniff, `[B@1b2c3d4e`, 422, "printed_object"},
	{"Connect's struct", sniff, `Struct{id=c1,body=a}`, 422, "printed_object"},
	{"Kotlin's object", sniff, `Comment(id=c1, body=a)`, 422, "printed_object"},
	{"Go's map", sniff, `map[body:a id:c1]`, 422, "printed_object"},
	{"Ruby's hash", sniff, `{:id=>"c1"}`, 422, "printed_object"},
	{"JavaScript's printed object", sniff, `{ id: 'c1', body: 'a' }`, 422, "printed_object"},
	{"JavaScript's object", sniff, `[object Object]`, 422, "printed_object"},
	{"JavaScript's objects", sniff, `[object Object],[object Object]`, 422, "printed_object"},
	{"JavaScript's undefined", sniff, `undefined`, 422, "not_text"},
	{"Python's None", sniff, `None`, 422, "not_text"},
	{"Python's nan", sniff, `nan`, 422, "not_text"},
	{"Python's dict cut off", sniff, `{'id': 'c1', 'body': 'a`, 422, "printed_object"},
	{"Python's list of dicts cut off", sniff, `[{'id': 'c1', 'body': 'a'}, {'id`, 422, "printed_object"},
	{"Python's default dict", sniff, `defaultdict(<class 'list'>, {'id': 'c1'})`, 422, "printed_object"},
	{"a comment in XML", sniff, `<!-- a --><comment>a</comment>`, 422, "markup"},
	{"a row that is shorter than the names", asJSON,
		`{"data":{"names":["id","text"],"ndarray":[["1","a"],["2"]]}}`, 422, "shape_mismatch"},
	{"XML", sniff, `<?xml version="1.0"?><comment>a</comment>`, 422, "markup"},
	{"XML without a declaration", sniff, "<comment>\n<body>a</body>\n</comment>\n", 422, "markup"},
	{"an empty element", sniff, `<comment body="a"/>`, 422, "markup"},
	{"HTML", asText, `<!DOCTYPE html><html><body>a</body></html>`, 422, "markup"},
	{"array cut off", sniff, `[{"id":"c1","body":"a`, 400, "invalid_json"},
	{"array of strings cut off", sniff, `["a", "b`, 400, "invalid_json"},
	{"string with JSON cut off", sniff, `"{\"id\": \"c1\", \"bo`, 400, "invalid_json"},
	{"string with JSON that is cut off", asJSON, `"{\"id\": \"c1\", \"bo"`, 400, "invalid_json"},
	{"array in a string", asJSON, `"[1]"`, 422, "unknown_shape"},
	{"very many envelopes", asJSON, strings.Repeat(`{"schema":{},"payload":`, 9) + `"a"` + strings.Repeat("}", 9), 400,
		"json_too_deep"},
	{"a structured event", asJSON, `{"specversion":"1.0","id":"1","source":"/a","type":"b","data":{"instances":["a"]}}`,
		400, "not_a_cloudevent"},
	{"a comment by another name", asJSON, `{"comment":"a"}`, 422, "unknown_shape"},
	{"two texts", asJSON, `{"id":"1","text":"a","body":"b"}`, 422, "ambiguous_shape"},
	{"text is a number", asJSON, `{"id":"1","text":1}`, 422, "not_text"},
	{"text is null", asJSON, `{"id":"1","text":null}`, 422, "not_text"},
	{"reddit account", asJSON, `{"kind":"t2","data":{"name":"somebody"}}`, 422, "unknown_shape"},
	{"reddit t1 without a body", asJSON, `{"kind":"t1","data":{"id":"x"}}`, 422, "unknown_shape"},
	{"reddit t1 whose body is null", asJSON, `{"kind":"t1","data":{"id":"x","body":null}}`, 422, "not_text"},
	{"reddit t3 without a title", asJSON, `{"kind":"t3","data":{"selftext":"x"}}`, 422, "unknown_shape"},
	{"reddit listing without children", asJSON, `{"kind":"Listing","data":{}}`, 422, "unknown_shape"},
	{"reddit listing with children twice", asJSON,
		`{"kind":"Listing","data":{"children":[{"kind":"t1","data":{"body":"a"}}],"children":[]}}`, 422, "ambiguous_shape"},
	{"connect's bytes", sniff, `{"schema":{"type":"bytes","optional":false},"payload":"aGVsbG8="}`, 422, "binary_data"},
	{"connect's tombstone", asJSON, `{"schema":null,"payload":null}`, 422, "no_data"},
	{"debezium's delete", asJSON, `{"before":{"id":1,"body":"a"},"after":null,"op":"d"}`, 422, "deleted"},
	{"debezium's delete, unwrapped", asJSON, `{"id":1,"body":"a","__deleted":"true"}`, 422, "deleted"},
	{"debezium's truncate", asJSON, `{"before":null,"op":"t"}`, 422, "deleted"},
	{"pandas to open inference", asJSON,
		`{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"data":["a"],"parameters":{"content_type":"pd"}}]}`, 415,
		"unsupported_content_type"},
	{"odd base64 to open inference", asJSON,
		`{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"data":["?"],"parameters":{"content_type":"base64"}}]}`, 422,
		"bad_base64"},
	{"numbers in base64 to open inference", asJSON,
		`{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"data":[1],"parameters":{"content_type":"base64"}}]}`, 422,
		"not_text"},
	{"two inputs called text", asJSON,
		`{"inputs":[{"name":"text","datatype":"BYTES","shape":[1],"data":["a"]},{"name":"body","datatype":"BYTES","shape":[1],"data":["a"]}]}`, 422, "too_many_inputs"},
	{"columns without a text", asJSON, `{"data":{"names":["x","y"],"ndarray":[["a","b"]]}}`, 422, "not_one_column"},
	{"columns with two texts", asJSON, `{"data":{"names":["text","body"],"ndarray":[["a","b"]]}}`, 422, "not_one_column"},
	{"more columns than names", asJSON, `{"data":{"names":["id","text"],"ndarray":[["a","b","c"]]}}`, 422,
		"shape_mismatch"},
	{"a number in the text's column", asJSON, `{"data":{"names":["id","text"],"ndarray":[["a",1]]}}`, 422, "not_text"},
	{"floats to open inference", asJSON, `{"inputs":[{"name":"x","datatype":"FP64","shape":[1],"data":[1.5]}]}`, 422,
		"not_text"},
	{"bytes of numbers", asJSON, `{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"data":[1]}]}`, 422, "not_text"},
	{"wrong shape", asJSON, `{"inputs":[{"name":"x","datatype":"BYTES","shape":[3],"data":["a"]}]}`, 422,
		"shape_mismatch"},
	{"no shape", asJSON, `{"inputs":[{"name":"x","datatype":"BYTES","data":["a"]}]}`, 422, "shape_mismatch"},
	{"no tensor in inputs", asJSON, `{"inputs":[]}`, 422, "unknown_shape"},
	{"two tensors in inputs", asJSON, `{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"data":["a"]},{}]}`, 422,
		"too_many_inputs"},
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

// TestMessages: a message says what is wrong in the sender's terms.
func TestMessages(t *testing.T) {
	f := start(t)
	for data, want := range map[string]string{
		`{"specversion":"1.0","id":"1","source":"/a","type":"b","data":{"instances":["a"]}}`: "this is a structured CloudEvent without its content type",
		`[{"specversion":"1.0","id":"1","source":"/a","type":"b","data":"a"}]`: "this is a batch of CloudEvents without its " +
			"content type",
		"\x00\x00\x00\x00\x07\x04c1":      "Confluent's wire format (schema 7): for JSON Schema set CONFLUENT_FRAMING=true",
		`{"kind":"t2","data":{"id":"x"}}`: "Reddit's API",
		`{"schema":{},"payload":null}`:    "Kafka Connect's envelope",
		`{"data":{"comment":"a"}}`:        "the member data holds no comment: Seldon's has ndarray",
		`{"inputs":[{"datatype":"BYTES","parameters":{"content_type":"pd"},"data":["a"],"shape":[1]}]}`: "the content_type 'pd' of inputs[0]",
		`{'id': 'c1'}`: "json.dumps", `[object Object]`: "JSON.stringify", "\xff\xfea\x00": "UTF-16",
		`<a>b</a>`:        "XML or HTML",
		`{"comment":"a"}`: "TEXT_FIELD", `{"id":"1","body":null}`: "body holds null",
		`{"instances":[["a"],["b","c"]]}`:    "instances[1]",
		`{"instances":[{"x":"a"}]}`:          "instances[0] is an object with 0 members named",
		`{"instances":[{"text":"a"},"b"]}`:   "instances[1] has another JSON type than",
		`{"instances":[{"text":{"x":"a"}}]}`: "the text of instances[0] is an object",
		`{"instances":[{}]}`:                 "instances[0]",
		`{"instances":[{"text":{}}]}`:        "the text of instances[0] is an object",
		`{"jsonData":["a",1]}`:               "jsonData holds a number instead of a text",
		`{"strData":{}}`:                     "strData holds an object instead of a text",
		`{"strData":[]}`:                     "strData holds an array instead of a text",
		`{"strData":true}`:                   "strData holds a boolean instead of a text",
		`{"strData":false}`:                  "strData holds a boolean instead of a text",
		`{"strData":-1}`:                     "strData holds a number instead of a text",
		`{"strData":null}`:                   "strData holds null instead of a text",
		`{"instances":["a",1]}`:              "instances holds a number instead of a text",
	} {
		if _, err := f.HandleEvent(context.Background(), question(sniff, data)); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", data, err, want)
		}
	}
}

// TestExtensionTypes: what HandleEvent carries from an event to its answer keeps its type.
func TestExtensionTypes(t *testing.T) {
	in := question(asText, "a")
	values := map[string]any{"correlationid": int32(7), "tracestate": true, "traceparent": "7"}
	for name, value := range values {
		in.SetExtension(name, value)
	}
	out, err := start(t).HandleEvent(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range values {
		if got := out.Extensions()[name]; got != want {
			t.Errorf("%s is %#v, want %#v", name, got, want)
		}
	}
}

// TestTextField reads JSON of any form by paths, and leaves forms without the path as they are.
func TestTextField(t *testing.T) {
	f := start(t, func(c *function.Config) { c.TextField, c.IDField = "payload.comment", "payload.key" })
	for _, tt := range []struct{ data, want string }{
		{`{"payload":{"comment":"a","key":"k1","more":[1]},"body":"no","id":"1"}`,
			`{"data":{"names":["t:0","t:1"],"ndarray":[[§]]},"meta":{"puid":"k1"}}`},
		{`{"payload":{"key":17,"comment":"a"}}`, `{"data":{"names":["t:0","t:1"],"ndarray":[[§]]},"meta":{"puid":"17"}}`},
		{`{"payload":{"comment":"a"}}`, seldonOne},
		{`{"after":{"payload":{"comment":"a"}},"op":"c"}`, seldonOne},
		{`{"data":{"ndarray":["a"]}}`, seldonOne},
		{`{"payload":"b","text":"a"}`, seldonOne},
		{`{"data":{"names":["text","payload.comment"],"ndarray":[["a"]]}}`, seldonOne},
	} {
		out, err := f.HandleEvent(context.Background(), question(asJSON, tt.data))
		if err != nil {
			t.Errorf("%s: %v", tt.data, err)
		} else if want := expected(t, tt.want, []string{"a"}); string(out.Data()) != want {
			t.Errorf("%s: %s, want %s", tt.data, out.Data(), want)
		}
	}
	for data, want := range map[string]string{`{"payload":{"comment":1}}`: "not_text",
		`{"payload":{"text":"a"}}`: "unknown_shape", `{"payload":{}}`: "unknown_shape"} {
		if _, err := f.HandleEvent(context.Background(), question(asJSON, data)); function.AsError(err).Reason != want {
			t.Errorf("%s: %v, want %s", data, err, want)
		}
	}
	column := start(t, func(c *function.Config) { c.TextField = "content" })
	for _, data := range []string{
		`{"data":{"names":["id","content"],"ndarray":[["1","a"]]}}`, `{"content":"a"}`,
	} {
		out, err := column.HandleEvent(context.Background(), question(asJSON, data))
		if err != nil || string(out.Data()) != expected(t, seldonOne, []string{"a"}) {
			t.Errorf("%s: %v, %v", data, out, err)
		}
	}
}

// TestConfluentFraming reads JSON Schema's framing where that is asked for, and no other.
func TestConfluentFraming(t *testing.T) {
	f := start(t, func(c *function.Config) { c.Confluent = true })
	for _, contentType := range []string{sniff, asJSON, asText, asBytes} {
		out, err := f.HandleEvent(context.Background(), question(contentType,
			"\x00\x00\x01\x86\xa0{\"id\":\"1\",\"body\":\"a\"}"))
		if err != nil || string(out.Data()) != expected(t, seldonOne, []string{"a"}) {
			t.Errorf("%q: %v, %v", contentType, out, err)
		}
	}
	for data, want := range map[string]string{"\x00\x00\x00\x00\x07\x04c1\x02a": "binary_data",
		"\x00\x00\x00\x00\x01": "binary_data", "\x00\x00\x00\x00\x01{": "invalid_json", "\x00\x00\x00\x00\x01a comment": "binary_data"} {
		if _, err := f.HandleEvent(context.Background(), question(sniff, data)); function.AsError(err).Reason != want {
			t.Errorf("%q: %v, want %s", data, err, want)
		}
	}
	if out, err := f.HandleEvent(context.Background(), question(sniff, `{"text":"a"}`)); err != nil ||
		string(out.Data()) != expected(t, seldonOne, []string{"a"}) {
		t.Errorf("without framing: %v, %v", out, err)
	}
}
