package artifact

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"strings"
	"unsafe"

	"reddit-classifier/internal/plural"
)

const (
	magic         = "\x89RCM\r\n\x1a\n"
	formatVersion = 1

	headerSize = 192
	entrySize  = 32
	alignment  = 64
	maxSection = 4096

	atVersion   = 8
	atSections  = 12
	atLength    = 16
	atChecksum  = 24
	atDigest    = 32
	atKey       = 64
	atSignature = 96
	atReserved  = 160

	flagRequired = 1
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Section is one entry of the section table, with its bytes.
type Section struct {
	Name     string // at most 8 ASCII letters, digits or points
	Block    uint32 // distinguishes sections of the same name
	Required bool   // a reader that does not know the section must refuse the artifact
	Data     []byte
}

// Artifact is an intact file, used in place.
type Artifact struct {
	Sections []Section
	bytes    []byte
}

// Section returns the bytes of a section, or nil if there is none.
func (a *Artifact) Section(name string, block uint32) []byte {
	for i := range a.Sections {
		if s := &a.Sections[i]; s.Name == name && s.Block == block {
			return s.Data
		}
	}
	return nil
}

// Size returns the length of the file in bytes.
func (a *Artifact) Size() int { return len(a.bytes) }

// Digest returns the SHA-256 digest that the file states.
func (a *Artifact) Digest() [sha256.Size]byte { return [sha256.Size]byte(a.bytes[atDigest:atKey]) }

// Signer returns the public key that the file states as its signer, or nil if it is not signed.
func (a *Artifact) Signer() ed25519.PublicKey {
	if IsZero(a.bytes[atKey:atSignature]) {
		return nil
	}
	return bytes.Clone(a.bytes[atKey:atSignature])
}

// checksum is CRC-32C over the file except the four bytes that hold it. It detects every burst of up to 32 flipped
// bits, and so every single wrong byte, and processors compute it at memory speed.
func checksum(b []byte) uint32 {
	return crc32.Update(crc32.Checksum(b[:atChecksum], castagnoli), castagnoli, b[atChecksum+4:])
}

// digest is SHA-256 over magic, version, counts, and everything after the header. A signature does not change it.
func digest(b []byte) [sha256.Size]byte {
	h := sha256.New()
	h.Write(b[:atChecksum])
	h.Write(b[headerSize:])
	return [sha256.Size]byte(h.Sum(nil))
}

func alignUp(n int) int { return (n + alignment - 1) &^ (alignment - 1) }

// Encode writes an artifact with the sections.
func Encode(sections []Section) []byte {
	size := headerSize + entrySize*len(sections)
	for _, s := range sections {
		size = alignUp(size) + len(s.Data)
	}
	b := make([]byte, size)
	copy(b, magic)
	le := binary.LittleEndian
	le.PutUint32(b[atVersion:], formatVersion)
	le.PutUint32(b[atSections:], uint32(len(sections)))
	le.PutUint64(b[atLength:], uint64(size))
	at := headerSize + entrySize*len(sections)
	for i, s := range sections {
		at = alignUp(at)
		e := b[headerSize+entrySize*i:]
		copy(e[:8], s.Name)
		le.PutUint32(e[8:], s.Block)
		if s.Required {
			le.PutUint32(e[12:], flagRequired)
		}
		le.PutUint64(e[16:], uint64(at))
		le.PutUint64(e[24:], uint64(len(s.Data)))
		at += copy(b[at:], s.Data)
	}
	sum := digest(b)
	copy(b[atDigest:], sum[:])
	le.PutUint32(b[atChecksum:], checksum(b))
	return b
}

// again is the advice about a damaged artifact.
const again = "copy it again from where it was made, or make a new one"

// Parse checks the bytes and returns the artifact, which aliases b unless b is not aligned to 8 bytes. The error is a
// [FormatError] or an [UnsupportedError].
func Parse(b []byte) (*Artifact, error) {
	if err := check(b); err != nil {
		return nil, err
	}
	if uintptr(unsafe.Pointer(unsafe.SliceData(b)))%floatSize != 0 { // not so for what is mapped or read
		b = append(make([]byte, 0, len(b)), b...)
	}
	sections, err := decodeTable(b)
	if err != nil {
		return nil, err
	}
	return &Artifact{sections, b}, nil
}

// check checks everything except the section table.
func check(b []byte) error {
	switch start := string(b[:min(len(b), len(magic))]); {
	case len(b) == 0:
		return FormatErrorf("not an artifact: it is empty")
	case start == magic[:len(start)] && len(b) < headerSize:
		return FormatErrorf("cut short: %s, less than a header; %s", plural.Of(len(b), "byte", "bytes"), again)
	case start == magic:
	case strings.HasPrefix(start, magic[:4]):
		return FormatErrorf("the first bytes are damaged, as by a transfer in text mode: copy it as binary")
	default:
		return FormatErrorf("not an artifact: it does not begin with an artifact's signature; " +
			"reddit-classifier import makes one of scikit-learn's pickles")
	}
	le := binary.LittleEndian
	if v := le.Uint32(b[atVersion:]); v != formatVersion {
		return UnsupportedErrorf("the artifact has format version %d; this program reads version %d", v, formatVersion)
	}
	if n := le.Uint64(b[atLength:]); uint64(len(b)) < n {
		return FormatErrorf("cut short: %d of %d bytes; %s", len(b), n, again)
	} else if uint64(len(b)) > n {
		return FormatErrorf("%s after the artifact's end", plural.Of(int64(uint64(len(b))-n), "byte", "bytes"))
	}
	if le.Uint32(b[atChecksum:]) != checksum(b) {
		return FormatErrorf("damaged: the checksum does not match; %s", again)
	}
	return nil
}

// decodeTable reads the section table. It accepts only the layout that Encode writes: the table's order, each section
// at the next multiple of 64, zeros between them.
func decodeTable(b []byte) ([]Section, error) {
	le := binary.LittleEndian
	count := le.Uint32(b[atSections:])
	n := int(min(count, maxSection+1))
	if n > maxSection || headerSize+entrySize*n > len(b) {
		return nil, FormatErrorf("a table of %d sections", count)
	}
	if !IsZero(b[atChecksum+4:atDigest]) || !IsZero(b[atReserved:headerSize]) {
		return nil, FormatErrorf("reserved bytes of the header are not zero")
	}
	sections := make([]Section, n)
	end := headerSize + entrySize*n
	for i := range sections {
		e := b[headerSize+entrySize*i:][:entrySize]
		name := bytes.TrimRight(e[:8], "\x00")
		start, length, flags := le.Uint64(e[16:]), le.Uint64(e[24:]), le.Uint32(e[12:])
		if start != uint64(alignUp(end)) || start > uint64(len(b)) || length > uint64(len(b))-start || flags > flagRequired ||
			bytes.IndexByte(name, 0) >= 0 {
			return nil, FormatErrorf("section %d, %.8q, is out of place", i, name)
		}
		if !IsZero(b[end:start]) {
			return nil, FormatErrorf("bytes before section %d, %.8q, are not zero", i, name)
		}
		end = int(start + length)
		sections[i] = Section{string(name), le.Uint32(e[8:]), flags&flagRequired != 0, b[start:end:end]}
	}
	if end != len(b) {
		return nil, FormatErrorf("%s outside every section", plural.Of(len(b)-end, "byte", "bytes"))
	}
	return sections, nil
}

// IsZero reports whether all bytes are zero, as reserved ones are.
func IsZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// Sign returns a copy of the artifact that is signed with key. The digest does not change. The error is a [FormatError]
// or an [UnsupportedError].
func Sign(artifact []byte, key ed25519.PrivateKey) ([]byte, error) {
	if _, err := Parse(artifact); err != nil {
		return nil, err
	}
	if len(key) != ed25519.PrivateKeySize {
		return nil, UnsupportedErrorf("a signing key of %d bytes where ed25519 has %d", len(key), ed25519.PrivateKeySize)
	}
	signed := bytes.Clone(artifact)
	sum := digest(signed)
	if !bytes.Equal(sum[:], signed[atDigest:atKey]) {
		return nil, FormatErrorf("damaged: the SHA-256 digest does not match; %s", again)
	}
	copy(signed[atKey:], key.Public().(ed25519.PublicKey))
	copy(signed[atSignature:], ed25519.Sign(key, signedMessage(sum)))
	binary.LittleEndian.PutUint32(signed[atChecksum:], checksum(signed))
	return signed, nil
}

// signedMessage is the message that is signed: a purpose, so that a signature made for something else is useless, and
// the digest.
func signedMessage(sum [sha256.Size]byte) []byte {
	return append([]byte("reddit-classifier artifact 1\n"), sum[:]...)
}

// VerifyDigest recomputes the SHA-256 digest. It returns a [FormatError] if the file states another one.
func (a *Artifact) VerifyDigest() error {
	if sum := digest(a.bytes); sum != a.Digest() {
		return FormatErrorf("damaged: the SHA-256 digest does not match; %s", again)
	}
	return nil
}

// VerifySignature checks the digest and the signature against a key that the caller trusts. The error is a
// [FormatError] or an [UnsupportedError].
func (a *Artifact) VerifySignature(key ed25519.PublicKey) error {
	b := a.bytes
	if len(key) != ed25519.PublicKeySize {
		return UnsupportedErrorf("a public key of %d bytes where ed25519 has %d", len(key), ed25519.PublicKeySize)
	}
	if err := a.VerifyDigest(); err != nil {
		return err
	}
	if IsZero(b[atKey:atReserved]) {
		return UnsupportedErrorf("the artifact is not signed, and a key is required")
	}
	if !bytes.Equal(key, b[atKey:atSignature]) {
		return UnsupportedErrorf(
			"the artifact is signed by %s, not by the required key",
			hex.EncodeToString(b[atKey:atKey+6]),
		)
	}
	if !ed25519.Verify(key, signedMessage(digest(b)), b[atSignature:atReserved]) {
		return UnsupportedErrorf("the artifact's signature does not match its content")
	}
	return nil
}

// ParsePublicKey reads an ed25519 public key as 64 hex digits, base64, or PEM.
func ParsePublicKey(text string) (ed25519.PublicKey, error) {
	key, err := parsePublicKey(text)
	if err != nil {
		return nil, UnsupportedErrorf("not an ed25519 public key: %v", err)
	}
	return key, nil
}
