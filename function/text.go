package function

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// frame is the number of bytes before the data in Confluent's wire format: a zero byte and the schema's id.
const frame = 5

// framed reports whether data looks like Confluent's wire format.
func framed(data []byte) bool { return len(data) > frame && data[0] == 0 && !isUTF16(data) }

// unframe returns framed data without its frame. It is an error if CONFLUENT_FRAMING is off, or the data is not JSON.
func (d *dialect) unframe(data []byte) ([]byte, error) {
	schema := binary.BigEndian.Uint32(data[1:frame])
	rest := data[frame:]
	if !d.confluent {
		return nil, unprocessable("binary_data", "the data begins like Confluent's wire format (schema %d): for JSON Schema "+
			"set CONFLUENT_FRAMING=true; Avro and Protobuf are not supported, write JSON", schema)
	}
	if kind := sniff(rest); kind != jsonText || !utf8.Valid(rest) {
		return nil, unprocessable("binary_data",
			"the data in Confluent's wire format (schema %d) is not JSON: Avro and Protobuf are not supported, write JSON",
			schema)
	}
	return rest, nil
}

// checkBinary refuses data that is neither text nor JSON, whatever its content type says.
func checkBinary(data []byte) error {
	switch {
	case isUTF16(data):
		return unprocessable("invalid_utf8", "the data is UTF-16: send it as UTF-8")
	case bytes.HasPrefix(data, []byte{0x1f, 0x8b}):
		return unprocessable("binary_data",
			"the data is compressed with gzip: decompress it, or send the header Content-Encoding: gzip")
	case data[0] == 0:
		return unprocessable("binary_data",
			"the data is binary, it begins with a zero byte: send text or JSON in UTF-8")
	}
	return nil
}

// isUTF16 reports whether data begins with a byte order mark of UTF-16, or with two ASCII characters in UTF-16.
func isUTF16(data []byte) bool {
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		return true
	}
	if len(data) < 4 {
		return false
	}
	ascii := func(c byte) bool { return c >= ' ' && c <= '~' || c == '\n' || c == '\t' || c == '\r' }
	return data[0] == 0 && ascii(data[1]) && data[2] == 0 && ascii(data[3]) ||
		ascii(data[0]) && data[1] == 0 && ascii(data[2]) && data[3] == 0
}

// checkText returns an error for a text that is not a comment. If the content type declares it to be text, a single
// word or an element of markup is a comment.
func checkText(text string, declared bool) error {
	if err := checkControls(text, "the data"); err != nil {
		return err
	}
	if !utf8.ValidString(text) {
		return unprocessable("invalid_utf8", "the text is not valid UTF-8")
	}
	return checkPrinted(strings.TrimSpace(text), declared)
}

// checkControls returns an error for control characters other than white space.
func checkControls(text, what string) error {
	for i, r := range text {
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return unprocessable("binary_data",
				"%s has a control character at byte %d, so it is not text; JSON can escape such characters", what, i)
		}
	}
	return nil
}

// checkPrinted returns an error for the printed form of a value, which a program wrote instead of JSON.
func checkPrinted(text string, declared bool) error {
	switch {
	case isPrinted(text):
		return unprocessable("printed_object",
			"the data is an object as Python, Java or another language prints it: write JSON (Python: json.dumps)")
	case text != "" && text[0] == '[' && jsObject().MatchString(text):
		return unprocessable("printed_object",
			"the data is an object that JavaScript has turned into a string: write JSON.stringify(object)")
	case text != "" && text[0] == '<' && (document().MatchString(text) || !declared && isElement(text)):
		return unprocessable("markup", "the data is XML or HTML: send the text of the comment, or JSON")
	case !declared && (text == "undefined" || text == "NaN"):
		return unprocessable("not_text",
			"the data is JavaScript's %s: if it is a comment, send it as text/plain", text)
	case !declared && (text == "None" || text == "nan"):
		return unprocessable("not_text",
			"the data is Python's %s: if it is a comment, send it as text/plain", text)
	}
	return nil
}

