package report

// page is what the template shows.
type page struct {
	Title    string
	Data     Data
	Summary  []string
	Tiles    []tile
	Sections []section
	Style    any
	Script   any
	Policy   string
}

// tile is a figure worth reading first.
type tile struct{ Name, Value, Note string }

// section is a chapter.
type section struct {
	ID, Title string
	Finding   string // the main result
	Text      []string
	Blocks    []block
}

func (s *section) add(b ...block) { s.Blocks = append(s.Blocks, b...) }

// block is a part of a section: one of these.
type block struct {
	Figure   *figure
	Table    *table
	Examples []Example
	Mistakes *mistakes
	Terms    []term
}

// figure is a chart with its words and numbers.
type figure struct {
	ID, Title string
	Note      string // how to read it
	Legend    []legend
	Scene     scene
	Table     table
	Wide      bool // on its own: the table stands beside the chart on a desk
}

// legend names a colour.
type legend struct{ Class, Name string }

// table is a table of values; columns from Numbers on are right-aligned.
type table struct {
	Title   string
	Head    []string
	Rows    [][]string
	Notes   []string // by row: what its first cell means
	Numbers int
	Half    bool // stands beside another block on a desk
}

// Number reports whether column i holds numbers.
func (t table) Number(i int) bool { return i >= t.Numbers }

// Many reports whether there are too many columns for a phone. They are then shown below one another, each with its
// head.
func (t table) Many() bool { return len(t.Head) > 3 }

// Note is what stands under the first cell of a row.
func (t table) Note(row int) string {
	if row < len(t.Notes) {
		return t.Notes[row]
	}
	return ""
}

// mistakes is a list of comments on the wrong side.
type mistakes struct {
	Title, Note string
	Anonymous   bool
	List        []Mistake
}

// term is an entry of the model card.
type term struct {
	Name string
	Text []string
}

var byClass = []legend{{"kept", "kept"}, {"removed", "removed"}}

func newPage(d Data) page {
	p := page{Title: "Training report: " + d.Name, Data: d}
	if d.Name == "" {
		p.Title = "Training report"
	}
	p.Summary, p.Tiles = summary(d), tiles(d)
	for _, s := range []section{
		aboutData(d), aboutText(d), aboutCleaning(d), aboutTokens(d), aboutAlgorithms(d), aboutLearning(d),
		aboutQuality(d), aboutThreshold(d), aboutWeights(d), aboutMistakes(d), modelCard(d),
	} {
		if len(s.Blocks) > 0 {
			p.Sections = append(p.Sections, s)
		}
	}
	return p
}
