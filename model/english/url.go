package english

import (
	"strings"

	"reddit-classifier/model/english/internal/layout"
)

// LikeURL reports whether text looks like an address, as spaCy's like_url does (spacy/lang/lex_attrs.py).
func (p *Pack) LikeURL(text string) bool {
	if strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://") {
		return true
	}
	if strings.HasPrefix(text, "www.") && len(text) > len("www.") {
		return true
	}
	dot := strings.LastIndexByte(text, '.')
	if dot <= 0 || dot == len(text)-1 || text[0] == '.' || strings.IndexByte(text, '@') >= 0 {
		return false
	}
	domain := text[dot+1:]
	if colon := strings.IndexByte(domain, ':'); colon >= 0 {
		domain = domain[:colon]
	}
	if strings.HasSuffix(domain, "/") {
		return true
	}
	if p.lookup(domain).domain {
		return true
	}
	return p.flags&layout.URLMatchLikeURL != 0 && p.matchWhole(&p.urlMatch, text)
}
