// Package console serves a page that shows what goes in and out of the function: answers, dead letters, rates, latency,
// lag and scores, live; and that lets a comment be tried.
//
// Whatever watches the topics tells a Feed, which keeps the last records within a fixed memory, counts all of them, and
// hands a sample four times a second to the pages that are open. So a page costs the same at ten records a second and
// at a thousand.
//
//	Watch (Kafka) ──▶ Feed ──server-sent events──▶ page ──▶ answers to clicks: Server
//
// The page is HTML, CSS and JavaScript modules embedded in the program. It loads nothing from elsewhere, and shows
// strangers' text as text.
package console
