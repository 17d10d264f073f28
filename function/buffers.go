package function

import (
	"bytes"
	"sync"
	"time"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/jsonscan"
)

// maxPooled is the size up to which buffers are kept for the next request.
const maxPooled = 256 << 10

// maxPooledComments is the number of comments up to which a request's buffers are kept.
const maxPooledComments = 64

// maxPooledNumbers is the number of numbers in an answer up to which a request's buffers are kept.
const maxPooledNumbers = maxPooled / 8

// buffers is the memory of one request and its response, and is pooled.
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

// free puts b into the pool, with nothing of this request in it.
func (b *buffers) free() {
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

// forget lets a long request go once it is answered, so that a slow sink does not keep others waiting. It returns
// whether it has.
func (b *buffers) forget() bool {
	if b.memory.held[bodyMemory] == 0 && cap(b.request.comments) <= maxPooledComments {
		return false
	}
	b.in.Data, b.body, b.request = nil, bytes.Buffer{}, request{}
	b.scanner, b.predictions = jsonscan.Scanner{}, predictions{}
	b.memory.Shrink(bodyMemory, 0)
	return true
}
