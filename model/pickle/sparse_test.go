package pickle

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/model/pickle/pickletest"
)

// sparseMatrix returns an object whose coef_ is a sparse matrix of that class and shape.
func sparseMatrix(t *testing.T, class string, rows, columns int, data []float64, arrays map[string][]int) *Object {
	t.Helper()
	p := pickletest.New().Begin("sklearn.linear_model", "LogisticRegression").Text("coef_")
	p.Begin("scipy.sparse._"+class[:3], class).Text("_shape").Int(rows).Int(columns).Ops("\x86")
	p.Set("data", func(p *pickletest.Program) { p.Floats(0, data...) })
	for name, values := range arrays {
		p.Set(name, func(p *pickletest.Program) { p.Ints(values...) })
	}
	v, err := Load(p.Done().Done().End())
	if err != nil {
		t.Fatal(err)
	}
	return v.(*Object)
}

// TestSparse writes out matrices by rows, columns and diagonals. Entries with the same place add up.
func TestSparse(t *testing.T) {
	rows := map[string][]int{"indices": {0, 2, 1, 1}, "indptr": {0, 2, 4}}
	for _, test := range []struct {
		class         string
		rows, columns int
		arrays        map[string][]int
		want          []float64
	}{
		{"csr_matrix", 2, 3, rows, []float64{1, 0, 2, 0, 7, 0}},
		{"csc_array", 3, 2, rows, []float64{1, 0, 0, 7, 2, 0}},
		{"csr_array", 3, 3, map[string][]int{"indices": {2, 0, 1, 2}, "indptr": {0, 1, 1, 4}},
			[]float64{0, 0, 1, 0, 0, 0, 2, 3, 4}},
		{"dia_matrix", 3, 2, map[string][]int{"offsets": {0, -1}}, []float64{1, 0, 3, 2, 0, 4}},
		{"dia_matrix", 2, 2, map[string][]int{"offsets": {0, -1}}, []float64{1, 0, 3, 2}},
		{"dia_matrix", 2, 1, map[string][]int{"offsets": {0, -1}}, []float64{1, 3}},
		{"dia_array", 2, 2, map[string][]int{"offsets": {1, 100}}, []float64{0, 2, 0, 0}},
		{"dia_array", 1, 3, map[string][]int{"offsets": {1, math.MinInt}}, []float64{0, 2, 0}},
	} {
		o := sparseMatrix(t, test.class, test.rows, test.columns, []float64{1, 2, 3, 4}, test.arrays)
		got, r, c, err := o.Matrix("coef_")
		if err != nil || r != test.rows || c != test.columns {
			t.Errorf("%s: %d × %d, %v", test.class, r, c, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.class, diff)
		}
	}
}

