package explore

import (
	"regexp"
	"strings"
	"unicode"
)

// kind is a property that a comment has or has not.
type kind struct {
	name, meaning string
	has           func(raw, cleaned string) bool
}

var (
	mention = regexp.MustCompile(`(?i)\b(mods?|moderators?|moderation)\b`)
	notice  = regexp.MustCompile(
		`(?i)\byour (submission|comment|post|question) (has been|was|is being) removed|removed for the following reason|\bI am a bot\b|contact the moderators|message the (mod|moderator)s`,
	)
	edit     = regexp.MustCompile(`(?i)\bedit( \d+)? ?:`)
	shouting = regexp.MustCompile(`\b[A-Z]{5,}\b`)
	quoted   = regexp.MustCompile(`(?m)^\s*(>|&gt;)`)
)

var kinds = []kind{
	{"a link", "an address that starts with http or www", hasLink},
	{"a quotation", "a line that starts with >", hasQuote},
	{"a question", "a question mark", contains("?")},
	{"an exclamation mark", "!", contains("!")},
	{"a number", "a digit", func(_, c string) bool { return strings.ContainsAny(c, "0123456789") }},
	{"shouting", "a word of five or more capitals", func(_, c string) bool { return shouting.MatchString(c) }},
	{"a small first letter", "starts with a small letter", startsLowerCase},
	{"no last full stop", "ends without . ! or ?", endsWithoutMark},
	{"ten words or fewer", "by white space", func(_, c string) bool { return words(c) <= 10 }},
	{"over a hundred words", "by white space", func(_, c string) bool { return words(c) > 100 }},
	{"an edit", "the word “edit” with a colon", func(_, c string) bool { return edit.MatchString(c) }},
	{"mention of moderators", "mod, moderator, moderation", func(_, c string) bool { return mention.MatchString(c) }},
	{
		"a moderator's notice",
		"the phrases of removal notices and bots",
		func(_, c string) bool { return notice.MatchString(c) },
	},
	{"mojibake", "UTF-8 that was read in another encoding", func(r, _ string) bool { return mojibake(r) >= 0 }},
}

func contains(s string) func(raw, cleaned string) bool {
	return func(_, cleaned string) bool { return strings.Contains(cleaned, s) }
}

func hasLink(_, cleaned string) bool {
	return strings.Contains(cleaned, "http://") || strings.Contains(cleaned, "https://") ||
		strings.Contains(cleaned, "www.")
}

func hasQuote(raw, _ string) bool { return quoted.MatchString(raw) }

func startsLowerCase(_, cleaned string) bool {
	for _, r := range strings.TrimSpace(cleaned) {
		return unicode.IsLower(r)
	}
	return false
}

func endsWithoutMark(_, cleaned string) bool {
	text := strings.TrimSpace(cleaned)
	return text != "" && !strings.ContainsAny(text[len(text)-1:], `.!?"')]`)
}

// mojibake returns where the first sequence stands that is a character of UTF-8 read byte by byte, and −1 if there is
// none.
func mojibake(text string) int {
	last := rune(0)
	for i, r := range text {
		if 0xC2 <= last && last <= 0xF4 && 0x80 <= r && r <= 0xBF {
			return i - 2 // the character before takes two bytes
		}
		last = r
	}
	return -1
}
