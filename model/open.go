package model

import (
	"crypto/ed25519"
	_ "embed"
	"fmt"
	"runtime"
	"sync"

	"reddit-classifier/model/artifact"
)

// Open opens the artifact at path. Where the system can, it maps the file instead of copying it, and unmaps it when the
// model is garbage-collected. So replace a file by renaming another one over it, never by writing into it. Errors about
// the content wrap a [FormatError] or an [UnsupportedError]. [Default] and [Original] return the built-in models.
func Open(path string) (*Model, error) {
	b, unmap, err := artifact.Map(path)
	if err != nil {
		return nil, err
	}
	m, err := Parse(b)
	if err != nil {
		unmap()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	runtime.AddCleanup(m, func(unmap func()) { unmap() }, unmap)
	return m, nil
}

// OpenVerified is [Open] for a model that must be signed with key. It computes the SHA-256 digest, which takes a few
// milliseconds.
func OpenVerified(path string, key ed25519.PublicKey) (*Model, error) {
	m, err := Open(path)
	if err != nil {
		return nil, err
	}
	if err := m.VerifySignature(key); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// VerifySignature returns nil if the artifact is intact and signed with key. The error is a [FormatError] or an
// [UnsupportedError].
func (m *Model) VerifySignature(key ed25519.PublicKey) error {
	defer runtime.KeepAlive(m)
	return m.artifact.VerifySignature(key)
}

// Verify recomputes the SHA-256 digest and predicts the parity vectors again. It returns their number, or a
// [FormatError] if something differs.
func (m *Model) Verify() (vectors int, err error) {
	defer runtime.KeepAlive(m)
	if err := m.artifact.VerifyDigest(); err != nil {
		return 0, err
	}
	return m.checkParity(m.section("parity"))
}

// The built-in models. Both are made from shared files that are not part of the project: the comments, and the
// original's pickles.
//
//go:generate go run ../cmd/reddit-classifier train --output default.model ../../shared/data/comments_train.csv
//go:generate go run ../cmd/reddit-classifier import --vectorizer ../../shared/pickles/sklearn0.23-dill0.3/seed/tfidf_vectorizer.model --classifier ../../shared/pickles/sklearn0.23-dill0.3/seed/lr.model --language spacy-2.3.2 --cleaner original --output original.model
var (
	//go:embed default.model
	defaultArtifact []byte
	//go:embed original.model
	originalArtifact []byte

	loadDefault  = sync.OnceValues(func() (*Model, error) { return Parse(defaultArtifact) })
	loadOriginal = sync.OnceValues(func() (*Model, error) { return Parse(originalArtifact) })
)

// Default returns the built-in model that `reddit-classifier train` made from the public comments, with default
// options. The first call opens it; all calls return the same model.
func Default() (*Model, error) { return loadDefault() }

// Original returns the built-in original model, imported from scikit-learn 0.23 and spaCy 2.3.2. The first call opens
// it; all calls return the same model.
func Original() (*Model, error) { return loadOriginal() }

// Section describes a section of the artifact.
type Section struct {
	Name     string `json:"name"`
	Block    uint32 `json:"block,omitempty"` // the number of the vectorizer
	Bytes    int    `json:"bytes"`
	Required bool   `json:"required"`
}

// Sections returns the sections of the artifact, in its order.
func (m *Model) Sections() []Section {
	out := make([]Section, len(m.artifact.Sections))
	for i, s := range m.artifact.Sections {
		out[i] = Section{s.Name, s.Block, len(s.Data), s.Required}
	}
	return out
}

// Size returns the length of the artifact in bytes.
func (m *Model) Size() int { return m.artifact.Size() }

// Signer returns the public key that the artifact states as its signer, or nil if it is not signed.
// [Model.VerifySignature] checks the signature.
func (m *Model) Signer() ed25519.PublicKey {
	defer runtime.KeepAlive(m)
	return m.artifact.Signer()
}
