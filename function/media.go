package function

import (
	"bytes"
	"errors"
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
	if charset := strings.ToLower(params["charset"]); charset != "" && charset != "utf-8" && charset != "utf8" &&
		charset != "us-ascii" {
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
	return 0, unsupported("unsupported_content_type",
		"data of type %s is not read; application/json and text/plain are", cloudevent.Quote(name))
}

// sniff tells JSON from text. Comments that begin with a bracket ("[Study](https://…)") or a quotation mark are common,
// so only what begins as an object with members is held to be JSON before it is read; of the rest, what is JSON as a
// whole or was until it broke off.
func sniff(data []byte) mediaType {
	s := jsonscan.New(bytes.TrimPrefix(data, byteOrderMark))
	switch s.Peek() {
	case '{':
		s.Accept('{')
		if c := s.Peek(); c == '"' || c == '}' || c == 0 {
			return jsonText
		}
		return plainText
	case '"':
		if isJSON, cutOff := scan(s); isJSON || cutOff && holdsJSON(s) {
			return jsonText
		}
		return plainText
	case '[':
		if isJSON, cutOff := scan(s); isJSON || cutOff {
			return jsonText
		}
		return plainText
	}
	if isJSON, _ := scan(s); isJSON {
		return jsonText
	}
	return plainText
}

// scan tells whether what s has is JSON, or the beginning of JSON.
func scan(s jsonscan.Scanner) (isJSON, cutOff bool) {
	err := s.Skip()
	if err == nil {
		return s.End() == nil, false
	}
	var e *jsonscan.Error
	return false, errors.As(err, &e) && e.CutOff
}

// holdsJSON tells whether the string that s has next begins as an object or an array would.
func holdsJSON(s jsonscan.Scanner) bool {
	s.Accept('"')
	c := s.Peek()
	return c == '{' || c == '['
}
