package function

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"text/tabwriter"
	"time"

	"github.com/kelseyhightower/envconfig"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/metrics"
)

// Config is what can be set from outside. The names that begin with K_ are those which Knative's SinkBinding sets.
type Config struct {
	ModelPath    string        `envconfig:"MODEL_PATH" desc:"file of the model artifact, or the name of a built-in model: default, or original, the imported one; empty: default"`
	ModelName    string        `envconfig:"MODEL_NAME" desc:"name by which clients of KServe and Open Inference ask for the model, beside its own; answers have it as model_name; empty: its own"`
	ModelKey     string        `envconfig:"MODEL_PUBLIC_KEY" desc:"ed25519 key (hex, base64 or PEM) that the model has to be signed with; empty: it need not be signed"`
	Sink         string        `envconfig:"K_SINK" desc:"URL that predictions are posted to before an event is acknowledged; empty: they are the response"`
	RequireSink  bool          `envconfig:"REQUIRE_SINK" default:"false" desc:"do not start without K_SINK; true or false; for a KafkaSource that sends to the function itself, since it throws replies away"`
	DeadLetter   string        `envconfig:"DEAD_LETTER_SINK" desc:"where refused events are posted to before they are acknowledged: a URL, or a reference resolved against K_SINK, such as the name of a KafkaSink beside it (without K_SINK such a reference counts for nothing); empty: they are answered with the refusal"`
	CEOverrides  string        `envconfig:"K_CE_OVERRIDES" desc:"JSON object whose member extensions is added to every event posted to K_SINK"`
	CACerts      string        `envconfig:"K_CA_CERTS" desc:"PEM certificates that K_SINK is trusted by, beside the system's"`
	Audience     string        `envconfig:"K_AUDIENCE" desc:"OIDC audience of K_SINK; when set, the token in /oidc/token must be there"`
	EventSource  string        `envconfig:"EVENT_SOURCE" default:"/reddit-classifier" desc:"source attribute of the events that answer, a URI reference"`
	SinkTimeout  time.Duration `envconfig:"SINK_TIMEOUT" default:"15s" desc:"how long K_SINK may take to accept, retries included; 1ms to 29s (the server gives up at 30s)"`
	MaxBodyBytes int64         `envconfig:"MAX_BODY_BYTES" default:"4194304" desc:"longest request body in bytes; 1024 to 1073741824"`
	MaxAnswer    int64         `envconfig:"MAX_ANSWER_BYTES" default:"0" desc:"longest answer in bytes; 1024 to 16777216, 0: 966656 with K_SINK (what config/topics allows, less attributes), else 16777216"`
	REST         bool          `envconfig:"REST" default:"true" desc:"answer requests that are no CloudEvents as servers of Seldon, KServe and Open Inference do; true or false"`
	Explain      int           `envconfig:"EXPLAIN" default:"0" desc:"how many of the n-grams that weigh most are put in meta.tags for each comment; 0 to 100, 0: none; KServe and Open Inference answers never have them"`
	Labels       bool          `envconfig:"LABELS" default:"false" desc:"put the model's threshold, the names of its classes and each comment's label in meta.tags; true or false; KServe and Open Inference answers never have them"`
	Threshold    string        `envconfig:"THRESHOLD" desc:"probability of the second of two classes from which on LABELS names it, instead of the model's own; 0 to 1, empty: the model's"`
	Confluent    bool          `envconfig:"CONFLUENT_FRAMING" default:"false" desc:"read JSON in Confluent's wire format (a zero byte and the schema's id before the JSON); true or false"`
	TextField    string        `envconfig:"TEXT_FIELD" desc:"path of the comment in JSON of any other form, such as payload.comment; also the name of a column or input that has the comments; empty: none"`
	IDField      string        `envconfig:"ID_FIELD" desc:"path of the id beside TEXT_FIELD, which the answer has as meta.puid; empty: none"`
	MetricsAddr  string        `envconfig:"METRICS_ADDRESS" desc:"address, such as :9095, that Prometheus reads /metrics from; off: none; empty: :9095 in Kubernetes, none elsewhere"`
	MetricsPath  string        `envconfig:"METRICS_PATH" desc:"path, such as /metrics, at which the public port has the metrics too; empty: it has none"`
	LogLevel     slog.Level    `envconfig:"LOG_LEVEL" default:"INFO" desc:"DEBUG, INFO, WARN or ERROR"`

	// Log takes the log if it is not nil, instead of standard error as JSON. LogLevel is then for the caller to heed.
	Log *slog.Logger `ignored:"true"`
	// Registry takes the metrics if it is not nil. Then serving them is for the caller to do.
	Registry *metrics.Registry `ignored:"true"`
}

// Defaults returns the configuration of an environment where nothing is set.
func Defaults() Config {
	return Config{EventSource: "/reddit-classifier", SinkTimeout: 15 * time.Second, MaxBodyBytes: 4 << 20, REST: true}
}

// ReadConfig returns the configuration that the environment says. The error names the variable that cannot be used, and
// why.
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
	"EVENT_SOURCE":      "a URI reference, such as /reddit-classifier",
	"SINK_TIMEOUT":      "a duration between 1ms and 29s, such as 15s",
	"MAX_BODY_BYTES":    "a whole number between 1024 and 1073741824",
	"MAX_ANSWER_BYTES":  "0, or a whole number between 1024 and 16777216",
	"EXPLAIN":           "a whole number between 0 and 100",
	"LABELS":            "true or false",
	"REST":              "true or false",
	"REQUIRE_SINK":      "true or false",
	"CONFLUENT_FRAMING": "true or false",
	"TEXT_FIELD":        "names of members with a point between any two, such as payload.comment",
	"ID_FIELD":          "names of members with a point between any two, such as payload.id",
	"THRESHOLD":         "a number between 0 and 1, such as 0.35",
	"LOG_LEVEL":         "DEBUG, INFO, WARN or ERROR",
	"METRICS_ADDRESS":   "HOST:PORT, :PORT or off",
	"METRICS_PATH":      "a path that begins with / and is not / alone, such as /metrics",
}

func unacceptable(name string, value any) error {
	return configError(name, "is "+cloudevent.Quote(fmt.Sprint(value))+", not "+accepted[name])
}

// Validate returns an error that names the first setting whose value cannot be used.
func (c Config) Validate() error {
	_, err := c.parse()
	return err
}
