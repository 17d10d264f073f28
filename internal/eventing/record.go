package eventing

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kgo"
)

// KeyType is how a KafkaSource reads the keys of records: the value of its label
// kafkasources.sources.knative.dev/key-type.
type KeyType string

// The types of keys. A key whose length does not fit its type is read as text.
const (
	TextKeys  KeyType = "string"
	IntKeys   KeyType = "int"        // 4 bytes, big-endian
	FloatKeys KeyType = "float"      // 4 or 8 bytes, big-endian
	ByteKeys  KeyType = "byte-array" // any bytes, as base64
)

// FromRecord returns the event that a KafkaSource makes of a record. A record that is an event (in the binary or
// structured mode of the Kafka binding) is unpacked. A plain record becomes the data of an event of type [RecordType]
// whose source is source#topic (InvalidCloudEventInterceptor). Both get the partition and the offset as extensions
// (CloudEventOverridesMutator).
func FromRecord(r *kgo.Record, source string, keys KeyType) Event {
	e, err := Unpack(r)
	if err != nil {
		e = eventFromPlain(r, source, keys)
	}
	e.Attributes[KafkaPartition] = strconv.Itoa(int(r.Partition))
	e.Attributes[KafkaOffset] = strconv.FormatInt(r.Offset, 10)
	return e
}

// eventFromPlain makes an event of a plain record. A null header, on which a KafkaSource fails, becomes an empty
// attribute.
func eventFromPlain(r *kgo.Record, source string, keys KeyType) Event {
	a := map[string]string{
		specVersion: "1.0",
		"id":        Position(r),
		"source":    source + "#" + r.Topic,
		"type":      RecordType,
		"subject":   fmt.Sprintf("partition:%d#%d", r.Partition, r.Offset),
		"time":      formatTime(r.Timestamp.UTC(), "Z"),
	}
	if len(r.Key) > 0 { // KeyDeserializer: an empty key counts as none
		key := keys.read(r.Key)
		a[PartitionKey], a[Key] = key, key
	}
	for _, h := range r.Headers {
		if strings.EqualFold(h.Key, contentType) {
			a[dataContentType] = strings.ToLower(decodeUTF8(h.Value))
			continue
		}
		a["kafkaheader"+extensionName(strings.ToLower(h.Key))] = decodeUTF8(h.Value)
	}
	return Event{Attributes: a, Data: r.Value}
}

// read returns a key as the text of an attribute (KeyDeserializer).
func (t KeyType) read(key []byte) string {
	switch {
	case t == IntKeys && len(key) == 4:
		return strconv.Itoa(int(int32(binary.BigEndian.Uint32(key))))
	case t == FloatKeys && len(key) == 4:
		return formatFloat(float64(math.Float32frombits(binary.BigEndian.Uint32(key))), 32)
	case t == FloatKeys && len(key) == 8:
		return formatFloat(math.Float64frombits(binary.BigEndian.Uint64(key)), 64)
	case t == ByteKeys:
		return base64.StdEncoding.EncodeToString(key)
	}
	return decodeUTF8(key)
}

// Position returns the id of the event that a plain record becomes: its partition and offset.
func Position(r *kgo.Record) string {
	return fmt.Sprintf("partition:%d/offset:%d", r.Partition, r.Offset)
}

// hasNullHeader reports whether a header of the record has the value null, which differs from an empty value.
func hasNullHeader(r *kgo.Record) bool {
	return slices.ContainsFunc(r.Headers, func(h kgo.RecordHeader) bool { return h.Value == nil })
}

// Record returns the record that a KafkaSink writes: the event in binary mode, with the partition key as the record's
// key (io.cloudevents.kafka.CloudEventSerializer, PartitionKeyExtensionInterceptor).
func (e Event) Record(topic string) *kgo.Record {
	r := &kgo.Record{Topic: topic, Value: e.Data}
	if key, ok := e.Attributes[PartitionKey]; ok {
		r.Key = []byte(key)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Attributes)) {
		header := "ce_" + name
		if name == dataContentType {
			header = contentType
		}
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: header, Value: []byte(e.Attributes[name])})
	}
	return r
}

