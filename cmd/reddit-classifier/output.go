package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"

	"golang.org/x/term"
)

// jsonLines writes values as lines of JSON: doubles as the shortest number that reads back as the same double, <, > and
// & as they are.
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

// printTo writes at once what print prints, so that a full disk is an error.
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
