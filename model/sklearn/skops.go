package sklearn

import (
	"bytes"
	"errors"
)

func isZip(b []byte) bool { return bytes.HasPrefix(b, []byte("PK\x03\x04")) }

func readSkops(b []byte) (any, error) { return nil, errors.New("not yet") }
