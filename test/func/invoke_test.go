package host

import (
	"context"
	"strings"
	"testing"

	fn "knative.dev/func/pkg/functions"
)

// TestInvoke sends the request of `func invoke --format cloudevent --data …`. The format is required: with invoke: http
// in func.yaml, func would post the data alone, which is not an event.
func TestInvoke(t *testing.T) {
	dir := built(t)
	i := start(t, own(dir), nil)
	i.ready(t)
	m := fn.NewInvokeMessage()
	m.Format, m.Data = "cloudevent", []byte(`{"data":{"ndarray":["This is an input"]}}`)
	_, answer, err := client().Invoke(context.Background(), dir, i.url, m)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"reddit.classifier.prediction.v1", "causationid: " + m.ID, `"ndarray"`} {
		if !strings.Contains(answer, want) {
			t.Errorf("the answer lacks %q:\n%s", want, answer)
		}
	}
}
