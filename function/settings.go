package function

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/metrics"
	"reddit-classifier/model"
)

// settings is a valid, parsed configuration.
type settings struct {
	modelPath string // empty: the built-in default
	modelName string // what clients call the model; empty: its own name
	rest      bool
	modelKey  ed25519.PublicKey // nil: the model need not be signed
	source    string            // of the function's events
	sink      *sinkSettings     // nil: answers are replies
	letters   *sinkSettings     // nil: refused events are answered with the refusal
	maxBody   int64
	maxAnswer int           // maximum size of an answer's data in bytes
	patience  time.Duration // how long a request may wait for memory in all
	explain   int
	labels    bool
	threshold float64 // NaN: the model's own
	dialect   dialect // how data is read
	log       *slog.Logger

	registry    *metrics.Registry // nil: no metrics
	metricsAddr string            // empty: the metrics have no port of their own
	metricsPath string            // on the public port; empty: none
}

// sinkSettings say where and how events are posted.
type sinkSettings struct {
	url          string
	extensions   []cloudevent.Extension // added to each event
	roots        *x509.CertPool         // nil: the system's
	timeout      time.Duration
	withoutToken bool // must not get the token, which is for K_SINK
}

// parse returns the settings, or an error that names the first one whose value cannot be used.
func (c Config) parse() (*settings, error) {
	s := &settings{
		modelPath: c.ModelPath,
		modelName: c.ModelName,
		rest:      c.REST,
		maxBody:   c.MaxBodyBytes,
		patience:  c.patience(),
		explain:   c.Explain,
		labels:    c.Labels,
		log:       c.Log,
	}
	if s.log == nil {
		s.log = slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: c.LogLevel, ReplaceAttr: LogDuration}))
	}
	source, err := url.Parse(c.EventSource)
	if err != nil || source.String() == "" {
		return nil, unacceptable("EVENT_SOURCE", c.EventSource)
	}
	s.source = source.String()
	if c.SinkTimeout < time.Millisecond || c.SinkTimeout > 29*time.Second {
		return nil, unacceptable("SINK_TIMEOUT", c.SinkTimeout)
	}
	if c.MaxBodyBytes < 1<<10 || c.MaxBodyBytes > 1<<30 {
		return nil, unacceptable("MAX_BODY_BYTES", c.MaxBodyBytes)
	}
	if c.RequireSink && c.Sink == "" {
		return nil, configError("REQUIRE_SINK", "is true, but there is no K_SINK: apply config/overlays/sink, whose "+
			"SinkBinding sets it, or set REQUIRE_SINK=false if a Broker or Channel takes the replies")
	}
	if c.Explain < 0 || c.Explain > 100 {
		return nil, unacceptable("EXPLAIN", c.Explain)
	}
	if c.ModelKey != "" {
		if s.modelKey, err = model.ParsePublicKey(c.ModelKey); err != nil {
			return nil, configError("MODEL_PUBLIC_KEY",
				"is not an ed25519 public key in 64 hex digits, base64 or PEM (its value is not shown, it could be a private key)")
		}
	}
	if s.threshold, err = c.parseThreshold(); err != nil {
		return nil, err
	}
	if s.dialect, err = c.parseDialect(); err != nil {
		return nil, err
	}
	if s.sink, err = c.parseSink(); err != nil {
		return nil, err
	}
	if s.letters, err = c.parseLetters(s.sink); err != nil {
		return nil, err
	}
	if s.maxAnswer, err = c.parseMaxAnswer(); err != nil {
		return nil, err
	}
	return s, c.parseMetrics(s)
}

// topicAnswer is the default maximum size, in bytes, of an answer that is posted to Kafka: the limit for records in
// config/topics, minus room for attributes.
const topicAnswer = 983040 - attributesRoom

// attributesRoom is how many bytes of a record are kept for the attributes of its event.
const attributesRoom = 16 << 10

func (c Config) parseMaxAnswer() (int, error) {
	switch {
	case c.MaxAnswer == 0 && c.Sink == "":
		return maxAnswer, nil
	case c.MaxAnswer == 0:
		return topicAnswer, nil
	case c.MaxAnswer < 1<<10 || c.MaxAnswer > maxAnswer:
		return 0, unacceptable("MAX_ANSWER_BYTES", c.MaxAnswer)
	}
	return int(c.MaxAnswer), nil
}

// parseLetters returns the settings of the dead letter sink, or nil if there is none.
func (c Config) parseLetters(sink *sinkSettings) (*sinkSettings, error) {
	if c.DeadLetter == "" {
		return nil, nil
	}
	to, err := url.Parse(c.DeadLetter)
	if err != nil {
		return nil, errDeadLetter
	}
	if !to.IsAbs() {
		if sink == nil {
			return nil, nil
		}
		base, err := url.Parse(sink.url)
		if err != nil {
			return nil, errDeadLetter
		}
		to = base.ResolveReference(to)
	}
	if !cloudevent.IsSinkURL(to.String()) {
		return nil, errDeadLetter
	}
	letters := &sinkSettings{url: to.String(), timeout: c.SinkTimeout, withoutToken: true}
	if sink != nil {
		letters.withoutToken = !sameHost(sink.url, letters.url)
	}
	if letters.roots, err = c.roots(); err != nil {
		return nil, err
	}
	letters.extensions, err = c.extensions()
	return letters, err
}

var errDeadLetter = configError(
	"DEAD_LETTER_SINK",
	"is neither an http or https URL nor a reference such as reddit-classifier-errors "+
		"(its value is not shown, it may contain a password)",
)

