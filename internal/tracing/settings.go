package tracing

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// settings say where and how spans are exported.
type settings struct {
	endpoint *url.URL
	header   http.Header
	timeout  time.Duration // of one export, retries included
	gzip     bool
	tls      *tls.Config
}

const (
	defaultEndpoint = "http://localhost:4318"
	tracesPath      = "v1/traces"
	defaultTimeout  = 10 * time.Second
)

// redactedEndpoint returns the endpoint for the log, without what may be secret.
func (s *settings) redactedEndpoint() string {
	return (&url.URL{Scheme: s.endpoint.Scheme, Host: s.endpoint.Host, Path: s.endpoint.Path}).String()
}

// environment looks variables up by name.
type environment func(name string) string

// otlp returns the value of OTEL_EXPORTER_OTLP_TRACES_… or else of OTEL_EXPORTER_OTLP_…, and the name of the one that
// counts.
func (env environment) otlp(suffix string) (name, value string) {
	for _, prefix := range []string{"OTEL_EXPORTER_OTLP_TRACES_", "OTEL_EXPORTER_OTLP_"} {
		if value := strings.TrimSpace(env(prefix + suffix)); value != "" {
			return prefix + suffix, value
		}
	}
	return "OTEL_EXPORTER_OTLP_" + suffix, ""
}

// readSettings returns what the environment asks for, nil if it asks for no traces or for what this program cannot do.
// Traces are asked for by an exporter or an endpoint. What cannot be used is logged by name.
func readSettings(env environment, log *slog.Logger) *settings {
	if strings.EqualFold(strings.TrimSpace(env("OTEL_SDK_DISABLED")), "true") {
		return nil
	}
	exporter := strings.ToLower(strings.TrimSpace(env("OTEL_TRACES_EXPORTER")))
	_, endpoint := env.otlp("ENDPOINT")
	if exporter == "none" || exporter == "" && endpoint == "" {
		return nil
	}
	s, err := env.parse(exporter)
	if err != nil {
		log.Error("no traces are exported", "error", err.Error())
		return nil
	}
	return s
}

// setting is the error that the value of a variable cannot be used. Values of those that may hold a secret are left
// out.
func setting(name, format string, args ...any) error {
	return fmt.Errorf("setting "+name+" "+format, args...)
}

func (env environment) parse(exporter string) (s *settings, err error) {
	if exporter != "" && exporter != "otlp" {
		return nil, setting("OTEL_TRACES_EXPORTER", "is %q, which this program does not have: set otlp or none", exporter)
	}
	if name, protocol := env.otlp("PROTOCOL"); protocol != "" && protocol != "http/protobuf" {
		return nil, setting(name, "is %q, which this program does not speak: set http/protobuf, "+
			"and the endpoint to the collector's port for HTTP, which is 4318 unless it was changed", protocol)
	}
	s = &settings{timeout: defaultTimeout}
	if s.endpoint, err = env.endpoint(); err != nil {
		return nil, err
	}
	if name, value := env.otlp("HEADERS"); value != "" {
		if s.header, err = parseHeaders(value); err != nil {
			return nil, setting(name, "is not a list such as name=value,name=value (it is not shown, it may hold a secret)")
		}
	}
	if name, value := env.otlp("TIMEOUT"); value != "" {
		ms, err := strconv.Atoi(value)
		if err != nil || ms <= 0 || ms > 600_000 {
			return nil, setting(name, "is %q, not a number of milliseconds up to 600000, such as 10000", value)
		}
		s.timeout = time.Duration(ms) * time.Millisecond
	}
	switch name, value := env.otlp("COMPRESSION"); value {
	case "gzip":
		s.gzip = true
	case "", "none":
	default:
		return nil, setting(name, "is %q, not gzip or none", value)
	}
	s.tls, err = env.tls()
	return s, err
}

// endpoint returns the URL that spans are posted to.
func (env environment) endpoint() (*url.URL, error) {
	name, value := env.otlp("ENDPOINT")
	u, err := url.Parse(cmp.Or(value, defaultEndpoint))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, setting(name, "is not an http or https URL such as %s (it is not shown, it may hold a password)",
			defaultEndpoint)
	}
	switch {
	case name == "OTEL_EXPORTER_OTLP_ENDPOINT":
		u = u.JoinPath(tracesPath)
	case u.Path == "":
		u.Path = "/"
	}
	return u, nil
}

var errHeaders = errors.New("not a list of headers")

// parseHeaders reads name=value,name=value, where values are percent-encoded.
func parseHeaders(list string) (http.Header, error) {
	h := make(http.Header)
	for pair := range strings.SplitSeq(list, ",") {
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		name, value, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		name = strings.TrimSpace(name)
		if !ok || err != nil || name == "" || strings.ContainsAny(name, " \t:") || strings.ContainsAny(value, "\r\n\x00") {
			return nil, errHeaders
		}
		h.Set(name, value)
	}
	return h, nil
}

// tls returns nil when the system's certificates do.
func (env environment) tls() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if name, path := env.otlp("CERTIFICATE"); path != "" {
		pem, err := os.ReadFile(path)
		if err != nil {
			return nil, setting(name, "names a file that cannot be read: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, setting(name, "names %q, which has no certificate in PEM form", path)
		}
	}
	name, certificate := env.otlp("CLIENT_CERTIFICATE")
	keyName, key := env.otlp("CLIENT_KEY")
	if (certificate == "") != (key == "") {
		return nil, setting(name, "and %s go together: set both or none", keyName)
	}
	if certificate != "" {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return nil, setting(name, "and %s cannot be used: %w", keyName, err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}
