package console

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"reddit-classifier/model"
	"reddit-classifier/model/head"
	"reddit-classifier/model/modeltest"
)

// The page shows models of three classes, without probabilities, and with several labels.
func TestOtherModels(t *testing.T) {
	const comment = "Green is <b>not</b> GREEN or red"
	for _, test := range []struct {
		name    string
		model   *model.Model
		isProba bool
		numbers int
		labels  []int
		words   []word
	}{
		{"probabilities", modeltest.Words(t, head.LinkSoftmax, false), true, 3, []int{1}, []word{{"green", 2}, {"red", 0}}},
		{"decisions", modeltest.Words(t, head.LinkNone, false), false, 3, []int{1}, []word{{"green", 2}, {"red", 0}}},
		{"labels", modeltest.Words(t, head.LinkNone, true), false, 3, []int{0, 1}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, err := newPageModel(test.model)
			if err != nil {
				t.Fatal(err)
			}
			v := m.explain(comment)
			if v.IsProba != test.isProba || len(v.Numbers) != test.numbers || v.Threshold != nil ||
				!cmp.Equal(v.Labels, test.labels) {
				t.Errorf("%+v", v)
			}
			got, _ := m.labels(v.Numbers, nil, nil)
			if diff := cmp.Diff(test.labels, got); diff != "" {
				t.Errorf("the same numbers, in an answer (-want +got):\n%s", diff)
			}
			if test.words != nil {
				if diff := cmp.Diff(test.words, v.Words); diff != "" {
					t.Errorf("words (-want +got):\n%s", diff)
				}
				want := []span{{"Green", 1}, {" is <b>not</b> ", 0}, {"GREEN", 1}, {" or red", 0}}
				if diff := cmp.Diff(want, v.Spans); diff != "" {
					t.Errorf("spans (-want +got):\n%s", diff)
				}
			}
			if _, err := json.Marshal(m.card()); err != nil {
				t.Error(err)
			}
			f := newFeed(m)
			f.Answer(Event{EventID: "1", At: time.Now()}, [][]float64{v.Numbers, {0.5}, {}})
			f.mu.Lock()
			state := f.tick(time.Now(), f.answers.newest(1), nil)
			f.mu.Unlock()
			if _, err := json.Marshal(state); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff([][]int{test.labels, nil, nil}, state.Rows[0].Labels); diff != "" {
				t.Errorf("labels of the row (-want +got):\n%s", diff)
			}
			if got := f.changeThreshold(0.5); got.Comments != 0 {
				t.Errorf("a model without a threshold: %+v", got)
			}
		})
	}
}

// The page counts and shows the class that the model predicts, which is not always the most probable one. It does so as
// well if an answer arrives before its input.
func TestPredictedLabels(t *testing.T) {
	m, err := newPageModel(modeltest.Votes(t))
	if err != nil {
		t.Fatal(err)
	}
	f := newFeed(m)
	numbers := [][]float64{m.model.AppendProba(nil, "red")}
	state := func() tick {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.tick(time.Now(), f.answers.newest(9), nil)
	}
	f.Input(Input{ID: "1", At: time.Now(), Comments: []string{"red"}})
	f.Answer(Event{EventID: "1", At: time.Now()}, numbers)
	f.Answer(Event{EventID: "2", At: time.Now()}, numbers)
	if s := state(); s.Flagged != 1 || !s.Rows[0].Guessed || s.Rows[1].Guessed ||
		!cmp.Equal(s.Rows[0].Labels, [][]int{{1}}) || !cmp.Equal(s.Rows[1].Labels, [][]int{{0}}) {
		t.Errorf("before the comment: %d flagged, %+v", s.Flagged, s.Rows)
	}
	f.Input(Input{ID: "2", At: time.Now(), Comments: []string{"red"}})
	f.Answer(Event{EventID: "3", At: time.Now(), Labels: [][]string{{"yes"}}}, numbers)
	f.Answer(Event{EventID: "4", At: time.Now(), Labels: [][]string{{"no"}}}, nil)
	s := state()
	var labels [][][]int
	for _, r := range s.Rows {
		labels = append(labels, r.Labels)
		if r.Guessed {
			t.Errorf("guessed: %+v", r)
		}
	}
	if diff := cmp.Diff([][][]int{{{0}}, {{1}}, {{0}}, {{0}}}, labels); diff != "" || s.Flagged != 1 ||
		!cmp.Equal(s.Labels, []uint64{3, 1}) {
		t.Errorf("%d flagged, labels %v (-want +got):\n%s", s.Flagged, s.Labels, diff)
	}
	if v := m.explain("red"); v.Threshold != nil || !cmp.Equal(v.Labels, []int{0}) {
		t.Errorf("in the box: %+v", v)
	}
	if got := f.changeThreshold(0.5); got.Comments != 3 || got.Flagged != 3 || len(got.Rows) != 2 {
		t.Errorf("at 0.5: %+v", got)
	}
}

func TestMarkCharacters(t *testing.T) {
	for _, test := range []struct {
		name, text string
		values     map[string]float64
		want       []span
	}{
		{"whole words alone", "cat, Concat", map[string]float64{"cat": -1}, []span{{"cat", -1}, {", Concat", 0}}},
		{"two words with a comma between", "No, THE cat.", map[string]float64{"no the": 2, "cat": 1},
			[]span{{"No", 1}, {", ", 0}, {"THE", 1}, {" ", 0}, {"cat", 5.0 / 6}, {".", 0}}},
		{"characters", "İxyz", map[string]float64{"yz": 1}, []span{{"İx", 0}, {"yz", 1}}},
		{"characters with a space", "a b", map[string]float64{"a ": 1}, []span{{"a", 1}, {" b", 0}}},
		{"nowhere", "a b", map[string]float64{"c": 1}, []span{{"a b", 0}}},
		{"no text", "", map[string]float64{"c": 1}, nil},
	} {
		got := cutByCharacters(test.text, test.values)
		joined := ""
		for i := range got {
			joined += got[i].Text
		}
		if joined != test.text {
			t.Errorf("%s: the text became %q", test.name, joined)
		}
		if diff := cmp.Diff(test.want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// The spans of a text join to the text, whatever the n-grams.
func FuzzMark(f *testing.F) {
	f.Add("some text", "text", "e t")
	f.Add("İ\xff", "", " ")
	f.Fuzz(func(t *testing.T, text, a, b string) {
		joined := ""
		for _, s := range cutByCharacters(text, map[string]float64{a: 1, b: -2}) {
			joined += s.Text
			if !(s.Weight >= -1 && s.Weight <= 1) {
				t.Errorf("weight %v", s.Weight)
			}
		}
		if joined != string([]rune(text)) {
			t.Errorf("%q became %q", text, joined)
		}
	})
}
