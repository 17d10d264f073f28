package model

import (
	"crypto/ed25519"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"sync"

	"reddit-classifier/model/artifact"
)

// Open returns the model in the file at path. Where the system can, the file is mapped and not copied, and unmapped
// when the model is garbage: so a file is replaced by renaming another one over it, never by writing into it. Errors
// about the content wrap a FormatError or an UnsupportedError. [Default] and [Original] are built in.
func Open(path string) (*Model, error) {
	b, unmap, err := artifact.Map(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("model: %w: give an artifact, or the name of a built-in model, default or original", err)
	}
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	m, err := Parse(b)
	if err != nil {
		unmap()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	runtime.AddCleanup(m, func(unmap func()) { unmap() }, unmap)
	return m, nil
}

// OpenVerified is Open for a model that has to be signed with key. It computes the SHA-256 digest, which takes some
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

// VerifySignature reports whether the artifact is unaltered and signed with key.
func (m *Model) VerifySignature(key ed25519.PublicKey) error {
	defer runtime.KeepAlive(m)
	return m.artifact.VerifySignature(key)
}

// Verify recomputes the SHA-256 digest and replays the parity vectors, whose number it returns.
func (m *Model) Verify() (vectors int, err error) {
	defer runtime.KeepAlive(m)
	if err := m.artifact.VerifyDigest(); err != nil {
		return 0, err
	}
	return m.replay(m.section("parity"))
}

// The built-in models. Both are made from files beside the project: the comments, and the original's pickles.
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

// Default returns the built-in model that `reddit-classifier train` makes with its default options of the public
// comments.
func Default() (*Model, error) { return loadDefault() }

// Original returns the built-in model of the original, imported from scikit-learn 0.23 and spaCy 2.3.2.
func Original() (*Model, error) { return loadOriginal() }

// Section describes a part of the artifact, for inspect.
type Section struct {
	Name     string `json:"name"`
	Block    uint32 `json:"block,omitempty"` // the number of the vectorizer
	Bytes    int    `json:"bytes"`
	Required bool   `json:"required"`
}

// Sections returns what the artifact is made of, in its order.
func (m *Model) Sections() []Section {
	out := make([]Section, len(m.artifact.Sections))
	for i, s := range m.artifact.Sections {
		out[i] = Section{s.Name, s.Block, len(s.Data), s.Required}
	}
	return out
}

// Size returns the length of the artifact in bytes.
func (m *Model) Size() int { return m.artifact.Size() }

// Signer returns the public key that the artifact says it is signed with, nil when it is not. VerifySignature tells
// whether that is so.
func (m *Model) Signer() ed25519.PublicKey {
	defer runtime.KeepAlive(m)
	return m.artifact.Signer()
}
