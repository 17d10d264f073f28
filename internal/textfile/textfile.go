// Package textfile reads files of comments line by line or as a table, compressed with gzip or not.
package textfile

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"reddit-classifier/model/clean"
	"reddit-classifier/model/train/dataset/table"
)

// Kind is the format of a file, by the ending of its name.
type Kind string

// The kinds of files.
const (
	JSONLines Kind = ".jsonl" // also .ndjson
	CSV       Kind = ".csv"
	TSV       Kind = ".tsv"
	Text      Kind = ".txt"
	Unknown   Kind = ""
)

// KindOf returns the kind of a file by its name, with or without .gz at the end.
func KindOf(name string) Kind {
	name = strings.TrimSuffix(strings.ToLower(name), gz)
	switch kind := Kind(filepath.Ext(name)); kind {
	case ".ndjson":
		return JSONLines
	case JSONLines, CSV, TSV, Text:
		return kind
	}
	return Unknown
}

const gz = ".gz"

// Decompress returns a reader of in that decompresses it if the name ends in .gz.
func Decompress(name string, in io.Reader) (io.Reader, error) {
	if !strings.EqualFold(filepath.Ext(name), gz) {
		return in, nil
	}
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("it is not compressed with gzip: %w", err)
	}
	return z, nil
}

// Errors of [Open].
var (
	ErrAbsent = errors.New("there is no such file")
	ErrFolder = errors.New("it is a folder")
)

// Open opens the file at path. The error is [ErrAbsent], [ErrFolder] or that of the system.
func Open(path string) (*os.File, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrAbsent
	}
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, ErrFolder
	}
	return f, nil
}

// Encoding is a character encoding.
type Encoding string

// The encodings. Latin1 reads each byte as one character.
const (
	UTF8   Encoding = "utf-8"
	Latin1 Encoding = "latin-1"
)

// ErrNotUTF8 is the error for a text that is not valid UTF-8.
var ErrNotUTF8 = errors.New("the text is not UTF-8")

// StandardInput names standard input in errors.
const StandardInput = "standard input (JSON lines)"

// Decode returns a text of the encoding as UTF-8. The error is [ErrNotUTF8].
func (e Encoding) Decode(s string) (string, error) {
	switch {
	case e == Latin1:
		return clean.Latin1([]byte(s)), nil
	case !utf8.ValidString(s):
		return "", ErrNotUTF8
	}
	return s, nil
}

// DecodeField decodes a field of a table, which was read as [Latin1]. Only the encoding UTF8 changes it.
func (e Encoding) DecodeField(s string) (string, error) {
	if e != UTF8 {
		return s, nil
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return e.Decode(string(b))
}

// Lines reads lines of any length.
type Lines struct {
	in       *bufio.Reader
	encoding Encoding
	number   int
}

// NewLines returns a reader of the lines of in.
func NewLines(in io.Reader, encoding Encoding) *Lines {
	return &Lines{in: bufio.NewReaderSize(in, 1<<16), encoding: encoding}
}

// Number returns the number of the last line read, counted from 1.
func (l *Lines) Number() int { return l.number }

// Next returns the next line without its line end, or io.EOF after the last. After [ErrNotUTF8] the next line can be
// read.
func (l *Lines) Next() (string, error) {
	if l.number == 0 {
		if err := table.SkipMark(l.in); err != nil {
			return "", err
		}
	}
	s, err := l.in.ReadString('\n')
	if err == io.EOF && s != "" {
		err = nil
	}
	l.number++
	if err != nil {
		return "", err
	}
	return l.encoding.Decode(strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r"))
}

// NextObject returns the next line that is not blank.
func (l *Lines) NextObject() (string, error) {
	for {
		s, err := l.Next()
		if err != nil || strings.TrimSpace(s) != "" {
			return s, err
		}
	}
}
