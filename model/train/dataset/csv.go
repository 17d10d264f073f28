package dataset

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"reddit-classifier/internal/plural"
	"reddit-classifier/model/train/dataset/table"
)

// layout says in which column is what; −1 is nowhere.
type layout struct {
	columns        int
	id             int // −1: the number of the row
	text, label    int
	score, created int
	others         []unusedColumn
}

// unusedColumn is a column that training does not use.
type unusedColumn struct {
	name string
	at   int
}

// The layouts of the public dataset, by number of columns.
var layouts = map[int]layout{
	4: {columns: 4, text: 2, label: 3, score: -1, created: -1, others: []unusedColumn{{"X", 1}}},
	8: {
		columns: 8,
		text:    1,
		label:   7,
		score:   2,
		created: 5,
		others:  []unusedColumn{{"parent_id", 3}, {"id", 4}, {"retrieved_on", 6}},
	},
}

// layoutOf finds the columns by the names in the first record, or by how many there are unless the options name some.
// named says that it was by names.
func layoutOf(fields []string, o Options) (l layout, named bool, err error) {
	find := func(names ...string) int { return table.Column(fields, names...) }
	l = layout{columns: len(fields), label: find(o.labels()...), score: find("score"), created: find("created_utc")}
	l.text, l.id, err = o.columns().Columns(fields)
	if o.TextColumn != "" || o.IDColumn != "" || o.LabelColumn != "" {
		switch {
		case err != nil:
			return l, false, err
		case l.label < 0 && o.LabelColumn != "":
			return l, false, fmt.Errorf("no column is named %q, as --label-column says; the header has %q", o.LabelColumn, fields)
		case l.label < 0:
			return l, false, fmt.Errorf("no column is named REMOVED or label; the header has %q; --label-column names another",
				fields)
		}
	}
	if l.text >= 0 && l.label >= 0 {
		for at, name := range fields {
			if name = strings.TrimSpace(name); at > 0 && name != "" &&
				!slices.Contains([]int{l.text, l.label, l.score, l.created}, at) {
				l.others = append(l.others, unusedColumn{name, at})
			}
		}
		return l, true, nil
	}
	l, known := layouts[len(fields)]
	if !known {
		return l, false, columnsError(fields)
	}
	if _, err := label(fields[l.label]); err != nil {
		return l, false, columnsError(fields) // it is a header, of other columns
	}
	return l, false, nil
}

func columnsError(fields []string) error {
	return fmt.Errorf("the columns are %.200q: one named BODY (or text) and one named REMOVED (or label) are needed, or "+
		"--text-column and --label-column name others; without a header 4 columns (index, X, BODY, REMOVED) or 8 (index, "+
		"body, score, parent_id, id, created_utc, retrieved_on, REMOVED)", fields)
}

// readTable reads comma-separated values.
func (p *parser) readTable(in io.Reader) error {
	r := table.NewReader(in)
	r.Strict = true
	p.options.columns().Separate(r, p.kind)
	read := func() ([]string, error) {
		fields, err := r.Read()
		p.line = r.Line()
		return fields, err
	}
	fields, err := read()
	if err == io.EOF {
		return nil
	}
	if err != nil {
		return err
	}
	l, named, err := layoutOf(fields, p.options)
	if err != nil {
		return err
	}
	if named {
		fields, err = read()
	}
	for ; err == nil; fields, err = read() {
		if err := p.readRow(l, fields); err != nil {
			return err
		}
	}
	if err == io.EOF {
		return nil
	}
	return err
}

func (p *parser) readRow(l layout, fields []string) error {
	if len(fields) != l.columns {
		return fmt.Errorf("%s, not %d as in the lines before (is a quote missing?)",
			plural.Of(len(fields), "column", "columns"), l.columns)
	}
	for _, at := range []int{l.id, l.text, l.label} {
		if at < 0 {
			continue // there are no ids
		}
		var err error
		if fields[at], err = p.options.Encoding.DecodeField(fields[at]); err != nil {
			return err
		}
	}
	if err := p.addLabel(fields[l.label]); err != nil {
		return err
	}
	d := p.data
	id := strconv.Itoa(d.Len() + 1)
	if l.id >= 0 {
		id = fields[l.id]
	}
	d.IDs, d.Texts = append(d.IDs, id), append(d.Texts, fields[l.text])
	if l.score >= 0 {
		d.Score = append(d.Score, number(fields[l.score]))
	}
	if l.created >= 0 {
		d.Created = append(d.Created, number(fields[l.created]))
	}
	for k, o := range l.others {
		if len(d.Others) <= k {
			d.Others = append(d.Others, Column{Name: o.name})
		}
		d.Others[k].Values = append(d.Others[k].Values, fields[o.at])
	}
	return nil
}

// number reads a number; what is none (an empty field, NA) is NaN.
func number(s string) float64 {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil {
		return math.NaN()
	}
	return v
}
