package function

import (
	"bytes"
	"mime"
	"strings"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/jsonscan"
)

// mediaType is how data is read.
type mediaType int

const (
	sniffed mediaType = iota
	jsonText
	plainText
)

var byteOrderMark = []byte("\ufeff")

// mediaKind tells how data of a content type is read.
func mediaKind(contentType string) (mediaType, error) {
	switch contentType { // what nearly all events have, without the price of parsing it
	case "":
		return sniffed, nil
	case "application/json":
		return jsonText, nil
	}
	name, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return 0, unsupported("bad_content_type", "cannot read the content type %s", cloudevent.Quote(contentType))
	}
	if charset := strings.ToLower(params["charset"]); charset != "" && charset != "utf-8" && charset != "utf8" && charset != "us-ascii" {
		return 0, unsupported("unsupported_charset", "the charset %s is not read, UTF-8 is", cloudevent.Quote(charset))
	}
	switch {
	case name == "application/octet-stream":
		return sniffed, nil
	case name == "text/plain":
		return plainText, nil
	case name == "application/json", name == "text/json", strings.HasSuffix(name, "+json"):
		return jsonText, nil
	}
	return 0, unsupported("unsupported_content_type", "data of type %s is not read; application/json and text/plain are", cloudevent.Quote(name))
}

// sniff tells JSON from text. Comments that begin with a bracket ("[Study](https://…)") are common, so only what begins as an
// object with members is held to be JSON before it is read.
func sniff(data []byte) mediaType {
	s := jsonscan.New(bytes.TrimPrefix(data, byteOrderMark))
	if s.Accept('{') {
		if c := s.Peek(); c == '"' || c == '}' || c == 0 {
			return jsonText
		}
		return plainText
	}
	if s.Skip() == nil && s.End() == nil {
		return jsonText
	}
	return plainText
}
