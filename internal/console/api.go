package console

import (
	"encoding/json"
	"net/http"
	"strconv"
	"unicode/utf8"
)

const (
	maxRequest = 256 << 10 // a comment that is tried
	maxChanged = 20
	maxMarked  = 5 // comments of one record
)

// about is what the page has to know once.
type about struct {
	Models []card `json:"models"`
	Topics Topics `json:"topics"`
	Replay bool   `json:"replay"`
}

func (s *Server) about(w http.ResponseWriter, _ *http.Request) {
	a := about{Topics: s.config.Topics, Replay: s.config.Replay != nil}
	for _, j := range s.judges {
		a.Models = append(a.Models, j.card())
	}
	write(w, a)
}

// detail is all that is known of a row.
type detail struct {
	row
	Attributes  map[string]string `json:"attributes"`
	ContentType string            `json:"contentType"`
	Data        string            `json:"data"`
	Cut         bool              `json:"cut"`
	Source      string            `json:"source,omitempty"`
	Comments    []string          `json:"comments"`
	Verdicts    []verdict         `json:"verdicts"` // what the page's model makes of the comments, which may be another than answered
	SameModel   bool              `json:"sameModel"`
}

func (s *Server) entry(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.ParseUint(r.PathValue("n"), 10, 64)
	e, ok := s.Feed.find(n)
	if err != nil || !ok {
		http.Error(w, "this record is kept no longer", http.StatusNotFound)
		return
	}
	d := detail{
		row: e.row, Attributes: e.event.Attributes, ContentType: e.event.ContentType,
		Data: printable(e.event.Data), Cut: e.cut,
		Source: e.source, Comments: e.comments, Verdicts: []verdict{},
		SameModel: e.event.Attributes["modeldigest"] == s.judges[0].model.Digest()[:12],
	}
	for _, comment := range e.comments[:min(len(e.comments), maxMarked)] {
		if e.Reason == "" {
			d.Verdicts = append(d.Verdicts, s.judges[0].explain(comment))
		}
	}
	write(w, d)
}

// printable returns data as text; bytes that are none become the replacement character.
func printable(data []byte) string {
	if utf8.Valid(data) {
		return string(data)
	}
	return string([]rune(string(data)))
}

// moved is what another threshold would change.
type moved struct {
	At      float64 `json:"at"`
	Of      int     `json:"of"`      // comments
	Flagged int     `json:"flagged"` // of these at the threshold asked for
	Now     int     `json:"now"`     // and at the model's, if one decides
	Rows    []row   `json:"rows"`    // the newest of those that differ
}

func (s *Server) threshold(w http.ResponseWriter, r *http.Request) {
	at, err := strconv.ParseFloat(r.URL.Query().Get("at"), 64)
	if err != nil || !(at >= 0 && at <= 1) {
		http.Error(w, "at is a probability, from 0 to 1", http.StatusBadRequest)
		return
	}
	write(w, s.Feed.moved(at))
}

// moved compares a threshold with the model's, over the scores that are kept.
func (f *Feed) moved(at float64) moved {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := moved{At: at, Rows: []row{}}
	if !f.labels.two {
		return m
	}
	for _, p := range f.counts.last.all() {
		m.Of++
		if p >= at {
			m.Flagged++
		}
		if f.labels.model.Decide([2]float64{1 - p, p}) == 1 {
			m.Now++
		}
	}
	for _, e := range f.answers.newest(keptAnswers) {
		if len(m.Rows) == maxChanged {
			break
		}
		for i, p := range e.Numbers {
			if len(p) == 2 && len(e.Labels[i]) == 1 && (p[1] >= at) != (e.Labels[i][0] == 1) {
				m.Rows = append(m.Rows, e.row)
				break
			}
		}
	}
	return m
}

func (s *Server) predict(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Text string `json:"text"`
	}
	if !read(w, r, &asked) {
		return
	}
	verdicts := make([]verdict, len(s.judges))
	for i, j := range s.judges {
		verdicts[i] = j.explain(asked.Text)
	}
	write(w, verdicts)
}

// read decodes a request's JSON, or answers why it cannot.
func read(w http.ResponseWriter, r *http.Request, v any) bool {
	if r.Header.Get("Content-Type") != "application/json" {
		http.Error(w, "send application/json", http.StatusUnsupportedMediaType)
		return false
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(v); err != nil {
		http.Error(w, "the request cannot be read, or is longer than 256 KiB", http.StatusBadRequest)
		return false
	}
	return true
}

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(encode(v)) // to a page that is gone
}
