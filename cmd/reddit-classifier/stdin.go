package main

import (
	"context"
	"fmt"
	"io"
	"sync"
)

// stdinReader is standard input. A read returns the context's error once the context is cancelled, where a terminal or
// a pipe would go on waiting. On a terminal the first read prints a hint.
type stdinReader struct {
	ctx   context.Context
	from  io.Reader
	hint  io.Writer
	start sync.Once
	read  *io.PipeReader
}

func (i *stdinReader) Read(b []byte) (int, error) {
	i.start.Do(func() {
		if isTerminal(i.from) {
			fmt.Fprintln(i.hint, "Reading JSON lines from standard input; Ctrl-D ends them.")
		}
		var w *io.PipeWriter
		i.read, w = io.Pipe()
		context.AfterFunc(i.ctx, func() { w.CloseWithError(i.ctx.Err()) })
		go func() {
			_, err := io.CopyBuffer(w, struct{ io.Reader }{i.from}, make([]byte, 1<<16))
			w.CloseWithError(err)
		}()
	})
	return i.read.Read(b)
}
