package eventing

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode"
)

// The characters that the parts of a URI may have in addition to letters, digits, %XX and characters outside ASCII.
const (
	unreserved = "-_.!~*'()"
	pathMarks  = unreserved + ":@&=+$,;/"
	anyMarks   = unreserved + ";/?:@&=+$,[]"
	registry   = unreserved + "$,;:@&=+"
	userMarks  = unreserved + ";:&=+$,"
)

// checkURI returns an error if java.net.URI rejects s. That class follows RFC 2396, and allows characters outside
// ASCII.
func checkURI(s string) error {
	rest, fragment, found := strings.Cut(s, "#")
	if found {
		if err := checkChars(fragment, anyMarks); err != nil {
			return err
		}
	}
	if i := strings.IndexAny(rest, ":/?"); i >= 0 && rest[i] == ':' {
		if err := checkScheme(rest[:i]); err != nil {
			return err
		}
		rest = rest[i+1:]
		if !strings.HasPrefix(rest, "/") {
			if rest == "" {
				return errors.New("nothing follows the scheme")
			}
			return checkChars(rest, anyMarks)
		}
	}
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		end := strings.IndexAny(after, "/?")
		if end < 0 {
			end = len(after)
		}
		authority := after[:end]
		if authority == "" && end == len(after) && !found {
			return errors.New("it has no authority")
		}
		if err := checkAuthority(authority); err != nil {
			return err
		}
		rest = after[end:]
	}
	path, query, _ := strings.Cut(rest, "?")
	return errors.Join(checkChars(path, pathMarks), checkChars(query, anyMarks))
}

func checkScheme(s string) error {
	for i, c := range s {
		if !(isLetter(c) || i > 0 && (c >= '0' && c <= '9' || strings.ContainsRune("+-.", c))) {
			return fmt.Errorf("%.40q is not a scheme", s)
		}
	}
	if s == "" {
		return errors.New("it begins with a colon")
	}
	return nil
}

func isLetter(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// checkAuthority accepts any registered name. In brackets it accepts only an IPv6 address.
func checkAuthority(s string) error {
	if !strings.ContainsAny(s, "[]") {
		return checkChars(s, registry)
	}
	user, host, found := strings.Cut(s, "@")
	if !found {
		user, host = "", s
	}
	end := strings.IndexByte(host, ']')
	if !strings.HasPrefix(host, "[") || end < 0 {
		return errors.New("the brackets do not enclose an IPv6 address")
	}
	port, ok := strings.CutPrefix(host[end+1:], ":")
	if !ok && host[end+1:] != "" || strings.Trim(port, "0123456789") != "" {
		return fmt.Errorf("%.40q is not a port", host[end+1:])
	}
	if addr, err := netip.ParseAddr(host[1:end]); err != nil || !addr.Is6() {
		return fmt.Errorf("%.60q is not an IPv6 address", host[1:end])
	}
	return checkChars(user, userMarks)
}

// checkChars returns an error unless s consists of letters, digits, marks, %XX and printable characters outside ASCII.
func checkChars(s, marks string) error {
	for i, c := range s {
		switch {
		case isLetter(c), c >= '0' && c <= '9', c < 0x80 && strings.ContainsRune(marks, c):
		case c == '%':
			if len(s) < i+3 || !isHex(s[i+1]) || !isHex(s[i+2]) {
				return errors.New("a percent sign is not followed by two hex digits")
			}
		case c > 0x9f && !unicode.In(c, unicode.Zs, unicode.Zl, unicode.Zp):
		default:
			return fmt.Errorf("the character %q is not allowed", c)
		}
	}
	return nil
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }
