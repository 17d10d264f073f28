package function_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/cloudevents/sdk-go/v2/event"

	"reddit-classifier/function"
)

// A record as a KafkaSource delivers it, and the answer.
func Example() {
	c := function.Defaults()
	c.LogLevel = 8 // errors only
	f := function.NewWith(c)
	if err := f.Start(context.Background(), nil); err != nil {
		fmt.Println(err)
		return
	}
	defer f.Stop(context.Background())
	server := httptest.NewServer(http.HandlerFunc(f.Handle)) // func-go's service when deployed
	defer server.Close()

	r, _ := http.NewRequest(http.MethodPost, server.URL, strings.NewReader(`{"data":{"ndarray":["This is an input"]}}`))
	r.Header.Set("ce-specversion", "1.0")
	r.Header.Set("ce-type", "dev.knative.kafka.event")
	r.Header.Set("ce-source", "/apis/v1/namespaces/default/kafkasources/comments#reddit-classifier-input")
	r.Header.Set("ce-id", "partition:1/offset:0")
	answer, err := server.Client().Do(r)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer answer.Body.Close()
	fmt.Println(answer.StatusCode, answer.Header.Get("ce-type"), answer.Header.Get("ce-causationid"))
	// Output: 200 reddit.classifier.prediction.v1 partition:1/offset:0
}

// Events from elsewhere than HTTP: one in, one out.
func ExampleFunction_HandleEvent() {
	c := function.Defaults()
	c.ModelPath = "original" // else the default
	c.LogLevel = 8
	f := function.NewWith(c)
	if err := f.Start(context.Background(), nil); err != nil {
		fmt.Println(err)
		return
	}
	defer f.Stop(context.Background())

	in := event.New()
	in.SetID("1")
	in.SetSource("/somewhere")
	in.SetType("comment")
	_ = in.SetData("application/json", map[string]any{"data": map[string]any{"ndarray": []string{"This is an input"}}})
	out, err := f.HandleEvent(context.Background(), in)
	fmt.Println(string(out.Data()), err)

	_ = in.SetData("application/json", map[string]any{"data": map[string]any{"ndarray": []int{1, 2}}})
	_, err = f.HandleEvent(context.Background(), in)
	fmt.Println(function.AsError(err).Code, err)
	// Output:
	// {"data":{"names":["t:0","t:1"],"ndarray":[[0.6841162584069689,0.31588374159303106]]},"meta":{}} <nil>
	// 422 ndarray holds a number instead of a text (not_text)
}
