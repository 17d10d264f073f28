package function_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	fn "knative.dev/func-go/http"

	"reddit-classifier/function"
)

// The hooks that func-go looks for.
var (
	_ fn.Handler           = (*function.Function)(nil)
	_ fn.Starter           = (*function.Function)(nil)
	_ fn.Stopper           = (*function.Function)(nil)
	_ fn.ReadinessReporter = (*function.Function)(nil)
	_ fn.LivenessReporter  = (*function.Function)(nil)
)

// TestService goes through func-go's own service: its routes, its time-outs, a real connection.
func TestService(t *testing.T) {
	zerolog.SetGlobalLevel(zerolog.Disabled)
	c := function.Defaults()
	c.LogLevel, c.MaxBodyBytes = 100, 1<<20
	f := function.NewWith(c)
	service := fn.New(f)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error)
	go func() { served <- service.Serve(listener) }()
	url := "http://" + listener.Addr().String()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	send := func(method, path string, body io.Reader) (int, string) {
		t.Helper()
		r, _ := http.NewRequest(method, url+path, body)
		r.Header = kafka("").Header
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(method, path, err)
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(b)
	}
	expect := func(want int, method, path string, body io.Reader) {
		t.Helper()
		if got, text := send(method, path, body); got != want {
			t.Errorf("%s %s is answered %d %s, want %d", method, path, got, text, want)
		}
	}
	expect(503, "GET", "/health/readiness", nil)
	expect(200, "GET", "/health/liveness", nil)
	expect(503, "POST", "/", strings.NewReader("a"))
	if err := f.Start(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	expect(200, "GET", "/health/readiness", nil)
	expect(200, "POST", "/", strings.NewReader(`{"data":{"ndarray":["This is an input"]}}`))
	expect(200, "POST", "/any/path", strings.NewReader("a"))
	expect(422, "POST", "/", nil)
	expect(405, "GET", "/", nil)
	// The whole of an overlong body is taken, or the client would see a broken connection instead of the answer.
	expect(413, "POST", "/", io.LimitReader(endless{}, 10<<20))
	expect(413, "POST", "/", strings.NewReader(strings.Repeat("a", 10<<20)))
	expect(200, "POST", "/", strings.NewReader("a"))

	if err := service.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	if err := f.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	if ready, _ := f.Ready(context.Background()); ready {
		t.Error("ready after stop")
	}
	if err := <-served; err != http.ErrServerClosed {
		t.Error(err)
	}
}
