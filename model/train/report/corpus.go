package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

func aboutData(d Data) section {
	c := d.Corpus
	s := section{ID: "data", Title: "The data"}
	if c.Comments == 0 {
		return s
	}
	s.Finding = fmt.Sprintf(
		"%s, of which moderators removed %s: %s.",
		comments(c.Comments),
		percent1(ratio(c.Removed, c.Comments)),
		balance(c),
	)
	if len(d.Columns) > 0 {
		t := table{Title: "Columns", Head: []string{"Column", "Missing", "Different", "Range"}, Numbers: 1}
		for _, col := range d.Columns {
			t.Rows = append(t.Rows, []string{col.Name, count(col.Missing), count(col.Distinct), col.Range})
			t.Notes = append(t.Notes, col.Meaning)
		}
		s.add(block{Table: &t})
	}
	t := table{Title: "Rows to check", Head: []string{"What", "Rows", "Share"}, Numbers: 1, Half: true}
	for _, row := range []struct {
		name string
		n    int
	}{
		{"comments without text", c.Empty},
		{"comments with the text of an earlier one", c.Duplicates},
		{"texts that were both kept and removed", c.Contradictions},
	} {
		t.Rows = append(t.Rows, []string{row.name, count(row.n), percent1(ratio(row.n, c.Comments))})
	}
	classes := balanceChart(c)
	s.add(block{Table: &t}, block{Figure: &classes})
	s.add(groups(d)...)
	return s
}

// balance says what the class balance means for reading the measures.
func balance(c Corpus) string {
	share := ratio(c.Removed, c.Comments)
	most := max(share, 1-share)
	if most < 0.6 {
		return "the classes are about even"
	}
	side := "keeping"
	if share > 0.5 {
		side = "removing"
	}
	return fmt.Sprintf(
		"%s everything would already be right for %s of the comments, so accuracy says little here",
		side,
		percent(most),
	)
}

func balanceChart(c Corpus) figure {
	kept := c.Comments - c.Removed
	x := span([]float64{0, float64(max(kept, c.Removed))}, 4, countOf)
	x.Title = "Comments"
	f := figure{ID: "classes", Title: "Class balance", Note: "The number of comments in each class."}
	f.Table = table{Head: []string{"Class", "Comments", "Share"}, Numbers: 1}
	var rows []bar
	for i, n := range []int{kept, c.Removed} {
		l := byClass[i]
		share := percent1(ratio(n, c.Comments))
		rows = append(
			rows,
			bar{Label: l.Name, Class: l.Class, V: float64(n), Tip: fmt.Sprintf("%s: %s, %s", l.Name, comments(n), share)},
		)
		f.Table.Rows = append(f.Table.Rows, []string{l.Name, count(n), share})
	}
	f.Scene = bars(rows, x, math.NaN(), "")
	return f
}

// groups shows removal by score and by month, where the files have these columns.
func groups(d Data) []block {
	var blocks []block
	for _, g := range []struct {
		id, title, note, column string
		groups                  []Group
	}{
		{"scores", "Removal by score", "How votes and removals go together. The model does not see the score: the line is its mean probability from the text alone.", "Score", d.Scores},
		{"months", "Removal by month", "Moderation changes over time: where the two lines diverge, the model is out of date.", "Month", d.Months},
	} {
		if len(g.groups) == 0 {
			continue
		}
		f := groupChart(g.groups, g.column)
		f.ID, f.Title, f.Note = g.id, g.title, g.note
		blocks = append(blocks, block{Figure: &f})
	}
	return blocks
}

