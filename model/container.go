package model

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"strings"
)

// The container: what holds the sections together. The package comment describes it byte by byte.
const (
	magic         = "\x89RCM\r\n\x1a\n"
	formatVersion = 1

	headerSize = 192
	entrySize  = 32
	alignment  = 64
	maxSection = 256

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

// section is one entry of the section table, with its bytes.
type section struct {
	name     string // at most 8 ASCII letters, digits or points
	block    uint32 // tells apart sections of the same name, one for each block of features
	required bool   // a reader that does not know it cannot predict right and has to refuse
	data     []byte
}

// checksum is CRC-32C over the file without the four bytes that hold it. A burst of up to 32 flipped bits never escapes it, so
// no single wrong byte does, and processors compute it at memory speed.
func checksum(b []byte) uint32 {
	return crc32.Update(crc32.Checksum(b[:atChecksum], castagnoli), castagnoli, b[atChecksum+4:])
}

// digest is SHA-256 over magic, version, counts, and everything behind the header: what the model is, whoever signed it.
func digest(b []byte) [sha256.Size]byte {
	h := sha256.New()
	h.Write(b[:atChecksum])
	h.Write(b[headerSize:])
	return [sha256.Size]byte(h.Sum(nil))
}

func alignUp(n int) int { return (n + alignment - 1) &^ (alignment - 1) }

// encodeContainer lays the sections out.
func encodeContainer(sections []section) []byte {
	size := headerSize + entrySize*len(sections)
	for _, s := range sections {
		size = alignUp(size) + len(s.data)
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
		copy(e[:8], s.name)
		le.PutUint32(e[8:], s.block)
		if s.required {
			le.PutUint32(e[12:], flagRequired)
		}
		le.PutUint64(e[16:], uint64(at))
		le.PutUint64(e[24:], uint64(len(s.data)))
		at += copy(b[at:], s.data)
	}
	sum := digest(b)
	copy(b[atDigest:], sum[:])
	le.PutUint32(b[atChecksum:], checksum(b))
	return b
}

// again is what to do about an artifact that is not what it was.
const again = "copy it once more from where it was made, or make it anew"

// decodeContainer checks the bytes and returns the sections, which alias b.
func decodeContainer(b []byte) ([]section, error) {
	switch start := string(b[:min(len(b), len(magic))]); {
	case len(b) == 0:
		return nil, formatErrorf("not an artifact: it is empty")
	case start == magic[:len(start)] && len(b) < headerSize:
		return nil, formatErrorf("cut short: %d bytes, less than a header; %s", len(b), again)
	case start == magic:
	case strings.HasPrefix(start, magic[:4]):
		return nil, formatErrorf("the first bytes are damaged, as by a transfer in text mode: copy it as binary")
	default:
		return nil, formatErrorf("not an artifact: it does not begin with the signature of one")
	}
	le := binary.LittleEndian
	if v := le.Uint32(b[atVersion:]); v != formatVersion {
		return nil, unsupportedErrorf("the artifact has format version %d; this program reads version %d", v, formatVersion)
	}
	if n := le.Uint64(b[atLength:]); uint64(len(b)) < n {
		return nil, formatErrorf("cut short: %d of %d bytes; %s", len(b), n, again)
	} else if uint64(len(b)) > n {
		return nil, formatErrorf("%d bytes follow the artifact's end", uint64(len(b))-n)
	}
	if le.Uint32(b[atChecksum:]) != checksum(b) {
		return nil, formatErrorf("damaged: the checksum does not match; %s", again)
	}
	return decodeTable(b)
}

// decodeTable reads the section table. There is one way to lay sections out: in the table's order, each at the next multiple
// of 64, zeros between.
func decodeTable(b []byte) ([]section, error) {
	le := binary.LittleEndian
	count := le.Uint32(b[atSections:])
	n := int(min(count, maxSection+1))
	if n > maxSection || headerSize+entrySize*n > len(b) {
		return nil, formatErrorf("a table of %d sections", count)
	}
	if !isZero(b[atChecksum+4:atDigest]) || !isZero(b[atReserved:headerSize]) {
		return nil, formatErrorf("reserved bytes of the header are not zero")
	}
	sections := make([]section, n)
	end := headerSize + entrySize*n
	for i := range sections {
		e := b[headerSize+entrySize*i:][:entrySize]
		name := bytes.TrimRight(e[:8], "\x00")
		start, length, flags := le.Uint64(e[16:]), le.Uint64(e[24:]), le.Uint32(e[12:])
		if start != uint64(alignUp(end)) || start > uint64(len(b)) || length > uint64(len(b))-start || flags > flagRequired ||
			bytes.IndexByte(name, 0) >= 0 {
			return nil, formatErrorf("section %d, %.8q, is out of place", i, name)
		}
		if !isZero(b[end:start]) {
			return nil, formatErrorf("bytes before section %d, %.8q, are not zero", i, name)
		}
		end = int(start + length)
		sections[i] = section{string(name), le.Uint32(e[8:]), flags&flagRequired != 0, b[start:end:end]}
	}
	if end != len(b) {
		return nil, formatErrorf("%d bytes belong to no section", len(b)-end)
	}
	return sections, nil
}

func isZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// Sign returns a copy of the artifact that carries key's signature of its digest. The digest stays what it was.
func Sign(artifact []byte, key ed25519.PrivateKey) ([]byte, error) {
	if _, err := decodeContainer(artifact); err != nil {
		return nil, err
	}
	if len(key) != ed25519.PrivateKeySize {
		return nil, unsupportedErrorf("a signing key of %d bytes where ed25519 has %d", len(key), ed25519.PrivateKeySize)
	}
	signed := bytes.Clone(artifact)
	sum := digest(signed)
	if !bytes.Equal(sum[:], signed[atDigest:atKey]) {
		return nil, formatErrorf("damaged: the SHA-256 digest does not match; %s", again)
	}
	copy(signed[atKey:], key.Public().(ed25519.PublicKey))
	copy(signed[atSignature:], ed25519.Sign(key, signedMessage(sum)))
	binary.LittleEndian.PutUint32(signed[atChecksum:], checksum(signed))
	return signed, nil
}

// signedMessage is what a signature covers: a purpose, so that a signature made for something else is of no use, and the digest.
func signedMessage(sum [sha256.Size]byte) []byte {
	return append([]byte("reddit-classifier artifact 1\n"), sum[:]...)
}

// verifyDigest recomputes the SHA-256 digest.
func verifyDigest(b []byte) error {
	if sum := digest(b); !bytes.Equal(sum[:], b[atDigest:atKey]) {
		return formatErrorf("damaged: the SHA-256 digest does not match; %s", again)
	}
	return nil
}

// verifySignature checks digest and signature against a key that the caller trusts.
func verifySignature(b []byte, key ed25519.PublicKey) error {
	if len(key) != ed25519.PublicKeySize {
		return unsupportedErrorf("a public key of %d bytes where ed25519 has %d", len(key), ed25519.PublicKeySize)
	}
	if err := verifyDigest(b); err != nil {
		return err
	}
	if isZero(b[atKey:atReserved]) {
		return unsupportedErrorf("the artifact is not signed, and a key is required")
	}
	if !bytes.Equal(key, b[atKey:atSignature]) {
		return unsupportedErrorf("the artifact is signed by %s, not by the key required", hex.EncodeToString(b[atKey:atKey+6]))
	}
	if !ed25519.Verify(key, signedMessage(digest(b)), b[atSignature:atReserved]) {
		return unsupportedErrorf("the artifact's signature does not match its content")
	}
	return nil
}

// ParsePublicKey reads an ed25519 public key as 64 hex digits, base64, or PEM.
func ParsePublicKey(text string) (ed25519.PublicKey, error) {
	key, err := parsePublicKey(text)
	if err != nil {
		return nil, unsupportedErrorf("not an ed25519 public key: %v", err)
	}
	return key, nil
}
