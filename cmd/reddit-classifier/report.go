package main

import (
	"bytes"
	"context"
	"path/filepath"

	"reddit-classifier/model/train"
	"reddit-classifier/model/train/dataset"
	"reddit-classifier/model/train/report"
	"reddit-classifier/model/train/report/explore"
)

// reportName is the name of the file that --report writes.
const reportName = "report.html"

// makeReport returns the report of a training as an HTML page.
func makeReport(ctx context.Context, in explore.Input, progress train.ProgressFunc) ([]byte, error) {
	data, err := explore.Gather(ctx, in, progress)
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	err = report.Write(&page, data)
	return page.Bytes(), err
}

// baseNames returns the files' names without their folders, which a report must not reveal.
func baseNames(files []dataset.File) []string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = filepath.Base(f.Name)
	}
	return names
}