func groupChart(groups []Group, column string) figure {
	n := len(groups)
	x := axis{Min: 0, Max: float64(n), Title: column}
	every := (n + 5) / 6
	for i := 0; i < n; i += every {
		x.Ticks = append(x.Ticks, float64(i)+0.5)
	}
	x.Format = func(v float64) string { return groups[int(v)].Name }
	p := newPlot(300, x, unit("Share removed"))
	f := figure{Legend: []legend{{"removed", "share removed"}, {"kept", "mean probability of the model"}}}
	f.Table = table{Head: []string{column, "Comments", "Removed", "Share", "Mean probability"}, Numbers: 1}
	from, to, heights, tips := make([]float64, n), make([]float64, n), make([]float64, n), make([]string, n)
	line := series{Class: "kept", Dots: true}
	for i, g := range groups {
		share := ratio(g.Removed, g.Comments)
		from[i], to[i], heights[i] = float64(i), float64(i+1), share
		tips[i] = fmt.Sprintf("%s: %s of %s removed", g.Name, percent1(share), comments(g.Comments))
		if !math.IsNaN(g.P) {
			line.X, line.Y = append(line.X, float64(i)+0.5), append(line.Y, g.P)
			line.Tips = append(line.Tips, fmt.Sprintf("%s: mean probability %s", g.Name, percent1(g.P)))
		}
		f.Table.Rows = append(
			f.Table.Rows,
			[]string{g.Name, count(g.Comments), count(g.Removed), percent1(share), percent1(g.P)},
		)
	}
	p.columns([]string{"removed"}, from, to, [][]float64{heights}, [][]string{tips})
	p.series(line)
	f.Scene = p.scene
	return f
}

func aboutText(d Data) section {
	s := section{ID: "text", Title: "What the comments look like"}
	if len(d.Lengths) > 0 {
		m := d.Corpus.MedianWords
		s.Finding = fmt.Sprintf(
			"The median comment that was removed has %s words, the median one that was kept %s.",
			plain(m[1]),
			plain(m[0]),
		)
		f := lengths(d.Lengths)
		s.add(block{Figure: &f})
	}
	if len(d.Traits) > 0 {
		f := traits(d.Traits, d.Corpus)
		s.add(block{Figure: &f})
	}
	return s
}

func lengths(bins []LengthBin) figure {
	var totals [2]int
	for _, b := range bins {
		totals[0] += b.Count[0]
		totals[1] += b.Count[1]
	}
	n := len(bins)
	x := axis{Min: 0, Max: float64(n), Title: "Words in the comment"}
	x.Format = func(v float64) string { return count(bins[int(v)].Low) }
	for i := 0; i < n; i += 2 {
		x.Ticks = append(x.Ticks, float64(i))
	}
	from, to := make([]float64, n), make([]float64, n)
	heights, tips := [][]float64{make([]float64, n), make([]float64, n)}, [][]string{make([]string, n), make([]string, n)}
	f := figure{ID: "lengths", Title: "Length by class", Legend: byClass,
		Note: "Each class adds up to 100 %, so that their shapes can be compared. Bins grow with length."}
	f.Table = table{Head: []string{"Words", "Kept", "Removed", "Share removed"}, Numbers: 1}
	for i, b := range bins {
		from[i], to[i] = float64(i), float64(i+1)
		words := wordRange(b)
		for class, l := range byClass {
			heights[class][i] = ratio(b.Count[class], max(totals[class], 1))
			tips[class][i] = fmt.Sprintf(
				"%s words, %s: %s, %s of the class",
				words,
				l.Name,
				comments(b.Count[class]),
				percent1(heights[class][i]),
			)
		}
		f.Table.Rows = append(
			f.Table.Rows,
			[]string{words, count(b.Count[0]), count(b.Count[1]), percent1(ratio(b.Count[1], b.Count[0]+b.Count[1]))},
		)
	}
	y := span(append(append([]float64{0}, heights[0]...), heights[1]...), 5, percent)
	y.Title = "Share of the class"
	p := newPlot(300, x, y)
	p.columns([]string{"kept", "removed"}, from, to, heights, tips)
	f.Scene = p.scene
	return f
}

func wordRange(b LengthBin) string {
	if b.Low == b.High {
		return strconv.Itoa(b.Low)
	}
	return count(b.Low) + "–" + count(b.High)
}

