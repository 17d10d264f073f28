package pickle

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"compress/zlib"
	"io"

	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// Limits of compressed files.
const (
	maxDecompressed = 1 << 30 // bytes after decompression
	maxDictionary   = 1 << 28 // bytes of LZMA's dictionary
)

// decompress undoes what joblib.dump(compress=…) does. A pickle itself begins with PROTO (0x80) or, in protocols 0 and
// 1, with a letter or bracket. An LZMA file begins with a bracket as well, followed by the size of its dictionary, a
// multiple of 64 KiB.
func decompress(b []byte) ([]byte, error) {
	var r io.Reader
	var err error
	in := bytes.NewReader(b)
	switch {
	case bytes.HasPrefix(b, []byte("\x1f\x8b")):
		r, err = gzip.NewReader(in)
	case bytes.HasPrefix(b, []byte("BZh")):
		r = bzip2.NewReader(in)
	case len(b) > 2 && b[0] == 0x78 && (uint(b[0])<<8|uint(b[1]))%31 == 0:
		r, err = zlib.NewReader(in)
	case bytes.HasPrefix(b, []byte("\xfd7zXZ\x00")):
		r, err = xz.NewReader(in)
	case bytes.HasPrefix(b, []byte("\x5d\x00\x00")):
		r, err = lzma.ReaderConfig{DictCap: maxDictionary}.NewReader(in)
	case bytes.HasPrefix(b, []byte("\x04\x22\x4d\x18")):
		r = lz4.NewReader(in)
	case bytes.HasPrefix(b, []byte("ZF")):
		return nil, unsupportedErrorf("written by joblib before 0.10: load it in Python and dump it again")
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
		return nil, formatErrorf("its decompressed size is more than %d bytes", maxDecompressed)
	}
	return out, nil
}
