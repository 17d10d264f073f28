package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"

	"golang.org/x/term"
)

// jsonLines writes values as lines of JSON. A float64 is written as the shortest number that reads back as the same
// float64; <, > and & are not escaped.
type jsonLines struct {
	buf *bufio.Writer
	enc *json.Encoder
}

func newJSONLines(w io.Writer) *jsonLines {
	buf := bufio.NewWriterSize(w, 1<<16)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	return &jsonLines{buf, enc}
}

func (l *jsonLines) Write(v any) error { return l.enc.Encode(v) }

func (l *jsonLines) Flush() error { return l.buf.Flush() }

// printTo writes the output of print at once, and returns an error if that fails, as on a full disk.
func printTo(w io.Writer, print func(io.Writer)) error {
	var b bytes.Buffer
	print(&b)
	_, err := w.Write(b.Bytes())
	return err
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
