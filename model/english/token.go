package english

// Token is one token of a text.
type Token struct {
	Text    string // a part of the text that was given
	Lemma   string // from the exception or the lemma table, else the text itself
	LikeURL bool   // spaCy's like_url

	feature string // lower-cased lemma, "" if not known yet
	pack    *Pack
}

// Feature returns what the token counts as for the model: "URL" for a URL, else the lemma, lower-cased and stripped of
// white space as Python's str.lower and str.strip do. It returns "" for a token that is dropped: white space, or a
// single character of !$%^&*()_+|~-=`{}[]:";'<>?,./ . It allocates only if the lemma is not in the pack and holds
// capitals.
func (t *Token) Feature() string {
	switch {
	case t.LikeURL:
		return featureURL
	case t.feature != "":
		return kept(t.feature)
	case t.pack == nil: // a token that no pack made
		return kept(strip(t.Lemma))
	}
	return kept(strip(t.pack.toLower(t.Lemma)))
}

// featureURL is the feature of every address.
const featureURL = "URL"

// kept returns f, or "" if f is no feature.
func kept(f string) string {
	if len(f) == 1 && isDropped(f[0]) {
		return ""
	}
	return f
}

// One bit per character of !$%^&*()_+|~-=`{}[]:";'<>?,./ : those below 64, and the others.
const droppedLow, droppedHigh uint64 = 0xFC00FFF600000000, 0x78000001E8000000

// isDropped reports whether c is one of the characters that are no feature on their own.
func isDropped(c byte) bool {
	switch {
	case c < 64:
		return droppedLow>>c&1 != 0
	case c < 128:
		return droppedHigh>>(c-64)&1 != 0
	}
	return false
}
