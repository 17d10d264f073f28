// Package console serves a web page that shows the traffic of the function live: answers, dead letters, rates, latency,
// lag and scores. A visitor can also classify a comment.
//
// [Watch] reads the topics and passes their records to a [Feed]. The feed counts all records, and keeps the last ones
// in a fixed amount of memory. Four times a second it sends a sample to the open pages. So a page costs the same at ten
// records a second and at a thousand.
//
//	Watch (Kafka) ──▶ Feed ──server-sent events──▶ page ◀──requests──▶ Server
//
// The page is HTML, CSS and JavaScript modules embedded in the program. It loads nothing from other hosts, and shows
// text from outside as text, never as markup.
package console
