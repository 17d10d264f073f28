// Command gen compiles the language packs from the language files of the spaCy releases.
//
//	go run ./gen -languages ../../../../shared/language -out .
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"reddit-classifier/model/english/packs/compile"
)

func main() {
	languages := flag.String("languages", "", "folder with the language files, NAME.json.gz")
	data := flag.String("data", "compile/data", "folder with the character properties and top-level domains")
	out := flag.String("out", ".", "folder for the packs, NAME.pack")
	flag.Parse()
	for _, release := range compile.Releases {
		pack, err := release.Compile(*languages, *data)
		if err == nil {
			err = os.WriteFile(filepath.Join(*out, release.Name+".pack"), pack, 0o644)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "gen: %s: %v\n", release.Name, err)
			os.Exit(1)
		}
	}
}
