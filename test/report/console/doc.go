// Package console looks at the console's page in a real Chromium: what streams in, clicks, the slider, the box,
// replaying, strangers' markup, a thousand records a second, and the page on screens of both sizes, light and dark.
package console
