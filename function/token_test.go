package function

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"reddit-classifier/cloudevent"
)

// TestToken: the token of the mounted file is sent, and read again when the sink does not take it.
func TestToken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	write := func(s string) {
		if err := os.WriteFile(path, []byte(s+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("old")
	var seen []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
		if len(seen) == 1 {
			write("new")
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer server.Close()
	c := Defaults()
	c.Sink, c.SinkTimeout = server.URL, time.Second
	settings, err := c.parse()
	if err != nil {
		t.Fatal(err)
	}
	s := newSink(settings.sink, silent)
	defer s.close()
	s.token.path = path
	if err := s.post(context.Background(), &cloudevent.Event{ID: "1", Source: "/us", Type: PredictionType},
		trace{}); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 2 || seen[0] != "Bearer old" || seen[1] != "Bearer new" {
		t.Errorf("the sink saw %q", seen)
	}
}
