package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/internal/textfile"
	"reddit-classifier/model/head"
)

const wide = "index,body,score,parent_id,id,created_utc,retrieved_on,REMOVED\n"

func TestLayouts(t *testing.T) {
	for name, c := range map[string]struct {
		file, content string
		want          Dataset
	}{
		"30k": {"a.csv", "\"\",\"X\",\"BODY\",\"REMOVED\"\n\"7\",8,\"say \"\"hi\"\", twice\r\nok\",0\n\"9\",10,plain,1\n",
			Dataset{IDs: []string{"7", "9"}, Texts: []string{"say \"hi\", twice\r\nok", "plain"}, Labels: []int{0, 1}}},
		"200k": {"a.csv", wide + "0,some text,5,t3_a,c1,1500000000,1500000001,True\n1,more,,t3_b,c2,1500000002,1,False\n",
			Dataset{IDs: []string{"c1", "c2"}, Texts: []string{"some text", "more"}, Labels: []int{1, 0}}},
		"no header, 4": {"a.csv", "1,2,text,0\n3,4,other,1\n",
			Dataset{IDs: []string{"1", "3"}, Texts: []string{"text", "other"}, Labels: []int{0, 1}}},
		"no header, tabs": {"a.tsv", "1\t2\ttext, more\t0\n3\t4\tother\t1\n",
			Dataset{IDs: []string{"1", "3"}, Texts: []string{"text, more", "other"}, Labels: []int{0, 1}}},
		"no header, 8": {"a.csv", "1,text,1,p,i,2,3,0\n",
			Dataset{IDs: []string{"1"}, Texts: []string{"text"}, Labels: []int{0}}},
		"mixed bytes": {"a.csv", "id,body,removed\n1,caf\xe9 caf\xc3\xa9,1\n",
			Dataset{IDs: []string{"1"}, Texts: []string{"café cafÃ©"}, Labels: []int{1}}},
		"old Mac lines": {"a.csv", "id,body,removed\r1,a,1\r2,b,0\r",
			Dataset{IDs: []string{"1", "2"}, Texts: []string{"a", "b"}, Labels: []int{1, 0}}},
		"byte order mark": {"a.csv", "\xef\xbb\xbfbody,removed\na,1\n",
			Dataset{IDs: []string{"1"}, Texts: []string{"a"}, Labels: []int{1}}},
		"semicolons": {"a.csv", "body;removed\na, b;1\nc;0\n",
			Dataset{IDs: []string{"1", "2"}, Texts: []string{"a, b", "c"}, Labels: []int{1, 0}}},
		"tabs": {"a.tsv", "comment_id\tbody\tremoved\nx\ta, b\t1\n",
			Dataset{IDs: []string{"x"}, Texts: []string{"a, b"}, Labels: []int{1}}},
		"ndjson": {"a.ndjson", `{"text":"a","label":1}`,
			Dataset{IDs: []string{"1"}, Texts: []string{"a"}, Labels: []int{1}}},
		"text first": {"a.csv", "text,removed\na,1\nb,0\n",
			Dataset{IDs: []string{"1", "2"}, Texts: []string{"a", "b"}, Labels: []int{1, 0}}},
		"label first": {"a.csv", "removed,body\n1,a\n0,b\n",
			Dataset{IDs: []string{"1", "2"}, Texts: []string{"a", "b"}, Labels: []int{1, 0}}},
		"gaps elsewhere": {"a.csv", "id,body,removed\n1,a,1.0\n2,b,0.0\n",
			Dataset{IDs: []string{"1", "2"}, Texts: []string{"a", "b"}, Labels: []int{1, 0}}},
		"jsonl with a mark": {"a.jsonl", "\xef\xbb\xbf{\"text\":\"a\",\"label\":1.0}",
			Dataset{IDs: []string{"1"}, Texts: []string{"a"}, Labels: []int{1}}},
		"jsonl": {"a.jsonl",
			"{\"text\":\"a\",\"label\":1}\n\n{\"id\":\"x\",\"body\":\"b\",\"removed\":false}\r\n{\"id\":7,\"text\":\"\",\"label\":\"True\"}",
			Dataset{IDs: []string{"1", "x", "7"}, Texts: []string{"a", "b", ""}, Labels: []int{1, 0, 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := Parse(c.file, strings.NewReader(c.content), Options{})
			if err != nil {
				t.Fatal(err)
			}
			got := Dataset{IDs: d.IDs, Texts: d.Texts, Labels: d.Labels}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("−want +got:\n%s", diff)
			}
		})
	}
}

