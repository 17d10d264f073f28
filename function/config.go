package function

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/kelseyhightower/envconfig"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/metrics"
)

// Config is the configuration of the function. The variables that begin with K_ are those that Knative's SinkBinding
// sets. The tag desc describes a variable; what it accepts and its default are in the description as far as the type
// and the tag default do not say it.
type Config struct {
	ModelPath    string        `envconfig:"MODEL_PATH" desc:"Model artifact file, or a built-in model: default or original (the imported one). (default: default)"`
	ModelName    string        `envconfig:"MODEL_NAME" desc:"Second name of the model for clients of KServe and Open Inference; their answers have it as model_name. (default: the model's own name)"`
	ModelKey     string        `envconfig:"MODEL_PUBLIC_KEY" desc:"ed25519 public key (hex, base64 or PEM) that must have signed the model. (default: the model need not be signed)"`
	Sink         string        `envconfig:"K_SINK" desc:"URL that predictions are posted to before an event is acknowledged. (default: predictions are the response)"`
	RequireSink  bool          `envconfig:"REQUIRE_SINK" default:"false" desc:"true: do not start without K_SINK. For a KafkaSource that sends to the function directly, because it discards responses."`
	DeadLetter   string        `envconfig:"DEAD_LETTER_SINK" desc:"URL that refused events are posted to before they are acknowledged, or a reference that is resolved against K_SINK, such as the name of a KafkaSink in the same namespace. Without K_SINK a reference is ignored. (default: the response is the refusal)"`
	CEOverrides  string        `envconfig:"K_CE_OVERRIDES" desc:"JSON object whose member extensions holds attributes to add to every event posted to K_SINK. (default: none)"`
	CACerts      string        `envconfig:"K_CA_CERTS" desc:"PEM certificates to trust for K_SINK, in addition to the system's. (default: none)"`
	Audience     string        `envconfig:"K_AUDIENCE" desc:"OIDC audience of K_SINK. If it is set, the file /oidc/token must hold a token. (default: none)"`
	EventSource  string        `envconfig:"EVENT_SOURCE" default:"/reddit-classifier" desc:"Source attribute of the function's own events, a URI reference."`
	SinkTimeout  time.Duration `envconfig:"SINK_TIMEOUT" default:"15s" desc:"Maximum time for K_SINK to accept an event, including retries: 1ms to 29s, because the server gives up after 30s."`
	MaxBodyBytes int64         `envconfig:"MAX_BODY_BYTES" default:"4194304" desc:"Maximum size of a request body in bytes: 1024 to 1073741824."`
	MaxAnswer    int64         `envconfig:"MAX_ANSWER_BYTES" default:"0" desc:"Maximum size of an answer in bytes: 1024 to 16777216. 0 is 966656 with K_SINK (the limit in config/topics, minus room for attributes), and 16777216 without."`
	REST         bool          `envconfig:"REST" default:"true" desc:"true: answer requests that are not CloudEvents, with the REST protocols of Seldon, KServe and Open Inference."`
	Explain      int           `envconfig:"EXPLAIN" default:"0" desc:"Number of n-grams with the largest weights to put in meta.tags for each comment: 0 to 100. Answers to KServe and Open Inference never have them."`
	Labels       bool          `envconfig:"LABELS" default:"false" desc:"true: put the threshold, the names of the classes and each comment's label in meta.tags. Answers to KServe and Open Inference never have them."`
	Threshold    string        `envconfig:"THRESHOLD" desc:"Probability, 0 to 1, from which on LABELS names the second of two classes. (default: the model's threshold)"`
	Confluent    bool          `envconfig:"CONFLUENT_FRAMING" default:"false" desc:"true: read JSON in Confluent's wire format (a zero byte and the schema's id before the JSON)."`
	TextField    string        `envconfig:"TEXT_FIELD" desc:"Path of the comment in JSON of any other shape, such as payload.comment; also the name of a column or input that holds comments. (default: none)"`
	IDField      string        `envconfig:"ID_FIELD" desc:"Path of the id in such JSON; the answer has it as meta.puid. (default: none)"`
	MetricsAddr  string        `envconfig:"METRICS_ADDRESS" desc:"Address that Prometheus reads /metrics from, such as :9095, or off. (default: :9095 in Kubernetes, off elsewhere)"`
	MetricsPath  string        `envconfig:"METRICS_PATH" desc:"Path of the metrics on the public port, such as /metrics. (default: none)"`
	LogLevel     slog.Level    `envconfig:"LOG_LEVEL" default:"INFO" desc:"Lowest level that is logged: DEBUG, INFO, WARN or ERROR."`

	// Log receives the log. If it is nil, the log is JSON on standard error, from LogLevel on.
	Log *slog.Logger `ignored:"true"`
	// Registry receives the metrics, and the caller serves them. If it is nil, the function serves its own.
	Registry *metrics.Registry `ignored:"true"`
}

// Defaults returns the configuration of an empty environment.
func Defaults() Config {
	return Config{EventSource: "/reddit-classifier", SinkTimeout: 15 * time.Second, MaxBodyBytes: 4 << 20, REST: true}
}

// ReadConfig reads the configuration from the environment. An error names the variable whose value cannot be used, and
// what it accepts.
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

// PrintUsage writes a description of the settings with their defaults, in lines of at most 120 columns.
func PrintUsage(w io.Writer) error {
	const lines = "{{range .}}{{usage_key .}}\t{{usage_description .}}" +
		"{{with usage_default .}} (default {{.}}){{end}}\n{{end}}"
	var all strings.Builder
	if err := envconfig.Usagef("", &Config{}, &all, lines); err != nil {
		return err
	}
	var out strings.Builder
	for line := range strings.Lines(all.String()) {
		name, meaning, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		writeWrapped(&out, name, meaning)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// writeWrapped writes a name in a column of its own and the words of text to its right.
func writeWrapped(b *strings.Builder, name, text string) {
	const left, width = 20, 120
	fmt.Fprintf(b, "%-*s", left-1, name)
	column := left - 1
	for _, word := range strings.Fields(text) {
		if column+1+len(word) > width {
			b.WriteString("\n" + strings.Repeat(" ", left-1))
			column = left - 1
		}
		b.WriteString(" " + word)
		column += 1 + len(word)
	}
	b.WriteByte('\n')
}

func configError(name, why string) error { return fmt.Errorf("setting %s %s", name, why) }

// accepted describes the values of a setting, for errors.
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
	"TEXT_FIELD":        "names of members separated by points, such as payload.comment",
	"ID_FIELD":          "names of members separated by points, such as payload.id",
	"THRESHOLD":         "a number between 0 and 1, such as 0.35",
	"LOG_LEVEL":         "DEBUG, INFO, WARN or ERROR",
	"METRICS_ADDRESS":   "HOST:PORT, :PORT or off",
	"METRICS_PATH":      "a path that begins with / and is longer than that, such as /metrics",
}

func unacceptable(name string, value any) error {
	return configError(name, "is "+cloudevent.Quote(fmt.Sprint(value))+", not "+accepted[name])
}

// Validate returns an error that names the first setting whose value cannot be used.
func (c Config) Validate() error {
	_, err := c.parse()
	return err
}
