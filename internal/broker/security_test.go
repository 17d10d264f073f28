package broker_test

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/broker"
	"reddit-classifier/test/shared"
)

// write writes a file in a temporary directory and returns its path.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// certificate returns a self-signed certificate for the loopback address, and its PEM without and with its key.
func certificate(t *testing.T) (pair tls.Certificate, public, withKey string) {
	t.Helper()
	alone, both := shared.Certificate(t)
	pair, err := tls.X509KeyPair(both, both)
	if err != nil {
		t.Fatal(err)
	}
	return pair, string(alone), string(both)
}

const password = `s3cret "p\ss"`

// login is the setting with that password. Backslashes are escaped once for JAAS and once for the properties file.
const login = `sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \
    username="alice" \
    password="s3cret \\"p\\\\ss\\"";
`

func TestSecuredCluster(t *testing.T) {
	pair, public, withKey := certificate(t)
	_, other, _ := certificate(t)
	ca, otherCA, client := write(t, "ca.pem", public), write(t, "other.pem", other), write(t, "client.pem", withKey)
	clients := x509.NewCertPool()
	clients.AppendCertsFromPEM([]byte(public))
	encrypted := &tls.Config{Certificates: []tls.Certificate{pair}}
	mutual := &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAndVerifyClientCert,
		ClientCAs: clients}
	trust := func(file string) string { return "ssl.truststore.type=PEM\nssl.truststore.location=" + file + "\n" }
	sasl := func(mechanism string) []kfake.Opt {
		return []kfake.Opt{kfake.EnableSASL(), kfake.Superuser(mechanism, "alice", password)}
	}
	for _, test := range []struct {
		name, config string
		kafka        []kfake.Opt
		fails        string // empty: it connects
	}{
		{"plain text", "security.protocol=PLAINTEXT\n", nil, ""},
		{"TLS", "security.protocol=SSL\n" + trust(ca), []kfake.Opt{kfake.TLS(encrypted)}, ""},
		{"TLS, with the certificate in the file", "security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.certificates=" +
			strings.ReplaceAll(public, "\n", `\n`) + "\n", []kfake.Opt{kfake.TLS(encrypted)}, ""},
		{"TLS with another certificate", "security.protocol=SSL\n" + trust(otherCA), []kfake.Opt{kfake.TLS(encrypted)}, "certificate"},
		{"TLS that the machine does not trust", "security.protocol=SSL\n", []kfake.Opt{kfake.TLS(encrypted)}, "certificate"},
		{"a client certificate", "security.protocol=SSL\nssl.keystore.type=PEM\nssl.keystore.location=" + client + "\n" +
			trust(ca),
			[]kfake.Opt{kfake.TLS(mutual)}, ""},
		{"no client certificate", "security.protocol=SSL\n" + trust(ca), []kfake.Opt{kfake.TLS(mutual)}, "certificate"},
		{"PLAIN", "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\n" + login, sasl("PLAIN"), ""},
		{"SCRAM-SHA-256", "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-256\n" + login, sasl("SCRAM-SHA-256"),
			""},
		{"SCRAM-SHA-512 over TLS", "security.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\n" + login + trust(ca),
			append(sasl("SCRAM-SHA-512"), kfake.TLS(encrypted)), ""},
		{"a wrong password", "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-256\n" +
			strings.Replace(login, "s3", "S3", 1),
			sasl("SCRAM-SHA-256"), "log-in"},
		{"no log-in", "", sasl("PLAIN"), "no Kafka broker answers"},
	} {
		t.Run(test.name, func(t *testing.T) {
			kafka, err := kfake.NewCluster(append(test.kafka, kfake.NumBrokers(1), kfake.SeedTopics(1, "a"))...)
			if err != nil {
				t.Fatal(err)
			}
			defer kafka.Close()
			cluster, ignored, err := broker.At(kafka.ListenAddrs()...).WithSecurity(write(t, "client.properties", test.config))
			if err != nil || len(ignored) > 0 {
				t.Fatalf("%v, ignored %q", err, ignored)
			}
			producer, err := cluster.NewProducer(t.Context(), 5*time.Second, "a")
			if test.fails != "" {
				if err == nil || !strings.Contains(err.Error(), test.fails) || strings.Contains(err.Error(), "cret") {
					t.Errorf("connecting: %v, want something of %q", err, test.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer producer.Close()
			if err := producer.Write(t.Context(), &kgo.Record{Topic: "a", Value: []byte("hello")}); err != nil {
				t.Error(err)
			}
		})
	}
}

// An error about a file says what is wrong, and contains no secret of the file.
func TestInvalidSecurity(t *testing.T) {
	const secret = "hunter2"
	jaas := `sasl.jaas.config=x required username="u" password="` + secret + `";` + "\n"
	for _, test := range []struct{ config, want string }{
		{"security.protocol=" + secret, "security.protocol is not one of PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"},
		{jaas, "which has no log-in"},
		{"security.protocol=SSL\n" + jaas, "which has no log-in"},
		{"security.protocol=SASL_SSL\n" + jaas, "sasl.mechanism is not one of"},
		{"security.protocol=SASL_SSL\nsasl.mechanism=GSSAPI\n" + jaas, "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"},
		{"security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\n", "sasl.jaas.config must be"},
		{"security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.jaas.config=x required username=\"u\" password=\"" + secret,
			"sasl.jaas.config must be"},
		{"security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.jaas.config=x required user=\"u\" password=\"" + secret +
			"\";", "sasl.jaas.config must be"},
		{"security.protocol=SSL\nssl.truststore.location=trust.jks\nssl.truststore.password=" + secret,
			"ssl.truststore.type is missing"},
		{"security.protocol=SSL\nssl.truststore.type=JKS\nssl.truststore.password=" + secret,
			"ssl.truststore.type must be PEM"},
		{"security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.location=/no/such/file",
			"ssl.truststore.location: open /no/such/file"},
		{"security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.certificates=" + secret,
			"ssl.truststore.certificates has no certificate"},
		{"security.protocol=SSL\nssl.endpoint.identification.algorithm=", "must be https"},
		{"a=" + secret + `\u12`, "line 1: \\u is not followed by four"},
	} {
		_, _, err := broker.At("127.0.0.1:1").WithSecurity(write(t, "client.properties", test.config))
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v, want something of %q", test.config, err, test.want)
		}
	}
	_, ignored, err := broker.At("127.0.0.1:1").WithSecurity(write(t, "client.properties",
		"client.id=x\n"+secret+"\nretries.max=7\n"))
	if want := []string{"client.id", "(a line that is not a setting)", "retries.max"}; err != nil ||
		!slices.Equal(ignored, want) {
		t.Errorf("ignored %q, want %q; %v", ignored, want, err)
	}
}
