package console

import (
	"encoding/json"
	"net/http"
	"strconv"
	"unicode/utf8"
)

const (
	maxRequest = 256 << 10 // bytes
	maxChanged = 20        // rows
	maxMarked  = 5         // comments of one record
)

// aboutResponse has what the page needs to know once.
type aboutResponse struct {
	Models []card `json:"models"`
	Topics Topics `json:"topics"`
	Replay bool   `json:"replay"`
}

func (s *Server) about(w http.ResponseWriter, _ *http.Request) {
	a := aboutResponse{Topics: s.config.Topics, Replay: s.config.Replay != nil}
	for _, m := range s.models {
		a.Models = append(a.Models, m.card())
	}
	write(w, a)
}

// entryResponse has everything that is known about a row.
type entryResponse struct {
	row
	Attributes  map[string]string `json:"attributes"`
	ContentType string            `json:"contentType"`
	Data        string            `json:"data"`
	Cut         bool              `json:"cut"`
	Source      string            `json:"source,omitempty"`
	Comments    []string          `json:"comments"`
	Verdicts    []verdict         `json:"verdicts"` // of the page's model, which may not be the model that answered
	SameModel   bool              `json:"sameModel"`
}

func (s *Server) entry(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.ParseUint(r.PathValue("n"), 10, 64)
	e, ok := s.Feed.find(n)
	if err != nil || !ok {
		http.Error(w, "this record is not kept any more", http.StatusNotFound)
		return
	}
	d := entryResponse{
		row: e.row, Attributes: e.event.Attributes, ContentType: e.event.ContentType,
		Data: printable(e.event.Data), Cut: e.cut,
		Source: e.source, Comments: e.comments, Verdicts: []verdict{},
		SameModel: e.event.Attributes["modeldigest"] == s.models[0].model.Digest()[:12],
	}
	for _, comment := range e.comments[:min(len(e.comments), maxMarked)] {
		if e.Reason == "" {
			d.Verdicts = append(d.Verdicts, s.models[0].explain(comment))
		}
	}
	write(w, d)
}

// printable returns data as text. Bytes that are not UTF-8 become the replacement character.
func printable(data []byte) string {
	if utf8.Valid(data) {
		return string(data)
	}
	return string([]rune(string(data)))
}

// thresholdChange is the effect of another threshold on the comments whose scores are kept.
type thresholdChange struct {
	At       float64 `json:"at"`      // the other threshold
	Comments int     `json:"of"`      // how many there are
	Flagged  int     `json:"flagged"` // how many the other threshold flags
	Now      int     `json:"now"`     // how many the model's threshold flags, if it has one
	Rows     []row   `json:"rows"`    // the newest records whose labels differ
}

func (s *Server) threshold(w http.ResponseWriter, r *http.Request) {
	at, err := strconv.ParseFloat(r.URL.Query().Get("at"), 64)
	if err != nil || !(at >= 0 && at <= 1) {
		http.Error(w, "at must be a probability from 0 to 1", http.StatusBadRequest)
		return
	}
	write(w, s.Feed.changeThreshold(at))
}

// changeThreshold compares a threshold with that of the model.
func (f *Feed) changeThreshold(at float64) thresholdChange {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := thresholdChange{At: at, Rows: []row{}}
	if !f.model.two {
		return m
	}
	for _, p := range f.counts.last.all() {
		m.Comments++
		if p >= at {
			m.Flagged++
		}
		if f.model.model.Decide([2]float64{1 - p, p}) == 1 {
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
	var request struct {
		Text string `json:"text"`
	}
	if !read(w, r, &request) {
		return
	}
	verdicts := make([]verdict, len(s.models))
	for i, m := range s.models {
		verdicts[i] = m.explain(request.Text)
	}
	write(w, verdicts)
}

// read decodes the JSON of a request. If it cannot, it answers why and returns false.
func read(w http.ResponseWriter, r *http.Request, v any) bool {
	if r.Header.Get("Content-Type") != "application/json" {
		http.Error(w, "send application/json", http.StatusUnsupportedMediaType)
		return false
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(v); err != nil {
		http.Error(w, "the request is not JSON, or is longer than 256 KiB", http.StatusBadRequest)
		return false
	}
	return true
}

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(encode(v)) // fails only if the page is closed
}
