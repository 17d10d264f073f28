package cloudevent_test

import (
	"slices"
	"testing"

	"reddit-classifier/cloudevent"
)

func TestIsSinkURL(t *testing.T) {
	for s, want := range map[string]bool{
		"http://sink":                   true,
		"https://user:pw@sink:8443/a?b": true,
		"http://[::1]:65535/":           true,
		"":                              false,
		"sink":                          false,
		"/sink":                         false,
		"sink:8080":                     false,
		"ftp://sink":                    false,
		"http://":                       false,
		"http://:8080":                  false,
		"http://sink:0":                 false,
		"http://sink:65536":             false,
		"http://sink/%zz":               false,
	} {
		if got := cloudevent.IsSinkURL(s); got != want {
			t.Errorf("IsSinkURL(%q) = %v, want %v", s, got, want)
		}
	}
}

func TestIsRetryable(t *testing.T) {
	var got []int
	for status := 100; status <= 502; status++ {
		if cloudevent.IsRetryable(status) {
			got = append(got, status)
		}
	}
	if want := []int{404, 408, 409, 429, 500, 501, 502}; !slices.Equal(got, want) {
		t.Errorf("retried: %v, want %v", got, want)
	}
	if !cloudevent.IsRetryable(599) {
		t.Error("599 is not retried")
	}
}
