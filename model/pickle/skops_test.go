package pickle

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSkopsObjects reads arrays of objects, whose rows are lists within a list: also where a row has one element, as of
// a GradientBoostingClassifier of two classes.
func TestSkopsObjects(t *testing.T) {
	for shape, content := range map[string]string{
		"2":   `[%s,%s]`,
		"2,1": `[{"__loader__":"ListNode","content":[%s]},{"__loader__":"ListNode","content":[%s]}]`,
		"1,2": `[{"__loader__":"ListNode","content":[%s,%s]}]`,
	} {
		var dims []string
		for dim := range strings.SplitSeq(shape, ",") {
			dims = append(dims, `{"__loader__":"JsonNode","content":"`+dim+`"}`)
		}
		one, two := `{"__loader__":"JsonNode","content":"\"one\""}`, `{"__loader__":"JsonNode","content":"\"two\""}`
		schema := fmt.Sprintf(`{"__loader__":"NdArrayNode","type":"json",`+
			`"shape":{"__loader__":"TupleNode","content":[%s]},"content":%s}`,
			strings.Join(dims, ","), fmt.Sprintf(content, one, two))
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.Create("schema.json")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(schema)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		v, err := Load(b.Bytes())
		if err != nil {
			t.Fatalf("shape (%s): %v", shape, err)
		}
		a, ok := v.(*Array)
		if !ok {
			t.Fatalf("shape (%s): %s", shape, Describe(v))
		}
		if diff := cmp.Diff([]any{"one", "two"}, a.Values()); diff != "" || len(a.Shape) != strings.Count(shape, ",")+1 {
			t.Errorf("shape (%s) is %v, −want +got:\n%s", shape, a.Shape, diff)
		}
	}
}
