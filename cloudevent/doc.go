// Package cloudevent reads and writes CloudEvents 1.0 in HTTP requests (binary, structured and batched mode), in JSON
// and in Kafka records (binary and structured mode). Events of version 0.3 are read as the 1.0 events that they
// correspond to.
//
// The attributes and extensions of an [Event] are strings, as they are in headers. The Go sdk's event is not used
// because it parses each URI and time and stores extensions of any type in a map, and because its HTTP receiver loses
// requests (sdk-go issues 1224 and 1332).
//
// # Reading
//
//	e.ReadHeaders(header, nil)   // HTTP, binary mode; the body is e.Data
//	e.ReadJSON(body)             // structured mode
//	ReadBatch(body, each)        // batched mode
//	ReadRecord(&e, r.Headers, r.Value) // Kafka; r is a record of franz-go
//
// A reader that returns an error has still stored the attributes it found, so that the event can be named in a log or a
// dead letter. Errors are of type [*Error] or, for a text that is not JSON, [*jsonscan.Error].
//
// # Header values
//
// Values of headers are neither percent-decoded nor percent-encoded, although the HTTP binding (3.1.3.2) asks for both:
// no part of Knative does so (sdk-go issue 1331, sdk-java issue 748), so a Kafka key "100%25 sure" would come out as
// another key. Passing the bytes on unchanged is right between peers that encode and between peers that do not. Only
// control characters, which a header cannot contain, are written as %XX. [Event.FitsHeaders] reports whether headers
// keep every attribute unchanged.
package cloudevent
