package english

// EachPiecesOf is EachPieces with batches of limit pieces.
func (p *Pack) EachPiecesOf(limit int, text string, each func([]Piece)) {
	s := stream{pack: p, text: text, limit: limit, each: each}
	s.finish(s.appendDocument(nil))
}

// EachChunkPiecesOf is EachChunkPieces with batches of limit pieces.
func (p *Pack) EachChunkPiecesOf(limit int, text string, start, end int, each func([]Piece)) (isolated bool) {
	s := stream{pack: p, text: text, limit: limit, each: each}
	_, isolated = s.finish(s.appendChunk(nil, start, end, p.traitsOf(text[start:end])))
	return isolated
}
