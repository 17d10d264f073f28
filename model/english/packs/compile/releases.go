package compile

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
)

// Files describes the files that a pack is compiled from.
type Files struct {
	Name     string // name of the pack and of its language file
	Unicode  string // Unicode version of the release's Python, whose character properties are used
	Version3 bool   // as in Release
}

// Releases lists the packs. To add one, put NAME.json.gz with the language files and tlds-NAME.txt with the data, and
// run go generate.
var Releases = []Files{
	{Name: "spacy-2.3.2", Unicode: "12.1.0"},
	{Name: "spacy-3.8", Unicode: "14.0.0", Version3: true},
}

// Compile reads the files in the directories languages and data and returns the bytes of the pack.
func (f Files) Compile(languages, data string) ([]byte, error) {
	r := &Release{Name: f.Name, Version3: f.Version3}
	var err error
	if r.Language, err = OpenLanguage(filepath.Join(languages, f.Name+".json.gz")); err == nil {
		err = read(filepath.Join(data, "unicode-"+f.Unicode+".txt"), func(file io.Reader) error {
			r.Properties, err = ReadProperties(file)
			return err
		})
	}
	if err == nil {
		err = read(filepath.Join(data, "tlds-"+f.Name+".txt"), func(file io.Reader) error {
			r.TLDs, err = ReadWords(file)
			return err
		})
	}
	if err != nil {
		return nil, err
	}
	return Compile(r)
}

// OpenLanguage reads a language file compressed with gzip.
func OpenLanguage(path string) (l *Language, err error) {
	err = read(path, func(file io.Reader) error {
		plain, err := gzip.NewReader(file)
		if err == nil {
			l, err = ReadLanguage(plain)
		}
		return err
	})
	return l, err
}

func read(path string, from func(io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return from(f)
}
