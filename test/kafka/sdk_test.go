package kafka

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"reddit-classifier/internal/eventing"
	"reddit-classifier/test/shared"
)

// jars returns the class path of the SDK for Java. Maven downloads it once.
var jars = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "reddit-classifier", "cloudevents-sdk-4.0.1")
	if _, err := os.Stat(filepath.Join(dir, "complete")); err == nil {
		return filepath.Join(dir, "*"), nil
	}
	cmd := exec.Command("mvn", "-q", "-B", "-f", "sdk/pom.xml", "dependency:copy-dependencies", "-DoutputDirectory="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return filepath.Join(dir, "*"), os.WriteFile(filepath.Join(dir, "complete"), nil, 0o600)
})

// oracle returns the command that runs the SDK for Java.
func oracle(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	shared.Program(t, "java")
	shared.Program(t, "mvn")
	path, err := jars()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "java", append([]string{"-cp", path, "-Dfile.encoding=UTF-8",
		"sdk/Oracle.java"}, args...)...)
	cmd.Stderr = os.Stderr
	return cmd
}

// javaRecord is a record in the oracle's JSON: bytes are in base64, and nil is null.
type javaRecord struct {
	Key     []byte      `json:"key"`
	Headers [][2][]byte `json:"headers"`
	Value   []byte      `json:"value"`
}

func (r javaRecord) record() *kgo.Record {
	k := &kgo.Record{Value: r.Value, Key: r.Key, Offset: 7}
	for _, h := range r.Headers {
		k.Headers = append(k.Headers, kgo.RecordHeader{Key: string(h[0]), Value: h[1]})
	}
	return k
}

func (r javaRecord) String() string {
	var b strings.Builder
	for _, h := range r.Headers {
		fmt.Fprintf(&b, "%q: %q, ", h[0], h[1])
	}
	return fmt.Sprintf("%s%q", &b, r.Value)
}

// ask writes a line to the oracle for each question and reads a line for each answer.
func ask[Q, A any](t *testing.T, cmd *exec.Cmd, questions []Q) []A {
	t.Helper()
	var in bytes.Buffer
	for _, q := range questions {
		b, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(b, '\n'))
	}
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answers []A
	for line := range bytes.Lines(out) {
		var a A
		if err := json.Unmarshal(line, &a); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(questions) {
		t.Fatalf("%d answers to %d questions", len(answers), len(questions))
	}
	return answers
}

// TestReadsAsJava checks that Source reads records as the SDK for Java does, with which a KafkaSource reads them.
func TestReadsAsJava(t *testing.T) {
	n := 60_000
	if testing.Short() {
		n = 5_000
	}
	random := rand.New(rand.NewPCG(1, 2))
	var records []javaRecord
	for range n {
		records = append(records, randomRecord(random))
	}
	type answer struct {
		Invalid    *string
		Attributes map[string]string
		Data       []byte
	}
	events, failed := 0, 0
	for i, want := range ask[javaRecord, answer](t, oracle(t, "read"), records) {
		e, err := eventing.Unpack(records[i].record())
		if want.Invalid == nil {
			events++
			delete(want.Attributes, eventing.KafkaPartition)
			delete(want.Attributes, eventing.KafkaOffset)
		}
		switch {
		case (err != nil) != (want.Invalid != nil):
			t.Errorf("%v\n\tgot  %v (%v)\n\twant %v", records[i], e, err, want)
		case err == nil && (!maps.Equal(e.Attributes, want.Attributes) || !bytes.Equal(e.Data, want.Data) ||
			(e.Data == nil) != (want.Data == nil)):
			t.Errorf("%v\n%s", records[i], cmp.Diff(want.Attributes, e.Attributes)+cmp.Diff(string(want.Data), string(e.Data)))
		default:
			continue
		}
		if failed++; failed > 20 {
			t.Fatal("and so on")
		}
	}
	if share := float64(events) / float64(n); share < 0.2 || share > 0.9 {
		t.Errorf("%d of %d records are events; the random records should be a mix", events, n)
	}
}

