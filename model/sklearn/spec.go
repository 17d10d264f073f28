package sklearn

import "reddit-classifier/model"

// Parity has the texts that an imported artifact carries with its answers if the user gave none. Together they exercise
// most of cleaning, tokens and n-grams.
var Parity = []string{
	"This is an input",
	"",
	"I don't think the authors controlled for income, did they? See https://example.org/paper.pdf (table 3).",
	"LOL!!! 😂😂 that's sooo “scientific” -- nice try…",
	"&gt; Correlation isn't causation.\n\nNobody said it was; read p. 4, it's 95% CI [0.2-0.8].",
	"The drug's half-life is 3.5h, i.e. you'd need 10mg/kg twice a day.",
	"[removed]",
}

// Spec returns the specification from which an artifact of the pipeline is built.
func (p *Pipeline) Spec() model.Spec {
	spec := model.Spec{
		Manifest:    model.Manifest{Notes: p.Notes},
		Vectorizers: p.Vectorizers,
		Transforms:  p.Transforms,
		Classifier:  p.Classifier,
		Classes:     p.Classes,
		Parity:      Parity,
	}
	for _, s := range p.Steps {
		step := model.Step{Name: s.Name, Class: s.Class, Options: s.Options, Features: s.Columns}
		spec.Manifest.Steps = append(spec.Manifest.Steps, step)
	}
	for _, s := range p.Sources {
		source := model.Source{What: s.Class, SHA256: s.SHA256}
		if s.Release != "" {
			source.Release = "scikit-learn " + s.Release
		}
		spec.Manifest.Sources = append(spec.Manifest.Sources, source)
	}
	return spec
}
