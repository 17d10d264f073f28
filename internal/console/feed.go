package console

import (
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Input is a record that the function is to answer.
type Input struct {
	ID       string // of the event that it becomes
	Key      string
	At       time.Time // when it was written
	Comments []string  // as far as they are known
}

// Event is a record of the output or the error topic.
type Event struct {
	Of          string // id of the event that it answers
	Key         string
	At          time.Time // when it was written
	Origin      string    // TOPIC/PARTITION/OFFSET of the record itself
	Attributes  map[string]string
	ContentType string
	Data        []byte
	Labels      [][]string // of each comment, if the answer names them
}

// Refusal is why an event became a dead letter.
type Refusal struct {
	Code, Reason, Message string
	Source                string // where the event came from, see README "Dead letters"
	Comments              []string
}

// The limits of what a feed keeps.
const (
	keptAnswers   = 2000
	keptLetters   = 1000
	keptInputs    = 20_000
	keptScores    = 50_000
	keptNotices   = 20
	keptBytes     = 24 << 20 // of each of the three kinds of records
	keptData      = 32 << 10 // of one record's data
	keptComment   = 16 << 10 // of one record's comments, all together
	keptAttribute = 1 << 10
	keptOrphans   = 200
	keptReasons   = 50 // names of reasons, which strangers could make up; more are "others"

	shownText     = 160 // characters of a comment in a row
	shownComments = 3   // of a record's answers in a row
)

// Feed collects what passes. Its methods may be called from several goroutines.
type Feed struct {
	labels *judge // by which answers are counted

	mu       sync.Mutex
	last     uint64 // number of the last entry
	answers  ring
	letters  ring
	inputs   map[string]*known // by event id
	order    queue[string]     // of inputs
	size     int               // bytes of the inputs' comments
	orphans  map[string]*entry // answers whose input has not been seen: topics are read side by side
	adrift   queue[string]     // of orphans
	sample   [2]sample         // answers and letters since the last tick
	counts   counts
	notices  []Notice
	lag      *Lag
	changed  bool
	watchers map[chan []byte]struct{}
}

// known is what the input topic said of an event.
type known struct {
	at       time.Time
	comments []string
	short    bool // there are more of them, or longer ones
	answered bool
}

// entry is an answer or a dead letter, as it is kept.
type entry struct {
	row
	event    Event
	cut      bool // data or comments are longer than what is kept
	comments []string
	short    bool     // the comments are not kept whole
	guessed  []scored // of an orphan, until its comments are known: what is counted of it
	source   string
	size     int // in bytes, as the ring counts it
}

// Lag is how far the consumer group is behind.
type Lag struct {
	Group   string `json:"group"`
	Records int64  `json:"records"`
}

// Notice is something that a person should know, said by a log.
type Notice struct {
	At    int64  `json:"at"` // the last time, in milliseconds since 1970
	Level string `json:"level"`
	Text  string `json:"text"`
	Times int    `json:"times"`
}

func newFeed(labels *judge) *Feed {
	return &Feed{
		labels: labels, answers: ring{most: keptAnswers}, letters: ring{most: keptLetters},
		inputs: make(map[string]*known), orphans: make(map[string]*entry), watchers: make(map[chan []byte]struct{}),
		counts: newCounts(labels.classes),
	}
}

// Input notes a record on its way to the function.
func (f *Feed) Input(in Input) {
	comments, short := cut(in.Comments, keptComment)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changed = true
	f.counts.input(in.At)
	k := &known{at: in.At, comments: comments, short: short}
	f.counts.waiting++
	if before, ok := f.inputs[in.ID]; ok { // the same event once more, replayed for example
		f.forget(before)
	} else {
		f.order.push(in.ID)
	}
	f.inputs[in.ID] = k
	f.size += length(comments)
	for f.order.len() > keptInputs || f.size > keptBytes {
		id := f.order.pop()
		f.forget(f.inputs[id])
		delete(f.inputs, id)
	}
	if e, ok := f.orphans[in.ID]; ok {
		delete(f.orphans, in.ID)
		f.join(e, k)
	}
}

// forget takes an input that is kept no longer out of the counts.
func (f *Feed) forget(k *known) {
	f.size -= length(k.comments)
	if !k.answered {
		f.counts.waiting--
	}
}

// Answer notes a prediction: the numbers of each of the record's comments, probabilities or decision values.
func (f *Feed) Answer(ev Event, proba [][]float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.entry(ev)
	e.event.Labels = nil // it is in scored
	for len(proba) < len(ev.Labels) {
		proba = append(proba, []float64{}) // of a model that has no numbers
	}
	e.Count = len(proba)
	e.Numbers = proba[:min(len(proba), shownComments)]
	all := make([]scored, len(proba))
	for i, numbers := range proba {
		var names []string
		if i < len(ev.Labels) {
			names = append([]string{}, ev.Labels[i]...)
		}
		labels, sure := f.labels.labels(numbers, names, e.comment(i))
		all[i] = scored{numbers: numbers, labels: labels, sure: sure}
		e.Guessed = e.Guessed || !sure
	}
	e.label(all)
	if e.Guessed && f.orphans[ev.Of] == e {
		e.guessed = all
	}
	f.answers.add(e)
	f.sample[0].add(e)
	f.counts.answer(e.event.At, all, f.labels)
}

// scored is what an answer says of a comment.
type scored struct {
	numbers []float64
	labels  []int
	sure    bool // see local.Labels
}

// label puts the labels of the first comments into the row.
func (e *entry) label(all []scored) {
	e.Labels = nil
	for _, s := range all[:len(e.Numbers)] {
		e.Labels = append(e.Labels, s.labels)
	}
}

// comment returns the i-th comment, nil unless all of them are known as they were sent.
func (e *entry) comment(i int) *string {
	if e.short || len(e.comments) != e.Count {
		return nil
	}
	return &e.comments[i]
}

// relabel looks again at labels that were guessed, now that the comments are known.
func (f *Feed) relabel(e *entry) {
	all := e.guessed
	e.guessed, e.Guessed = nil, false
	for i, s := range all {
		if s.sure {
			continue
		}
		f.counts.label(s, f.labels, -1)
		all[i].labels, all[i].sure = f.labels.labels(s.numbers, nil, e.comment(i))
		f.counts.label(all[i], f.labels, +1)
		e.Guessed = e.Guessed || !all[i].sure
	}
	e.label(all)
}

// Refused notes a dead letter.
func (f *Feed) Refused(ev Event, r Refusal) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.entry(ev)
	e.Code, e.Reason, e.Message, e.source = r.Code, r.Reason, r.Message, r.Source
	if e.comments == nil {
		kept, short := cut(r.Comments, keptComment)
		e.setComments(kept)
		e.cut = e.cut || short
	}
	f.letters.add(e)
	f.sample[1].add(e)
	f.counts.letter(e.event.At, r.Reason)
}

