package function

import (
	"cmp"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/kelseyhightower/envconfig"

	"reddit-classifier/model"
)

// Config is what can be set from outside. The names that begin with K_ are those which Knative's SinkBinding sets.
type Config struct {
	ModelPath    string        `envconfig:"MODEL_PATH" desc:"file of the model artifact, or the name of a model within the program: default, or original, the imported one; empty: default"`
	ModelKey     string        `envconfig:"MODEL_PUBLIC_KEY" desc:"ed25519 key (hex, base64 or PEM) that the model has to be signed with; empty: it need not be signed"`
	Sink         string        `envconfig:"K_SINK" desc:"URL that predictions are posted to before an event is acknowledged; empty: they are the response"`
	RequireSink  bool          `envconfig:"REQUIRE_SINK" default:"false" desc:"do not start without K_SINK; true or false; for a KafkaSource that sends to the function itself, since it throws replies away"`
	CEOverrides  string        `envconfig:"K_CE_OVERRIDES" desc:"JSON object whose member extensions is added to every event posted to K_SINK"`
	CACerts      string        `envconfig:"K_CA_CERTS" desc:"PEM certificates that K_SINK is trusted by, beside the system's"`
	Audience     string        `envconfig:"K_AUDIENCE" desc:"OIDC audience of K_SINK; when set, the token in /oidc/token must be there"`
	EventSource  string        `envconfig:"EVENT_SOURCE" default:"/reddit-classifier" desc:"source attribute of the events that answer, a URI reference"`
	SinkTimeout  time.Duration `envconfig:"SINK_TIMEOUT" default:"15s" desc:"how long K_SINK may take to accept, retries included; 1ms to 29s (the server gives up at 30s)"`
	MaxBodyBytes int64         `envconfig:"MAX_BODY_BYTES" default:"4194304" desc:"longest request body in bytes; 1024 to 1073741824"`
	Explain      int           `envconfig:"EXPLAIN" default:"0" desc:"how many of the n-grams that weigh most are put in meta.tags for each comment; 0 to 100, 0: none; KServe and Open Inference answers never have them"`
	Labels       bool          `envconfig:"LABELS" default:"false" desc:"put the model's threshold, the names of its classes and each comment's label in meta.tags; true or false; KServe and Open Inference answers never have them"`
	LogLevel     slog.Level    `envconfig:"LOG_LEVEL" default:"INFO" desc:"DEBUG, INFO, WARN or ERROR"`
}

// Defaults returns the configuration of an environment where nothing is set.
func Defaults() Config {
	return Config{EventSource: "/reddit-classifier", SinkTimeout: 15 * time.Second, MaxBodyBytes: 4 << 20}
}

// ReadConfig returns the configuration that the environment says. The error names the variable that cannot be used, and why.
func ReadConfig() (Config, error) {
	var c Config
	if err := envconfig.Process("", &c); err != nil {
		var bad *envconfig.ParseError
		if errors.As(err, &bad) {
			return c, unacceptable(bad.KeyName, bad.Value)
		}
		return c, err
	}
	return c, c.Validate()
}

// PrintUsage writes a table of the settings with their defaults.
func PrintUsage(w io.Writer) error {
	const table = "NAME\tDEFAULT\tMEANING\n{{range .}}{{usage_key .}}\t{{usage_default .}}\t{{usage_description .}}\n{{end}}"
	tabs := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if err := envconfig.Usagef("", &Config{}, tabs, table); err != nil {
		return err
	}
	return tabs.Flush()
}

func configError(name, why string) error { return fmt.Errorf("setting %s %s", name, why) }

// accepted says what a setting may be.
var accepted = map[string]string{
	"EVENT_SOURCE":   "a URI reference, such as /reddit-classifier",
	"SINK_TIMEOUT":   "a duration between 1ms and 29s, such as 15s",
	"MAX_BODY_BYTES": "a whole number between 1024 and 1073741824",
	"EXPLAIN":        "a whole number between 0 and 100",
	"LABELS":         "true or false",
	"REQUIRE_SINK":   "true or false",
	"LOG_LEVEL":      "DEBUG, INFO, WARN or ERROR",
}

func unacceptable(name string, value any) error {
	return configError(name, "is "+printable(fmt.Sprint(value))+", not "+accepted[name])
}

// Validate returns an error that names the first setting whose value cannot be used.
func (c Config) Validate() error {
	if source, err := url.Parse(c.EventSource); err != nil || source.String() == "" {
		return unacceptable("EVENT_SOURCE", c.EventSource)
	}
	if c.SinkTimeout < time.Millisecond || c.SinkTimeout > 29*time.Second {
		return unacceptable("SINK_TIMEOUT", c.SinkTimeout)
	}
	if c.MaxBodyBytes < 1<<10 || c.MaxBodyBytes > 1<<30 {
		return unacceptable("MAX_BODY_BYTES", c.MaxBodyBytes)
	}
	if c.RequireSink && c.Sink == "" {
		return configError("REQUIRE_SINK", "is true, but there is no K_SINK: apply config/overlays/sink, whose SinkBinding sets it, or set REQUIRE_SINK=false where a Broker or Channel takes the replies")
	}
	if c.Explain < 0 || c.Explain > 100 {
		return unacceptable("EXPLAIN", c.Explain)
	}
	if c.ModelKey != "" {
		if _, err := model.ParsePublicKey(c.ModelKey); err != nil {
			return configError("MODEL_PUBLIC_KEY", "is not an ed25519 public key in 64 hex digits, base64 or PEM (it is not shown, it could be a private one)")
		}
	}
	_, _, err := c.sinkParts()
	return err
}

// sinkParts returns the trusted certificates (nil: the system's) and the overrides of K_SINK.
func (c Config) sinkParts() (*x509.CertPool, map[string]string, error) {
	if c.Sink != "" {
		if !isSink(c.Sink) {
			return nil, nil, configError("K_SINK", "is not an http or https URL, such as http://host/path (it is not shown, since it may hold a password)")
		}
	}
	if c.Sink != "" && c.Audience != "" {
		if _, err := os.Stat(tokenFile); err != nil {
			return nil, nil, configError("K_AUDIENCE", "is "+printable(c.Audience)+", but the token that goes with it is not in "+tokenFile+": let a SinkBinding put it there, or unset both")
		}
	}
	roots, err := c.roots()
	if err != nil {
		return nil, nil, err
	}
	overrides, err := c.overrides()
	return roots, overrides, err
}

// isSink tells whether events can be posted to s.
func isSink(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	port, err := strconv.ParseUint(cmp.Or(u.Port(), "80"), 10, 16)
	return err == nil && port > 0
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
		return nil, configError("K_CA_CERTS", "holds no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----")
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

func (c Config) overrides() (map[string]string, error) {
	if strings.TrimSpace(c.CEOverrides) == "" { // SinkBinding sets it to nothing when there are none
		return nil, nil
	}
	var o struct {
		Extensions map[string]string `json:"extensions"`
	}
	if err := json.Unmarshal([]byte(c.CEOverrides), &o); err != nil {
		return nil, configError("K_CE_OVERRIDES", `is not JSON of the form {"extensions":{"name":"value"}}, where all values are texts (it is not shown, since it may hold a token)`)
	}
	var probe event.EventContextV1
	for name, value := range o.Extensions {
		if err := probe.SetExtension(name, value); err != nil {
			return nil, configError("K_CE_OVERRIDES", "has the extension "+printable(name)+": a name is of letters and digits, and not that of an attribute every event has, such as id")
		}
	}
	return o.Extensions, nil
}
