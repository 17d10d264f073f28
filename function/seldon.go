package function

import (
	"strings"

	"reddit-classifier/internal/jsonscan"
	"reddit-classifier/internal/plural"
)

// jsonData reads Seldon's jsonData: a comment, an array of comments or a record of any shape.
func (p *request) jsonData(s *jsonscan.Scanner) error {
	if s.Peek() == '[' {
		return p.texts(s, "jsonData", singleColumn)
	}
	if err := p.enter(); err != nil {
		return err
	}
	tags, puid, id := p.tags, p.puid, p.id
	err := p.value(s)
	p.shape, p.tags, p.puid, p.id = seldon, tags, puid, id // those of the outer record count
	return err
}

// seldonData reads {"names":…,"ndarray":…}.
func (p *request) seldonData(s *jsonscan.Scanner) error {
	if s.Peek() != '{' {
		return unprocessable("unknown_shape", "data is %s, not an object with ndarray", kindOf(s.Peek()))
	}
	var names, ndarray, tensor, tftensor jsonscan.Mark
	err := s.Object(func(key []byte) error {
		at := s.Mark()
		switch string(key) {
		case "names":
			names = at
		case "ndarray":
			if exists(ndarray) {
				return unprocessable("ambiguous_shape", "data has the member ndarray twice")
			}
			ndarray = at
		case "tensor":
			tensor = at
		case "tftensor":
			tftensor = at
		}
		return s.Skip()
	})
	switch {
	case err != nil:
		return err
	case exists(tensor):
		return unprocessable("tensor_unsupported", "data.tensor holds numbers, but comments are text: use data.ndarray")
	case exists(tftensor):
		return unprocessable("tftensor_unsupported", "data.tftensor is not supported: use data.ndarray")
	case !exists(ndarray) && exists(names):
		return unprocessable("unknown_shape", "data has names, but no ndarray")
	case !exists(ndarray):
		return unprocessable("unknown_shape",
			"the member data holds no comment: Seldon's has ndarray in data, Reddit's API has kind next to data")
	}
	columns := singleColumn
	if exists(names) {
		s.Seek(names)
		if columns, err = p.columns(s); err != nil {
			return err
		}
	}
	s.Seek(ndarray)
	return p.texts(s, "ndarray", columns)
}

// table says which column of a row has the text.
type table struct {
	columns int // 1 without names
	text    int // index of the column named text, body, comment or TEXT_FIELD; -1: none or several
}

var singleColumn = table{columns: 1}

// columns reads Seldon's names of columns.
func (p *request) columns(s *jsonscan.Scanner) (table, error) {
	if s.Peek() != '[' {
		return singleColumn, nil
	}
	t, texts := table{text: -1}, 0
	err := s.Array(func() error {
		if s.Peek() == '"' {
			name, err := s.Text()
			if p.dialect.isText(string(name)) {
				t.text = t.columns
				texts++
			}
			t.columns++
			return err
		}
		t.columns++
		return s.Skip()
	})
	if t.columns <= 1 {
		return singleColumn, err
	}
	if texts != 1 {
		t.text = -1
	}
	return t, err
}

// isText reports whether a column or input of this name has the texts.
func (d *dialect) isText(name string) bool {
	if d.textName != "" && name == d.textName {
		return true
	}
	return strings.EqualFold(name, "text") || strings.EqualFold(name, "body") || strings.EqualFold(name, "comment")
}

// meta reads the members of Seldon's meta that the answer repeats: tags and puid.
func (p *request) meta(s *jsonscan.Scanner) error {
	if s.Peek() != '{' {
		return s.Skip()
	}
	return s.Object(func(key []byte) (err error) {
		switch c := s.Peek(); {
		case string(key) == "tags" && c == '{':
			p.tags, err = s.Raw()
		case string(key) == "puid" && c == '"':
			p.puid, err = s.Raw()
		default:
			err = s.Skip()
		}
		return err
	})
}

// texts reads an array of strings or of rows.
func (p *request) texts(s *jsonscan.Scanner, where string, t table) error {
	if s.Peek() != '[' {
		return unprocessable("unknown_shape", "%s is not an array", where)
	}
	rows, n := false, 0
	return s.Array(func() error {
		isRow := s.Peek() == '['
		if n++; n == 1 {
			rows = isRow
		} else if rows != isRow {
			return unprocessable("mixed_rows", "%s[%d] has another JSON type than the elements before it", where, n-1)
		}
		if rows {
			return p.row(s, where, n-1, t)
		}
		return p.addString(s, where)
	})
}

// row reads the n-th row of an array. Its text is its only column, or the column that names calls a text.
func (p *request) row(s *jsonscan.Scanner, where string, n int, t table) error {
	begin, columns, numbers := s.Mark(), 0, false
	err := s.Array(func() error {
		columns++
		numbers = numbers || s.Peek() != '"'
		return s.Skip()
	})
	switch {
	case err != nil:
		return err
	case columns == 1 && (t.columns <= 1 || t.text < 0):
		t.text = 0
	case columns == t.columns && t.text >= 0:
	case t.columns > 1 && columns != t.columns:
		return unprocessable("shape_mismatch", "%s[%d] has %s, but there are %d names", where, n,
			plural.Of(columns, "column", "columns"), t.columns)
	case t.columns == 1 && numbers:
		return unprocessable("not_text", "%s[%d] has several columns, and not only texts: name exactly one column text, "+
			"body, comment or as TEXT_FIELD says", where, n)
	default:
		return unprocessable("not_one_column", "%s[%d] does not have exactly one column: of several, name exactly one "+
			"text, body, comment or as TEXT_FIELD says", where, n)
	}
	s.Seek(begin)
	column := 0
	return s.Array(func() error {
		column++
		if column-1 == t.text {
			return p.addString(s, where)
		}
		return s.Skip()
	})
}