// entry makes one of an event, with what the input topic said of it. f.mu is held.
func (f *Feed) entry(ev Event) *entry {
	f.changed = true
	f.last++
	e := &entry{
		row: row{
			N:      f.last,
			At:     ev.At.UnixMilli(),
			Key:    clip(ev.Key, keptAttribute),
			Of:     clip(ev.Of, keptAttribute),
			Origin: ev.Origin,
		},
		event: ev,
	}
	if len(ev.Data) > keptData {
		e.cut = true
	}
	e.event.Data = slices.Clone(ev.Data[:min(len(ev.Data), keptData)])
	e.event.Attributes = make(map[string]string, len(ev.Attributes))
	for name, value := range ev.Attributes {
		if len(e.event.Attributes) == 64 {
			break
		}
		e.event.Attributes[clip(name, keptAttribute)] = clip(value, keptAttribute)
	}
	if k, ok := f.inputs[ev.Of]; ok {
		f.join(e, k)
		return e
	}
	f.orphans[ev.Of] = e
	f.adrift.push(ev.Of)
	if f.adrift.len() > keptOrphans {
		of := f.adrift.pop()
		if old, ok := f.orphans[of]; ok {
			old.guessed = nil
		}
		delete(f.orphans, of)
	}
	return e
}

// join gives an entry what the input topic said of its event.
func (f *Feed) join(e *entry, k *known) {
	if !k.answered {
		k.answered = true
		f.counts.waiting--
	}
	e.setComments(k.comments)
	e.short, e.cut = k.short, e.cut || k.short
	if e.guessed != nil {
		f.relabel(e)
	}
	if took := e.event.At.Sub(k.at); took >= 0 && !k.at.IsZero() {
		millis := took.Milliseconds()
		e.Millis = &millis
		f.counts.latency(e.event.At, took)
	}
}

func (e *entry) setComments(comments []string) {
	if len(comments) == 0 {
		return
	}
	e.comments, e.Text = comments, beginning(comments[0])
}

// Notice notes what a log says. A line that comes again counts once more.
func (f *Feed) Notice(level, text string, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changed = true
	text = clip(text, keptAttribute)
	for i, n := range f.notices {
		if n.Text == text {
			n.At, n.Times = at.UnixMilli(), n.Times+1
			f.notices = append(append(f.notices[:i:i], f.notices[i+1:]...), n)
			return
		}
	}
	if len(f.notices) == keptNotices {
		f.notices = f.notices[1:]
	}
	f.notices = append(f.notices, Notice{at.UnixMilli(), level, text, 1})
}

// SetLag notes how many records the consumer group has still to deliver.
func (f *Feed) SetLag(l Lag) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lag, f.changed = &l, true
}

// find returns a copy of what is kept of an entry.
func (f *Feed) find(n uint64) (entry, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range []*ring{&f.answers, &f.letters} {
		if e := r.find(n); e != nil {
			return *e, true
		}
	}
	return entry{}, false
}

// cut returns as many of the comments as fit, valid UTF-8, and whether that is not all.
func cut(comments []string, most int) (kept []string, short bool) {
	for _, c := range comments {
		if len(c) >= most {
			return append(kept, strings.Clone(clip(c, most))), true
		}
		kept = append(kept, strings.Clone(strings.ToValidUTF8(c, "�")))
		most -= len(c)
	}
	return kept, false
}

// clip returns at most n bytes of s, as valid UTF-8.
func clip(s string, n int) string {
	if len(s) > n {
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "�")
}

// beginning returns how a comment begins, on one line.
func beginning(comment string) string {
	text := strings.Join(strings.Fields(clip(comment, 8*shownText)), " ")
	if runes := []rune(text); len(runes) > shownText {
		return string(runes[:shownText-1]) + "…"
	}
	return text
}

func length(comments []string) (n int) {
	for _, c := range comments {
		n += len(c)
	}
	return n
}
