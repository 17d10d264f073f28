package function

import (
	"bytes"
	"sync"
	"time"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/jsonscan"
)

// maxPooled is the maximum size in bytes of a buffer that is kept for another request.
const maxPooled = 256 << 10

// maxPooledComments is the maximum number of comments of a request whose buffers are kept.
const maxPooledComments = 64

// maxPooledNumbers is the maximum number of numbers in an answer whose buffers are kept.
const maxPooledNumbers = maxPooled / 8

// buffers holds the pooled buffers of one request and its response.
type buffers struct {
	body        bytes.Buffer
	in          cloudevent.Event
	request     request
	scanner     jsonscan.Scanner
	predictions predictions
	response    []byte // the answer's data
	out         cloudevent.Event
	memory      reservation
	trace       trace
	began       time.Time
}

var pool = sync.Pool{New: func() any { return new(buffers) }}

// recycle empties b and returns it to the pool, unless it has grown too large.
func (b *buffers) recycle() {
	if b.body.Cap() <= maxPooled && cap(b.response) <= maxPooled && cap(b.request.comments) <= maxPooledComments &&
		cap(b.predictions.numbers) <= maxPooledNumbers {
		b.reset()
		pool.Put(b)
	}
}

// reset empties b and keeps its memory.
func (b *buffers) reset() {
	b.body.Reset()
	b.in.Reset()
	b.out.Reset()
	b.request.reset()
	b.scanner = jsonscan.Scanner{}
	b.predictions.reset()
	b.response = b.response[:0]
	b.memory = reservation{}
	b.trace = trace{}
}

// releaseBody releases the memory of a long request before its answer is posted, so that a slow sink does not make
// other requests wait for memory. It reports whether there was something to release.
func (b *buffers) releaseBody() bool {
	if b.memory.held[bodyMemory] == 0 && cap(b.request.comments) <= maxPooledComments {
		return false
	}
	b.in.Data, b.body, b.request = nil, bytes.Buffer{}, request{}
	b.scanner, b.predictions = jsonscan.Scanner{}, predictions{}
	b.memory.Shrink(bodyMemory, 0)
	return true
}
