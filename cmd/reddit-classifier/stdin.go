package main

import (
	"context"
	"fmt"
	"io"
	"sync"
)

// input is standard input that ends with the context's error when that is cancelled, where a read from a terminal or a
// pipe would wait on. On a terminal it says that it waits.
type input struct {
	ctx   context.Context
	from  io.Reader
	hint  io.Writer
	start sync.Once
	read  *io.PipeReader
}

func (i *input) Read(b []byte) (int, error) {
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