var (
	someIDs     = []string{"7", "", "é€😀", "a b", "\xff", "\xe2\x82x\xf0\x9f\x98"}
	someTypes   = []string{"t", "", "x y"}
	someSources = []string{"/me", "", "urn:x", "http://h/p?q#f", "/a%zz", "/a%2f", "a b", "x:", ":x", "//", "//h", "///p",
		"é", "/\u00a0",
		"/\u0085", "http://[::1]:8/", "http://[::1", "http://u@[fe80::1]/x", "http://a[b/", "1x:y", "a^b", "/a|b",
		"mailto:a@b", "#", "#f g", "?q", "x?y=[1]", "/[1]",
		"a+b:c", "\\", "http://h:80a/", "h_t:x", "//u@h:8", "//#", "//?q", "x:%4", "x:y#z#", "/😀", "http://é.de/"}
	someTimes = []string{"2024-02-29T23:59:59Z", "2024-01-01t00:00z", "lunchtime", "2023-02-29T00:00:00Z",
		"2024-01-01T00:00:60Z", "2024-01-01T24:00:00Z",
		"2024-01-01T00:00:00.120+01:00", "2024-01-01T00:00:00.123456789-18:00", "2024-01-01T00:00:00+18:01",
		"2024-01-01T00:00:00+00:00", "2024-01-01T00:00:00+01",
		"2024-01-01T00:00:00+0130", "2024-01-01T00:00:00+01:02:03", "2024-01-01T00:00:00", "2024-01-01",
		"+12345-01-01T00:00:00Z", "-0044-03-15T12:00:00Z",
		"12345-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "2024-1-01T00:00:00Z", "2024-01-01T0:00:00Z",
		"2024-01-01T00:00:00.Z", "2024-01-01 00:00:00Z",
		"2024-01-01T00:00:00.1234567890Z", "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z", "", "2024-01-01T00:00:00-00:00",
		"2024-01-01T00:00:00+1", "2024-01-01T00:00:00z ",
		"2024-01-01T00:00:00+1:30", "2024-01-01T00:00:00+01:3", "2024-01-01T00:00:00+013", "2024-01-01T00:00:00+01:0203", "2024-01-01T00:00:00+010203"}
	someText  = []string{"x", "", " a ", "é", "€", "\x01", "50%", "\u0085", "a\tb", "😀"}
	someNames = []string{"x", "partitionkey", "key", "X9", "a_b", "a-b", "é", "", "specversion", "datacontenttype",
		"schemaurl", "dataschema", "datacontentencoding", "time2", "data"}
	someContent = []string{"text/plain", "application/json", "application/json; charset=utf-8", "text/x+json",
		"application/vnd.a+json", "application/ld+json", "", "APPLICATION/JSON", "x"}
	structured = []string{"application/cloudevents+json", "application/cloudevents+json",
		"application/cloudevents+json; charset=UTF-8", "application/cloudevents+json ;x",
		"Application/CloudEvents+JSON", "application/cloudevents", "application/cloudevents-batch+json", "application/cloudevents+avro", "application/cloudevents+jsonx", " application/cloudevents+json"}
)

