package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"reddit-classifier/model/train"
	"reddit-classifier/model/train/report"
	"reddit-classifier/model/train/report/explore"
)

// reportName is the file that --report writes into its folder.
const reportName = "report.html"

// writeReport writes the report of a training into a folder, which it makes if need be, and returns the file's path.
func writeReport(ctx context.Context, dir string, in explore.Input, progress train.Report) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("the report's folder cannot be made: %w; choose another --report", err)
	}
	data, err := explore.Gather(ctx, in, progress)
	if err != nil {
		return "", err
	}
	var page bytes.Buffer
	if err := report.Write(&page, data); err != nil {
		return "", err
	}
	path := filepath.Join(dir, reportName)
	return path, writeFile(path, page.Bytes())
}

// baseNames are the files' names without their folders, which are nobody's business.
func baseNames(paths []string) []string {
	names := make([]string, len(paths))
	for i, path := range paths {
		names[i] = filepath.Base(path)
	}
	return names
}
