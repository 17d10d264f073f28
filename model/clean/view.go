package clean

// CleanWith is Clean for callers that clean much: the result is text itself where nothing changes, or else a view of buf, which
// it may have grown, until buf is used again.
func (m Mode) CleanWith(buf []byte, text string) (cleaned string, grown []byte) {
	out, changed := m.apply(buf[:0], text)
	if !changed {
		return text, buf
	}
	return view(out), out
}
