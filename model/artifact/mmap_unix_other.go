//go:build unix && !linux

package artifact

const mapPopulate = 0
