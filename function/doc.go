// Package function is the event function: one CloudEvent with comments in, one CloudEvent with the probabilities of their
// removal out. Function implements what func-go's HTTP service calls; HandleEvent is the same without HTTP.
//
// # Questions
//
// Any CloudEvent 1.0, in binary or structured mode or in a batch, of any type but our own. Its data is read by its content type
// (application/json, text/json, …+json, text/plain; UTF-8) or, when that is absent or application/octet-stream, by how it
// begins: what starts like a JSON object has to be JSON, anything else is JSON if all of it is, and text otherwise. As JSON it
// may be a Seldon message (data.ndarray, strData, jsonData), KServe v1 instances, Open Inference v2 inputs, a Reddit comment
// (body with id or name) or a string. An empty comment is a comment; no data at all is none.
//
// # Answers
//
// An event of type reddit.classifier.prediction.v1 whose id follows from the question's source and id and from the model, so
// that a question which is delivered twice is answered twice with the same. Its subject, partitionkey (else key), traceparent,
// tracestate and correlationid are the question's; causationid is the question's id; modeldigest says which model. It has no
// time, or a second delivery would be answered differently. With K_SINK it is posted there, and the response is 202 once the
// sink has accepted.
//
// A Seldon answer's meta repeats the question's tags and puid, and is {} without. Where the settings LABELS and EXPLAIN say so,
// its tags have besides, with one label and one explanation for each comment:
//
//	"threshold":0.3239,"classes":["kept","removed"],"labels":["removed",…]
//	"explain":[{"intercept":0.47,"ngrams":[["this",-0.34],…]},…]
//
// They stand in place of members which the question's tags have by these names. KServe and Open Inference answers have neither.
//
// A label is the second class where its probability reaches the threshold. A model without a threshold states 0.5 and gives
// the more probable class, by the name it had in training.
//
// # Refusals
//
// One line of ASCII, {"error":"…","reason":"…"}, that never holds text of a comment. The reasons, by status:
//
//	400  not_a_cloudevent, unsupported_specversion, bad_attribute, bad_data, invalid_json, json_too_deep, invalid_utf8 (in
//	     JSON), incomplete_body
//	405  method_not_allowed
//	413  body_too_large, too_many_comments, answer_too_large (than 16 MiB, or than the sink takes)
//	415  unsupported_content_type, unsupported_charset, unsupported_content_encoding, bad_content_type
//	422  no_data, unknown_shape, ambiguous_shape, not_text, mixed_rows, not_one_column, shape_mismatch, too_many_inputs,
//	     tensor_unsupported, tftensor_unsupported, bindata_unsupported, invalid_utf8 (in text), loop
//	500  internal_error
//	503  not_ready, stopping (where Stop is called while requests come in; func-go closes its port before), canceled, busy (with
//	     other long events), sink_unreachable, sink_timeout, sink_refused
//
// In the answer to a batch an event of type reddit.classifier.error.v1 stands for each event that is refused, with the extensions
// code and reason; a 503 is the answer to all of the batch.
package function
