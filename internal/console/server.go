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
	Listen  string       // HOST:PORT; empty: DefaultListen. Any host but the loopback requires a token.
	Model   *model.Model // labels and explains the answers
	Against *model.Model // a second model for comments that are tried; may be nil
	Topics  Topics
	Samples []string // keys of records that are fed to be refused, as samples of dead letters
	// Replay replays the dead letters with a reason (empty: all). A dry run only tells what it would do. Nil disables it.
	Replay func(ctx context.Context, reason string, dryRun bool) (Replayed, error)
}

// Topics has the names of the topics.
type Topics struct {
	Input  string `json:"input"`
	Output string `json:"output"`
	Errors string `json:"errors"`
}

// Server serves the page, which shows the records of its Feed.
type Server struct {
	Feed     *Feed
	config   Config
	models   []*pageModel // the model and, if given, the one to compare with
	listener net.Listener
	host     string // of Config.Listen
	token    string // empty: not required
	tickets  tickets
	handler  http.Handler
	stopping context.Context
	stop     context.CancelFunc
}

// DefaultListen is the default address of the page.
const DefaultListen = "127.0.0.1:8082"

// New returns a server that listens, so that its URL is known. [Server.Serve] starts to serve.
func New(c Config) (*Server, error) {
	s := &Server{config: c}
	for _, m := range []*model.Model{c.Model, c.Against} {
		if m == nil {
			continue
		}
		p, err := newPageModel(m)
		if err != nil {
			return nil, fmt.Errorf("the console cannot explain the model %s: %w", m.Name(), err)
		}
		s.models = append(s.models, p)
	}
	s.Feed = newFeed(s.models[0])
	s.Feed.samples = c.Samples
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

// URL returns the address to open, with the token if one is required.
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
		return fmt.Errorf("the console failed: %w", err)
	}
	return nil
}

// Close closes the listener of a server that does not serve.
func (s *Server) Close() error { return s.listener.Close() }

func (s *Server) routes() http.Handler {
	page, err := fs.Sub(files, "page")
	if err != nil {
		panic(err) // unreachable: the folder is embedded
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