// TestHostileSparse has indices and bounds that point out of the arrays: each is refused, and none is followed.
func TestHostileSparse(t *testing.T) {
	const fit, shape = "indices do not fit its shape", "a sparse matrix of shape"
	type arrays = map[string][]int
	for name, test := range map[string]struct {
		class         string
		rows, columns int
		arrays        arrays
		want          string
	}{
		"an index beyond the columns":  {"csr_matrix", 2, 3, arrays{"indices": {0, 3, 1, 1}, "indptr": {0, 2, 4}}, fit},
		"an index far beyond":          {"csr_matrix", 2, 3, arrays{"indices": {0, 1 << 40, 1, 1}, "indptr": {0, 2, 4}}, fit},
		"a negative index":             {"csr_matrix", 2, 3, arrays{"indices": {0, -1, 1, 1}, "indptr": {0, 2, 4}}, fit},
		"an index beyond the rows":     {"csc_matrix", 3, 2, arrays{"indices": {0, 3, 1, 1}, "indptr": {0, 2, 4}}, fit},
		"fewer indices than data":      {"csr_matrix", 2, 3, arrays{"indices": {0, 2, 1}, "indptr": {0, 2, 4}}, fit},
		"no indices":                   {"csr_matrix", 2, 3, arrays{"indices": {}, "indptr": {0, 2, 4}}, fit},
		"bounds that begin late":       {"csr_matrix", 2, 3, arrays{"indices": {0, 2, 1, 1}, "indptr": {1, 2, 4}}, fit},
		"bounds that begin before":     {"csr_matrix", 2, 3, arrays{"indices": {0, 2, 1, 1}, "indptr": {-1, 2, 4}}, fit},
		"bounds that end too late":     {"csr_matrix", 2, 3, arrays{"indices": {0, 2, 1, 1, 1}, "indptr": {0, 2, 5}}, fit},
		"bounds that leave the data":   {"csr_matrix", 2, 3, arrays{"indices": {0, 2, 1, 1, 1}, "indptr": {0, 5, 4}}, fit},
		"bounds that descend":          {"csr_matrix", 2, 3, arrays{"indices": {0, 2, 1, 1}, "indptr": {0, -2, 4}}, fit},
		"bounds that descend late":     {"csr_matrix", 2, 3, arrays{"indices": {0, 2, 1, 1}, "indptr": {0, 4, 2}}, fit},
		"fewer bounds than rows":       {"csr_matrix", 2, 3, arrays{"indices": {0, 2, 1, 1}, "indptr": {0, 4}}, fit},
		"more bounds than rows":        {"csr_matrix", 2, 3, arrays{"indices": {0, 2, 1, 1}, "indptr": {0, 2, 4, 4}}, fit},
		"bounds of the rows, not cols": {"csc_matrix", 3, 2, arrays{"indices": {0, 2, 1, 1}, "indptr": {0, 2, 4, 4}}, fit},
		"no bounds":                    {"csr_matrix", 2, 3, arrays{"indices": {0, 2, 1, 1}, "indptr": {}}, fit},
		"no array of bounds":           {"csr_matrix", 2, 3, arrays{"indices": {0, 2, 1, 1}}, "has no indptr"},
		"no array of indices":          {"csr_matrix", 2, 3, arrays{"indptr": {0, 2, 4}}, "has no indices"},
		"too large to write out":       {"csr_matrix", 1 << 14, 1<<13 + 1, arrays{}, shape},
		"a size that overflows":        {"csr_matrix", math.MaxInt32, math.MaxInt32, arrays{}, "shape is out of range"},
		"a negative shape":             {"csr_matrix", -1, 3, arrays{}, "shape is out of range"},
		"no diagonals":                 {"dia_matrix", 2, 2, arrays{"offsets": {}}, "diagonals do not fit"},
		"diagonals of unequal lengths": {"dia_matrix", 2, 2, arrays{"offsets": {0, 1, 2}}, "diagonals do not fit"},
		"another kind":                 {"bsr_matrix", 2, 2, arrays{}, "a sparse matrix of class"},
	} {
		o := sparseMatrix(t, test.class, test.rows, test.columns, []float64{1, 2, 3, 4}, test.arrays)
		values, _, _, err := o.Matrix("coef_")
		if err == nil || values != nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, error %v, want %q", name, values, err, test.want)
		}
	}
}

// TestDiagonal has matrices that are a diagonal, and those that are something else.
func TestDiagonal(t *testing.T) {
	type arrays = map[string][]int
	four, up := []int{0, 1, 2, 3}, []int{0, 1, 2, 3, 4}
	for name, test := range map[string]struct {
		class  string
		arrays arrays
		want   string
	}{
		"by rows":                  {"csr_matrix", arrays{"indices": four, "indptr": up}, ""},
		"by diagonals":             {"dia_matrix", arrays{"offsets": {0}}, ""},
		"two diagonals":            {"dia_matrix", arrays{"offsets": {0, 1}}, "not a diagonal"},
		"another diagonal":         {"dia_matrix", arrays{"offsets": {1}}, "not a diagonal"},
		"no diagonal":              {"dia_matrix", arrays{"offsets": {}}, "not a diagonal"},
		"a place off the diagonal": {"csr_matrix", arrays{"indices": {0, 1, 3, 3}, "indptr": up}, "not a diagonal"},
		"two entries in a row":     {"csr_matrix", arrays{"indices": four, "indptr": {0, 2, 2, 3, 4}}, "not a diagonal"},
		"fewer indices":            {"csr_matrix", arrays{"indices": four[:3], "indptr": up}, "not a diagonal"},
		"fewer bounds":             {"csr_matrix", arrays{"indices": four, "indptr": up[:4]}, "not a diagonal"},
		"another kind":             {"bsr_matrix", arrays{}, "a sparse matrix of class"},
	} {
		v, _ := sparseMatrix(t, test.class, 4, 4, []float64{1, 2, 3, 4}, test.arrays).Attr("coef_")
		got, err := v.(*Object).Diagonal()
		if test.want == "" {
			if diff := cmp.Diff([]float64{1, 2, 3, 4}, got); diff != "" || err != nil {
				t.Errorf("%s: %v\n%s", name, err, diff)
			}
		} else if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, error %v, want %q", name, got, err, test.want)
		}
	}
}
