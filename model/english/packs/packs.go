// Package packs embeds the compiled language packs. Package compile makes them from the language files of the spaCy
// releases, which are not part of the project. A test compares them.
package packs

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"reddit-classifier/model/english"
)

//go:generate go run ./gen -languages ../../../../shared/language -out .

//go:embed *.pack
var files embed.FS

const extension = ".pack"

// Open returns the embedded pack with the name, such as "spacy-2.3.2". It returns an error if there is none.
func Open(name string) (*english.Pack, error) {
	b, err := files.ReadFile(name + extension)
	if err != nil {
		return nil, fmt.Errorf("no language pack %q; there are %s", name, strings.Join(Names(), ", "))
	}
	return english.Load(b)
}

// Names returns the names of the embedded packs, sorted.
func Names() []string {
	paths, _ := fs.Glob(files, "*"+extension) // the pattern is valid
	for i, path := range paths {
		paths[i] = strings.TrimSuffix(path, extension)
	}
	return paths
}
