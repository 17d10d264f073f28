package report

import (
	"fmt"
	"math"
	"strings"

	"reddit-classifier/internal/plural"
)

// modelCard follows M. Mitchell et al., "Model Cards for Model Reporting" (FAT* 2019).
func modelCard(d Data) section {
	s := section{ID: "card", Title: "Model card"}
	if d.Name == "" && len(d.Settings) == 0 && len(d.Slices) == 0 {
		return s
	}
	var settings []string
	for _, v := range d.Settings {
		settings = append(settings, v.Name+": "+v.Value)
	}
	model := []string{strings.TrimSpace(d.Name + " " + d.Version)}
	if d.Digest != "" {
		model = append(model, "SHA-256 "+d.Digest)
	}
	terms := []term{
		{"Model", model},
		{"Settings", settings},
		{"Data", []string{dataLine(d)}},
		{
			"Intended use",
			[]string{
				"Ranking comments of the same community for moderators to review, the most probable removals first; estimating what share of a stream will be removed.",
			},
		},
		{
			"Not intended",
			[]string{
				"Removing comments without human review; judging people; use in other communities, under other rules or in other languages without measuring there first.",
			},
		},
		{"Limits", limits(d)},
	}
	s.add(block{Terms: terms})
	if len(d.Slices) > 0 {
		s.Finding = sliceFinding(d.Slices)
		if f := sliceChart(d.Slices); f.Scene.marks() > 0 {
			s.add(block{Figure: &f})
		}
	}
	return s
}

func dataLine(d Data) string {
	line := comments(d.Corpus.Comments) + ", " + percent1(ratio(d.Corpus.Removed, d.Corpus.Comments)) + " removed"
	if len(d.Files) > 0 {
		line += "; from " + strings.Join(d.Files, ", ")
	}
	return line
}

func limits(d Data) []string {
	list := []string{
		"The labels are what moderators did, not what they should have done: the model learns their habits and oversights, too.",
		"It sees only a comment's words: not the thread, the author or the votes. Short comments say little, and it tends to flag them.",
		"It knows English. Words of other languages are unknown to it, and their comments get an average probability.",
		"It is a snapshot: topics and rules change. Retrain it from time to time, and watch the calibration.",
	}
	if c := d.Corpus; c.Contradictions > 0 {
		list = append(
			list,
			plural.Of(c.Contradictions, "text was", "texts were")+" both kept and removed: no model can be right about that.",
		)
	}
	return list
}

func sliceFinding(slices []Slice) string {
	worst := -1
	for i, s := range slices {
		if i > 0 && !math.IsNaN(s.AUC) && s.Removed >= 10 && (worst < 0 || s.AUC < slices[worst].AUC) {
			worst = i
		}
	}
	if worst < 0 {
		return ""
	}
	return fmt.Sprintf(
		"Weakest slice: %s, with a ROC AUC of %s against %s overall.",
		slices[worst].Name,
		decimal(slices[worst].AUC),
		decimal(slices[0].AUC),
	)
}

// sliceChart shows the quality by slice; the first slice is all comments.
func sliceChart(slices []Slice) figure {
	f := figure{
		ID:    "slices",
		Title: "Quality by slice",
		Note:  "ROC AUC on slices of the comments; the line is that of all. Slices with few removed comments are uncertain.",
		Wide:  true,
	}
	f.Table = table{Head: []string{"Slice", "Comments", "Removed", "Flagged", "AUC", "Precision", "Recall"}, Numbers: 1}
	var rows []bar
	for i, s := range slices {
		f.Table.Rows = append(
			f.Table.Rows,
			[]string{s.Name, count(s.Comments), percent(ratio(s.Removed, s.Comments)), percent(ratio(s.Flagged, s.Comments)),
				decimal(s.AUC), percent(s.Precision), percent(s.Recall)},
		)
		if i > 0 && !math.IsNaN(s.AUC) {
			rows = append(rows, bar{Label: s.Name, Class: "plain", V: s.AUC,
				Tip: fmt.Sprintf(
					"%s: ROC AUC %s on %s, %s removed",
					s.Name,
					decimal(s.AUC),
					comments(s.Comments),
					percent(ratio(s.Removed, s.Comments)),
				)})
		}
	}
	x := axis{Min: 0, Max: 1, Ticks: []float64{0, 0.25, 0.5, 0.75, 1}, Format: decimal2, Title: "ROC AUC"}
	f.Scene = bars(rows, x, slices[0].AUC, "all: "+decimal(slices[0].AUC))
	return f
}