func one[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// usually returns the first value, which is valid, four times out of five, and else any value.
func usually[T any](r *rand.Rand, from []T) T {
	if chance(r, 5) {
		return one(r, from)
	}
	return from[0]
}

func chance(r *rand.Rand, in int) bool { return r.IntN(in) == 0 }

func randomRecord(r *rand.Rand) javaRecord {
	if chance(r, 2) {
		return randomStructured(r)
	}
	rec := javaRecord{Value: one(r, [][]byte{[]byte("hello"), {}, nil, []byte(`{"a": 1}`), {0xff}})}
	add := func(name, value string) {
		if chance(r, 60) {
			name = strings.ToUpper(name)
		}
		h := [2][]byte{[]byte(name), []byte(value)}
		if chance(r, 80) {
			h[1] = nil
		}
		rec.Headers = append(rec.Headers, h)
	}
	version := "1.0"
	if chance(r, 4) {
		version = one(r, []string{"0.3", "0.3", "0.2", "1", "", "1.0 "})
	}
	if !chance(r, 20) {
		add("ce_specversion", version)
	}
	for _, h := range []struct {
		name   string
		values []string
		often  int
	}{{"id", someIDs, 20}, {"source", someSources, 20}, {"type", someTypes, 20}} {
		if !chance(r, h.often) {
			add("ce_"+h.name, usually(r, h.values))
		}
	}
	if chance(r, 3) {
		add("ce_time", usually(r, someTimes))
	}
	if chance(r, 5) {
		add("ce_subject", one(r, someText))
	}
	if chance(r, 6) {
		add(one(r, []string{"ce_dataschema", "ce_schemaurl"}), usually(r, someSources))
	}
	if chance(r, 3) {
		add("content-type", one(r, someContent))
	}
	if chance(r, 20) {
		add("content-type", one(r, structured))
	}
	for chance(r, 3) {
		add("ce_"+one(r, someNames), one(r, someText))
	}
	for chance(r, 4) {
		add(one(r, []string{"other", "ce-id", "ce", "Content-Type"}), one(r, someText))
	}
	r.Shuffle(len(rec.Headers), func(i, j int) { rec.Headers[i], rec.Headers[j] = rec.Headers[j], rec.Headers[i] })
	return rec
}

// randomStructured returns a record with an event in JSON, which is sometimes invalid.
func randomStructured(r *rand.Rand) javaRecord {
	rec := javaRecord{Headers: [][2][]byte{{[]byte("content-type"), []byte(one(r, structured[:4]))}}}
	if chance(r, 12) {
		rec.Headers[0][1] = []byte(one(r, structured))
	}
	members := []string{}
	add := func(name string, value any) {
		v, ok := value.(json.RawMessage)
		if !ok {
			v, _ = json.Marshal(value)
		}
		members = append(members, fmt.Sprintf("%s%q:%s", one(r, []string{"", " ", "\n\t"}), name, v))
	}
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	if !chance(r, 30) {
		add("specversion", one(r, []string{"1.0", "1.0", "1.0", "1.0", "0.3", "2"}))
	}
	for _, required := range []struct {
		name   string
		values []string
	}{{"id", someIDs[:4]}, {"source", someSources}, {"type", someTypes}} {
		name, values := required.name, required.values
		switch {
		case chance(r, 40):
			add(name, raw(one(r, []string{"null", "1", "{}"})))
		case !chance(r, 40):
			add(name, usually(r, values))
		}
	}
	if chance(r, 3) {
		add("time", usually(r, someTimes))
	}
	if chance(r, 5) {
		add("subject", one(r, someText))
	}
	if chance(r, 6) {
		add(one(r, []string{"dataschema", "schemaurl"}), usually(r, someSources))
	}
	if chance(r, 2) {
		add("datacontenttype", one(r, someContent))
	}
	if chance(r, 20) {
		add("datacontentencoding", one(r, []string{"base64", "x"}))
	}
	if !chance(r, 4) {
		add("data", raw(randomJSON(r, 3)))
	}
	if chance(r, 8) {
		add("data_base64", raw(one(r, []string{`"aGVsbG8="`, `"aGVs bG8="`, `""`, `"aGVsbG8"`, `"!"`, "null", "1",
			`"aGVsbG8=x"`})))
	}
	for chance(r, 2) {
		add(one(r, someNames[:9]), raw(randomJSON(r, 1)))
	}
	r.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	text := "{" + strings.Join(members, ",") + "}"
	switch r.IntN(40) {
	case 0:
		text = text[:r.IntN(len(text))]
	case 1:
		text += one(r, []string{" ", "x", "{}", "]"})
	case 2:
		text = "[" + text + "]"
	case 3:
		text = "\xef\xbb\xbf" + text
	case 4:
		text = strings.Replace(text, ",", ",,", 1)
	case 5:
		text = strings.Replace(text, `"`, "'", 2)
	case 6:
		i := r.IntN(len(text))
		text = text[:i] + one(r, []string{"\xff", "\x01", "\xed\xa0\x80", "/"}) + text[i:]
	}
	rec.Value = []byte(text)
	return rec
}

// randomJSON returns a JSON value in one of the notations that differ between writers. It has no doubles that Java 17
// writes with more digits than Java 19 and later, such as 1e23, because the dispatcher runs on a later Java.
func randomJSON(r *rand.Rand, depth int) string {
	scalars := []string{"null", "true", "false", "0", "-0", "1", "-17", "2147483648", "2147483647", "-2147483648",
		"123456789012345678901234567890", "1.0", "1.10", "1e5", "1E400",
		"-1e-400", "0.001", "0.0009", "1234567.0", "12345678.9", "1e22", "4.9e-324", "5e-324", "123e-7", "-0.0", "0.1",
		"3.4028235e38", "01", "1.", ".5", "+1", "NaN", "tru",
		`"x"`, `"aGVsbG8="`, `""`, `"é\/\u0001\n\t\"\\"`, `"\u00e9\u20AC\ud83d\ude00"`, `"\ud83d"`, `"\ude00x"`, `"\u12"`, `"\x"`, `"😀"`, "\"\x7f\"", "\"a\tb\"", `"\u2028"`}
	if depth == 0 || chance(r, 2) {
		return usually(r, append(scalars[r.IntN(14):], scalars...))
	}
	var parts []string
	object := chance(r, 2)
	for range r.IntN(4) {
		part := randomJSON(r, depth-1)
		if object {
			part = fmt.Sprintf("%q : %s", one(r, []string{"a", "b", "é"}), part)
		}
		parts = append(parts, part)
	}
	if object {
		return "{" + strings.Join(parts, " , ") + "}"
	}
	return "[ " + strings.Join(parts, ",") + "]"
}
