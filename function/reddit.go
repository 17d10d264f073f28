package function

import (
	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/jsonscan"
)

// thing reads an object of Reddit's API, {"kind":…,"data":…}: a comment (t1) without its replies, a submission (t3), or
// a Listing of them.
func (p *request) thing(s *jsonscan.Scanner) error {
	if err := p.collect(s); err != nil {
		return err
	}
	end := s.Mark()
	m := p.members
	if exists(m.specversion) && (exists(m.source) || exists(m.eventType)) {
		return badRequest("not_a_cloudevent",
			"this is a batch of CloudEvents without its content type: send it as %s", cloudevent.BatchType)
	}
	if !exists(m.kind) || !exists(m.data) {
		return unprocessable("unknown_shape", "an object in the array is not a thing of Reddit's API: it needs kind and data")
	}
	s.Seek(m.kind)
	kind, err := s.Raw()
	if err != nil {
		return err
	}
	s.Seek(m.data)
	switch string(kind) {
	case `"t1"`, `"t3"`:
		err = p.thingData(s, string(kind) == `"t3"`)
	case `"Listing"`:
		err = p.listing(s)
	case `"more"`: // only names comments that were not sent
	default:
		err = unprocessable("unknown_shape",
			"the kind of a thing of Reddit's API must be t1 (comment), t3 (submission) or Listing")
	}
	s.Seek(end)
	return err
}

// thingData reads the data of a comment or submission.
func (p *request) thingData(s *jsonscan.Scanner, isSubmission bool) error {
	if s.Peek() != '{' {
		return unprocessable("unknown_shape", "the data of a thing of Reddit's API is not an object")
	}
	if err := p.collect(s); err != nil {
		return err
	}
	if isSubmission {
		return p.submission(s)
	}
	if !exists(p.members.body) {
		return unprocessable("unknown_shape", "a comment of Reddit's API has no body")
	}
	s.Seek(p.members.body)
	return p.addString(s, "body")
}

// submission adds the title and the text of a submission as one comment.
func (p *request) submission(s *jsonscan.Scanner) error {
	m := p.members
	if !exists(m.title) {
		return unprocessable("unknown_shape", "a submission of Reddit's API has no title")
	}
	s.Seek(m.title)
	if err := p.addString(s, "title"); err != nil || !exists(m.selftext) {
		return err
	}
	s.Seek(m.selftext)
	if s.Peek() != '"' {
		return notText(s, "selftext")
	}
	text, err := s.Text()
	if err == nil && len(text) > 0 {
		p.comments[len(p.comments)-1] += "\n\n" + string(text)
	}
	return err
}

// listing reads the children of a Listing.
func (p *request) listing(s *jsonscan.Scanner) error {
	if s.Peek() != '{' {
		return unprocessable("unknown_shape", "the data of a Listing is not an object")
	}
	found := false
	err := s.Object(func(key []byte) error {
		switch {
		case string(key) != "children":
			return s.Skip()
		case found:
			return unprocessable("ambiguous_shape", "a Listing has the member children twice")
		}
		found = true
		return p.things(s)
	})
	if err == nil && !found {
		return unprocessable("unknown_shape", "a Listing of Reddit's API has no children")
	}
	return err
}

// page reads an array of things of Reddit's API: the Listings of a page.
func (p *request) page(s *jsonscan.Scanner) error {
	err := p.things(s)
	if err == nil && len(p.comments) == 0 {
		return unprocessable("unknown_shape", "the JSON is an array without comments: use data.ndarray or instances")
	}
	return err
}

// things reads an array of things, such as the children of a Listing.
func (p *request) things(s *jsonscan.Scanner) error {
	p.shape = seldon
	if s.Peek() != '[' {
		return unprocessable("unknown_shape", "the children of a Listing are not an array")
	}
	return s.Array(func() error {
		if s.Peek() != '{' {
			return unprocessable("unknown_shape",
				"the JSON is an array of something other than things of Reddit's API: use data.ndarray or instances")
		}
		return p.thing(s)
	})
}
