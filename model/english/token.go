package english

// Token is one token of a text.
type Token struct {
	Text    string // a part of the text that was given
	Lemma   string // from the exception or the lemma table, else the text itself
	LikeURL bool   // spaCy's like_url

	suffix  bool   // for the time of a chunk: found from the end
	word    uint16 // the text's phrase word, 0 if no phrase has it
	lengths uint16 // for the time of the second pass: lengths of the phrases that start here
	phrase  uint8  // the length of the one that counts
	seen    bool   // in a phrase that was looked at
	feature string // lower-cased lemma, "" if not known yet
	pack    *Pack
}

// Feature returns what the token counts as for the model: "URL" for a URL, else the lemma, lower-cased and stripped of white space as
// Python's str.lower and str.strip do. It returns "" for a token that is dropped: white space, or a single character of
// !$%^&*()_+|~-=`{}[]:";'<>?,./ . It allocates only if the lemma is not in the pack and holds capitals.
func (t *Token) Feature() string {
	if t.LikeURL {
		return "URL"
	}
	f := t.feature
	if f == "" {
		f = t.Lemma
		if !isLowerASCII(f) {
			f = strip(t.pack.toLower(f))
		}
	}
	if len(f) == 1 && isDropped(f[0]) {
		return ""
	}
	return f
}

// AppendFeature appends the token's feature to dst and returns it. It allocates nothing but the growth of dst.
func (t *Token) AppendFeature(dst []byte) []byte {
	if t.LikeURL || t.feature != "" || isLowerASCII(t.Lemma) {
		return append(dst, t.Feature()...)
	}
	start := len(dst)
	dst = t.pack.appendLower(dst, t.Lemma)
	f := strip(view(dst[start:]))
	if len(f) == 1 && isDropped(f[0]) {
		f = ""
	}
	return append(dst[:start], f...)
}

// isLowerASCII reports whether str.lower and str.strip leave s alone, for the most common reason.
func isLowerASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x80 || 'A' <= c && c <= 'Z' || c <= ' ' {
			return false
		}
	}
	return true
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
