package kafka

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"reddit-classifier/internal/local"
	"reddit-classifier/test/shared"
)

// The commands work on a cluster that requires TLS and a log-in, with the properties file of Kafka's own tools.
func TestSecured(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a broker")
	}
	dir := t.TempDir()
	keystore, certificates := filepath.Join(dir, "key.pem"), filepath.Join(dir, "ca.pem")
	writeCertificate(t, keystore, certificates)
	t.Setenv("KEYSTORE", keystore)
	_, addr := startKafka(t)
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	secured := net.JoinHostPort(host, strconv.Itoa(n+2))
	config := func(name, password string) string {
		path := filepath.Join(dir, name)
		err := os.WriteFile(path, fmt.Appendf(nil, `security.protocol=SASL_SSL
ssl.truststore.type=PEM
ssl.truststore.location=%s
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \
    username="alice" password="%s";
`, certificates, password), 0o600)
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	program := build(t)
	right, wrong := config("client.properties", "open sesame"), config("wrong.properties", "open barley")
	replay := []string{"replay", "--errors", local.Errors, "--to", local.Input}
	for _, test := range []struct {
		args   []string
		config string
		ok     bool
		says   string
	}{
		{[]string{"up", "--once"}, right, true, "15 records, 12 predictions, 3 dead letters"},
		{replay, right, true, "3 letters: 3 replayed"},
		{replay, wrong, false, "SASL_AUTHENTICATION_FAILED"},
	} {
		out, err := exec.Command(program, append(test.args, "--brokers", secured, "--kafka-config",
			test.config)...).CombinedOutput()
		if (err == nil) != test.ok || !strings.Contains(string(out), test.says) {
			t.Errorf("%v with %s: %v: %s", test.args, filepath.Base(test.config), err, out)
		}
	}
	// Kafka's own tool works with the same file.
	out, err := exec.Command("bash", "kafka", "tool", "kafka.admin.ConfigCommand", "--bootstrap-server", secured,
		"--command-config", right,
		"--describe", "--entity-type", "topics", "--entity-name", local.Input).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "max.message.bytes=983040") {
		t.Errorf("Kafka's own tool: %v: %s", err, out)
	}
}

// writeCertificate writes a new certificate for the loopback address to two files: with its key, and alone.
func writeCertificate(t *testing.T, withKey, alone string) {
	t.Helper()
	certificate, both := shared.Certificate(t)
	for path, b := range map[string][]byte{withKey: both, alone: certificate} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
