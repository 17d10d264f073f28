package main

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// recordFile keeps records as lines of JSON.
type recordFile struct {
	mu    sync.Mutex
	file  *os.File // nil when closed
	lines *jsonLines
}

func createRecordFile(path string) (*recordFile, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("output cannot be written: %w; choose another --output", err)
	}
	return &recordFile{file: f, lines: newJSONLines(f)}, nil
}

// Write adds a record. A record without a key has the key null.
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

// Flush hands what was written to the system, for those who watch the file.
func (f *recordFile) Flush() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		return nil
	}
	return f.lines.Flush()
}

// headers returns a record's headers by name; of one that comes twice, the last.
func headers(r *kgo.Record) map[string]string {
	m := make(map[string]string, len(r.Headers))
	for _, h := range r.Headers {
		m[h.Key] = string(h.Value)
	}
	return m
}

// Close writes what is not written yet. Closing again does nothing.
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
