package dataset

import "strings"

// Placeholders returns the places of the texts that Reddit shows instead of a comment that is gone: [removed] and
// [deleted]. They tell the label without a comment, so a model learns nothing about comments from them.
func (d *Dataset) Placeholders() (rows []int) {
	for i, text := range d.Texts {
		switch strings.TrimSpace(text) {
		case "[removed]", "[deleted]":
			rows = append(rows, i)
		}
	}
	return rows
}

// Without returns the comments that are not at the given places, which are in ascending order.
func (d *Dataset) Without(rows []int) *Dataset {
	kept := make([]int, 0, d.Len())
	for i := range d.Texts {
		if len(rows) > 0 && rows[0] == i {
			rows = rows[1:]
			continue
		}
		kept = append(kept, i)
	}
	return d.Select(kept)
}
