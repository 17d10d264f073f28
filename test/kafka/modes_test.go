package kafka

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/cloudevent"
)

// TestModesAgree checks that an answer yields the same record, to the last digit, whether the function posts it to the
// sink in binary or in structured mode. The libraries of a KafkaSink's receiver write the records.
func TestModesAgree(t *testing.T) {
	vertx := vertxServer(t)
	defer http.DefaultClient.CloseIdleConnections()
	for name, data := range map[string]string{
		"digits":    `{"data":{"names":["t:0","t:1"],"ndarray":[[0.6841162584069689,0.31588374159303106]]},"meta":{}}`,
		"fractions": `{"predictions":[[1.10,1e-7],[1E+2,0.0],[5e-324,1.7976931348623157e308]]}`,
		"white":     "{ \"predictions\" : [ [ 1.0 , 0 ] ] }\n",
		"beyond":    `{"meta":{"tags":{"word":"Straße 🐠 \u00e9"}}}`,
	} {
		e := &cloudevent.Event{Data: []byte(data)}
		for attribute, value := range map[string]string{
			"specversion": "1.0", "id": "7", "source": "/reddit-classifier", "type": "reddit.classifier.prediction.v1",
			"subject": "t1_abc", "datacontenttype": "application/json", "time": "2026-11-05T17:31:00Z",
		} {
			e.Set(attribute, value)
		}
		e.SetExtension(cloudevent.Extension{Name: "partitionkey", Value: "k1"})
		e.SetExtension(cloudevent.Extension{Name: "causationid", Value: "partition:0/offset:7"})
		header := http.Header{}
		e.WriteHeaders(header)
		binary := javaWrites(t, vertx, header, e.Data)
		structured := javaWrites(t, vertx, http.Header{"Content-Type": {cloudevent.StructuredType}}, e.AppendJSONBase64(nil))
		if diff := cmp.Diff(binary, structured); diff != "" {
			t.Errorf("%s: the record (-binary +structured):\n%s", name, diff)
		}
		if want := (&javaRecord{}); binary["value"] == plain(want.record())["value"] {
			t.Errorf("%s: the record has no value", name)
		}
	}
}

// javaWrites posts an event to the libraries of a KafkaSink's receiver and returns the record that they write.
func javaWrites(t *testing.T, url string, header http.Header, body []byte) map[string]string {
	t.Helper()
	status, answer := send(t, url, header, body)
	if status != http.StatusAccepted {
		t.Fatalf("%v %q: status %d", header, body, status)
	}
	var written javaRecord
	if err := json.Unmarshal(answer, &written); err != nil {
		t.Fatal(err)
	}
	return plain(written.record())
}