// decodeUTF8 decodes text as Java does: each maximal run of bytes that begins a character but does not complete it
// becomes one U+FFFD, and so does an encoded surrogate.
func decodeUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var out strings.Builder
	for len(b) > 0 {
		n, ok := decodeRune(b)
		if ok {
			out.Write(b[:n])
		} else {
			out.WriteRune('\uFFFD')
		}
		b = b[n:]
	}
	return out.String()
}

// decodeRune returns the length of the character at the start of s. If there is none, ok is false and n is the length
// of the invalid bytes.
func decodeRune(s []byte) (n int, ok bool) {
	continues := func(i int, low, high byte) bool { return i < len(s) && s[i] >= low && s[i] <= high }
	c := s[0]
	switch {
	case c < 0x80:
		return 1, true
	case c >= 0xc2 && c <= 0xdf:
		if continues(1, 0x80, 0xbf) {
			return 2, true
		}
		return 1, false
	case c >= 0xe0 && c <= 0xef:
		low := byte(0x80)
		if c == 0xe0 {
			low = 0xa0
		}
		switch {
		case !continues(1, low, 0xbf):
			return 1, false
		case !continues(2, 0x80, 0xbf):
			return 2, false
		}
		return 3, c != 0xed || s[1] < 0xa0
	case c >= 0xf0 && c <= 0xf4:
		low, high := byte(0x80), byte(0xbf)
		if c == 0xf0 {
			low = 0x90
		} else if c == 0xf4 {
			high = 0x8f
		}
		for i := 1; i < 4; i++ {
			if !continues(i, low, high) {
				return i, false
			}
			low, high = 0x80, 0xbf
		}
		return 4, true
	}
	return 1, false
}

// formatTime formats a time as java.time's ISO_OFFSET_DATE_TIME does.
func formatTime(t time.Time, offset string) string {
	year := t.Year()
	date := fmt.Sprintf("%04d", year)
	switch {
	case year > 9999:
		date = "+" + date
	case year < 0:
		date = fmt.Sprintf("-%04d", -year)
	}
	return date + t.Format("-01-02T15:04:05.999999999") + offset
}

// formatFloat formats a number as Java's Double.toString does, or as Float.toString if bits is 32.
func formatFloat(f float64, bits int) string {
	switch abs := math.Abs(f); {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case abs == 0 || abs >= 1e-3 && abs < 1e7:
		s := strconv.FormatFloat(f, 'f', -1, bits)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	s := strconv.FormatFloat(f, 'e', -1, bits)
	if digits, _, _ := strings.Cut(s, "e"); !strings.Contains(digits, ".") {
		two := strconv.FormatFloat(f, 'e', 1, bits) // Java writes at least two digits, the closest ones
		if back, err := strconv.ParseFloat(two, bits); err == nil && back == f {
			s = two
		}
	}
	digits, exponent, _ := strings.Cut(s, "e")
	if !strings.Contains(digits, ".") {
		digits += ".0"
	}
	n, _ := strconv.Atoi(exponent)
	return fmt.Sprintf("%sE%d", digits, n)
}

// JSON returns the event in the JSON format, with its data in base64.
func (e Event) JSON() []byte {
	all := &jsonValue{kind: jsonObject}
	for _, name := range slices.Sorted(maps.Keys(e.Attributes)) {
		all.members = append(all.members, jsonMember{name, &jsonValue{kind: jsonString, text: e.Attributes[name]}})
	}
	if e.Data != nil {
		data := &jsonValue{kind: jsonString, text: base64.StdEncoding.EncodeToString(e.Data)}
		all.members = append(all.members, jsonMember{"data_base64", data})
	}
	return []byte(all.JSON())
}
