package console

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"reddit-classifier/model"
	"reddit-classifier/test/shared"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newServer(t *testing.T, c Config) *Server {
	t.Helper()
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	c.Model = m
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// ask passes a request to the handler of the server, without a network.
func ask(s *Server, method, path, body string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://"+s.listener.Addr().String()+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

func host(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func TestOnlyOwnNames(t *testing.T) {
	s := newServer(t, Config{})
	for name, want := range map[string]int{
		"127.0.0.1:8082": 200, "127.0.0.1": 200, "localhost:8082": 200, "LOCALHOST": 200, "[::1]:8082": 200,
		"127.1.2.3:1":       200,
		"evil.example:8082": 421, "evil.example": 421, "localhost.evil.example": 421, "": 421, "10.0.0.1:8082": 421,
		"127.0.0.1.evil.example": 421,
		"0.0.0.0:8082":           421, "[::]": 421,
	} {
		if got := ask(s, "GET", "/", "", host(name)).Code; got != want {
			t.Errorf("Host %q: %d, want %d", name, got, want)
		}
	}
}

func TestPageLoadsNothingElse(t *testing.T) {
	s := newServer(t, Config{})
	for path, kind := range map[string]string{"/": "text/html", "/app.js": "text/javascript", "/style.css": "text/css",
		"/icon.svg": "image/svg+xml"} {
		w := ask(s, "GET", path, "")
		if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), kind) {
			t.Errorf("%s: %d, %s", path, w.Code, w.Header().Get("Content-Type"))
		}
		for _, directive := range []string{"default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'",
			"frame-ancestors 'none'"} {
			if !strings.Contains(w.Header().Get("Content-Security-Policy"), directive) {
				t.Errorf("%s: the policy has no %s", path, directive)
			}
		}
		if strings.Contains(w.Body.String(), "innerHTML") ||
			strings.Contains(strings.ReplaceAll(w.Body.String(), "http://www.w3.org/2000/svg", ""), "://") {
			t.Errorf("%s makes markup of text, or has the address of another host", path)
		}
	}
}

func TestOnlySameOrigin(t *testing.T) {
	s := newServer(t, Config{})
	own := "http://" + s.listener.Addr().String()
	for _, test := range []struct {
		name   string
		change func(*http.Request)
		want   int
	}{
		{"no browser", func(*http.Request) {}, 200},
		{"the page", header("Sec-Fetch-Site", "same-origin"), 200},
		{"the page, by its origin", header("Origin", own), 200},
		{"another site", header("Sec-Fetch-Site", "cross-site"), 403},
		{"another port of the same machine", header("Sec-Fetch-Site", "same-site"), 403},
		{"another site, by its origin", header("Origin", "http://evil.example"), 403},
		{"a sandboxed frame", header("Origin", "null"), 403},
		{"a form", header("Content-Type", "text/plain"), 415},
	} {
		if got := ask(s, "POST", "/api/predict", `{"text":"a"}`, test.change).Code; got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}

// A server that does not listen on a loopback address requires the token. The address that it prints sets a cookie.
func TestTokenBeyondLoopback(t *testing.T) {
	s := newServer(t, Config{Listen: "0.0.0.0:0"})
	if s.token == "" || !strings.HasSuffix(s.URL(), "/?token="+s.token) {
		t.Fatalf("URL %s", s.URL())
	}
	shared.Background(t, s.Serve)
	defer http.DefaultClient.CloseIdleConnections()
	_, port, _ := net.SplitHostPort(s.listener.Addr().String())
	base := "http://127.0.0.1:" + port
	get := func(client *http.Client, path string) (int, string) {
		resp, err := client.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(b)
	}
	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Jar: jar}
	for _, path := range []string{"/", "/api/about", "/app.js", "/?token=", "/?token=" + strings.Repeat("A", len(s.token)),
		"/api/about?token=" + s.token} {
		if code, _ := get(browser, path); code != 403 {
			t.Errorf("%s without the token: %d", path, code)
		}
	}
	if code, body := get(browser, "/?token="+s.token); code != 200 || !strings.Contains(body, "<title>Console") {
		t.Errorf("with the token: %d", code)
	}
	if code, body := get(browser, "/api/about"); code != 200 || !strings.Contains(body, `"digest"`) {
		t.Errorf("after that: %d", code)
	}
	for _, name := range []string{"evil.example", "evil.example:" + port} {
		if got := ask(s, "GET", "/", "", host(name)).Code; got != 421 {
			t.Errorf("Host %q: %d", name, got)
		}
	}
	browser.CloseIdleConnections()
}

func TestReplayNeedsItsDryRun(t *testing.T) {
	var dry []bool
	allowed := Config{Replay: func(_ context.Context, _ string, dryRun bool) (Replayed, error) {
		dry = append(dry, dryRun)
		return Replayed{}, nil
	}}
	if w := ask(newServer(t, Config{}), "POST", "/api/replay", `{}`); w.Code != 403 ||
		!strings.Contains(w.Body.String(), "--allow-replay") {
		t.Errorf("not allowed: %d %s", w.Code, w.Body)
	}
	s := newServer(t, allowed)
	ticket := func() string {
		_, after, _ := strings.Cut(ask(s, "POST", "/api/replay", `{"reason":"not_text"}`).Body.String(), `"ticket":"`)
		name, _, _ := strings.Cut(after, `"`)
		return name
	}
	first := ticket()
	for _, test := range []struct {
		name, body string
		want       int
	}{
		{"made up", `{"reason":"not_text","ticket":"x"}`, 403},
		{"valid", `{"reason":"not_text","ticket":"` + first + `"}`, 200},
		{"used twice", `{"reason":"not_text","ticket":"` + first + `"}`, 403},
		{"for another reason", `{"reason":"","ticket":"` + ticket() + `"}`, 403},
	} {
		if w := ask(s, "POST", "/api/replay", test.body); w.Code != test.want {
			t.Errorf("a ticket %s: %d, want %d", test.name, w.Code, test.want)
		}
	}
	replays := 0
	for _, d := range dry {
		if !d {
			replays++
		}
	}
	if replays != 1 || len(dry) != 3 {
		t.Errorf("replayed %d times in %d calls", replays, len(dry))
	}
	old := s.tickets.issue("r", time.Now().Add(-ticketTTL-time.Second))
	if s.tickets.use(old, "r", time.Now()) {
		t.Error("a ticket does not expire")
	}
}
