package main

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// recordFile writes records to a file as lines of JSON.
type recordFile struct {
	mu    sync.Mutex
	file  *os.File // nil once closed
	lines *jsonLines
}

func createRecordFile(path string) (*recordFile, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("output cannot be written: %w; choose another --output", err)
	}
	return &recordFile{file: f, lines: newJSONLines(f)}, nil
}

// Write writes a record. After Close it does nothing. A record without a key has the key null.
func (f *recordFile) Write(r *kgo.Record) error {
	line := struct {
		Topic   string            `json:"topic"`
		Key     *string           `json:"key"`
		Headers map[string]string `json:"headers"`
		Value   string            `json:"value"`
	}{Topic: r.Topic, Headers: headers(r), Value: string(r.Value)}
	if r.Key != nil {
		key := string(r.Key)
		line.Key = &key
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		return nil
	}
	return f.lines.Write(line)
}

// Flush writes what is buffered, so that a reader of the file sees it.
func (f *recordFile) Flush() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		return nil
	}
	return f.lines.Flush()
}

// headers returns a record's headers by name. If a name occurs twice, the last value wins.
func headers(r *kgo.Record) map[string]string {
	m := make(map[string]string, len(r.Headers))
	for _, h := range r.Headers {
		m[h.Key] = string(h.Value)
	}
	return m
}

// Close writes what is buffered and closes the file. Closing again does nothing.
func (f *recordFile) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		return nil
	}
	err := errors.Join(f.lines.Flush(), f.file.Close())
	f.file = nil
	return err
}
