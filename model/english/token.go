package english

// Token is a token of a text.
type Token struct {
	Text    string // part of the tokenized text
	Lemma   string // lemma of the exception or the lemma table, or else Text
	LikeURL bool   // spaCy's like_url

	feature string // lower-cased lemma, "" if not known yet
	pack    *Pack
}

// Feature returns the model's feature for the token: "URL" if LikeURL is set, or else the lemma, lower-cased and
// stripped of white space as by Python's str.lower and str.strip. It returns "" if the token is dropped: if it is white
// space or a single one of the characters !$%^&*()_+|~-=`{}[]:";'<>?,./ . It allocates only if the lemma is not in the
// pack and has capitals.
func (t *Token) Feature() string {
	switch {
	case t.LikeURL:
		return featureURL
	case t.feature != "":
		return featureOrEmpty(t.feature)
	case t.pack == nil: // a token that was not made by a pack
		return featureOrEmpty(strip(t.Lemma))
	}
	return featureOrEmpty(strip(t.pack.toLower(t.Lemma)))
}

// featureURL is the feature of all addresses.
const featureURL = "URL"

// featureOrEmpty returns f, or "" if f is not a feature.
func featureOrEmpty(f string) string {
	if len(f) == 1 && isDropped(f[0]) {
		return ""
	}
	return f
}

// Bit sets of the characters !$%^&*()_+|~-=`{}[]:";'<>?,./ : those below 64, and the others.
const droppedLow, droppedHigh uint64 = 0xFC00FFF600000000, 0x78000001E8000000

// isDropped reports whether the single character c is not a feature.
func isDropped(c byte) bool {
	switch {
	case c < 64:
		return droppedLow>>c&1 != 0
	case c < 128:
		return droppedHigh>>(c-64)&1 != 0
	}
	return false
}
