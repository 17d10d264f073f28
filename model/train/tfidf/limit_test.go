package tfidf

import (
	_ "embed"
	"encoding/json"
	"slices"
	"testing"
)

// argsort has cases that testdata/argsort.py had numpy sort.
//
//go:embed testdata/argsort.json
var argsort []byte

// TestMostFrequent: of columns with the same frequency those are kept that numpy keeps.
func TestMostFrequent(t *testing.T) {
	var cases []struct {
		Counts []int
		Limit  int
		First  []int32
	}
	if err := json.Unmarshal(argsort, &cases); err != nil || len(cases) != 39 {
		t.Fatal(len(cases), err)
	}
	for _, c := range cases {
		const offset = 5 // columns that were not counted in enough documents
		columns, tf := make([]int32, len(c.Counts)), append(make([]int, offset), c.Counts...)
		for i := range columns {
			columns[i] = int32(i + offset)
		}
		want := slices.Clone(c.First)
		for i := range want {
			want[i] += offset
		}
		if got := mostFrequent(columns, tf, c.Limit); !slices.Equal(got, want) {
			t.Errorf("%d of %d columns: %v, want %v", c.Limit, len(columns), got, want)
		}
	}
}
