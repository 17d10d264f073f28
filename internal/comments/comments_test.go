package comments_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/internal/comments"
	"reddit-classifier/internal/textfile"
	"reddit-classifier/test/shared"
)

// read returns what is in a file of that name and content, and the error that ended it.
func read(t testing.TB, name, content string) ([]comments.Comment, error) {
	t.Helper()
	return readWith(t, name, content, comments.Options{})
}

func readWith(t testing.TB, name, content string, o comments.Options) ([]comments.Comment, error) {
	t.Helper()
	in, err := comments.NewReader(name, strings.NewReader(content), o)
	if err != nil {
		return nil, err
	}
	var all []comments.Comment
	for c, err := range in.All() {
		if err != nil {
			return all, err
		}
		all = append(all, c)
	}
	return all, nil
}

func TestRead(t *testing.T) {
	type list = []comments.Comment
	const header = "\"\",\"X\",\"BODY\",\"REMOVED\"\n"
	for _, test := range []struct {
		name, file, content string
		want                list
	}{
		{"objects", "a.jsonl", `{"id":"a","text":"one"}` + "\n\n" + `{"text":"two","id":2,"more":[1]}`,
			list{{"a", "one"}, {"2", "two"}}},
		{"no id: the line", "a.jsonl", "\n" + `{"text":"one"}`, list{{"2", "one"}}},
		{"Reddit's own", "a.jsonl", `{"name":"t1_x","body":"one"}`, list{{"t1_x", "one"}}},
		{"one of two texts is null", "a.jsonl", `{"text":null,"body":"one"}` + "\n" + `{"text":"two","body":null}`,
			list{{"1", "one"}, {"2", "two"}}},
		{"an id goes before a name", "a.jsonl", `{"name":"t1_x","id":"x","body":"one"}`, list{{"x", "one"}}},
		{"empty text is text", "a.jsonl", `{"id":"a","text":""}`, list{{"a", ""}}},
		{"lines", "a.txt", "one\r\n\ntwo", list{{"1", "one"}, {"2", ""}, {"3", "two"}}},
		{"nothing", "a.txt", "", nil},
		{"the dataset", "a.csv", header + "\"8\",9,\"one, \"\"two\"\"\",1\n\"9\",10,\"\",0\n",
			list{{"8", `one, "two"`}, {"9", ""}}},
		{"line ends within quotes stay as they are", "a.csv", header + "8,9,\"a\r\nb\nc\rd\",1\r\n9,1,x,0",
			list{{"8", "a\r\nb\nc\rd"}, {"9", "x"}}},
		{"each byte is a character", "a.csv", header + "8,9,caf\xe9 \xe2\x80\x99 \x00,1\n",
			list{{"8", "café â\u0080\u0099 \x00"}}},
		{"a quote in mid-field", "a.csv", header + "8,9,5\" tall,1\n9,1,\"a\" b\"c,0\n",
			list{{"8", `5" tall`}, {"9", `a b"c`}}},
		{"blank lines", "a.csv", header + "\n8,9,x,1\n\r\n", list{{"8", "x"}}},
		{"another order of columns", "a.csv", "id,text\n8,x\n", list{{"8", "x"}}},
		{"the id is not first", "a.csv", "author,Name,body\nu,t1_x,one\n", list{{"t1_x", "one"}}},
		{"comment_id", "a.csv", "name,comment_id,body\nu,x,one\n", list{{"x", "one"}}},
		{"an index is an id", "a.csv", "index,body,score\n7,one,5\n", list{{"7", "one"}}},
		{"no id: the row", "a.csv", "body,score\none,5\n\n\"two\nlines\",5\nthree,5\n",
			list{{"1", "one"}, {"2", "two\nlines"}, {"3", "three"}}},
		{"semicolons", "a.csv", "id;body\nx;one, two\n", list{{"x", "one, two"}}},
		{"tabs in a .csv", "a.csv", "id\tbody\nx\tone; two, three\n", list{{"x", "one; two, three"}}},
		{"tabs", "a.tsv", "id\tbody\nx\tone, two\n", list{{"x", "one, two"}}},
		{"commas in a .tsv", "a.tsv", "id,body\nx,one\n", list{{"x", "one"}}},
		{"a comma in the header's quotes", "a.csv", "\"id\";\"body, that is text\";text\nx;y;one\n", list{{"x", "one"}}},
		{".ndjson", "a.ndjson", `{"id":"a","text":"one"}`, list{{"a", "one"}}},
		{"a compressed one", "a.CSV.gz", compress("id,body\nx,one\n"), list{{"x", "one"}}},
		{"compressed lines", "a.txt.gz", compress("one"), list{{"1", "one"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := read(t, test.file, test.content)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestErrorsNameFileAndLine(t *testing.T) {
	for _, test := range []struct{ file, content, says string }{
		{"a.jsonl", "{\"text\":\"one\"}\n{\"text\":", "a.jsonl: line 2: not a JSON object"},
		{"a.jsonl", `{"id":"a"}`, `a.jsonl: line 1: has neither "text" nor "body"`},
		{"a.jsonl", `{"text":"one","body":"two"}`,
			`a.jsonl: line 1: has both "text" and "body": name one by --text-column`},
		{"a.csv", "id,Text,BODY\n1,one,two\n", `a.csv: columns 2 and 3 of the header, "Text" and "BODY", can both have the text: ` +
			"name one by --text-column, or rename one"},
		{"a.jsonl", `["a"]`, "line 1: not a JSON object"},
		{"a.jsonl", `{"text":5}`, "line 1: not a JSON object"},
		{"a.csv", "", "a.csv: is empty"},
		{"a.csv", "id,comment\n", "no column is named BODY or text"},
		{"a.csv", "id,x,body\n1,2\n", "a.csv: line 2: 2 columns, not 3"},
		{"a.csv", "id,body\n1,a,b\n", "a.csv: line 2: 3 columns, not 2"},
		{"a.jsonl", "{\"text\":\"one\"}\n{\"body\":null}", "a.jsonl: line 2: body is null"},
		{"a.jsonl", "{\"text\":\"one\"}\n{\"text\":\"caf\xe9\"}",
			"a.jsonl: line 2: the text is not UTF-8: convert it, or read it with --encoding latin-1"},
		{"a.txt", "one\ntwo\xff\n", "a.txt: line 2: the text is not UTF-8"},
		{"a.jsonl.gz", "{}", "a.jsonl.gz: it is not compressed with gzip"},
		{"a.txt.gz", compress("one")[:20], "unexpected EOF"},
		{"a.csv", "id,body\n1,\"a\nb\"\n2,\"c\n", "a.csv: line 4: a quote is opened here and never closed"},
		{"a.parquet", "", "must end in .jsonl, .ndjson, .csv, .tsv or .txt"},
	} {
		if _, err := read(t, test.file, test.content); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s %q: %v, want something of %q", test.file, test.content, err, test.says)
		}
	}
	for _, name := range []string{"absent.csv", "absent"} {
		if _, err := comments.Open(name, nil, comments.Options{}); err == nil ||
			!strings.Contains(err.Error(), "input "+name+" does not exist") {
			t.Errorf("an absent file: %v", err)
		}
	}
}

func TestOptions(t *testing.T) {
	type list = []comments.Comment
	for _, test := range []struct {
		file, content string
		options       comments.Options
		want          list
	}{
		{"a.csv", "x,title,body\n1,one,two\n", comments.Options{TextColumn: "Title", IDColumn: "x"}, list{{"1", "one"}}},
		{"a.jsonl", `{"id":1,"key":"k","title":"one","text":"two"}`, comments.Options{TextColumn: "title", IDColumn: "key"},
			list{{"k", "one"}}},
		{"a.jsonl", "{\"text\":\"caf\xe9 \xc3\xa9\"}", comments.Options{Encoding: textfile.Latin1}, list{{"1", "café Ã©"}}},
		{"a.txt", "caf\xe9", comments.Options{Encoding: textfile.Latin1}, list{{"1", "café"}}},
		{"a.csv", "id,body\ncafé,é\n", comments.Options{Encoding: textfile.UTF8}, list{{"café", "é"}}},
	} {
		got, err := readWith(t, test.file, test.content, test.options)
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", test.content, err, diff)
		}
	}
	for _, test := range []struct {
		file, content, says string
		options             comments.Options
	}{
		{"a.csv", "id,body\n1,x\n", `no column is named "title", as --text-column says; the header has ["id" "body"]`,
			comments.Options{TextColumn: "title"}},
		{"a.csv", "id,body\n1,x\n", `no column is named "key", as --id-column says`, comments.Options{IDColumn: "key"}},
		{"a.csv", "id,body\n1,x\n2,\xff", "line 3: the text is not UTF-8", comments.Options{Encoding: textfile.UTF8}},
		{"a.jsonl", `{"text":"x"}`, `line 1: has no "title", which --text-column names`,
			comments.Options{TextColumn: "title"}},
	} {
		if _, err := readWith(t, test.file, test.content, test.options); err == nil ||
			!strings.Contains(err.Error(), test.says) {
			t.Errorf("%q: %v, want something of %q", test.content, err, test.says)
		}
	}
}

// Lines that have no comment are passed over and counted; a quote that is never closed ends the file all the same.
func TestSkipBad(t *testing.T) {
	for _, test := range []struct {
		file, content, first string
		ids                  []string
		skipped              int
		encoding             textfile.Encoding
	}{
		{"a.csv", "id,body\n1,\xff\n2,b\n", "line 2: the text is not UTF-8", []string{"2"}, 1, textfile.UTF8},
		{"a.jsonl",
			"{\"id\":\"a\",\"body\":\"x\"}\n{\"id\":\"b\",\"body\":null}\n{}\n[1]\n{\n{\"text\":\"\xff\"}\n{\"id\":\"c\",\"body\":\"y\"}\n", "line 2: body is null", []string{"a", "c"}, 5, ""},
		{"a.csv", "id,body\n1,a,b\n2,c\n3\n", "line 2: 3 columns", []string{"2"}, 2, ""},
		{"a.txt", "a\n\xff\nb", "line 2: the text is not UTF-8", []string{"1", "3"}, 1, ""},
	} {
		in, err := comments.NewReader(test.file, strings.NewReader(test.content),
			comments.Options{SkipBad: true, Encoding: test.encoding})
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for c, err := range in.All() {
			if err != nil {
				t.Error(err)
			}
			ids = append(ids, c.ID)
		}
		if diff := cmp.Diff(test.ids, ids); diff != "" || in.Skipped != test.skipped ||
			!strings.HasPrefix(in.First.Error(), test.first) {
			t.Errorf("%s: %d passed over, the first for %v; read %v, want %d, %q and %v", test.file, in.Skipped, in.First, ids,
				test.skipped, test.first, test.ids)
		}
	}
	if _, err := readWith(t, "a.csv", "id,body\n1,\"a\n", comments.Options{SkipBad: true}); err == nil {
		t.Error("a quote that is never closed is passed over")
	}
}

// compress returns what gzip makes of a text.
func compress(s string) string {
	var b strings.Builder
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		panic(err)
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

func TestStandardInput(t *testing.T) {
	in, err := comments.Open("-", strings.NewReader(`{"id":"a","text":"one"}`), comments.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := in.Next(); err != nil || c != (comments.Comment{ID: "a", Text: "one"}) {
		t.Errorf("%v, %v", c, err)
	}
	if _, err := in.Next(); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

// The dataset, read as Python reads it: the golden data has what that gave.
func TestDataset(t *testing.T) {
	in, err := comments.Open(shared.File(t, "data", "comments_train.csv"), nil, comments.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	f, err := os.Open(shared.File(t, "golden", "clean_train.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for golden := json.NewDecoder(z); ; n++ {
		var want struct{ ID, Raw string }
		end := golden.Decode(&want)
		got, err := in.Next()
		if end == io.EOF && err == io.EOF {
			break
		}
		if end != nil || err != nil {
			t.Fatalf("comment %d: golden %v, read %v", n, end, err)
		}
		if "row"+got.ID != want.ID || got.Text != want.Raw {
			t.Fatalf("comment %d:\n%q\n%q", n, got, want)
		}
	}
	if n != 5686 {
		t.Errorf("%d comments", n)
	}
}

// Any table that is written with every field in quotes is read back as it was; any other input gives comments or an
// error.
func FuzzTable(f *testing.F) {
	f.Add([]byte("1"), []byte("a\r\nb"), []byte("x"))
	f.Add([]byte(`"`), []byte(`""`), []byte("\"a\"b,\r\"c\n"))
	f.Fuzz(func(t *testing.T, id, text, noise []byte) {
		quote := func(b []byte) string { return `"` + strings.ReplaceAll(string(b), `"`, `""`) + `"` }
		got, err := read(t, "a.csv", "id,body\n"+quote(id)+","+quote(text)+"\n")
		latin1 := func(b []byte) string { return string(latin(b)) }
		want := []comments.Comment{{ID: latin1(id), Text: latin1(text)}}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		read(t, "b.csv", "id,body\n"+string(noise))
	})
}

// latin returns the UTF-8 of bytes that are a character each.
func latin(b []byte) []byte {
	var out []byte
	for _, c := range b {
		out = append(out, string(rune(c))...)
	}
	return out
}

// Any lines give comments or an error that names the line.
func FuzzObjects(f *testing.F) {
	f.Add("{\"id\":\"a\",\"text\":\"one\"}\n{\"id\":1.5,\"body\":\"\"}")
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := read(t, "a.jsonl", s); err != nil && !strings.Contains(err.Error(), "a.jsonl: line ") {
			t.Errorf("%q: %v", s, err)
		}
	})
}
