package rpc

import (
	"compress/zlib"
	"io"

	"connectrpc.com/connect"
)

// deflate returns an option for the compression that gRPC calls deflate, which is the zlib format. Triton's clients
// offer it besides gzip.
func deflate() connect.HandlerOption {
	return connect.WithCompression("deflate",
		func() connect.Decompressor { return &inflater{} },
		func() connect.Compressor { return zlib.NewWriter(io.Discard) })
}

// inflater is a zlib reader that gets its data from Reset.
type inflater struct{ reader io.ReadCloser }

func (i *inflater) Read(p []byte) (int, error) { return i.reader.Read(p) }

func (i *inflater) Close() error { return i.reader.Close() }

func (i *inflater) Reset(from io.Reader) (err error) {
	if r, ok := i.reader.(zlib.Resetter); ok {
		return r.Reset(from, nil)
	}
	i.reader, err = zlib.NewReader(from)
	return err
}
