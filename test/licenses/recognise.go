package licenses

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// The texts that are known, one file each, named by SPDX identifier; one with a word more in its name stands for the
// same licence. <<12>> is a name of at most 12 words, [[…]] may be absent. Each line of remarks.txt is what may stand
// beside the licences.
//
//go:embed texts
var texts embed.FS

// known is a text as a pattern for words.
type known struct {
	id      string // empty for a remark
	pattern *regexp.Regexp
}

var (
	token     = regexp.MustCompile(`[\p{L}\p{N}]+`)
	mark      = regexp.MustCompile(`<<(\d+)>>|\[\[|\]\]`)
	copyright = regexp.MustCompile(`(?i)^\W*(?:portions )?(?:copyright|\(c\)|©).*(?:\(c\)|©|\d{4}|yyyy|authors)`)
	// conditions are words that no name and no line of copyright has: with them it would be more than that. ("will" is a
	// name.)
	conditions = regexp.MustCompile(
		`(?i)\b(?:may|must|shall|should|can|cannot|is|are|be|if|when|that|which|you|your|not|no|never|only|without|unless|except|` +
			`exclud\w*|agree\w*|allow\w*|grant\w*|requir\w*|pay\w*|fees?|provided|permi\w*|licen\w*|conditions?|restrict\w*|subject|commercial\w*|` +
			`purposes?|us(?:e|es|ed|ing)|sell\w*|distribut\w*|forbid\w*|prohibit\w*|evil)\b`,
	)
)

// cut stands in the place of a text that was found.
const cut = "| "

// load reads the texts: licences first, so that no remark takes a part of one.
var load = sync.OnceValue(func() []known {
	files, err := fs.Glob(texts, "texts/*.txt")
	if err != nil {
		panic(err) // the pattern stands here
	}
	var licences, remarks []known
	for _, file := range files {
		text, err := texts.ReadFile(file)
		if err != nil {
			panic(err) // the file is embedded
		}
		id := strings.TrimSuffix(path.Base(file), ".txt")
		if id != "remarks" {
			licences = append(licences, known{strings.TrimSuffix(id, ".notice"), compile(string(text))})
			continue
		}
		for line := range strings.Lines(string(text)) {
			remarks = append(remarks, known{"", compile(line)})
		}
	}
	return append(licences, remarks...)
})

// compile makes a pattern of a text with marks.
func compile(text string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`\b`)
	for text != "" {
		end, next := len(text), ""
		if at := mark.FindStringSubmatchIndex(text); at != nil {
			end, next = at[0], text[at[0]:at[1]]
		}
		b.WriteString(regexp.QuoteMeta(words(text[:end])))
		switch text = text[end+len(next):]; next {
		case "":
		case "[[":
			b.WriteString(`(?:`)
		case "]]":
			b.WriteString(`)?`)
		default:
			fmt.Fprintf(&b, `((?:[^ |]+ ){1,%s}?)`, strings.Trim(next, "<>"))
		}
	}
	return regexp.MustCompile(b.String())
}

// words returns a text's words of two letters and more in lower case, each with a space behind it, so that neither
// layout nor the signs and numbers of lists matter. Lines that say who has the copyright are left out.
func words(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if copyright.MatchString(line) && !conditions.MatchString(line) {
			continue
		}
		for _, w := range token.FindAllString(strings.ToLower(line), -1) {
			if w == "https" {
				w = "http"
			}
			if len(w) > 1 {
				b.WriteString(w + " ")
			}
		}
	}
	return b.String()
}

// Recognise returns the licences whose whole text a text holds, in alphabetical order, and the words it holds besides:
// a licence with a word more or less is not that licence.
func Recognise(text string) (ids []string, rest string) {
	rest = words(text)
	for _, k := range load() {
		rest = k.pattern.ReplaceAllStringFunc(rest, func(found string) string {
			for _, name := range k.pattern.FindStringSubmatch(found)[1:] {
				if conditions.MatchString(name) {
					return found
				}
			}
			ids = append(ids, k.id)
			return cut
		})
	}
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })
	return ids, strings.TrimSpace(strings.ReplaceAll(rest, cut, ""))
}
