package eventing

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// jsonMedia matches the content types that the SDK for Java takes for JSON (io.cloudevents.jackson.JsonFormat).
var jsonMedia = regexp.MustCompile(`^(application|text)/([a-zA-Z]+\+)?json(;.*)*$`)

// parseStructured reads an event in JSON (io.cloudevents.jackson.CloudEventDeserializer). Data in JSON is reformatted
// without white space. Bytes after the object are ignored.
func parseStructured(b []byte) (Event, error) {
	p := &jsonParser{text: b}
	root, err := p.document()
	if err != nil {
		return Event{}, fmt.Errorf("not a CloudEvent in JSON: %w", err)
	}
	if root.kind != jsonObject {
		return Event{}, errors.New("not a CloudEvent in JSON: not an object")
	}
	version, ok, err := root.removeString(specVersion)
	if err != nil || !ok {
		return Event{}, errors.Join(err, errors.New("not a CloudEvent: it has no specversion"))
	}
	e, err := newEvent(version)
	if err != nil {
		return e, err
	}
	if err := e.readAttributes(root); err != nil {
		return e, err
	}
	if e.Data, err = decodeData(root, version, e.Attributes[dataContentType]); err != nil {
		return e, err
	}
	for _, m := range root.members {
		if m.name == PartitionKey {
			e.keyNotString = m.value.kind == jsonNumber || m.value.kind == jsonBool
		}
		if m.value.kind == jsonNumber && !isInt32(m.value.text) {
			return e, fmt.Errorf("not a CloudEvent: the number %.40q is not a 32-bit integer", m.name)
		}
		if err := e.set(m.name, m.value.String()); err != nil {
			return e, err
		}
	}
	return e, e.check()
}

// readAttributes reads the attributes that the CloudEvents specification defines.
func (e Event) readAttributes(root *jsonValue) error {
	optional := []string{dataContentType, dataSchema, "subject", "time"}
	if e.Attributes[specVersion] == "0.3" {
		optional[1] = schemaURL
	}
	for i, name := range append([]string{"id", "type", "source"}, optional...) {
		value, ok, err := root.removeString(name)
		switch {
		case err != nil:
			return err
		case !ok && i < 3:
			return fmt.Errorf("not a CloudEvent: it has no %s", name)
		case !ok && name == dataContentType && root.has("data"):
			value = "application/json"
		case !ok:
			continue
		}
		if err := e.set(name, value); err != nil {
			return err
		}
	}
	return nil
}

// decodeData returns the data, or nil if there is none.
func decodeData(root *jsonValue, version, media string) (data []byte, err error) {
	encoding, inBase64 := "", false
	if version == "0.3" {
		if encoding, _, err = root.removeString("datacontentencoding"); err != nil {
			return nil, err
		}
		inBase64 = encoding == "base64"
	}
	plain, encoded := root.remove("data"), root.remove("data_base64")
	if plain != nil {
		if encoded != nil && version == "1.0" {
			return nil, errors.New("not a CloudEvent: it has both data and data_base64")
		}
		data, err = readData(plain, media, inBase64)
	}
	if encoded != nil && err == nil { // in version 0.3 it replaces valid data
		return fromBase64(encoded)
	}
	return data, err
}

func readData(plain *jsonValue, media string, inBase64 bool) ([]byte, error) {
	switch {
	case inBase64:
		return fromBase64(plain)
	case jsonMedia.MatchString(media):
		return []byte(plain.JSON()), nil
	case plain.kind != jsonString:
		return nil, errors.New("not a CloudEvent: its data is neither JSON nor a string")
	}
	return []byte(plain.text), nil
}

// fromBase64 decodes base64, which may contain white space (Jackson's MIME_NO_LINEFEEDS).
func fromBase64(v *jsonValue) ([]byte, error) {
	if v.kind != jsonString {
		return nil, errors.New("not a CloudEvent: its data_base64 is not a string")
	}
	text := strings.Map(func(c rune) rune {
		if c <= ' ' {
			return -1
		}
		return c
	}, v.text)
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("not a CloudEvent: its data_base64 is not base64")
	}
	if b == nil {
		b = []byte{}
	}
	return b, nil
}

func isInt32(s string) bool {
	_, err := strconv.ParseInt(s, 10, 32)
	return err == nil
}
