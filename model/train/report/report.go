// Package report writes what was found in training as one HTML file: what the comments are, what cleaning and
// tokenizing do to them, which algorithms were tried, the quality of the model, its errors, and a model card.
//
// The file needs nothing else: no network, no fonts, no libraries. Its content security policy forbids everything but
// its own style sheet and its own few lines of script, by their digests, so whatever a comment holds is shown and never
// run. Every chart is inline SVG whose marks say their value, with the numbers behind it in a table. The same data give
// the same bytes.
//
// Package explore computes the data.
package report

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
)

//go:embed page.html style.css script.js
var files embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"heat": heat, "signed": signed, "percent": percent, "count": count, "inc": func(i int) int { return i + 1 },
}).ParseFS(files, "page.html"))

// Write writes the report. With Anonymize nothing of the comments' text is in it, nor n-grams that few of them have.
func Write(w io.Writer, d Data) error {
	if d.Anonymize {
		d = d.anonymous()
	}
	p := newPage(d)
	style, script := asset("style.css"), asset("script.js")
	p.Style, p.Script = template.CSS(style), template.JS(script)
	p.Policy = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src " + digest(
		style,
	) + "; script-src " + digest(
		script,
	)
	b := bufio.NewWriter(w)
	if err := pages.ExecuteTemplate(b, "page.html", p); err != nil {
		return err
	}
	return b.Flush()
}

func asset(name string) string {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(b)
}

// digest is how a content security policy names inline content.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// heat returns the CSS class of a piece of text, by how much it raises or lowers the probability of removal.
func heat(weight float64) string {
	switch {
	case weight >= 0.7:
		return "for3"
	case weight >= 0.4:
		return "for2"
	case weight >= 0.2:
		return "for1"
	case weight <= -0.7:
		return "against3"
	case weight <= -0.4:
		return "against2"
	case weight <= -0.2:
		return "against1"
	}
	return ""
}
