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

// settings is a configuration whose values have been parsed, and can be used as they are.
type settings struct {
	modelPath string // empty: the built-in default
	modelName string // what clients call the model; empty: its own name
	rest      bool
	modelKey  ed25519.PublicKey // nil: the model need not be signed
	source    string            // of events that answer
	sink      *sinkSettings     // nil: answers are replies
	letters   *sinkSettings     // nil: refused events are answered with the refusal
	maxBody   int64
	maxAnswer int           // of data in an event
	patience  time.Duration // how long a request may wait for memory in all
	explain   int
	labels    bool
	threshold float64 // NaN: the model's own
	dialect   dialect // how data is read
	log       *slog.Logger

	registry    *metrics.Registry // nil: nothing is counted
	metricsAddr string            // empty: not served, or by somebody else
	metricsPath string            // on the public port; empty: not there
}

// sinkSettings say where and how events are posted.
type sinkSettings struct {
	url        string
	extensions []cloudevent.Extension // added to each event
	roots      *x509.CertPool         // nil: the system's
	timeout    time.Duration
	foreign    bool // the token that is mounted for K_SINK is not for it
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
		s.log = slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: c.LogLevel}))
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
		return nil, configError(
			"REQUIRE_SINK",
			"is true, but there is no K_SINK: apply config/overlays/sink, whose SinkBinding sets it, or set REQUIRE_SINK=false where a Broker or Channel takes the replies",
		)
	}
	if c.Explain < 0 || c.Explain > 100 {
		return nil, unacceptable("EXPLAIN", c.Explain)
	}
	if c.ModelKey != "" {
		if s.modelKey, err = model.ParsePublicKey(c.ModelKey); err != nil {
			return nil, configError("MODEL_PUBLIC_KEY",
				"is not an ed25519 public key in 64 hex digits, base64 or PEM (it is not shown, it could be a private one)")
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

// topicAnswer is how long an answer may be by default if it is posted to Kafka: as long as config/topics lets a record
// be, less attributes.
const topicAnswer = 983040 - attributesRoom

// attributesRoom is how many bytes of a record are left to the attributes of its event.
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

// parseLetters returns where refused events are posted to, nil if nowhere.
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
	letters := &sinkSettings{url: to.String(), timeout: c.SinkTimeout, foreign: true}
	if sink != nil {
		letters.foreign = !sameHost(sink.url, letters.url)
	}
	if letters.roots, err = c.roots(); err != nil {
		return nil, err
	}
	letters.extensions, err = c.extensions()
	return letters, err
}

var errDeadLetter = configError(
	"DEAD_LETTER_SINK",
	"is not an http or https URL, nor a reference such as reddit-classifier-errors (it is not shown, since it may hold a password)",
)

func sameHost(a, b string) bool {
	u, err := url.Parse(a)
	v, err2 := url.Parse(b)
	return err == nil && err2 == nil && u.Scheme == v.Scheme && u.Host == v.Host
}

// parseThreshold returns NaN for none.
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
			"is set, but TEXT_FIELD is not: it names the id of records whose text TEXT_FIELD names")
	}
	return d, nil
}

// parseMetrics reads what is counted and where it is to be had.
func (c Config) parseMetrics(s *settings) error {
	s.registry, s.metricsPath = c.Registry, c.MetricsPath
	if p := c.MetricsPath; p != "" && (len(p) < 2 || p[0] != '/') {
		return unacceptable("METRICS_PATH", p)
	}
	addr := c.MetricsAddr
	switch {
	case addr == "off" || s.registry != nil:
		addr = ""
	case addr == "" && os.Getenv("KUBERNETES_SERVICE_HOST") != "": // in every pod
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

// defaultMetricsAddr is beside 9090 and 9091, which Knative's queue-proxy has.
const defaultMetricsAddr = ":9095"

// patience returns how long a request may wait for memory in all.
func (c Config) patience() time.Duration {
	const patience = 10 * time.Second
	if c.Sink == "" {
		return patience
	}
	return min(
		patience,
		29500*time.Millisecond-c.SinkTimeout,
	) // the server gives up at 30s, and the sink's time is still to come
}

// parseSink returns nil without K_SINK. The settings that belong to it are checked all the same.
func (c Config) parseSink() (*sinkSettings, error) {
	if c.Sink != "" && !cloudevent.IsSinkURL(c.Sink) {
		return nil, configError("K_SINK",
			"is not an http or https URL, such as http://host/path (it is not shown, since it may hold a password)")
	}
	if c.Sink != "" && c.Audience != "" {
		if _, err := os.Stat(tokenFile); err != nil {
			return nil, configError(
				"K_AUDIENCE",
				"is "+cloudevent.Quote(
					c.Audience,
				)+", but the token that goes with it is not in "+tokenFile+": let a SinkBinding put it there, or unset both",
			)
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

// trustBundles is where SinkBinding mounts the certificates that all of a cluster trusts.
var trustBundles = "/knative-custom-certs"

// roots returns nil when there are no certificates beside the system's.
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

// extensions returns what K_CE_OVERRIDES adds to each event, by name.
func (c Config) extensions() ([]cloudevent.Extension, error) {
	if strings.TrimSpace(c.CEOverrides) == "" { // SinkBinding sets it to nothing when there are none
		return nil, nil
	}
	var o struct {
		Extensions map[string]string `json:"extensions"`
	}
	if err := json.Unmarshal([]byte(c.CEOverrides), &o); err != nil {
		return nil, configError(
			"K_CE_OVERRIDES",
			`is not JSON of the form {"extensions":{"name":"value"}}, where all values are texts (it is not shown, since it may hold a token)`,
		)
	}
	var all []cloudevent.Extension
	for _, name := range slices.Sorted(maps.Keys(o.Extensions)) {
		lower := strings.ToLower(name)
		if !cloudevent.IsExtensionName(lower) {
			return nil, configError(
				"K_CE_OVERRIDES",
				"has the extension "+cloudevent.Quote(
					name,
				)+": a name is of letters and digits, and not that of an attribute every event has, such as id",
			)
		}
		all = append(all, cloudevent.Extension{Name: lower, Value: o.Extensions[name]})
	}
	return all, nil
}