// TestOptions reads columns and fields of other names, and text in the encoding that is asked for.
func TestOptions(t *testing.T) {
	named := Options{TextColumn: "Note", IDColumn: "key", LabelColumn: "gone"}
	utf8, latin1 := Options{Encoding: textfile.UTF8}, Options{Encoding: textfile.Latin1}
	both := Dataset{IDs: []string{"k1", "k2"}, Texts: []string{"a", "b"}, Labels: []int{0, 1}}
	for name, c := range map[string]struct {
		file, content string
		options       Options
		want          Dataset
	}{
		"a table": {"a.csv", "text,key,note,label,gone\nx,k1,a,1,0\ny,k2,b,0,1\n", named, both},
		"lines": {"a.jsonl", `{"text":"x","key":"k1","NOTE":"a","label":1,"gone":0}` + "\n" +
			`{"id":"y","key":"k2","note":"b","label":0,"gone":true}`, named, both},
		"semicolons before the text's column": {"a.csv", "key;a,b;note;gone\nk1;x;a;0\nk2;y;b;1\n", named, both},
		"tabs first in a .tsv":                {"a.tsv", "key\tnote,text\tnote\tgone\nk1\tx,y\ta\t0\nk2\tx,y\tb\t1\n", named, both},
		"the usual names beside one of another": {"a.csv", "id,body,gone\nk1,a,0\nk2,b,1\n",
			Options{LabelColumn: "gone"}, both},
		"no id": {"a.csv", "body,removed\nk1,0\nk2,1\n", Options{TextColumn: "body"},
			Dataset{IDs: []string{"1", "2"}, Texts: []string{"k1", "k2"}, Labels: []int{0, 1}}},
		"UTF-8": {"a.csv", "id,body,removed\né,café,0\n", utf8,
			Dataset{IDs: []string{"é"}, Texts: []string{"café"}, Labels: []int{0}}},
		"other columns may be anything": {"a.csv", "id,X,body,removed\n1,\xff,café,0\n", utf8,
			Dataset{IDs: []string{"1"}, Texts: []string{"café"}, Labels: []int{0}}},
		"Latin-1 lines": {"a.jsonl", "{\"text\":\"caf\xe9\",\"label\":1}", latin1,
			Dataset{IDs: []string{"1"}, Texts: []string{"café"}, Labels: []int{1}}},
		"Latin-1 and classes": {"a.csv", "id,body,label\n1,caf\xe9,ham\n", Options{Encoding: textfile.Latin1,
			Classes: &Classes{Names: []head.Class{{Kind: head.ClassString, Text: "ham"}}}},
			Dataset{IDs: []string{"1"}, Texts: []string{"café"}, Labels: []int{0}}},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := Parse(c.file, strings.NewReader(c.content), c.options)
			if err != nil {
				t.Fatal(err)
			}
			got := Dataset{IDs: d.IDs, Texts: d.Texts, Labels: d.Labels}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("−want +got:\n%s", diff)
			}
		})
	}
	for name, c := range map[string]struct {
		file, content, want string
		options             Options
	}{
		"no such text":    {"a.csv", "id,body,removed\n1,x,0\n", `no column is named "Note", as --text-column says`, named},
		"no such id":      {"a.csv", "note,gone\nx,0\n", `no column is named "key", as --id-column says`, named},
		"no such label":   {"a.csv", "note,key,removed\nx,1,0\n", `no column is named "gone", as --label-column says`, named},
		"no header":       {"a.csv", "1,2,x,0\n3,4,y,1\n", `no column is named "Note"`, named},
		"no label at all": {"a.csv", "note,x\na,1\n", "no column is named REMOVED or label", Options{TextColumn: "note"}},
		"no such field":   {"a.jsonl", `{"note":"x","key":1,"label":0}`, `has no "gone", which --label-column names`, named},
		"a null label":    {"a.jsonl", `{"text":"x","label":null}`, `has neither "label" nor "removed"`, Options{}},
		"a null text":     {"a.jsonl", `{"text":null,"label":1}`, `text is null`, Options{}},
		"not UTF-8": {"a.csv", "id,body,removed\n1,a,0\n2,\xff,0\n",
			"a.csv: line 3: the text is not UTF-8: convert it, or read it with --encoding latin-1", utf8},
		"lines that are not UTF-8": {"a.jsonl", "{\"text\":\"\xff\",\"label\":1}", "line 1: the text is not UTF-8: convert it",
			Options{}},
	} {
		if d, err := Parse(c.file, strings.NewReader(c.content), c.options); d != nil || err == nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

func TestScoreAndDate(t *testing.T) {
	d, err := Parse("a.csv", strings.NewReader(wide+"0,a,5,p,i,1500000000,1,1\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float64{5}, d.Score) + cmp.Diff([]float64{1.5e9}, d.Created); diff != "" {
		t.Error(diff)
	}
}

// TestOtherColumns keeps the columns that nothing is learned from, by header and by shape, where all files have them.
func TestOtherColumns(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		want    []Column
	}{
		"30k": {"\"\",\"X\",\"BODY\",\"REMOVED\"\n\"7\",8,a,0\n\"9\",10,b,1\n",
			[]Column{{"X", []string{"8", "10"}}}},
		"no header, 4": {"7,8,a,0\n9,10,b,1\n", []Column{{"X", []string{"8", "10"}}}},
		"200k": {wide + "0,a,5,t3_a,c1,15,16,True\n",
			[]Column{{"parent_id", []string{"t3_a"}}, {"id", []string{"c1"}}, {"retrieved_on", []string{"16"}}}},
		"none": {"id,body,removed\n1,a,1\n", nil},
	} {
		d, err := Parse("a.csv", strings.NewReader(c.content), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, d.Others); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	d := &Dataset{}
	d.add(&Dataset{Others: []Column{{"a", []string{"1"}}, {"b", []string{"2"}}}}, true)
	d.add(&Dataset{Others: []Column{{"c", []string{"3"}}, {"a", []string{"4"}}}}, false)
	if diff := cmp.Diff([]Column{{"a", []string{"1", "4"}}}, d.Others); diff != "" {
		t.Error(diff)
	}
}

// TestRead reads standard input and a file: each has the digest that it has alone.
func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, []byte("id,body,removed\n1,x,0\n2,y,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const line = `{"text":"z","label":1}`
	d, err := Read(strings.NewReader(line), Options{}, "-", path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]File{{textfile.StandardInput, 1}, {path, 2}}, d.Files) + cmp.Diff([]string{"z", "x", "y"},
		d.Texts); diff != "" {
		t.Error(diff)
	}
	alone, err := Read(nil, Options{}, path)
	if err != nil {
		t.Fatal(err)
	}
	digests := d.Digests()
	if len(digests) != 2 || digests[1] != alone.Digests()[0] || digests[0] == digests[1] {
		t.Errorf("digests %q, alone %q", digests, alone.Digests())
	}
	if selected := d.Select([]int{1, 2}).Digests(); len(selected) != 1 || selected[0] != digests[1] {
		t.Errorf("the comments of no file have %q", selected)
	}
	if _, err := Read(strings.NewReader(line), Options{}, "-", "-"); !errors.Is(err, ErrEmpty) {
		t.Errorf("standard input twice: %v", err)
	}
}

// TestBadInput has everything that can be wrong with a file, and what the user is told.
func TestBadInput(t *testing.T) {
	for name, c := range map[string]struct{ file, content, want string }{
		"empty":            {"a.csv", "", "a.csv: there is no comment in it"},
		"header alone":     {"a.csv", "X,BODY,REMOVED\n", "a.csv: there is no comment in it"},
		"wrong columns":    {"a.csv", "a,b\n1,2\n", "one named BODY (or text) and one named REMOVED"},
		"no label column":  {"a.csv", "id,body\n1,x\n", "one named BODY (or text) and one named REMOVED"},
		"other header":     {"a.csv", "a,b,c,d\n1,2,x,0\n", "one named BODY (or text) and one named REMOVED"},
		"label is neither": {"a.csv", "id,body,removed\n1,x,0\n2,y,maybe\n", `a.csv: line 3: the label "maybe" is neither`},
		"no label":         {"a.csv", "id,body,removed\n1,x,0.0\n2,y,\n", `a.csv: line 3: the label "" is neither`},
		"a half":           {"a.csv", "id,body,removed\n1,x,0.5\n", `a.csv: line 2: the label "0.5" is neither`},
		"UTF-16":           {"a.csv", "\xff\xfei\x00d\x00", "a.csv: line 1: the text is UTF-16: save it as UTF-8"},
		"UTF-16 lines":     {"a.jsonl", "\xfe\xff\x00{", "a.jsonl: the text is UTF-16: save it as UTF-8"},
		"label 2":          {"a.csv", "1,2,x,0\n1,2,x,2\n", "a.csv: line 2: the label \"2\" is neither"},
		"open quote": {"a.csv", "id,body,removed\n1,x,0\n2,\"y,1\n3,z,1\n",
			"a.csv: line 3: a quote is opened here and never closed"},
		"quote in the field": {"a.csv", "id,body,removed\n1,\"a\nb\",0\n2,\"he said \"no\"\",1\n",
			"a.csv: line 4: text follows a closing quote"},
		"too few columns": {"a.csv", "id,body,removed\n1,x\n", "a.csv: line 2: 2 columns, not 3"},
		"json":            {"a.jsonl", "{\"text\":\"a\",\"label\":1}\n{\"text\":\n", "a.jsonl: line 2: not a JSON object"},
		"json no label":   {"a.jsonl", "{\"text\":\"a\"}\n", `a.jsonl: line 1: has neither "label" nor "removed"`},
		"json no text":    {"a.jsonl", "{\"label\":1}\n", `a.jsonl: line 1: has neither "text" nor "body"`},
		"json label":      {"a.jsonl", "{\"text\":\"a\",\"label\":[1]}\n", `a.jsonl: line 1: the label "[1]" is neither`},
	} {
		d, err := Parse(c.file, strings.NewReader(c.content), Options{})
		if d != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
	other := filepath.Join(t.TempDir(), "comments.parquet")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(nil, Options{}, other); err == nil || !strings.Contains(err.Error(),
		"must end in .csv, .tsv, .jsonl or .ndjson") {
		t.Errorf("unknown kind: %v", err)
	}
	if _, err := Read(nil, Options{}, t.TempDir()); err == nil || !strings.Contains(err.Error(), "it is a folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := Read(nil, Options{}, "absent"); err == nil || !strings.Contains(err.Error(), "absent: there is no such file") {
		t.Errorf("absent file of no kind: %v", err)
	}
	if _, err := Read(nil, Options{}, "absent.csv"); err == nil ||
		!strings.Contains(err.Error(), "absent.csv: there is no such file") {
		t.Errorf("absent file: %v", err)
	}
}

// FuzzParse: either an *Error and nothing, or comments that are all complete, and that come back from a file written
// with them.
func FuzzParse(f *testing.F) {
	f.Add("a.csv", []byte("id,body,removed\n1,\"a\"\"b\",0\r\n2,\xff,true\n"))
	f.Add("a.csv", []byte(wide+"0,a,5,p,i,1500000000,1,1\n"))
	f.Add("a.jsonl", []byte(`{"text":"a","label":1}`))
	f.Add("a.jsonl", []byte(`{"id":"1","body":"a","removed":true}`+"\n"+`{"id":"2","body":"b","removed":false}`))
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		d, err := Parse(name, bytes.NewReader(b), Options{})
		if err != nil {
			var e *Error
			if d != nil || !errors.As(err, &e) {
				t.Fatalf("%v, %v", d, err)
			}
			return
		}
		if len(d.Texts) == 0 || len(d.IDs) != len(d.Texts) || len(d.Labels) != len(d.Texts) {
			t.Fatalf("%d ids, %d texts, %d labels", len(d.IDs), len(d.Texts), len(d.Labels))
		}
		again, err := Parse("again.jsonl", bytes.NewReader(lines(t, d)), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d.Texts, again.Texts) + cmp.Diff(d.Labels, again.Labels); diff != "" {
			t.Error(diff)
		}
	})
}

func lines(t *testing.T, d *Dataset) []byte {
	var out strings.Builder
	for i, text := range d.Texts {
		if !utf8.ValidString(text) {
			t.Fatalf("text %q is not UTF-8", text)
		}
		b, err := json.Marshal(map[string]any{"text": text, "label": d.Labels[i]})
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(b, '\n'))
	}
	return []byte(out.String())
}
