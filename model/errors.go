package model

import "reddit-classifier/model/artifact"

// FormatError says that the bytes are not an intact artifact.
type FormatError = artifact.FormatError

// UnsupportedError says that the artifact is intact but needs something that this program does not have: a newer
// format, a section it does not know, a signature of another key.
type UnsupportedError = artifact.UnsupportedError
