package function

import "reddit-classifier/internal/jsonscan"

// Comments returns the comments in an event's data, as a function with default settings finds them. [AsError]
// translates the error.
func Comments(contentType string, data []byte) ([]string, error) {
	var q request
	var s jsonscan.Scanner
	if err := q.read(&dialect{}, &s, contentType, data); err != nil {
		return nil, err
	}
	return q.comments, nil
}
