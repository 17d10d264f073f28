package cloudevent

import (
	"errors"
	"strings"
	"time"
)

// ParseTime parses an RFC 3339 time. As the RFC allows, T and Z may be in lower case, and the second may be 60, a leap
// second, which is read as second 59.
func ParseTime(s string) (time.Time, error) {
	if strings.Contains(s, ",") { // which the standard library takes for the decimal point
		return time.Time{}, errors.New("a comma in a time")
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err == nil || len(s) < len("2006-01-02T15:04:05Z") {
		return t, err
	}
	s = strings.ToUpper(s)
	const seconds = len("2006-01-02T15:04:")
	if s[seconds:seconds+2] == "60" {
		s = s[:seconds] + "59" + s[seconds+2:]
	}
	return time.Parse(time.RFC3339Nano, s)
}
