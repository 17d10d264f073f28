package autoscaling

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "regenerate docs/scale-to-zero.svg and docs/scaling.md")

const drawing = "../../docs/scale-to-zero.svg"

// render simulates the burst of the drawing with both orderings.
func render(t *testing.T) string {
	t.Helper()
	sc := projectScenario(t)
	var curves []Curve
	for _, sc.Source.Ordered = range []bool{false, true} {
		curves = append(curves, Curve{fmt.Sprintf("%v delivery, %d partitions", sc.Source, sc.Source.Partitions), run(t, sc)})
	}
	return Draw("From zero to zero: "+Caption(sc), sc, curves)
}

// docs/scale-to-zero.svg is up to date with func.yaml and measured.json.
func TestDrawing(t *testing.T) {
	got := render(t)
	if again := render(t); again != got {
		t.Fatal("two simulations of the same scenario differ")
	}
	if *update {
		if err := os.WriteFile(drawing, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(drawing)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Error("docs/scale-to-zero.svg is out of date: find out what changed, then run go test -run Drawing -update here")
	}
	if len(got) > 60_000 {
		t.Errorf("the drawing has %d bytes", len(got))
	}
	for d := xml.NewDecoder(strings.NewReader(got)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the drawing is not XML: %v", err)
		}
	}
}
