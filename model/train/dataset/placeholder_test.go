package dataset

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlaceholders(t *testing.T) {
	d := &Dataset{
		IDs:    []string{"a", "b", "c", "d", "e"},
		Texts:  []string{"[removed]", "a [removed] one", " [deleted]\n", "[Removed]", "text"},
		Labels: []int{1, 0, 1, 0, 1},
	}
	rows := d.Placeholders()
	if diff := cmp.Diff([]int{0, 2}, rows); diff != "" {
		t.Fatalf("placeholders (-want +got):\n%s", diff)
	}
	left := d.Without(rows)
	if diff := cmp.Diff([]string{"b", "d", "e"}, left.IDs); diff != "" {
		t.Errorf("what is left (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{0, 0, 1}, left.Labels); diff != "" {
		t.Errorf("labels of what is left (-want +got):\n%s", diff)
	}
}
