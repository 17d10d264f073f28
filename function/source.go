package function

import (
	"net/url"
	"sync/atomic"

	"github.com/cloudevents/sdk-go/v2/types"
)

// asked and answered are the sources of the last question and of the last answer: the events of one KafkaSource, or of one
// topic, all have the same, and so have our own.
var asked, answered lastSource

// lastSource spares parsing and composing a source that was seen just before.
type lastSource struct{ p atomic.Pointer[parsedSource] }

type parsedSource struct {
	from string // what was parsed
	url  types.URIRef
	text string // what url gives, which need not be from
}

// parse sets to what value says.
func (l *lastSource) parse(value string, to *types.URIRef) error {
	last := l.p.Load()
	if last == nil || last.from != value {
		u, err := url.Parse(value)
		if err != nil {
			return badRequest("bad_attribute", "the attribute source is not a URI reference")
		}
		last = &parsedSource{value, types.URIRef{URL: *u}, u.String()}
		l.p.Store(last)
	}
	*to = last.url
	return nil
}

// text returns the URI reference as text.
func (l *lastSource) text(u *types.URIRef) string {
	last := l.p.Load()
	if last == nil || last.url != *u {
		text := u.String()
		last = &parsedSource{text, *u, text}
		if again, err := url.Parse(text); err != nil || *again != u.URL {
			return text // would not be parsed as this
		}
		l.p.Store(last)
	}
	return last.text
}
