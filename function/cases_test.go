package function_test

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"reddit-classifier/function"
	"reddit-classifier/test/shared"
)

// TestCases sends the inputs of the field, as a KafkaSource delivers records that hold them.
func TestCases(t *testing.T) {
	const hate = "I hate this so much"
	const structured = "application/cloudevents+json"
	framing := func(c *function.Config) { c.Confluent = true }
	for _, tt := range []struct {
		file, contentType string
		comment           string // predicted
		code              int    // refused
		message           string
		set               func(*function.Config)
	}{
		{file: "cli-line.json", comment: hate}, {file: "reddit-t1.json", comment: hate},
		{file: "connect-envelope.json", comment: "x"},
		{file: "debezium.json", comment: "x"}, {file: "double-encoded.json", comment: hate},
		{file: "oip-base64.json", comment: hate},
		{file: "confluent-jsonschema.bin", comment: hate, set: framing},
		{file: "time-lowercase.json", contentType: structured, comment: "hi"},
		{file: "ext-float.json", contentType: structured, code: 400, message: "fraction"},
		{file: "structured-without-header.json", code: 400, message: "without its content type"},
		{file: "confluent-avro.bin", code: 422, message: "Confluent"},
		{file: "confluent-jsonschema.bin", code: 422, message: "CONFLUENT_FRAMING=true"},
		{file: "confluent-avro.bin", code: 422, message: "Confluent", set: framing},
		{file: "python-repr.txt", code: 422, message: "Python"},
	} {
		data, err := os.ReadFile(shared.File(t, "cases", tt.file))
		if err != nil {
			t.Fatal(err)
		}
		r := kafka(string(data))
		if tt.contentType != "" {
			r = post(string(data), "Content-Type", tt.contentType)
		}
		if tt.set == nil {
			tt.set = func(*function.Config) {}
		}
		w := handle(start(t, tt.set), r)
		if tt.comment == "" {
			if w.Code != tt.code || !strings.Contains(w.Body.String(), tt.message) {
				t.Errorf("%s: answered %d %s", tt.file, w.Code, w.Body)
			}
			continue
		}
		want := handle(start(t), post(tt.comment, ce("Content-Type", "text/plain")...))
		if w.Code != 200 || probabilities(t, w) != probabilities(t, want) {
			t.Errorf("%s: answered %d %s, want %s", tt.file, w.Code, w.Body, want.Body)
		}
	}
}

// probabilities returns the first row of an answer in any form.
func probabilities(t *testing.T, w *httptest.ResponseRecorder) [2]float64 {
	t.Helper()
	var a struct {
		Data        struct{ Ndarray [][2]float64 }
		Predictions [][2]float64
		Outputs     []struct{ Data [2]float64 }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		t.Fatal(err, w.Body)
	}
	for _, o := range a.Outputs {
		a.Predictions = append(a.Predictions, o.Data)
	}
	if rows := append(a.Data.Ndarray, a.Predictions...); len(rows) == 1 {
		return rows[0]
	}
	t.Fatalf("not one row: %s", w.Body)
	return [2]float64{}
}