func sameHost(a, b string) bool {
	u, err := url.Parse(a)
	v, err2 := url.Parse(b)
	return err == nil && err2 == nil && u.Scheme == v.Scheme && u.Host == v.Host
}

// parseThreshold returns NaN if THRESHOLD is not set.
func (c Config) parseThreshold() (float64, error) {
	if c.Threshold == "" {
		return math.NaN(), nil
	}
	threshold, err := strconv.ParseFloat(c.Threshold, 64)
	if err != nil || !(threshold >= 0 && threshold <= 1) {
		return 0, unacceptable("THRESHOLD", c.Threshold)
	}
	return threshold, nil
}

// parseDialect returns how data is read.
func (c Config) parseDialect() (dialect, error) {
	d := dialect{confluent: c.Confluent, textName: c.TextField}
	for _, field := range []struct {
		name, value string
		path        *[]string
	}{{"TEXT_FIELD", c.TextField, &d.textField}, {"ID_FIELD", c.IDField, &d.idField}} {
		if field.value == "" {
			continue
		}
		*field.path = strings.Split(field.value, ".")
		if slices.Contains(*field.path, "") {
			return d, unacceptable(field.name, field.value)
		}
	}
	if c.IDField != "" && c.TextField == "" {
		return d, configError("ID_FIELD",
			"is set, but TEXT_FIELD is not: set both, or neither")
	}
	return d, nil
}

// parseMetrics sets the registry, the address and the path of the metrics.
func (c Config) parseMetrics(s *settings) error {
	s.registry, s.metricsPath = c.Registry, c.MetricsPath
	if p := c.MetricsPath; p != "" && (len(p) < 2 || p[0] != '/') {
		return unacceptable("METRICS_PATH", p)
	}
	addr := c.MetricsAddr
	switch {
	case addr == "off" || s.registry != nil:
		addr = ""
	case addr == "" && os.Getenv("KUBERNETES_SERVICE_HOST") != "": // set in every pod
		addr = defaultMetricsAddr
	}
	if addr != "" {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			return unacceptable("METRICS_ADDRESS", c.MetricsAddr)
		}
	}
	s.metricsAddr = addr
	if s.registry == nil && (addr != "" || s.metricsPath != "") {
		s.registry = metrics.NewRegistry()
	}
	return nil
}

// defaultMetricsAddr avoids 9090 and 9091, which Knative's queue-proxy uses.
const defaultMetricsAddr = ":9095"

// patience returns how long a request may wait for memory, both kinds together.
func (c Config) patience() time.Duration {
	const patience = 10 * time.Second
	if c.Sink == "" {
		return patience
	}
	// The server gives up after 30s, and posting to the sink comes after the wait.
	return min(patience, 29500*time.Millisecond-c.SinkTimeout)
}

// parseSink returns nil without K_SINK, but checks the other settings of the sink in any case.
func (c Config) parseSink() (*sinkSettings, error) {
	if c.Sink != "" && !cloudevent.IsSinkURL(c.Sink) {
		return nil, configError("K_SINK",
			"is not an http or https URL such as http://host/path (its value is not shown, it may contain a password)")
	}
	if c.Sink != "" && c.Audience != "" {
		if _, err := os.Stat(tokenFile); err != nil {
			return nil, configError("K_AUDIENCE", "is "+cloudevent.Quote(c.Audience)+", but there is no token in "+tokenFile+
				": let a SinkBinding mount it, or unset K_AUDIENCE")
		}
	}
	roots, err := c.roots()
	if err != nil {
		return nil, err
	}
	extensions, err := c.extensions()
	if err != nil || c.Sink == "" {
		return nil, err
	}
	return &sinkSettings{url: c.Sink, extensions: extensions, roots: roots, timeout: c.SinkTimeout}, nil
}

// trustBundles is the folder where a SinkBinding mounts the certificates that the cluster trusts.
var trustBundles = "/knative-custom-certs"

// roots returns the trusted certificates, or nil if there are only the system's.
func (c Config) roots() (*x509.CertPool, error) {
	bundles, _ := filepath.Glob(filepath.Join(trustBundles, "*.pem"))
	if c.CACerts == "" && len(bundles) == 0 {
		return nil, nil
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if c.CACerts != "" && !roots.AppendCertsFromPEM([]byte(c.CACerts)) {
		return nil, configError("K_CA_CERTS",
			"holds no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----")
	}
	for _, path := range bundles {
		pem, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("reading the cluster's trusted certificates: %w", err)
		}
		roots.AppendCertsFromPEM(pem)
	}
	return roots, nil
}

// extensions returns the extensions of K_CE_OVERRIDES, sorted by name.
func (c Config) extensions() ([]cloudevent.Extension, error) {
	if strings.TrimSpace(c.CEOverrides) == "" { // a SinkBinding without overrides sets it to nothing
		return nil, nil
	}
	var o struct {
		Extensions map[string]string `json:"extensions"`
	}
	if err := json.Unmarshal([]byte(c.CEOverrides), &o); err != nil {
		return nil, configError("K_CE_OVERRIDES", `is not JSON of the form {"extensions":{"name":"value"}} whose values are `+
			"all strings (its value is not shown, it may contain a token)")
	}
	var all []cloudevent.Extension
	for _, name := range slices.Sorted(maps.Keys(o.Extensions)) {
		lower := strings.ToLower(name)
		if !cloudevent.IsExtensionName(lower) {
			return nil, configError("K_CE_OVERRIDES", "has the extension "+cloudevent.Quote(name)+
				": a name consists of letters and digits, and is not that of a standard attribute such as id")
		}
		all = append(all, cloudevent.Extension{Name: lower, Value: o.Extensions[name]})
	}
	return all, nil
}
