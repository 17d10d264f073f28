// Package function is the event function: one CloudEvent with comments in, one CloudEvent with the probabilities of
// their removal out. [Function] has the methods that func-go's HTTP service calls; [Function.HandleEvent] does the same
// without HTTP. Requests that are not events get plain answers, see REST below.
//
// # Requests
//
// A request is a CloudEvent 1.0 or 0.3, in binary or structured mode or in a batch. Its type can be any but the
// function's own. The body may be compressed with gzip.
//
// The content type says how the data is read: application/json, text/json, …+json or text/plain, always as UTF-8.
// Without a content type, or with application/octet-stream, the data decides: if it begins like a JSON object it must
// be JSON, and otherwise it is JSON if all of it is, and text if not. JSON has one of these shapes:
//
//	{"data":{"ndarray":["…"]}}            Seldon; also strData and jsonData, and rows of one column, or of several
//	                                      columns if names calls exactly one of them text, body, comment or TEXT_FIELD
//	{"instances":["…"]}                   KServe v1; also rows of one, {"text":"…"}, {"body":"…"}, {"b64":"…"}
//	{"inputs":[{"datatype":"BYTES",…}]}   Open Inference v2; of several inputs the one with such a name; content_type
//	                                      str or base64
//	{"id":…,"text":"…"}, {"text":"…"}     a line of this program's own files
//	{"id":…,"body":"…"}                   a Reddit comment, with id or name; a submission with title and selftext
//	{"kind":"t1","data":{…}}              a thing of Reddit's API: t1, t3, a Listing or an array of them, without replies
//	{"schema":…,"payload":…}              Kafka Connect's envelope around any of these
//	{"before":…,"after":…,"op":…}         Debezium's envelope; a delete is refused (deleted), a tombstone too (no_data)
//	"…"                                   a comment, or any of the above as JSON in the string
//	any object with the path TEXT_FIELD   the text there; ID_FIELD becomes the answer's meta.puid
//
// The text of a submission is its title, an empty line and its selftext. An empty comment is a comment; an event
// without data has none.
//
// # Answers
//
// The answer is an event of type reddit.classifier.prediction.v1 ([PredictionType]). Its id is a function of the
// request's source and id and of the model, so an event that is delivered twice gets the same answer twice. Its
// subject, partitionkey (or key), traceparent, tracestate and correlationid are those of the request, causationid is
// the request's id, and modeldigest identifies the model. It has no time, which would differ between the two answers.
// With K_SINK the answer is posted there, and the response is 202 once the sink has accepted it.
//
// The meta of a Seldon answer repeats the tags and puid of the request; it is {} if there are none. The settings LABELS
// and EXPLAIN add to its tags, with one label and one explanation for each comment:
//
//	"threshold":0.3239,"classes":["kept","removed"],"labels":["removed",…]
//	"explain":[{"intercept":0.47,"ngrams":[["this",-0.34],…]},…]
//
// They replace tags of the request with the same names. Answers to KServe and Open Inference have neither.
//
// The label of a model with two classes is the second one if its probability is at least the threshold, which is
// THRESHOLD or the model's own. A model without a threshold has the threshold 0.5, and its label is the more probable
// class.
//
// A model of k classes has the names t:0 to t:k-1, k columns and no threshold; each explanation names the class that it
// explains. A multilabel model has a list of labels for each comment. A model without probabilities answers with the
// values of its decision function, in Open Inference as an output called decision; a model that has neither answers
// with labels. Then meta.tags has "method":"decision_function" or "method":"predict".
//
// # REST
//
// A request without ce- headers whose content type is not application/cloudevents… is answered with JSON in the
// protocol of the request; nothing is posted to a sink. POST / accepts any of the shapes above, so that curl -d works.
// The paths of Seldon, KServe v1 and Open Inference v2 accept those of their protocol, including Triton's binary
// extension. /openapi.json describes them all. The model answers to its own name and to MODEL_NAME. REST=false turns
// this off.
//
// # Refusals
//
// A refusal is one line of ASCII, {"error":"…","reason":"…"}, that never contains text of a comment ([Error]).
// The reasons, by status:
//
//	400  not_a_cloudevent, unsupported_specversion, bad_attribute, bad_data, invalid_json, json_too_deep,
//	     invalid_utf8 (in JSON), incomplete_body, bad_content_encoding, bad_binary_data
//	404  unknown_path, unknown_model, unknown_version
//	405  method_not_allowed
//	413  body_too_large, too_many_comments, answer_too_large (than MAX_ANSWER_BYTES, or for the sink)
//	415  unsupported_content_type, unsupported_charset, unsupported_content_encoding, bad_content_type
//	422  no_data, deleted, unknown_shape, ambiguous_shape, not_text, mixed_rows, not_one_column, shape_mismatch,
//	     too_many_inputs, bad_base64, tensor_unsupported, tftensor_unsupported, bindata_unsupported,
//	     invalid_utf8 (in text, and UTF-16), binary_data, markup, unknown_output, loop,
//	     printed_object (a value as Python, Java or another language prints it)
//	500  internal_error
//	503  not_ready, stopping (during Stop; func-go closes its port first), canceled, busy (with other long requests),
//	     sink_unreachable, sink_timeout, sink_refused, dead_letter_sink
//
// In the answer to a batch, an event of type reddit.classifier.error.v1 ([ErrorType]) stands for each refused event,
// with the extensions code and reason. A 503 answers the whole batch.
//
// With DEAD_LETTER_SINK an event that is refused with a 4xx, also one of a batch, is posted there as a [Letter] in an
// event of type reddit.classifier.error.v1. It is then acknowledged with 202; if the post fails the response is a 503.
// Events of that type themselves are not posted.
package function
