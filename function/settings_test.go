package function

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/cloudevent"
)

// TestBounds: each setting that has bounds takes them, and nothing beyond.
func TestBounds(t *testing.T) {
	for _, tt := range []struct {
		name      string
		set       func(c *Config, value int64)
		good, bad []int64
	}{
		{"MAX_BODY_BYTES", func(c *Config, n int64) { c.MaxBodyBytes = n }, []int64{1024, 1 << 30},
			[]int64{1023, 1<<30 + 1}},
		{"MAX_ANSWER_BYTES", func(c *Config, n int64) { c.MaxAnswer = n }, []int64{0, 1024, 16 << 20},
			[]int64{1023, 16<<20 + 1}},
		{"EXPLAIN", func(c *Config, n int64) { c.Explain = int(n) }, []int64{0, 100}, []int64{-1, 101}},
		{"SINK_TIMEOUT", func(c *Config, n int64) { c.SinkTimeout = time.Duration(n) },
			[]int64{int64(time.Millisecond), int64(29 * time.Second)},
			[]int64{int64(time.Millisecond) - 1, int64(29*time.Second) + 1}},
	} {
		for _, value := range append(tt.good, tt.bad...) {
			c := Defaults()
			tt.set(&c, value)
			_, err := c.parse()
			isBad := value == tt.bad[0] || value == tt.bad[1]
			if isBad != (err != nil) || isBad && !strings.HasPrefix(err.Error(), "setting "+tt.name+" ") {
				t.Errorf("%s=%d: %v", tt.name, value, err)
			}
		}
	}
	for value, want := range map[string]float64{"0": 0, "1": 1, "0.25": 0.25} {
		c := Defaults()
		c.Threshold = value
		if s, err := c.parse(); err != nil || s.threshold != want {
			t.Errorf("THRESHOLD=%s: %v, %v", value, s, err)
		}
	}
	c := Defaults()
	if s, err := c.parse(); err != nil || !math.IsNaN(s.threshold) || s.maxAnswer != maxAnswer {
		t.Errorf("by default: %+v, %v", s, err)
	}
}

// TestFields reads the paths of TEXT_FIELD and ID_FIELD, and names the one that is wrong.
func TestFields(t *testing.T) {
	for _, tt := range []struct {
		text, id string
		want     dialect
		wrong    string // the setting that is refused
	}{
		{"", "", dialect{}, ""},
		{"a", "", dialect{textName: "a", textField: []string{"a"}}, ""},
		{"a.b", "c.d.e", dialect{textName: "a.b", textField: []string{"a", "b"}, idField: []string{"c", "d", "e"}}, ""},
		{"", "c", dialect{}, "ID_FIELD"}, {"a.", "c", dialect{}, "TEXT_FIELD"}, {".a", "", dialect{}, "TEXT_FIELD"},
		{"a", "c..d", dialect{}, "ID_FIELD"}, {"", "c..d", dialect{}, "ID_FIELD"},
	} {
		c := Defaults()
		c.TextField, c.IDField = tt.text, tt.id
		got, err := c.parseDialect()
		if tt.wrong != "" {
			if err == nil || !strings.HasPrefix(err.Error(), "setting "+tt.wrong+" ") {
				t.Errorf("%q, %q: %v", tt.text, tt.id, err)
			}
			continue
		}
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(dialect{})); err != nil || diff != "" {
			t.Errorf("%q, %q: %v (-want +got):\n%s", tt.text, tt.id, err, diff)
		}
	}
}

// TestForeign: the token that is mounted for K_SINK goes to no other host, port or scheme.
func TestForeign(t *testing.T) {
	for letters, want := range map[string]bool{
		"http://sink.example/ns/errors": false, "errors": false, "/other": false, "//sink.example/errors": false,
		"https://sink.example/ns/errors": true, "http://other.example/ns/errors": true, "http://sink.example:8080/a": true,
	} {
		c := Defaults()
		c.Sink, c.DeadLetter = "http://sink.example/ns/output", letters
		s, err := c.parse()
		if err != nil {
			t.Fatal(letters, err)
		}
		if s.letters.withoutToken != want || s.sink.withoutToken {
			t.Errorf("%s: foreign %v", letters, s.letters.withoutToken)
		}
	}
	c := Defaults()
	c.DeadLetter = "http://sink.example/errors"
	if s, err := c.parse(); err != nil || !s.letters.withoutToken {
		t.Errorf("without K_SINK: %v, %v", s, err)
	}
}

// TestOverrides: the extensions of K_CE_OVERRIDES are in the order of their names, in lower case, for both sinks.
func TestOverrides(t *testing.T) {
	c := Defaults()
	c.Sink, c.DeadLetter = "http://sink.example/output", "errors"
	c.CEOverrides = `{"extensions":{"team":"moderation","Area":"a b"}}`
	s, err := c.parse()
	if err != nil {
		t.Fatal(err)
	}
	want := []cloudevent.Extension{{Name: "area", Value: "a b"}, {Name: "team", Value: "moderation"}}
	for _, got := range []*sinkSettings{s.sink, s.letters} {
		if diff := cmp.Diff(want, got.extensions); diff != "" || got.timeout != c.SinkTimeout {
			t.Errorf("%v (-want +got):\n%s", got.timeout, diff)
		}
	}
}

// TestJavaObject: an object as Java prints it is short, and longer texts are not searched for one.
func TestJavaObject(t *testing.T) {
	for n, want := range map[int]bool{5: true, 511: true, 513: false} {
		text := strings.Repeat("a.", (n-3)/2) + "A@1"
		if len(text) != n || isPrinted(text) != want {
			t.Errorf("%d bytes: %v", len(text), isPrinted(text))
		}
	}
}
