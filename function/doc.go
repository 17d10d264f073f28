// Package function is the event function: one CloudEvent with comments in, one CloudEvent with the probabilities of
// their removal out. Function implements what func-go's HTTP service calls; HandleEvent is the same without HTTP.
// Requests that are no events get plain answers, see REST below.
//
// # Requests
//
// Any CloudEvent 1.0 or 0.3, in binary or structured mode or in a batch, of any type but our own; the body may be in
// gzip. Its data is read by its content type (application/json, text/json, …+json, text/plain; UTF-8) or, when that is
// absent or application/octet-stream, by how it begins: what starts like a JSON object has to be JSON, anything else is
// JSON if all of it is, and text otherwise. As JSON it may be
//
//	{"data":{"ndarray":["…"]}}                 Seldon; also rows of one column, or of several when names calls exactly one of them
//	                                           text, body, comment or as TEXT_FIELD says; also strData and jsonData
//	{"instances":["…"]}                        KServe v1; also rows of one, {"text":"…"}, {"body":"…"}, {"b64":"…"}
//	{"inputs":[{"datatype":"BYTES",…}]}        Open Inference v2; of several inputs the one called as above; content_type str or base64
//	{"id":…,"text":"…"}, {"text":"…"}          a line of the program's own
//	{"id":…,"body":"…"}                        a Reddit comment, with id or name; a submission with title and selftext
//	{"kind":"t1","data":{…}}                   a thing of Reddit's API: t1, t3, a Listing or an array of them; replies are not read
//	{"schema":…,"payload":…}                   Kafka Connect's envelope around any of these
//	{"before":…,"after":…,"op":…}              Debezium's; a delete is refused (deleted), as a tombstone is (no_data)
//	"…"                                        a comment, or any of the above as JSON within the string
//	anything with the path TEXT_FIELD          the text there; ID_FIELD becomes the answer's meta.puid
//
// A submission is its title, an empty line and its selftext. An empty comment is a comment; no data at all is none.
//
// # Answers
//
// An event of type reddit.classifier.prediction.v1 whose id follows from the request's source and id and from the
// model, so that an event which is delivered twice is answered twice with the same. Its subject, partitionkey (else
// key), traceparent, tracestate and correlationid are the request's; causationid is the request's id; modeldigest says
// which model. It has no time, or a second delivery would be answered differently. With K_SINK it is posted there, and
// the response is 202 once the sink has accepted.
//
// A Seldon answer's meta repeats the request's tags and puid, and is {} without. Where the settings LABELS and EXPLAIN
// say so, its tags have besides, with one label and one explanation for each comment:
//
//	"threshold":0.3239,"classes":["kept","removed"],"labels":["removed",…]
//	"explain":[{"intercept":0.47,"ngrams":[["this",-0.34],…]},…]
//
// They stand in place of members which the request's tags have by these names. KServe and Open Inference answers have
// neither.
//
// A label of a model with two classes is the second one where its probability reaches the threshold: that of THRESHOLD,
// or else of the model. A model without a threshold states 0.5 and gives the more probable class, by the name it had in
// training.
//
// A model of k classes has the names t:0 to t:k-1 and k columns, and no threshold; its explanations name the class that
// they are of. A multilabel model has a list of labels for each comment. A model without probabilities answers with its
// decision function (Open Inference: an output called decision), one without that with labels, and meta.tags has
// "method":"decision_function" or "predict".
//
// # REST
//
// A request without ce- headers, and whose content type is not application/cloudevents…, is answered with JSON in the
// form that it asks in, and nothing of it goes to a sink: POST / takes any of the forms above (curl -d works), and the
// paths of Seldon, KServe v1 and Open Inference v2 those of their protocol, Triton's binary extension included.
// /openapi.json describes all. The model is known by its own name and by MODEL_NAME. REST=false turns this off.
//
// # Refusals
//
// One line of ASCII, {"error":"…","reason":"…"}, that never holds text of a comment. The reasons, by status:
//
//	400  not_a_cloudevent, unsupported_specversion, bad_attribute, bad_data, invalid_json, json_too_deep, invalid_utf8
//	     (in
//	     JSON), incomplete_body, bad_content_encoding, bad_binary_data
//	404  unknown_path, unknown_model, unknown_version
//	405  method_not_allowed
//	413  body_too_large, too_many_comments, answer_too_large (than MAX_ANSWER_BYTES, or than the sink takes)
//	415  unsupported_content_type, unsupported_charset, unsupported_content_encoding, bad_content_type
//	422  no_data, deleted, unknown_shape, ambiguous_shape, not_text, mixed_rows, not_one_column, shape_mismatch,
//	     too_many_inputs,
//	     bad_base64, tensor_unsupported, tftensor_unsupported, bindata_unsupported, invalid_utf8 (in text, and UTF-16),
//	     binary_data,
//	     printed_object (a value as Python, Java or another language prints it), markup, unknown_output, loop
//	500  internal_error
//	503  not_ready, stopping (where Stop is called while requests come in; func-go closes its port before), canceled,
//	     busy (with
//	     other long events), sink_unreachable, sink_timeout, sink_refused, dead_letter_sink
//
// In the answer to a batch an event of type reddit.classifier.error.v1 stands for each event that is refused, with the
// extensions code and reason; a 503 is the answer to all of the batch.
//
// With DEAD_LETTER_SINK an event that is refused with a 4xx, be it in a batch, is posted there instead, as the data of
// an event of type reddit.classifier.error.v1 ([Letter]), and acknowledged with 202; if that fails the answer is a 503.
// Not so for an event of that very type.
package function
