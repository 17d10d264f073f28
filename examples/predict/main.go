// Predict prints what the built-in model, or the one in a file, makes of the texts on the command line.
//
//	go run ./examples/predict "This is an input"
//	go run ./examples/predict -model model.rcm "This is an input"
package main

import (
	"flag"
	"fmt"
	"log"

	"reddit-classifier/model"
)

func main() {
	path := flag.String("model", "", "artifact (default: the built-in model)")
	flag.Parse()
	m, err := model.Default()
	if *path != "" {
		m, err = model.Open(*path)
	}
	if err != nil {
		log.Fatal(err)
	}
	classes := m.Classes()
	for _, text := range flag.Args() {
		fmt.Println(text)
		for i, p := range m.AppendProba(nil, text) {
			fmt.Printf("  %-10s %.3f\n", classes[i], p)
		}
		if e, err := m.Explain(text, 3); err == nil {
			for _, c := range e.Top {
				fmt.Printf("  %+.3f %s\n", c.Value, c.NGram)
			}
		}
	}
}
