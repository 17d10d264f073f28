package model

import "reddit-classifier/model/artifact"

// FormatError says that the bytes are not an intact artifact.
type FormatError = artifact.FormatError

// UnsupportedError says that the artifact is intact but cannot be used: it has a newer format, an unknown required
// section, or no signature of the given key.
type UnsupportedError = artifact.UnsupportedError
