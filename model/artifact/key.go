package artifact

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"strings"
)

// parsePublicKey accepts the 32 bytes in hex or base64, and PEM as openssl writes it.
func parsePublicKey(text string) (ed25519.PublicKey, error) {
	text = strings.TrimSpace(text)
	if block, _ := pem.Decode([]byte(text)); block != nil {
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, err
		}
		public, ok := key.(ed25519.PublicKey)
		if !ok {
			return nil, errors.New("a key of another algorithm")
		}
		return public, nil
	}
	for _, decode := range []func(string) ([]byte, error){hex.DecodeString, base64.StdEncoding.DecodeString} {
		if b, err := decode(text); err == nil && len(b) == ed25519.PublicKeySize {
			return b, nil
		}
	}
	return nil, errors.New("expected 64 hex digits, base64 of 32 bytes, or PEM")
}

// ParsePrivateKey reads an ed25519 private key: PEM (PKCS #8, as `openssl genpkey -algorithm ed25519` writes it), or
// the 32-byte seed in hex or base64.
func ParsePrivateKey(text string) (ed25519.PrivateKey, error) {
	text = strings.TrimSpace(text)
	if block, _ := pem.Decode([]byte(text)); block != nil {
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, UnsupportedErrorf("not an ed25519 private key: %v", err)
		}
		if private, ok := key.(ed25519.PrivateKey); ok {
			return private, nil
		}
		return nil, UnsupportedErrorf("not an ed25519 private key but one of another algorithm")
	}
	for _, decode := range []func(string) ([]byte, error){hex.DecodeString, base64.StdEncoding.DecodeString} {
		if b, err := decode(text); err == nil && len(b) == ed25519.SeedSize {
			return ed25519.NewKeyFromSeed(b), nil
		}
	}
	return nil, UnsupportedErrorf("not an ed25519 private key: expected PEM, or the 32-byte seed in hex or base64")
}
