package console

import (
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Input is a record of the input topic.
type Input struct {
	ID       string // of the event that the record becomes
	Key      string
	At       time.Time // when the record was written
	Comments []string  // its texts, or the data as a whole if no text is found in it
}

// Event is a record of the output topic or of the error topic.
type Event struct {
	EventID     string // id of the event that it answers
	Key         string
	At          time.Time // when the record was written
	Origin      string    // TOPIC/PARTITION/OFFSET of the record
	Attributes  map[string]string
	ContentType string
	Data        []byte
	Labels      [][]string // by comment, its labels, if the answer has them
}

// Refusal is why an event was dead-lettered.
type Refusal struct {
	Code, Reason, Message string
	Source                string // the source attribute of the event, with its partition and offset if known
	Comments              []string
}

// The limits of what a feed keeps and shows.
const (
	keptAnswers     = 2000
	keptDeadLetters = 1000
	keptInputs      = 20_000
	keptScores      = 50_000
	keptNotices     = 20
	keptBytes       = 24 << 20 // of inputs, of answers, and of dead letters
	keptData        = 32 << 10 // bytes of a record's data
	keptComment     = 16 << 10 // bytes of all comments of a record
	keptAttribute   = 1 << 10  // bytes
	keptUnmatched   = 200
	keptReasons     = 50 // reasons can have any name, so further ones are counted as "others"

	shownText     = 160 // characters of a comment in a row
	shownComments = 3   // comments of a record in a row
)

// Feed collects the records of the topics. Its methods may be called from any goroutine.
type Feed struct {
	model   *pageModel // gives the labels by which answers are counted
	samples []string   // keys of records that are refused on purpose

	mu             sync.Mutex
	last           uint64 // number of the last entry
	answers        ring
	deadLetters    ring
	inputs         map[string]*keptInput // by event id
	inputOrder     queue[string]         // event ids, in the order in which inputs were added
	inputSize      int                   // bytes of the comments of inputs
	unmatched      map[string]*entry     // by event id, entries that arrived before their inputs
	unmatchedOrder queue[string]
	sample         [2]sample // of the answers and dead letters since the last tick
	counts         counts
	notices        []Notice
	troubles       []*trouble // by reason
	lag            *Lag
	changed        bool
	watchers       map[chan []byte]struct{}
}

// keptInput is what is kept of an input.
type keptInput struct {
	at        time.Time
	comments  []string
	truncated bool // the comments are not complete
	answered  bool
}

// entry is an answer or a dead letter.
type entry struct {
	row
	event     Event
	cut       bool // data or comments are not complete
	comments  []string
	truncated bool     // the comments are not complete
	guessed   []result // the results of an unmatched answer with guessed labels
	source    string
	size      int // bytes that the ring counts for it
}

// Lag is how far the consumer group is behind.
type Lag struct {
	Group   string `json:"group"`
	Records int64  `json:"records"`
}

// Notice is a warning or an error of a log.
type Notice struct {
	At    int64  `json:"at"` // when it last occurred, in milliseconds since 1970
	Level string `json:"level"`
	Text  string `json:"text"`
	Times int    `json:"times"`
}

func newFeed(m *pageModel) *Feed {
	return &Feed{
		model:       m,
		answers:     ring{max: keptAnswers},
		deadLetters: ring{max: keptDeadLetters},
		inputs:      make(map[string]*keptInput),
		unmatched:   make(map[string]*entry),
		watchers:    make(map[chan []byte]struct{}),
		counts:      newCounts(m.classes),
	}
}

// Input adds a record of the input topic.
func (f *Feed) Input(in Input) {
	comments, truncated := truncate(in.Comments, keptComment)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changed = true
	f.counts.input(in.At)
	k := &keptInput{at: in.At, comments: comments, truncated: truncated}
	f.counts.waiting++
	if earlier, ok := f.inputs[in.ID]; ok { // the same event again, for example replayed
		f.forget(earlier)
	} else {
		f.inputOrder.push(in.ID)
	}
	f.inputs[in.ID] = k
	f.inputSize += length(comments)
	for f.inputOrder.len() > keptInputs || f.inputSize > keptBytes {
		id := f.inputOrder.pop()
		f.forget(f.inputs[id])
		delete(f.inputs, id)
	}
	if e, ok := f.unmatched[in.ID]; ok {
		delete(f.unmatched, in.ID)
		f.addInput(e, k)
	}
}

// forget subtracts an input that is dropped from the counts.
func (f *Feed) forget(k *keptInput) {
	f.inputSize -= length(k.comments)
	if !k.answered {
		f.counts.waiting--
	}
}

// Answer adds a prediction, with the probabilities or decision values of each comment of the record.
func (f *Feed) Answer(ev Event, numbers [][]float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.entry(ev)
	e.event.Labels = nil // the results have them
	for len(numbers) < len(ev.Labels) {
		numbers = append(numbers, []float64{}) // the model has no numbers
	}
	e.Count = len(numbers)
	e.Numbers = numbers[:min(len(numbers), shownComments)]
	all := make([]result, len(numbers))
	for i, n := range numbers {
		var names []string
		if i < len(ev.Labels) {
			names = append([]string{}, ev.Labels[i]...)
		}
		labels, sure := f.model.labels(n, names, e.comment(i))
		all[i] = result{numbers: n, labels: labels, sure: sure}
		e.Guessed = e.Guessed || !sure
	}
	e.setLabels(all)
	if e.Guessed && f.unmatched[ev.EventID] == e {
		e.guessed = all
	}
	f.answers.add(e)
	f.sample[0].add(e)
	f.counts.answer(e.event.At, all, f.model)
}

// result is the result of one comment in an answer.
type result struct {
	numbers []float64
	labels  []int
	sure    bool // false if the labels are a guess, see [local.Labels]
}

// setLabels sets the labels of the comments that the row shows.
func (e *entry) setLabels(all []result) {
	e.Labels = nil
	for _, r := range all[:len(e.Numbers)] {
		e.Labels = append(e.Labels, r.labels)
	}
}

// comment returns the i-th comment, or nil if not all comments are known and complete.
func (e *entry) comment(i int) *string {
	if e.truncated || len(e.comments) != e.Count {
		return nil
	}
	return &e.comments[i]
}

// relabel replaces labels that were guessed, after the comments have become known.
func (f *Feed) relabel(e *entry) {
	all := e.guessed
	e.guessed, e.Guessed = nil, false
	for i, r := range all {
		if r.sure {
			continue
		}
		f.counts.label(r, f.model, -1)
		all[i].labels, all[i].sure = f.model.labels(r.numbers, nil, e.comment(i))
		f.counts.label(all[i], f.model, +1)
		e.Guessed = e.Guessed || !all[i].sure
	}
	e.setLabels(all)
}

// DeadLetter adds a dead letter.
func (f *Feed) DeadLetter(ev Event, r Refusal) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.entry(ev)
	e.Code, e.Reason, e.Message, e.source = r.Code, r.Reason, r.Message, r.Source
	if e.comments == nil {
		comments, truncated := truncate(r.Comments, keptComment)
		e.setComments(comments)
		e.cut = e.cut || truncated
	}
	f.deadLetters.add(e)
	f.sample[1].add(e)
	f.counts.deadLetter(e.event.At, r.Reason)
}

