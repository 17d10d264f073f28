package function

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cloudevents/sdk-go/v2/event"
)

// FuzzPayload: whatever an event's data is, it is read or refused with a 4xx.
func FuzzPayload(f *testing.F) {
	for _, seed := range []string{
		`{"data":{"ndarray":["a",["b"]]},"meta":{"tags":{},"puid":"x"}}`, `{"id":1,"text":"a"}`,
		`{"kind":"Listing","data":{"children":[{"kind":"t3","data":{"title":"a","selftext":"b"}}]}}`, "{'id': 1}",
		`{"schema":{},"payload":{"after":{"text":"a"},"op":"c"}}`, `"{\"text\":\"a\"}"`, "\x00\x00\x00\x00\x01{}",
		`{"instances":[{"b64":"YQ=="},{"text":"b"}]}`,
		`{"inputs":[{"name":"x"},{"name":"text","datatype":"BYTES","shape":[1],"data":["YQ=="],"parameters":{"content_type":"base64"}}]}`, `{"data":{"names":["id","text"],"ndarray":[[1,"a"]]}}`,
		`{"jsonData":{"instances":["a"]}}`, `{"id":"1","body":"a"}`,
		`{"inputs":[{"name":"x","datatype":"BYTES","shape":[1,1],"data":[["a"]]}]}`, `[x](y)`, `{"strData":"\ud83d\ude02"`,
		"\xff",
	} {
		f.Add("", []byte(seed))
		f.Add("application/json", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, contentType string, data []byte) {
		b := &buffers{}
		q := &b.request
		if err := q.read(&dialect{confluent: len(data)%2 == 0, textName: "x.y", textField: []string{"x", "y"},
			idField: []string{"id"}}, &b.scanner, contentType, data); err != nil {
			if e := AsError(err); e.Code/100 != 4 || e.Reason == "" || len(e.body()) > 511 {
				t.Fatalf("%q: %v", data, e)
			}
			return
		}
		if q.shape == unknown {
			t.Fatalf("%q was read, but has no shape", data)
		}
		c := &classifier{form: outputForm{method: "predict_proba", columns: 2, seldon: `{"data":{"ndarray":`}}
		if out := c.encode(nil, q, &predictions{numbers: make([]float64, 2*len(q.comments))}); !json.Valid(out) {
			t.Fatalf("%q is answered with what is not JSON: %q", data, out)
		}
	})
}

// FuzzBatch: a batch is refused, or each of its elements is answered with an event.
func FuzzBatch(f *testing.F) {
	f.Add(`[{"specversion":"1.0","id":"1","source":"/a","type":"b","data":"x"},{},1]`)
	f.Add(`[{"specversion":"1.0","id":"1","source":"/a","type":"b","partitionkey":7,"key":true,"subject":"\u0001","data":{"instances":[]}}]`)
	r, _ := broken()
	f.Fuzz(func(t *testing.T, batch string) {
		w := httptest.NewRecorder()
		r.serve(w, batchOf(batch))
		if w.Code/100 == 4 {
			return
		}
		var in []json.RawMessage
		var out []event.Event
		if err := json.Unmarshal([]byte(strings.TrimPrefix(batch, "\ufeff")), &in); err != nil {
			t.Fatalf("%q is answered %d", batch, w.Code)
		}
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || len(out) != len(in) {
			t.Fatalf("%q is answered with %d events: %s, %v", batch, len(out), w.Body, err)
		}
		for _, e := range out {
			if err := e.Validate(); err != nil {
				t.Fatalf("%q is answered with %v: %v", batch, e, err)
			}
		}
	})
}

// TestCanceledBetweenComments: an event of many comments ends when its sender goes away.
func TestCanceledBetweenComments(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := (&classifier{}).predict(ctx, &predictions{}, []string{"a"}); reason(err) != "canceled" {
		t.Error(err)
	}
}
