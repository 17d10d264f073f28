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

// policy lets the page load files of this server only, and keeps scripts from making markup of text.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; " +
	"form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

const tokenCookie = "reddit-classifier-console"

// guard protects the page. It refuses requests for other host names (DNS rebinding) and from pages of other sites.
// Unless the server listens on a loopback address, it requires the token.
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
			http.Error(w, "this console does not have that host name: open it by its address", http.StatusMisdirectedRequest)
		case s.token != "" && !s.hasToken(r):
			s.setTokenCookie(w, r)
		default:
			sameOrigin.ServeHTTP(w, r)
		}
	})
}

// isOwn reports whether a Host header names this server: localhost, a loopback address or, if the server listens on
// other addresses, any address and the names of the machine. Other names could be those of an attacker that resolve to
// this server.
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

// setTokenCookie moves the token from the address that was printed to a cookie that scripts cannot read.
func (s *Server) setTokenCookie(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || r.URL.Path != "/" || !s.isToken(r.URL.Query().Get("token")) {
		http.Error(w, "the console requires its token: open the address that it printed", http.StatusForbidden)
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
