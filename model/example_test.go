package model_test

import (
	"fmt"
	"log"

	"reddit-classifier/model"
)

func ExampleDefault() {
	m, err := model.Default()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Names()[m.Label("lol no way")])
	// Output: removed
}

func ExampleOpen() {
	m, err := model.Original() // or model.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	p := m.PredictProba("This is an input")
	fmt.Println(p[0], p[1])
	// Output: 0.6841162584069689 0.31588374159303106
}

func ExampleModel_Explain() {
	m, err := model.Original()
	if err != nil {
		log.Fatal(err)
	}
	e, err := m.Explain("This is an input", 2)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("intercept %.3f\n", e.Intercept)
	for _, c := range e.Top {
		fmt.Printf("%q %+.3f\n", c.NGram, c.Value)
	}
	// Output:
	// intercept -0.359
	// "a" -0.137
	// "this" -0.131
}
