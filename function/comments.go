package function

import "reddit-classifier/internal/jsonscan"

// Comments returns the comments in an event's data, as a function without TEXT_FIELD and CONFLUENT_FRAMING finds them
// there.
func Comments(contentType string, data []byte) ([]string, error) {
	var q request
	var s jsonscan.Scanner
	if err := q.read(&dialect{}, &s, contentType, data); err != nil {
		return nil, err
	}
	return q.comments, nil
}