func traits(traits []Trait, c Corpus) figure {
	base := ratio(c.Removed, c.Comments)
	f := figure{ID: "traits", Title: "Traits and removal",
		Note: "Share removed among the comments with the trait, with its 95 % interval; the line is the share among all."}
	f.Table = table{Head: []string{"Trait", "Comments", "Removed", "Share"}, Numbers: 1}
	var rows []bar
	for _, t := range traits {
		share := ratio(t.Removed, t.Comments)
		f.Table.Rows = append(f.Table.Rows, []string{t.Name, count(t.Comments), count(t.Removed), percent1(share)})
		f.Table.Notes = append(f.Table.Notes, t.Meaning)
		if t.Comments == 0 {
			continue
		}
		low, high := wilson(share, t.Comments)
		class := "kept"
		if share > base {
			class = "removed"
		}
		rows = append(rows, bar{Label: t.Name, Class: class, V: share, Low: low, High: high,
			Tip: fmt.Sprintf(
				"%s: %s of %s removed (%s to %s)",
				t.Name,
				percent1(share),
				comments(t.Comments),
				percent(low),
				percent(high),
			)})
	}
	f.Scene = bars(rows, unit("Share removed"), base, "all: "+percent(base))
	return f
}

func aboutCleaning(d Data) section {
	s := section{ID: "cleaning", Title: "What cleaning does"}
	c := d.Cleaning
	if len(c.Effects) == 0 {
		return s
	}
	s.Finding = fmt.Sprintf(
		"The cleaner (mode “%s”) changed %s, %s of all.",
		c.Mode,
		comments(c.Comments),
		percent1(ratio(c.Comments, d.Corpus.Comments)),
	)
	f := figure{
		ID:    "cleaned",
		Title: "Comments that were changed",
		Note:  "By what was repaired; a comment can count in several rows.",
		Wide:  true,
	}
	f.Table = table{Head: []string{"What", "Comments", "Share"}, Numbers: 1}
	values := []float64{0}
	var rows []bar
	for _, e := range c.Effects {
		share := percent1(ratio(e.Comments, d.Corpus.Comments))
		rows = append(
			rows,
			bar{
				Label: e.Name,
				Class: "plain",
				V:     float64(e.Comments),
				Tip:   fmt.Sprintf("%s: %s, %s", e.Name, comments(e.Comments), share),
			},
		)
		values = append(values, float64(e.Comments))
		f.Table.Rows = append(f.Table.Rows, []string{e.Name, count(e.Comments), share})
	}
	x := span(values, 4, countOf)
	x.Title = "Comments"
	f.Scene = bars(rows, x, math.NaN(), "")
	s.add(block{Figure: &f})
	if len(c.Examples) > 0 {
		s.add(block{Examples: c.Examples})
	} else if d.Anonymize {
		s.Text = append(s.Text, "Examples are left out: the report is anonymous.")
	}
	return s
}

func aboutTokens(d Data) section {
	s := section{ID: "tokens", Title: "Ways to tokenize"}
	if len(d.Tokenizations) == 0 {
		return s
	}
	best := d.Tokenizations[0]
	var rows []boxRow
	t := table{Title: "Side by side", Head: []string{"Tokens", "In a comment", "Different", "Features"}, Numbers: 1}
	scores := table{Head: []string{"Tokens", "ROC AUC"}, Numbers: 1}
	samples := table{Title: "The same sentence, tokenized each way", Head: []string{"Tokens", "Result"}, Numbers: 2}
	var all []float64
	for _, k := range d.Tokenizations {
		if mean(k.AUC) > mean(best.AUC) {
			best = k
		}
		all = append(all, k.AUC...)
		rows = append(rows, boxRow{k.Name, k.AUC, k.Name + ": ROC AUC " + spread(k.AUC)})
		t.Rows = append(
			t.Rows,
			[]string{k.Name, strconv.FormatFloat(k.Tokens, 'f', 1, 64), count(k.Vocabulary), count(k.Features)},
		)
		t.Notes = append(t.Notes, k.Meaning)
		scores.Rows = append(scores.Rows, []string{k.Name, spread(k.AUC)})
		samples.Rows = append(samples.Rows, []string{k.Name, k.Sample})
	}
	s.Finding = fmt.Sprintf("Best by ROC AUC: %s, with %s.", strings.ToLower(best.Name), spread(best.AUC))
	x := span(all, 5, decimal2)
	x.Title = "ROC AUC by fold"
	f := figure{
		ID:    "tokenizations",
		Title: "The same model on different tokens",
		Note:  "All else equal: vectorizer, logistic regression, folds. Points are folds.",
		Scene: boxes(rows, x),
		Table: scores,
		Wide:  true,
	}
	s.add(block{Figure: &f}, block{Table: &t}, block{Table: &samples})
	return s
}