var (
	jsObject = lazyRegexp(`^\[object [A-Z]\w*\](,\s*\[object [A-Z]\w*\])*$`)
	document = lazyRegexp(`(?i)^<(?:(?:\?xml|!doctype|html)[\s>]|!--)`)
	element  = lazyRegexp(`^<([A-Za-z][\w.:-]*)(?:\s[^<>]*?)?(/?)>`)
)

// lazyRegexp returns a function that compiles expr at its first call, because every tenth of a millisecond counts when
// a pod starts.
func lazyRegexp(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// isElement reports whether text is a single element of XML or HTML.
func isElement(text string) bool {
	m := element().FindStringSubmatch(text)
	if m == nil {
		return false
	}
	if m[2] != "" {
		return len(m[0]) == len(text)
	}
	return strings.HasSuffix(text, "</"+m[1]+">")
}

// printed matches the beginnings of values that programming languages print, by the last byte of the value.
var printed = map[byte]func() *regexp.Regexp{
	// Python's and Ruby's dicts, Java's maps, structs and records: {'id': …}, {id=…}, Struct{id=…}, { id: '…' }
	'}': lazyRegexp(
		`^(?:&|[A-Za-z_$][\w.$]*)?\{\s*(?:u?'[^']*'\s*[,:}]|(?:[A-Za-z_$][\w.$-]*|:\w+|"[^"]*")\s*(?:=>|=)|[A-Za-z_$][\w$]*: ?['"\d\[{]|[A-Za-z_$][\w$]*:\S+ \w+:)`,
	),
	// Python's tuples and objects, Java's and Kotlin's objects, PHP's arrays: ('id', …), Comment(id='…', …),
	// OrderedDict([('id', …)]), Array ( [id] => …)
	')': lazyRegexp(
		`^(?:\(\s*u?'[^']*'\s*,|[A-Za-z_$][\w.$]*\(\s*(?:[A-Za-z_]\w*\s*=|[\[({]+\s*u?['"]|<class ')|(?:Array|stdClass Object)\s*\()`,
	),
	// Python's lists, Go's maps, Java's records and lists of these: ['…'], [{'id': …}], map[id:…], Comment[id=…]
	']': lazyRegexp(
		`^(?:\[\s*(?:u?'[^']*'\s*[,\]]|\{\s*u?'|\(\s*u?'|(?:[A-Za-z_$][\w.$]*)?\{\s*[A-Za-z_]\w*=)|map\[\w+:|[A-Za-z_$][\w.$]*\[\s*[A-Za-z_]\w*=)`,
	),
	// Python's bytes: b'…'
	'\'': lazyRegexp(`^[bB]'`),
	'"':  lazyRegexp(`^b"`),
	// Python's objects: <Comment object at 0x7f…>
	'>': lazyRegexp(`^<[\w.]+(?: [\w.]+)* at 0x[0-9a-fA-F]+>$`),
}

// javaObject matches what Java's Object.toString prints: com.example.Comment@1b2c3d4e, [B@1b2c3d4e.
var javaObject = lazyRegexp(`^(?:\[+(?:[BCDFIJSZ]|L[\w.$]+;)|(?:[a-z]\w*\.)+[A-Z][\w$]*)@[0-9a-f]+$`)

// cutDict matches the beginning of Python's dicts, and of lists of them, whose end may be missing: {'id': …
var cutDict = lazyRegexp(`^(?:\[\s*)?\{\s*u?'[^'\n]{1,100}'\s*:`)

// isPrinted reports whether text is a value as a programming language prints it.
func isPrinted(text string) bool {
	if text == "" {
		return false
	}
	begin := printed[text[len(text)-1]]
	beginning := text[:min(len(text), 4096)]
	if begin != nil && begin().MatchString(beginning) {
		return true
	}
	if (text[0] == '{' || text[0] == '[') && cutDict().MatchString(beginning) {
		return true
	}
	return len(text) < 512 && strings.Contains(text, "@") && javaObject().MatchString(text)
}
