package function

import (
	"bytes"
	"errors"
	"mime"
	"strings"

	"reddit-classifier/cloudevent"
	"reddit-classifier/internal/jsonscan"
)

// mediaType says how data is read.
type mediaType int

const (
	unknownType mediaType = iota
	jsonText
	plainText
)

var byteOrderMark = []byte("\ufeff")

// mediaKind returns how data of a content type is read.
func mediaKind(contentType string) (mediaType, error) {
	switch contentType { // nearly all events have one of these, which need no parsing
	case "":
		return unknownType, nil
	case "application/json":
		return jsonText, nil
	}
	name, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return 0, unsupported("bad_content_type", "cannot read the content type %s", cloudevent.Quote(contentType))
	}
	if charset := strings.ToLower(params["charset"]); charset != "" && charset != "utf-8" && charset != "utf8" &&
		charset != "us-ascii" {
		return 0, unsupported("unsupported_charset", "the charset %s is not supported: use UTF-8", cloudevent.Quote(charset))
	}
	switch {
	case name == "application/octet-stream":
		return unknownType, nil
	case name == "text/plain":
		return plainText, nil
	case name == "application/json", name == "text/json", strings.HasSuffix(name, "+json"):
		return jsonText, nil
	}
	return 0, unsupported("unsupported_content_type",
		"the content type %s is not supported: use application/json or text/plain", cloudevent.Quote(name))
}

// sniff tells JSON from text. Data that begins like a JSON object is JSON. Comments that begin with a bracket
// ("[Study](https://…)") or a quotation mark are common, so other data is JSON only if all of it is, if it is cut
// off, or if it is nested too deeply to tell.
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

// scan reports whether the rest of s is JSON, or JSON that is cut off or nested too deeply.
func scan(s jsonscan.Scanner) (isJSON, cutOff bool) {
	err := s.Skip()
	if err == nil {
		return s.End() == nil, false
	}
	var e *jsonscan.Error
	return false, errors.As(err, &e) && (e.CutOff || e.Reason == jsonscan.TooDeep)
}

// holdsJSON reports whether the next string in s begins like a JSON object or array.
func holdsJSON(s jsonscan.Scanner) bool {
	s.Accept('"')
	c := s.Peek()
	return c == '{' || c == '['
}
