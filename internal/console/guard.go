package console

import (
	"crypto/rand"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
)

// policy lets the page load what this server has, and nothing else; text cannot become markup, not even by mistake.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; " +
	"form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

const tokenCookie = "reddit-classifier-console"

// guard answers only those who may ask: a browser that was not led here by another site's name (DNS rebinding) or page,
// and, unless the listener is a loopback's, one that has the token.
func (s *Server) guard(next http.Handler) http.Handler {
	sameOrigin := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		switch {
		case !s.isOwn(r.Host):
			http.Error(w, "this console has no such name: open it by its address", http.StatusMisdirectedRequest)
		case s.token != "" && !s.hasToken(r):
			s.admit(w, r)
		default:
			sameOrigin.ServeHTTP(w, r)
		}
	})
}

// isOwn tells whether a Host header names this server: an address of the loopback or, when it listens on others, any
// address and the names of the machine. A name that a stranger has made lead here is none of these.
func (s *Server) isOwn(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	if strings.EqualFold(name, "localhost") {
		return true
	}
	if ip, err := netip.ParseAddr(name); err == nil {
		return s.token != "" || ip.IsLoopback()
	}
	if s.token == "" {
		return false
	}
	own, err := os.Hostname()
	return err == nil && strings.EqualFold(name, own) || strings.EqualFold(name, s.host)
}

func (s *Server) hasToken(r *http.Request) bool {
	c, err := r.Cookie(tokenCookie)
	return err == nil && s.isToken(c.Value)
}

func (s *Server) isToken(v string) bool {
	return subtle.ConstantTimeCompare([]byte(v), []byte(s.token)) == 1
}

// admit takes the token out of the address that was printed, and keeps it in a cookie that no script reads.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || r.URL.Path != "/" || !s.isToken(r.URL.Query().Get("token")) {
		http.Error(w, "the console asks for its token: open the address that it printed", http.StatusForbidden)
		return
	}
	http.SetCookie(
		w,
		&http.Cookie{Name: tokenCookie, Value: s.token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode},
	)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func newToken() string { return rand.Text() }

func isLoopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
