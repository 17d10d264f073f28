package function

import (
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func TestFloatsAsPythonPrintsThem(t *testing.T) {
	// What repr gives in Python 3.
	for f, want := range map[float64]string{
		0: "0.0", 1: "1.0", 0.5: "0.5", 0.1: "0.1", 1e-4: "0.0001", 9.999e-5: "9.999e-05", 1e-5: "1e-05", 1.5e-7: "1.5e-07",
		5e-324: "5e-324",
		1e-10:  "1e-10", 0.6841162584069689: "0.6841162584069689", 0.9999999999999999: "0.9999999999999999",
		1e15: "1000000000000000.0",
		1e16: "1e+16", 123456789.125: "123456789.125", 1.7976931348623157e308: "1.7976931348623157e+308", -1e-5: "-1e-05",
		-2:                   "-2.0",
		math.Copysign(0, -1): "-0.0",
	} {
		if math.Signbit(f) && f == 0 {
			continue // the same key as 0 in a map
		}
		if got := string(appendFloat(nil, f)); got != want {
			t.Errorf("%v is printed %s, want %s", f, got, want)
		}
	}
}

func TestFloatsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Draw(t, "f")
		s := string(appendFloat(nil, f))
		if back, err := strconv.ParseFloat(s, 64); err != nil || back != f {
			t.Fatalf("%v is printed %s, which is %v", f, s, back)
		}
	})
}

func TestCompact(t *testing.T) {
	const raw = "{ \"a b\" :\t[ 1 , \"\\\" \\\\\" ] ,\n\"c\" : { } }"
	const want = `{"a b":[1,"\" \\"],"c":{}}`
	if got := string(appendCompact(nil, []byte(raw))); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
