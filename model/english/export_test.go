package english

// EachPiecesOf is like EachPieces, with batches of limit pieces.
func (p *Pack) EachPiecesOf(limit int, text string, each func([]Piece)) {
	s := stream{pack: p, text: text, limit: limit, each: each}
	s.finish(s.appendDocument(nil))
}
