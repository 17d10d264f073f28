package pickle

import (
	"errors"
	"strings"
	"testing"

	"reddit-classifier/model/pickle/pickletest"
)

// TestRepeated has small pickles that name a large value again and again, to make much memory of it.
func TestRepeated(t *testing.T) {
	const many = 2000
	large := pickletest.New().Ops("]\x94(" + strings.Repeat("N", 1<<14) + "e0")
	pairs := pickletest.New().Ops("]\x94(" + strings.Repeat("N)\x86", 1<<14) + "e0")
	text := pickletest.New().Text(strings.Repeat("a", 1<<14)).Ops("\x940").Text("latin1").Ops("\x940")
	tuple := pickletest.New().Ops("(" + strings.Repeat("N", 1<<14) + "t\x940}\x94NNs0")
	attributes := pickletest.New().Ops("}\x94(" + strings.Repeat("NN", 900) + "u0")
	for _, test := range []struct {
		name  string
		begin *pickletest.Program
		again string
	}{
		{"lists", large, "cbuiltins\nlist\nh\x00\x85R"},
		{"sets", large, "cbuiltins\nset\nh\x00\x85R"},
		{"objects of lists", large, "ccopyreg\n_reconstructor\ncfoo\nBar\ncbuiltins\nlist\nh\x00\x87R"},
		{"dicts", pairs, "ccollections\nOrderedDict\nh\x00\x85R"},
		{"bytes", text, "c_codecs\nencode\nh\x00h\x01\x86R"},
		{"objects", tuple, "cfoo\nBar\nh\x00h\x01\x92"},
		{"states", attributes, "cfoo\nBar\n)\x81h\x00b"},
	} {
		b := append(test.begin.Bytes(), "]("+strings.Repeat(test.again, many)+"e."...)
		if _, err := Load(b); !errors.Is(err, errTooManyCopies) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	b := attributes.Ops("cfoo\nBar\n)\x81" + strings.Repeat("h\x00b", 2) + ".").Bytes()
	if _, err := Load(b); err == nil || !strings.Contains(err.Error(), "foo.Bar with more than 1000 attributes") {
		t.Errorf("an object that gets attributes again and again: %v", err)
	}
}

// TestArraysAgain decodes one array until that is more than its file can hold.
func TestArraysAgain(t *testing.T) {
	p := pickletest.New()
	p.Floats(1, make([]float64, 1<<16)...)
	v, err := Load(p.End())
	if err != nil {
		t.Fatal(err)
	}
	times := 0
	for ; times < 10000; times++ {
		if _, err = v.(*Array).Floats(); err != nil {
			break
		}
	}
	if !errors.Is(err, errTooManyReads) || times < 100 || times > 1000 {
		t.Errorf("%d times, then %v", times, err)
	}
	if _, ok := Values(v); ok {
		t.Error("Values goes on")
	}
}

// TestSeveral loads a file into which pickle.dump wrote more than once.
func TestSeveral(t *testing.T) {
	one, two := pickletest.New().Text("one").End(), pickletest.New().Text("two").End()
	file := append(append([]byte{}, one...), two...)
	v, err := Load(append(file, "\x00\x00"...)) // what is no pickle is ignored, as in Python
	if all, ok := v.(Tuple); err != nil || !ok || len(all) != 2 || all[0] != "one" || all[1] != "two" {
		t.Errorf("%v, %v", v, err)
	}
	if v, err := Load(file[:len(file)-1]); err == nil || !strings.Contains(err.Error(), "cut short") {
		t.Errorf("cut short: %v, %v", v, err)
	}
}
