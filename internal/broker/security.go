package broker

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// The supported settings of Kafka's client configuration.
const (
	protocolKey       = "security.protocol"       // PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL
	mechanismKey      = "sasl.mechanism"          // PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512
	jaasKey           = "sasl.jaas.config"        // ModuleClass required username="…" password="…";
	trustTypeKey      = "ssl.truststore.type"     // PEM
	trustFileKey      = "ssl.truststore.location" // file of certificates; if not set, the system's are trusted
	trustTextKey      = "ssl.truststore.certificates"
	keyTypeKey        = "ssl.keystore.type"     // PEM
	keyFileKey        = "ssl.keystore.location" // file of the client's certificate chain and private key
	identificationKey = "ssl.endpoint.identification.algorithm"
)

var knownKeys = []string{
	protocolKey, mechanismKey, jaasKey, trustTypeKey, trustFileKey, trustTextKey, keyTypeKey, keyFileKey,
	identificationKey,
}

// WithSecurity returns a copy of c with the TLS and SASL settings of a properties file, which has the format of Kafka's
// own tools (--command-config). Like those tools it ignores unknown keys, which it also returns. Its errors contain no
// value of the file that may be secret.
func (c Cluster) WithSecurity(file string) (secured Cluster, ignored []string, err error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return c, nil, err
	}
	properties, err := parseProperties(string(b))
	if err == nil {
		c.security, err = security(properties)
	}
	if err != nil {
		return c, nil, fmt.Errorf("%s: %w", file, err)
	}
	return c, unknownKeys(properties), nil
}

// security returns the options of clients with these settings.
func security(p properties) ([]kgo.Opt, error) {
	protocol := p.get(protocolKey, "PLAINTEXT")
	var opts []kgo.Opt
	switch protocol {
	case "PLAINTEXT", "SASL_PLAINTEXT":
	case "SSL", "SASL_SSL":
		config, err := tlsConfig(p)
		if err != nil {
			return nil, err
		}
		opts = append(opts, kgo.DialTLSConfig(config))
	default:
		return nil, fmt.Errorf("%s is not one of PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL", protocolKey)
	}
	if strings.HasPrefix(protocol, "SASL_") {
		mechanism, err := mechanism(p)
		if err != nil {
			return nil, err
		}
		opts = append(opts, kgo.SASL(mechanism))
	} else if p.get(jaasKey, "") != "" {
		return nil, fmt.Errorf("%s is set, but %s is %s, which has no log-in: set it to SASL_SSL",
			jaasKey, protocolKey, protocol)
	}
	return opts, nil
}

func mechanism(p properties) (sasl.Mechanism, error) {
	user, password, err := parseJAAS(p.get(jaasKey, ""))
	if err != nil {
		return nil, fmt.Errorf("%s %w", jaasKey, err)
	}
	switch p.get(mechanismKey, "") {
	case "PLAIN":
		return plain.Auth{User: user, Pass: password}.AsMechanism(), nil
	case "SCRAM-SHA-256":
		return scram.Auth{User: user, Pass: password}.AsSha256Mechanism(), nil
	case "SCRAM-SHA-512":
		return scram.Auth{User: user, Pass: password}.AsSha512Mechanism(), nil
	default:
		return nil, fmt.Errorf("%s is not one of PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512", mechanismKey)
	}
}

func tlsConfig(p properties) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if v, ok := p[identificationKey]; ok && !strings.EqualFold(v, "https") {
		return nil, fmt.Errorf("%s must be https: without the check of its name, any host can pretend to be the broker", identificationKey)
	}
	for _, key := range []string{trustTypeKey, keyTypeKey} {
		if v, ok := p[key]; ok && !strings.EqualFold(v, "PEM") {
			return nil, fmt.Errorf("%s must be PEM: convert the store with keytool and openssl", key)
		}
	}
	certificates, trustFrom := []byte(p.get(trustTextKey, "")), trustTextKey
	if file := p.get(trustFileKey, ""); file != "" {
		var err error
		trustFrom = trustFileKey
		if certificates, err = readPEM(p, trustTypeKey, trustFileKey); err != nil {
			return nil, err
		}
	}
	if len(certificates) > 0 {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(certificates) {
			return nil, fmt.Errorf("%s has no certificate in PEM format (-----BEGIN CERTIFICATE-----)", trustFrom)
		}
	}
	if p.get(keyFileKey, "") != "" {
		b, err := readPEM(p, keyTypeKey, keyFileKey)
		if err != nil {
			return nil, err
		}
		pair, err := tls.X509KeyPair(b, b)
		if err != nil {
			return nil, fmt.Errorf(
				"%s must have the client's certificate and its unencrypted private key in PEM format: %w",
				keyFileKey,
				err,
			)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// readPEM reads the file of a key store or trust store. Kafka's default type, JKS, is not supported.
func readPEM(p properties, typeKey, fileKey string) ([]byte, error) {
	if p.get(typeKey, "") == "" {
		return nil, fmt.Errorf("%s is missing, and Kafka's default, JKS, is not supported: set it to PEM", typeKey)
	}
	b, err := os.ReadFile(p[fileKey])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fileKey, err)
	}
	return b, nil
}
