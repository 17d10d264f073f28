package model

import (
	"crypto/ed25519"

	"reddit-classifier/model/artifact"
)

// Sign returns a copy of the artifact that carries key's signature of its digest. The digest stays what it was.
func Sign(b []byte, key ed25519.PrivateKey) ([]byte, error) { return artifact.Sign(b, key) }

// ParsePublicKey reads an ed25519 public key as 64 hex digits, base64, or PEM.
func ParsePublicKey(text string) (ed25519.PublicKey, error) { return artifact.ParsePublicKey(text) }

// ParsePrivateKey reads an ed25519 private key: PEM (PKCS #8, as `openssl genpkey -algorithm ed25519` writes it), or
// the 32-byte seed in hex or base64.
func ParsePrivateKey(text string) (ed25519.PrivateKey, error) { return artifact.ParsePrivateKey(text) }
