// Package page holds no code, only tests: that the report of a training is right in a real browser, headless Chromium.
//
// They build the command line, train on comments written by a generator (and on the shared ones, where they are), and
// open the report from disk: on a desk, on a phone of 390 pixels, light and dark. They are skipped where Chromium is
// not installed, and fail instead with REQUIRE_ALL=1. To look at the pages yourself:
//
//	go test -run TestPage -screenshots DIR
package page
