package cloudevent

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
)

// IsSinkURL reports whether events can be posted to s: an absolute http or https URL with a host, and with a valid port
// if it has one.
func IsSinkURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	port, err := strconv.ParseUint(cmp.Or(u.Port(), "80"), 10, 16)
	return err == nil && port > 0
}

// IsRetryable reports whether Knative Eventing repeats a post that got the HTTP status: 404, 408, 409, 429 and every
// status from 500 on. Any other status is final.
func IsRetryable(status int) bool {
	switch status {
	case http.StatusNotFound, http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests:
		return true
	}
	return status >= 500
}
