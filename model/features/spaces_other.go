//go:build !amd64

package features

// spaceBlocks sets dst to the maps of blocks of 64 bytes of text. high is not zero if there is a byte beyond ASCII,
// zero if there is a zero byte.
func spaceBlocks(dst *uint64, text *byte, blocks int) (high, zero uint32) {
	return spaceBlocksGo(dst, text, blocks)
}
