package eventing

import (
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"
)

// These tests have a few values of what test/kafka compares with Java itself, so that they fail without it.

// TestJSONAsJackson has JSON as Jackson writes what it reads. An empty text is refused.
func TestJSONAsJackson(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	digits := strings.Repeat("1", 1000)
	for text, want := range map[string]string{
		// white space, and what follows the value
		" \t\r\n[ 1 , 2 ]x": "[1,2]", "\ufeff{ }": "{}", "[]": "[]", "[ ]": "[]", "[1]]": "[1]",
		`{"a" : 1 , "b":[{}]}`: `{"a":1,"b":[{}]}`, `{"a":1,"b":2,"a":3}`: `{"a":3,"b":2}`,
		// words
		"null": "null", "true": "true", "[true,false,null]": "[true,false,null]", "null,": "null", "true]": "true",
		"nul": "", "nullx": "", "null1": "", "null_": "", "null$": "", "null\u00e9": "", "null\x80": "", "True": "", "": "",
		"falseA": "", "false0": "", "false9": "", "falseZ": "", "falsez": "",
		// numbers
		"0": "0", "-0": "0", "-12": "-12", "123456789012345678901234567890": "123456789012345678901234567890",
		"1.50": "1.5", "-0.0": "-0.0", "1e2": "100.0", "1E+7": "1.0E7", "1e-4": "1.0E-4", "1.5e300": "1.5E300",
		"1e400": `"Infinity"`, "-1e400": `"-Infinity"`, "01": "", "-01": "", "00": "", "1.": "", ".5": "", "1e": "",
		"1e+": "",
		"+1":  "", "-": "", "-a": "", "1x": "", "1.5$": "", "1e5_": "", digits: digits, digits + "1": "",
		// strings
		`"a\"b\\c\/d"`: `"a\"b\\c/d"`, `"\b\f\n\r\t"`: `"\b\f\n\r\t"`, `"\u0001\u001f\u007f"`: "\"\\u0001\\u001F\x7f\"",
		`"\u00e9é"`: `"éé"`, `"\ud83d\ude02😂"`: `"😂😂"`, `"\ud83d"`: `"?"`, `"\ud83dx"`: `"?x"`, `"\ud83d\u0041"`: `"?A"`,
		`"\ud83d\ud83d\ude02"`: `"?😂"`, `"\ude02\ud83d"`: `"??"`, "\"\xed\xa0\x80z\"": `"?z"`,
		"\"\xed\x9f\xbf\"": "\"\ud7ff\"",
		"\"\xff\"":         "", "\"\xe2\x82\"": "", "\"\xc3\"": "", "\"a\nb\"": "", "\"a\x1fb\"": "", `"a`: "", `"a\`: "",
		`"\x"`: "", `"\u12"`: "",
		`"\u123`: "", `"\u123g"`: "", `"\ud83d\u00"`: "", `"\x123456"`: "", `"\u`: "",
		// what is missing or too much
		"[1,]": "", "[,1]": "", "[1 2]": "", "[": "", "[1": "", `{"a"}`: "", `{"a":}`: "", `{"a":1,}`: "", `{a:1}`: "",
		`{"a" 1}`: "", `{"a":1 "b":2}`: "", `{"a":1`: "", "{": "", "]": "", "x": "",
		nested(1000): nested(1000), nested(1001): "", "[" + strings.Repeat("[],", 2000) + "1]": "[" + strings.Repeat("[],",
			2000) + "1]",
	} {
		v, err := (&jsonParser{text: slices.Clip([]byte(text))}).document()
		if want == "" {
			if err == nil {
				t.Errorf("%.60q is read as %.60s", text, v.JSON())
			}
			continue
		}
		if err != nil {
			t.Errorf("%.60q: %v", text, err)
		} else if got := v.JSON(); got != want {
			t.Errorf("%.60q is %.60s, want %.60s", text, got, want)
		}
	}
}

// TestUTF8AsJava has text that is not UTF-8: an error for each run of bytes that begins a character.
func TestUTF8AsJava(t *testing.T) {
	for bytes, want := range map[string]string{
		"a": "a", "\x7f\xff": "\x7f?", "\x80": "?", "\xbf": "?", "\xc0\x80": "??", "\xc1\xbf": "??",
		"\xc2": "?", "\xc2a": "?a", "\xc2\x7f": "?\x7f", "\xc2\xc0": "??", "\xc2\x80\xff": "\u0080?",
		"\xdf\xbf\xff": "\u07ff?",
		"\xe0\x80\x80": "???", "\xe0\x9f\xbf": "???", "\xe0\xa0\x80\xff": "\u0800?", "\xe0\xa0": "?", "\xe0\xa0a": "?a",
		"\xe1\x80\x80\xff": "\u1000?", "\xe1\x80": "?", "\xe1a": "?a", "\xe1\x80\xc0": "??", "\xef\xbf\xbd\xff": "\ufffd?",
		"\xed\x9f\xbf\xff": "\ud7ff?", "\xed\xa0\x80": "?", "\xed\xbf\xbfa": "?a", "\xee\x80\x80\xff": "\ue000?",
		"\xf0\x8f\xbf\xbf": "????", "\xf0\x90\x80\x80\xff": "\U00010000?", "\xf0\x90\x80": "?", "\xf0\x90": "?",
		"\xf0\x90a":     "?a",
		"\xf0\x90\x80a": "?a", "\xf3\xbf\xbf\xbf\xff": "\U000fffff?", "\xf4\x8f\xbf\xbf\xff": "\U0010ffff?",
		"\xf4\x90\x80\x80": "????", "\xf5\x80\x80\x80": "????", "\xff\xfe": "??", "\xf1\x80\x80\xc2\x80": "?\u0080",
	} {
		want = strings.ReplaceAll(want, "?", "\ufffd")
		if got := decodeUTF8([]byte(bytes)); got != want {
			t.Errorf("%q is %q, want %q", bytes, got, want)
		}
	}
}

func TestFloatsAsJava(t *testing.T) {
	for want, f := range map[string]float64{
		"0.0": 0, "-0.0": math.Copysign(0, -1), "1.0": 1, "0.1": 0.1, "0.001": 0.001, "9.999E-4": 0.0009999, "1.0E-4": 0.0001,
		"9999999.0": 9999999, "1.0E7": 1e7, "-1.0E7": -1e7, "1.23456789E8": 123456789, "2.0E23": 2e23, "4.9E-324": 5e-324,
		"1.7976931348623157E308": math.MaxFloat64, "NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1),
		"1.0E21": 1e21, "100.25": 100.25,
	} {
		if got := formatFloat(f, 64); got != want {
			t.Errorf("%v is %s, want %s", f, got, want)
		}
	}
	for want, f := range map[string]float32{"0.1": 0.1, "3.4028235E38": math.MaxFloat32, "1.4E-45": 1e-45,
		"1.0E10": 1e10} {
		if got := formatFloat(float64(f), 32); got != want {
			t.Errorf("%v is %s, want %s", f, got, want)
		}
	}
}

func TestKeysAsJava(t *testing.T) {
	for _, tt := range []struct {
		keys      KeyType
		key, want string
	}{
		{TextKeys, "abcd", "abcd"}, {TextKeys, "\xff", "\ufffd"}, {"", "abcd", "abcd"},
		{IntKeys, "\x00\x00\x01\x02", "258"}, {IntKeys, "\xff\xff\xff\xfe", "-2"}, {IntKeys, "abc", "abc"}, {IntKeys,
			"abcde", "abcde"},
		{FloatKeys, "\x3f\xc0\x00\x00", "1.5"}, {FloatKeys, "\x3d\xcc\xcc\xcd", "0.1"},
		{FloatKeys, "\x3f\xf8\x00\x00\x00\x00\x00\x00", "1.5"}, {FloatKeys, "\xc1\x63\x12\xd0\x00\x00\x00\x00", "-1.0E7"},
		{FloatKeys, "abc", "abc"}, {ByteKeys, "abcd", "YWJjZA=="}, {ByteKeys, "\xff", "/w=="},
	} {
		if got := tt.keys.read([]byte(tt.key)); got != tt.want {
			t.Errorf("%s key %q is %q, want %q", tt.keys, tt.key, got, tt.want)
		}
	}
}

// TestTimesAsJava has times as OffsetDateTime reads and writes them. An empty one is refused.
func TestTimesAsJava(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-22T16:09:00Z": "2026-11-22T16:09:00Z", "2026-11-22t16:09:00z": "2026-11-22T16:09:00Z",
		"2026-11-22T16:09Z": "2026-11-22T16:09:00Z", "2026-11-22T16:09:01.5Z": "2026-11-22T16:09:01.5Z",
		"2026-11-22T16:09:01.120000000Z": "2026-11-22T16:09:01.12Z", "2026-11-22T16:09:01.Z": "2026-11-22T16:09:01Z",
		"2026-11-22T16:09:01.000000001Z": "2026-11-22T16:09:01.000000001Z", "2026-11-22T16:09:01.0000000001Z": "",
		"2026-11-22T16:09:00+02:00": "2026-11-22T16:09:00+02:00", "2026-11-22T16:09:00-05:30": "2026-11-22T16:09:00-05:30",
		"2026-11-22T16:09:00+01:02:03": "2026-11-22T16:09:00+01:02:03",
		"2026-11-22T16:09:00+01:02:00": "2026-11-22T16:09:00+01:02",
		"2026-11-22T16:09:00+00:00":    "2026-11-22T16:09:00Z", "2026-11-22T16:09:00-00:00:00": "2026-11-22T16:09:00Z",
		"2026-11-22T16:09:00+18:00": "2026-11-22T16:09:00+18:00", "2026-11-22T16:09:00+18:01": "",
		"2026-11-22T16:09:00+17:60":    "",
		"2026-11-22T16:09:00+18:00:01": "", "2026-11-22T16:09:00+01:00:60": "", "2026-11-22T16:09:00+2": "",
		"2026-11-22T16:09:00+02": "2026-11-22T16:09:00+02:00", "2026-11-22T23:59:59Z": "2026-11-22T23:59:59Z",
		"2026-11-22T24:00:00Z": "", "2026-11-22T16:60:00Z": "", "2026-11-22T16:09:60Z": "", "2026-02-29T00:00:00Z": "",
		"2024-02-29T00:00:00Z": "2024-02-29T00:00:00Z", "2026-13-01T00:00:00Z": "", "2026-00-01T00:00:00Z": "",
		"2026-01-00T00:00:00Z": "", "2026-11-22 16:09:00Z": "", "2026-11-22T16:09:00": "", "noon": "", "": "",
		"0000-01-01T00:00:00Z": "0000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z": "-0001-01-01T00:00:00Z",
		"-0000-01-01T00:00:00Z":  "",
		"+12345-01-01T00:00:00Z": "+12345-01-01T00:00:00Z", "+2026-01-01T00:00:00Z": "", "12345-01-01T00:00:00Z": "",
		"9999-12-31T00:00:00Z": "9999-12-31T00:00:00Z", "+10000-01-01T00:00:00Z": "+10000-01-01T00:00:00Z",
	} {
		if got, ok := parseTime(text); got != want || ok != (want != "") {
			t.Errorf("%q is %q, %v; want %q", text, got, ok, want)
		}
	}
	at := time.Date(2026, 11, 22, 16, 9, 0, 5_000_000, time.UTC)
	if got := formatTime(at, "Z"); got != "2026-11-22T16:09:00.005Z" {
		t.Error(got)
	}
}

func TestURIsAsJava(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "/a": true, "a/b?c=d#e": true, "#": true, "http://host": true, "http://user@host:80/p?q#f": true,
		"urn:a:b": true,
		"a:b":     true, "a1+-.:b": true, "1a:b": false, ":a": false, "+a:b": false, "a:": false, "a:#b": false, "é:b": false,
		"//": false, "//#a": true, "///a": true, "//?a": true, "//h?a": true, "http://[::1]/a": true, "http://[::1]:80": true,
		"http://[::1]:": true, "http://[::1]:x": false, "http://[::1]x": false, "http://u@[::1]": true,
		"http://[1.2.3.4]": false,
		"http://[::1":      false, "http://::1]": false, "http://x[::1]": false, "http://u[@[::1]": false, "a b": false,
		"a%20b": true, "a%2": false,
		"a%zz": false, "a%Ff": true, "é": true, "a\u00a0b": false, "a\u2028b": false, "a\u0085b": false, "a\u009fb": false,
		"a\u00a1b": true,
		"a\\b":     false, "a|b": false, "a[b": false, "?[": true, "#[": true, "#a#b": false, "#<": false, "?<": false,
		"a:[b": true, "a:<": false,
		"//a<b": false, "-_.!~*'()": true, "\x7f": false, "a\nb": false, "//a/b": true, "/a:b": true,
	} {
		if err := checkURI(text); (err == nil) != want {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
}

// TestHeadersAsVertx has values of headers in Latin-1, and those that Vert.x refuses.
func TestHeadersAsVertx(t *testing.T) {
	e := Event{
		Attributes: map[string]string{"id": "1", "latin": "caf\u00e9\u00ff", "wide": "\u0100\U0001f602", "tab": "a\tb",
			"folded": "a \r\n\t b", "control": "a\x01\x1f\x7f\nb", dataContentType: "text/plain"},
	}
	h := http.Header{}
	refused := e.setHeader(h)
	want := http.Header{
		"Ce-Id":        {"1"},
		"Ce-Latin":     {"caf\xe9\xff"},
		"Ce-Wide":      {"???"},
		"Ce-Tab":       {"a\tb"},
		"Ce-Folded":    {"a b"},
		"Ce-Control":   {"a%01%1F%7F%0Ab"},
		"Content-Type": {"text/plain"},
	}
	if diff := cmp.Diff(want, h); diff != "" || !slices.Equal(refused, []string{"control"}) {
		t.Errorf("refused %v (-want +got):\n%s", refused, diff)
	}
	if got := FromLatin1("caf\xe9\xff"); got != "caf\u00e9\u00ff" {
		t.Errorf("%q", got)
	}
}

// TestStructuredAsJava has records in structured mode: the event's attributes and data, or why it is none.
func TestStructuredAsJava(t *testing.T) {
	const head = `{"specversion":"1.0","id":"1","source":"/a","type":"b"`
	const old = `{"specversion":"0.3","id":"1","source":"/a","type":"b"`
	for _, tt := range []struct{ text, want string }{
		{head + `}`, "nil"},
		{head + `,"data":{ "a" : 1.0e8 }}`, `datacontenttype=application/json {"a":1.0E8}`},
		{head + `,"data":null}`, `datacontenttype=application/json null`},
		{head + `,"data":"x","datacontenttype":"text/plain"}`, `datacontenttype=text/plain x`},
		{head + `,"data":1,"datacontenttype":"text/plain"}`, `its data is neither JSON nor a string`},
		{head + `,"data":[1, 2],"datacontenttype":"text/x+json;v=1"}`, `datacontenttype=text/x+json;v=1 [1,2]`},
		{head + `,"data_base64":"YQ = ="}`, `a`}, {head + `,"data_base64":""}`, ``}, {head + `,"data_base64":"?"}`,
			`is not base64`},
		{head + `,"data_base64":1}`, `is not a string`}, {head + `,"data":1,"data_base64":"YQ=="}`,
			`both data and data_base64`},
		{old + `,"data":1,"data_base64":"YQ=="}`, `datacontenttype=application/json a`},
		{old + `,"data":"YQ==","datacontentencoding":"base64"}`, `datacontenttype=application/json a`},
		{old + `,"data":"YQ==","datacontentencoding":"other"}`, `datacontenttype=application/json "YQ=="`},
		{old + `,"data":"YQ==","datacontentencoding":7}`, `its datacontentencoding is not a string`},
		{old + `,"schemaurl":"/s"}`, `schemaurl=/s nil`}, {old + `,"schemaurl":" "}`, `its schemaurl is not a URI`},
		{head + `,"dataschema":"/s"}`, `dataschema=/s nil`}, {head + `,"dataschema":" "}`, `its dataschema is not a URI`},
		{head + `,"subject":"s","time":"2026-11-22T16:09Z"}`, `subject=s time=2026-11-22T16:09:00Z nil`},
		{head + `,"subject":null,"x":null,"y":true,"z":-7}`, `x=null y=true z=-7 nil`},
		{head + `,"x":2147483648}`, `is not a 32-bit integer`}, {head + `,"x":1.5}`, `is not a 32-bit integer`},
		{head + `,"x":{"a": [ ]}}`, `x={"a":[]} nil`}, {head + `,"X":1}`, `is not a valid attribute name`},
		{head + `,"time":"noon"}`, `is not in RFC 3339`}, {head + `,"subject":1}`, `its subject is not a string`},
		{`{"specversion":"1.0","id":"1","source":"/a"}`, "it has no type"}, {`{"id":"1"}`, "it has no specversion"},
		{`{"specversion":1}`, "its specversion is not a string"}, {`{"specversion":"2.0"}`, `its specversion is "2.0"`},
		{`[]`, "not an object"}, {`{`, "not a CloudEvent in JSON"},
	} {
		e, err := parseStructured([]byte(tt.text))
		if err != nil {
			if !strings.Contains(err.Error(), tt.want) || tt.want == "" {
				t.Errorf("%s: %v, want %s", tt.text, err, tt.want)
			}
			continue
		}
		var got []string
		for name, value := range e.Attributes {
			if !slices.Contains([]string{specVersion, "id", "source", "type"}, name) {
				got = append(got, name+"="+value)
			}
		}
		slices.Sort(got)
		if data := string(e.Data); e.Data != nil {
			got = append(got, data)
		} else {
			got = append(got, "nil")
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %s, want %s", tt.text, s, tt.want)
		}
	}
	for key, want := range map[string]bool{`"1"`: false, `1`: true, `true`: true, `null`: false, `[]`: false} {
		e, err := parseStructured([]byte(head + `,"partitionkey":` + key + `}`))
		if err != nil || e.keyNotString != want {
			t.Errorf("the key %s: %v, %v", key, e.keyNotString, err)
		}
	}
}

// TestUnpackAsJava has records with headers: the event in them, or why there is none.
func TestUnpackAsJava(t *testing.T) {
	event := []kgo.RecordHeader{{Key: "ce_specversion", Value: []byte("1.0")}, {Key: "ce_id", Value: []byte("1")},
		{Key: "ce_source", Value: []byte("/a")}, {Key: "ce_type", Value: []byte("b")}}
	with := func(more ...string) []kgo.RecordHeader {
		h := slices.Clone(event)
		for i := 0; i < len(more); i += 2 {
			h = append(h, kgo.RecordHeader{Key: more[i], Value: []byte(more[i+1])})
		}
		return h
	}
	null := func(name string) []kgo.RecordHeader { return append(slices.Clone(event), kgo.RecordHeader{Key: name}) }
	for _, tt := range []struct {
		name    string
		headers []kgo.RecordHeader
		want    map[string]string // beside the four; nil: it is none
		why     string
	}{
		{"binary", event, map[string]string{}, ""},
		{"names", with("ce_Key", "k", "ce_", "x", "other", "y", "content-type", "text/plain", "ce_SPECVERSION", "7"),
			map[string]string{"key": "k", dataContentType: "text/plain"}, ""},
		{"the last of several", with("ce_key", "1", "ce_key", "2"), map[string]string{"key": "2"}, ""},
		{"a header without a value", append(null("ce_key"), kgo.RecordHeader{Key: "ce_other", Value: []byte("o")}),
			map[string]string{"other": "o"}, ""},
		{"a content type without a value", null("content-type"), nil, "content-type has no value"},
		{"a version without a value", null("ce_specversion"), nil, "it has no specversion"},
		{"other version", with("ce_specversion", "0.2"), nil, `its specversion is "0.2"`},
		{"other prefix", with("CE_key", "k"), map[string]string{}, ""},
		{"a name that is none", with("ce_a-b", "x"), nil, "is not a valid attribute name"},
		{"no type", event[:3], nil, "it has no type"}, {"no id", event[:1], nil, "it has no id"}, {"nothing", nil, nil,
			"it has no specversion"},
		{"another format", with("content-type", "application/cloudevents+avro"), nil, "is not known"},
	} {
		e, err := Unpack(&kgo.Record{Headers: tt.headers, Value: []byte("v")})
		if tt.want == nil {
			if err == nil || !strings.Contains(err.Error(), tt.why) {
				t.Errorf("%s: %v, want %s", tt.name, err, tt.why)
			}
			continue
		}
		want := map[string]string{specVersion: "1.0", "id": "1", "source": "/a", "type": "b"}
		for name, value := range tt.want {
			want[name] = value
		}
		if diff := cmp.Diff(want, e.Attributes); err != nil || diff != "" || string(e.Data) != "v" {
			t.Errorf("%s: %v, %q (-want +got):\n%s", tt.name, err, e.Data, diff)
		}
	}
	if e, err := Unpack(&kgo.Record{Headers: event, Value: []byte{}}); err != nil || e.Data != nil {
		t.Errorf("an empty value: %v, %v", e.Data, err)
	}
}

// TestWith makes events of version 0.3 into ones of 1.0, whose schemaurl is the dataschema.
func TestWith(t *testing.T) {
	old := Event{Attributes: map[string]string{specVersion: "0.3", "id": "1", schemaURL: "/s"}, Data: []byte("d")}
	got := old.With(map[string]string{"more": "m"})
	want := map[string]string{specVersion: "1.0", "id": "1", dataSchema: "/s", "more": "m"}
	if diff := cmp.Diff(want, got.Attributes); diff != "" || string(got.Data) != "d" ||
		old.Attributes[specVersion] != "0.3" {
		t.Errorf("of %v (-want +got):\n%s", old.Attributes, diff)
	}
	current := Event{Attributes: map[string]string{specVersion: "1.0", schemaURL: "extension"}}
	if got := current.With(nil).Attributes; got[schemaURL] != "extension" || len(got) != 2 {
		t.Errorf("%v", got)
	}
}
