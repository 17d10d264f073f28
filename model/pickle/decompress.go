package pickle

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"compress/zlib"
	"io"
)

// maxDecompressed bounds what a compressed file may unfold to.
const maxDecompressed = 1 << 30

// decompress undoes what joblib.dump(compress=…) does. A pickle itself begins with PROTO (0x80) or, in protocols 0 and 1, with
// a letter or bracket, never with these signatures.
func decompress(b []byte) ([]byte, error) {
	var r io.Reader
	var err error
	switch {
	case bytes.HasPrefix(b, []byte("\x1f\x8b")):
		r, err = gzip.NewReader(bytes.NewReader(b))
	case bytes.HasPrefix(b, []byte("BZh")):
		r = bzip2.NewReader(bytes.NewReader(b))
	case len(b) > 2 && b[0] == 0x78 && (uint(b[0])<<8|uint(b[1]))%31 == 0:
		r, err = zlib.NewReader(bytes.NewReader(b))
	case bytes.HasPrefix(b, []byte("\xfd7zXZ")), bytes.HasPrefix(b, []byte("\x5d\x00\x00")), bytes.HasPrefix(b, []byte("\x04\x22\x4d\x18")):
		return nil, unsupportedErrorf("compressed with xz, lzma or lz4: dump it again with compress=0")
	default:
		return b, nil
	}
	if err != nil {
		return nil, formatErrorf("compressed, but damaged: %v", err)
	}
	out, err := io.ReadAll(io.LimitReader(r, maxDecompressed+1))
	if err != nil {
		return nil, formatErrorf("compressed, but damaged: %v", err)
	}
	if len(out) > maxDecompressed {
		return nil, formatErrorf("unfolds to more than %d bytes", maxDecompressed)
	}
	return out, nil
}