// entry returns an entry for an event, joined with its input if that is known. f.mu is held.
func (f *Feed) entry(ev Event) *entry {
	f.changed = true
	f.last++
	e := &entry{
		row: row{
			N:       f.last,
			At:      ev.At.UnixMilli(),
			Key:     clip(ev.Key, keptAttribute),
			EventID: clip(ev.EventID, keptAttribute),
			Origin:  ev.Origin,
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
	if k, ok := f.inputs[ev.EventID]; ok {
		f.addInput(e, k)
		return e
	}
	f.unmatched[ev.EventID] = e
	f.unmatchedOrder.push(ev.EventID)
	if f.unmatchedOrder.len() > keptUnmatched {
		id := f.unmatchedOrder.pop()
		if oldest, ok := f.unmatched[id]; ok {
			oldest.guessed = nil
		}
		delete(f.unmatched, id)
	}
	return e
}

// addInput adds to an entry what its input tells: the comments and the latency.
func (f *Feed) addInput(e *entry, k *keptInput) {
	if !k.answered {
		k.answered = true
		f.counts.waiting--
	}
	e.setComments(k.comments)
	e.truncated, e.cut = k.truncated, e.cut || k.truncated
	if e.guessed != nil {
		f.relabel(e)
	}
	if d := e.event.At.Sub(k.at); d >= 0 && !k.at.IsZero() {
		millis := d.Milliseconds()
		e.Millis = &millis
		f.counts.addLatency(e.event.At, d)
	}
}

func (e *entry) setComments(comments []string) {
	if len(comments) == 0 {
		return
	}
	e.comments, e.Text = comments, excerpt(comments[0])
}

// Notice adds a line of a log. A line that is repeated is counted.
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

// SetLag sets the lag of the consumer group.
func (f *Feed) SetLag(l Lag) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lag, f.changed = &l, true
}

// find returns a copy of an entry. It returns false if the entry is not kept.
func (f *Feed) find(n uint64) (entry, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range []*ring{&f.answers, &f.deadLetters} {
		if e := r.find(n); e != nil {
			return *e, true
		}
	}
	return entry{}, false
}

// truncate returns the first bytes of the comments, up to limit in all, as valid UTF-8, and whether there were more.
func truncate(comments []string, limit int) (kept []string, truncated bool) {
	for _, c := range comments {
		if len(c) >= limit {
			return append(kept, strings.Clone(clip(c, limit))), true
		}
		kept = append(kept, strings.Clone(strings.ToValidUTF8(c, "�")))
		limit -= len(c)
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

// excerpt returns the beginning of a comment on one line.
func excerpt(comment string) string {
	text := strings.Join(strings.Fields(clip(comment, 8*shownText)), " ")
	if runes := []rune(text); len(runes) > shownText {
		return string(runes[:shownText-1]) + "…"
	}
	return text
}

// length returns the size of the comments in bytes.
func length(comments []string) (n int) {
	for _, c := range comments {
		n += len(c)
	}
	return n
}
