package function

import (
	"bytes"

	"reddit-classifier/cloudevent"
)

// estimateMemory estimates how many bytes it takes to answer data that is not parsed yet: it has at most one comment
// for every two quotes, and predicting hostile text takes several times its size. Short data weighs 0.
func (c *classifier) estimateMemory(data []byte) int64 {
	if len(data) <= freeBytes/32 {
		return 0
	}
	return c.memoryFor(len(data), min(bytes.Count(data, []byte{'"'})/2, maxComments))
}

// memoryFor returns the weight of data of a size in bytes and a number of comments.
func (c *classifier) memoryFor(size, comments int) int64 {
	// A row in the answer, its numbers and the comment's string header, all of which may have to grow.
	each, ngrams := 96+48*max(c.form.columns-2, 0), 0
	if c.labels || c.form.columns == 0 {
		each += 16 + 2*c.form.labelSize
	}
	if c.explain > 0 {
		each += 64
		ngrams = min(comments*c.explain, 2*size) // a word has two bytes and three n-grams
	}
	return int64(4*size + comments*each + ngrams*64)
}

// attributesMemory estimates how many bytes the attributes of an event take in the body of its answer. They are there
// if they do not fit into headers. The attributes of usual events weigh 0.
func attributesMemory(in *cloudevent.Event) int {
	size := in.AttributesSize()
	if size <= freeBytes {
		return 0
	}
	return 2 * size
}

// batchMemory estimates how many bytes it takes to answer a batch of events: the attributes of each answer, and the
// comments, including those whose quotes are hidden in base64.
func (c *classifier) batchMemory(events int, batch []byte) int64 {
	return int64(events)*512 + max(c.estimateMemory(batch), 16*int64(len(batch)))
}
