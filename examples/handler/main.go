// Handler serves the event function in a program of your own, behind net/http.
//
//	go run ./examples/handler &
//	curl localhost:8080 -H 'Ce-Specversion: 1.0' -H 'Ce-Id: 1' -H 'Ce-Source: /example' -H 'Ce-Type: example' \
//	  -d 'This is an input'
package main

import (
	"context"
	"log"
	"net/http"
	"time"

	"reddit-classifier/function"
)

func main() {
	config := function.Defaults()
	f := function.NewWith(config)
	if err := f.Start(context.Background(), nil); err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Addr: "localhost:8080", Handler: http.HandlerFunc(f.Handle), ReadHeaderTimeout: 5 * time.Second}
	log.Println("listening on", server.Addr)
	log.Fatal(server.ListenAndServe())
}
