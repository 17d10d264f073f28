package dataset

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model/head"
)

func TestReadClasses(t *testing.T) {
	words := Classes{Names: []head.Class{{Kind: head.ClassString, Text: "ham"},
		{Kind: head.ClassString, Text: "très spam"}, {Kind: head.ClassString, Text: "1"}}}
	floats := Classes{Names: []head.Class{{Text: "-1.0"}, {Text: "2.0"}}}
	booleans := Classes{Names: []head.Class{{Kind: head.ClassBool, Text: "False"}, {Kind: head.ClassBool, Text: "True"}}}
	several := Classes{Names: []head.Class{{Text: "0"}, {Text: "1"}, {Text: "2"}}, Multilabel: true}
	for name, c := range map[string]struct {
		classes       Classes
		file, content string
		want          Dataset
	}{
		"strings": {words, "a.jsonl", `{"text":"a","label":"ham"}` + "\n" + `{"text":"b","label":"très spam"}` + "\n" +
			`{"text":"c","label":1}`,
			Dataset{Texts: []string{"a", "b", "c"}, Labels: []int{0, 1, 2}}},
		"a table of UTF-8": {words, "a.csv", "id,text,label\n1,café,très spam\n2,b, ham\n",
			Dataset{Texts: []string{"café", "b"}, Labels: []int{1, 0}}},
		"numbers": {floats, "a.csv", "id,text,label\n1,a,-1\n2,b,2.0\n3,c,2\n",
			Dataset{Texts: []string{"a", "b", "c"}, Labels: []int{0, 1, 1}}},
		"booleans": {booleans, "a.jsonl", `{"text":"a","label":true}` + "\n" + `{"text":"b","label":"False"}`,
			Dataset{Texts: []string{"a", "b"}, Labels: []int{1, 0}}},
		"several": {several, "a.jsonl", `{"text":"a","label":[2,0]}` + "\n" + `{"text":"b","label":[]}`,
			Dataset{Texts: []string{"a", "b"}, Labels: []int{0, 0}, Sets: [][]bool{{true, false, true}, {false, false, false}}}},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := readClasses(t, c.classes, c.file, c.content)
			if err != nil {
				t.Fatal(err)
			}
			got := Dataset{Texts: d.Texts, Labels: d.Labels, Sets: d.Sets}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("−want +got:\n%s", diff)
			}
		})
	}
	for name, c := range map[string]struct {
		classes             Classes
		file, content, want string
	}{
		"unknown": {words, "a.jsonl", `{"text":"a","label":"eggs"}`,
			`line 1: the label "eggs" is none of the model's classes: ham, très spam, 1`},
		"no list":   {several, "a.jsonl", `{"text":"a","label":1}`, `not a JSON list`},
		"not UTF-8": {words, "a.csv", "id,text,label\n1,caf\xe9,ham\n", `line 2: the text is not UTF-8: convert it`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := readClasses(t, c.classes, c.file, c.content); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

func readClasses(t *testing.T, classes Classes, file, content string) (*Dataset, error) {
	path := filepath.Join(t.TempDir(), file)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return Read(nil, Options{Classes: &classes}, path)
}
