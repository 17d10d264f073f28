package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"reddit-classifier/internal/local"
)

// TestClusterWithLogin runs the commands on a cluster that requires a log-in.
func TestClusterWithLogin(t *testing.T) {
	kafka, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableSASL(),
		kfake.Superuser("SCRAM-SHA-512", "alice", "open sesame"))
	if err != nil {
		t.Fatal(err)
	}
	defer kafka.Close()
	config := filepath.Join(t.TempDir(), "client.properties")
	err = os.WriteFile(config, []byte(`security.protocol=SASL_PLAINTEXT
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="alice" password="open sesame";
client.rack=7
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	addr := kafka.ListenAddrs()[0]
	login := []string{"--brokers", addr, "--kafka-config", config}
	replay := []string{"replay", "--errors", local.Errors, "--to", local.Input}
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{append([]string{"up", "--once"}, login...), 0, "15 records, 12 predictions, 3 dead letters"},
		{append(replay, login...), 0, "3 letters: 3 replayed"},
		{append(replay, login...), 0, "unknown settings are ignored"},
		{append(replay, "--brokers", addr), 1, "which TLS and log-in it requires"},
		{append([]string{"source", "--sink", "http://f", "--dead-letter", "http://d", "--topic", "absent"}, login...), 1,
			"topic absent does not exist"},
		{append([]string{"sink", "--topics", "absent"}, login...), 1, "topic absent does not exist"},
		{[]string{"up", "--once", "--kafka-config", config}, 2, "name it with --brokers"},
		{append(replay, "--brokers", addr, "--kafka-config", config+"x"), 1, "--kafka-config: open"},
		{append(replay, "--brokers", addr, "--kafka-config", ""), 2, "--kafka-config is empty"},
	} {
		var said bytes.Buffer
		code := run(test.args, nil, &said, &said)
		if code != test.code || !strings.Contains(said.String(), test.says) || strings.Contains(said.String(), "sesame") {
			t.Errorf("%v: exit code %d, want %d and something of %q:\n%s", test.args, code, test.code, test.says, &said)
		}
	}
}
