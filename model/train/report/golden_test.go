package report

import (
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write testdata/pages.txt instead of comparing with it")

// TestPages compares every word and number on the pages of three reports, and every place on those of the first, with
// testdata/pages.txt.
func TestPages(t *testing.T) {
	const name = "testdata/pages.txt"
	anonymous := full()
	anonymous.Anonymize, anonymous.Digest, anonymous.Months, anonymous.Scores = true, "", nil, nil
	var b strings.Builder
	for i, d := range []Data{full(), anonymous, other()} {
		dump(&b, newPage(d), i == 0)
	}
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// other is a report of other findings: most comments are removed, the model has aged, the curves are flat.
func other() Data {
	d := full()
	d.Name, d.Corpus = "", Corpus{Comments: 9, Removed: 6, MedianWords: [2]float64{1, 2}}
	d.Learning = []LearningPoint{{100, []float64{0.8}, []float64{0.7}}, {200, []float64{0.82}, []float64{0.7015}}}
	d.Slices = []Slice{{"all", 9, 6, 4, 0.8, 0.5, 0.7}, {"few", 4, 9, 3, 0.1, 0.2, 0.3}, {"a", 5, 10, 1, 0.4, 0.2, 0.1},
		{"b", 5, 20, 1, 0.3, 0.2, 0.1}, {"c", 5, 20, 1, math.NaN(), 0.2, 0.1}}
	d.Algorithms = []Algorithm{{"slow", []float64{0.6}, 4000, 0.001}, {"fast", []float64{0.7}, 1e-9, 1e-9}}
	d.Months = nil
	for i := range 13 {
		d.Months = append(d.Months, Group{fmt.Sprintf("%02d", i), i + 1, i, float64(i) / 20})
	}
	return d
}

// dump writes what a page says, a line for each thing, with or without the shapes of its charts.
func dump(b *strings.Builder, p page, shapes bool) {
	fmt.Fprintf(b, "# %s\n", p.Title)
	for _, line := range p.Summary {
		fmt.Fprintf(b, "summary %s\n", line)
	}
	for _, tile := range p.Tiles {
		fmt.Fprintf(b, "tile %+v\n", tile)
	}
	for _, s := range p.Sections {
		fmt.Fprintf(b, "\n## %s: %s\nfinding %s\n", s.ID, s.Title, s.Finding)
		for _, text := range s.Text {
			fmt.Fprintf(b, "text %s\n", text)
		}
		for _, part := range s.Blocks {
			dumpBlock(b, part, shapes)
		}
	}
}

func dumpBlock(b *strings.Builder, part block, shapes bool) {
	if f := part.Figure; f != nil {
		fmt.Fprintf(b, "figure %s: %s, wide %t\nnote %s\nlegend %v\n", f.ID, f.Title, f.Wide, f.Note, f.Legend)
		fmt.Fprintf(b, "scene %v × %v\n", f.Scene.Width, f.Scene.Height)
		for _, s := range f.Scene.Shapes {
			if !shapes && s.Tip == "" && s.Text == "" {
				continue
			}
			if !shapes {
				s.Path, s.X, s.Y, s.W, s.H = "", 0, 0, 0, 0
			}
			fmt.Fprintf(b, "  %s %q %v %v %v %v %q %q %q\n", s.Kind, s.Class, s.X, s.Y, s.W, s.H, s.Path, s.Text, s.Tip)
		}
		dumpTable(b, f.Table)
	}
	if part.Table != nil {
		dumpTable(b, *part.Table)
	}
	for _, x := range part.Examples {
		fmt.Fprintf(b, "example %+v\n", x)
	}
	if m := part.Mistakes; m != nil {
		fmt.Fprintf(b, "mistakes %s: %s, anonymous %t, %d\n", m.Title, m.Note, m.Anonymous, len(m.List))
	}
	for _, term := range part.Terms {
		fmt.Fprintf(b, "term %s: %q\n", term.Name, term.Text)
	}
}

func dumpTable(b *strings.Builder, t table) {
	fmt.Fprintf(b, "table %q half %t many %t\n  %q\n", t.Title, t.Half, t.Many(), t.Head)
	for i, row := range t.Rows {
		fmt.Fprintf(b, "  %q %q\n", row, t.Note(i))
	}
}
