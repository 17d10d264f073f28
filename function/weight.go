package function

import (
	"bytes"

	"reddit-classifier/cloudevent"
)

// weight returns about how many bytes it takes to answer data, which has not been read: it has at most one comment for
// two quotes, and a prediction of hostile text takes several times the text. Short data weighs nothing.
func (c *classifier) weight(data []byte) int64 {
	if len(data) <= freeBytes/32 {
		return 0
	}
	return c.weigh(len(data), min(bytes.Count(data, []byte{'"'})/2, maxComments))
}

// weigh returns the weight of so many bytes with so many comments.
func (c *classifier) weigh(size, comments int) int64 {
	// A row in the answer, its numbers and the comment's place; all may have to grow.
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

// attributesWeight returns about how many bytes the attributes of an event take in the body of an answer to it, which
// grows to its size; those of usual events weigh nothing. They go to a sink in its body if they do not fit headers.
func attributesWeight(in *cloudevent.Event) int {
	size := in.AttributesSize()
	if size <= freeBytes {
		return 0
	}
	return 2 * size
}

// batchWeight returns about how many bytes it takes to answer a batch of so many events: for each the attributes of its
// answer, and what its comments take, those included whose quotes base64 hides.
func (c *classifier) batchWeight(events int, batch []byte) int64 {
	return int64(events)*512 + max(c.weight(batch), 16*int64(len(batch)))
}
