package eventing

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// iso matches the times that java.time's OffsetDateTime parses: seconds are optional, and letters may be lower-case.
var iso = regexp.MustCompile(
	`^(-\d{4,9}|\+\d{5,9}|\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{0,9}))?)?([Zz]|[+-].+)$`,
)

// parseTime parses a time as OffsetDateTime does, and returns it in the format of OffsetDateTime.
func parseTime(s string) (string, bool) {
	m := iso.FindStringSubmatch(s)
	if m == nil {
		return "", false
	}
	offset, ok := parseOffset(m[8])
	var n [6]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1])
	}
	nanos, _ := strconv.Atoi((m[7] + "000000000")[:9])
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], nanos, time.UTC)
	if !ok || n[0] == 0 && m[1] != "0000" || t.Month() != time.Month(n[1]) || t.Day() != n[2] || n[3] > 23 || n[4] > 59 ||
		n[5] > 59 {
		return "", false
	}
	return formatTime(t, offset), true
}

var offsets = regexp.MustCompile(`^([+-])(\d\d)(?::(\d\d)(?::(\d\d))?)?$`)

// parseOffset parses an offset from UTC. It returns Z, ±HH:MM, or ±HH:MM:SS if the seconds are not zero.
func parseOffset(s string) (string, bool) {
	if strings.EqualFold(s, "z") {
		return "Z", true
	}
	m := offsets.FindStringSubmatch(s)
	if m == nil {
		return "", false
	}
	hours, _ := strconv.Atoi(m[2])
	minutes, _ := strconv.Atoi(m[3])
	seconds, _ := strconv.Atoi(m[4])
	if minutes > 59 || seconds > 59 || hours*3600+minutes*60+seconds > 18*3600 {
		return "", false
	}
	if hours == 0 && minutes == 0 && seconds == 0 {
		return "Z", true
	}
	at := time.Date(0, 1, 1, hours, minutes, seconds, 0, time.UTC)
	if seconds > 0 {
		return m[1] + at.Format("15:04:05"), true
	}
	return m[1] + at.Format("15:04"), true
}
