package console

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"reddit-classifier/model"
)

//go:embed page
var files embed.FS

// Config says what the page shows.
type Config struct {
	Listen  string       // ADDRESS; empty: 127.0.0.1:8082. Only the loopback does without a token.
	Model   *model.Model // that answers are read and explained with
	Against *model.Model // to compare with in the box; nil: none
	Topics  Topics
	// Replay puts dead letters back that were refused for a reason (empty: all), or says what it would do. Nil: not
	// allowed.
	Replay func(ctx context.Context, reason string, dryRun bool) (Replayed, error)
}

// Topics are what the page calls them.
type Topics struct {
	Input  string `json:"input"`
	Output string `json:"output"`
	Errors string `json:"errors"`
}

// Server serves the page. What its Feed is told, the page shows.
type Server struct {
	Feed     *Feed
	config   Config
	judges   []*judge // the model and, if there is one, what it is compared with
	listener net.Listener
	host     string // as it was asked to listen on
	token    string // empty: none is asked for
	tickets  tickets
	handler  http.Handler
	stopping context.Context
	stop     context.CancelFunc
}

// DefaultListen is where the page is unless told otherwise.
const DefaultListen = "127.0.0.1:8082"

// New returns a server that listens, so that its URL is known, and serves once Serve is called.
func New(c Config) (*Server, error) {
	s := &Server{config: c}
	for _, m := range []*model.Model{c.Model, c.Against} {
		if m == nil {
			continue
		}
		j, err := newJudge(m)
		if err != nil {
			return nil, fmt.Errorf("the console cannot explain the model %s: %w", m.Name(), err)
		}
		s.judges = append(s.judges, j)
	}
	s.Feed = newFeed(s.judges[0])
	if c.Listen == "" {
		c.Listen = DefaultListen
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return nil, err
	}
	s.listener = l
	s.host, _, _ = net.SplitHostPort(c.Listen)
	if !isLoopback(l.Addr()) {
		s.token = newToken()
	}
	s.handler = s.guard(s.routes())
	s.stopping, s.stop = context.WithCancel(context.Background())
	return s, nil
}

// URL returns the address to open, with the token where one is asked for.
func (s *Server) URL() string {
	if s.token == "" {
		return "http://" + s.listener.Addr().String() + "/"
	}
	host := s.host
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		if name, err := os.Hostname(); err == nil {
			host = name
		}
	}
	port := s.listener.Addr().(*net.TCPAddr).Port
	return "http://" + net.JoinHostPort(host, strconv.Itoa(port)) + "/?token=" + s.token
}

// Serve serves until ctx is done.
func (s *Server) Serve(ctx context.Context) error {
	defer s.stop()
	server := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       2 * time.Minute,
	}
	go s.Feed.run(s.stopping)
	defer context.AfterFunc(ctx, func() {
		s.stop()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			_ = server.Close()
		}
	})()
	if err := server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("the console ended: %w", err)
	}
	return nil
}

// Close lets the address go, of a server that does not serve.
func (s *Server) Close() error { return s.listener.Close() }

func (s *Server) routes() http.Handler {
	page, err := fs.Sub(files, "page")
	if err != nil {
		panic(err) // it is part of the program
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(page))
	mux.HandleFunc("GET /api/events", s.events)
	mux.HandleFunc("GET /api/about", s.about)
	mux.HandleFunc("GET /api/entries/{n}", s.entry)
	mux.HandleFunc("GET /api/threshold", s.threshold)
	mux.HandleFunc("POST /api/predict", s.predict)
	mux.HandleFunc("POST /api/replay", s.replay)
	return mux
}
