//go:build unix && !linux

package model

const mapPopulate = 0
