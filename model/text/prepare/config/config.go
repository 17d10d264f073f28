// Package config reads the YAML files that describe the preparation of texts.
//
// A file is a list of steps, which are applied in order. [Example] shows all of them. Package prepare says which line
// of Python each step is equal to.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"reddit-classifier/model/text/prepare"
	"reddit-classifier/model/text/python"
	"reddit-classifier/model/text/stem"
	"reddit-classifier/model/text/stopwords"
)

// Example is a file with every step, in every form.
const Example = `- lower
- unescape                                  # HTML's &amp; and the like
- replace: {pattern: '(?i)\bu/(\w+)', with: 'user \1'}   # Python's re.sub
- remove: urls                              # or punctuation, digits, or a list of these
- remove: {what: punctuation, with: ' '}
- keep: [letters, digits, spaces]           # a-z and A-Z, 0-9, \s; also blanks (U+0020), words (\w), decimals (\d)
- keep: {what: letters, with: ' '}
- collapse                                  # each run of white space becomes a blank
- strip
- stop-words: english                       # scikit-learn's
- stop-words: {words: [a, the]}
- stop-words: {file: words.txt}             # next to this file, white space between the words
- stem: porter                              # as NLTK; or porter-original, porter-martin, snowball-english
- stem: {algorithm: porter, tokens: '\w+'}  # stop-words takes tokens, too; without it white space separates words
`

// Read returns the program that the YAML file at path describes. Files that it names, relative to its own directory,
// are read as well and become part of the program. The error names the file and, for an invalid step, its line and
// number.
func Read(path string) (*prepare.Program, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	program, err := Parse(text, func(name string) ([]byte, error) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(path), name)
		}
		return os.ReadFile(name)
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return program, nil
}

// Parse returns the program that the YAML text describes. It calls readFile for each file that the text names. The
// error gives the line and the number of the step, counted from 1.
func Parse(text []byte, readFile func(name string) ([]byte, error)) (*prepare.Program, error) {
	var document yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, errors.New("there are no steps: a preparation is a list such as\n- lower\n- stem: porter")
	case err != nil:
		return nil, err
	}
	if err := decoder.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more than one document: put all steps into one list")
	}
	list := document.Content[0]
	if list.Kind != yaml.SequenceNode {
		return nil, errorAt(list, "a preparation is a list of steps, each after a dash")
	}
	var steps []prepare.Step
	r := reader{readFile}
	for i, node := range list.Content {
		read, err := r.steps(node)
		if err != nil {
			return nil, fmt.Errorf("step %d: %w", i+1, err)
		}
		steps = append(steps, read...)
		for _, step := range read {
			if err := step.Check(); err != nil {
				return nil, fmt.Errorf("step %d: %w", i+1, errorAt(node, "%w", err))
			}
		}
	}
	return prepare.New(steps)
}

// errorAt returns an error with the line of the node.
func errorAt(node *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("line %d: "+format, append([]any{node.Line}, args...)...)
}

type reader struct {
	readFile func(name string) ([]byte, error)
}

// argumentless are the steps without arguments.
var argumentless = map[string]prepare.Kind{
	"lower": prepare.Lower, "unescape": prepare.Unescape, "collapse": prepare.Collapse, "strip": prepare.Strip,
}

const knownSteps = "lower, unescape, replace, keep, remove, collapse, strip, stop-words, stem"

// steps reads an element of the list.
func (r reader) steps(node *yaml.Node) ([]prepare.Step, error) {
	if node.Kind == yaml.ScalarNode {
		kind, found := argumentless[node.Value]
		if !found {
			return nil, errorAt(node, "%q is not a step, or needs more after a colon: use %s", node.Value, knownSteps)
		}
		return []prepare.Step{{Kind: kind}}, nil
	}
	if node.Kind != yaml.MappingNode || len(node.Content) != 2 {
		return nil, errorAt(node, "a step is a word, or a word with a colon and what it needs: use %s", knownSteps)
	}
	name, value := node.Content[0], node.Content[1]
	var step prepare.Step
	var err error
	switch name.Value {
	case "replace":
		step, err = r.replace(value)
	case "keep":
		step, err = r.keep(value)
	case "remove":
		return r.remove(value)
	case "stop-words":
		step, err = r.stopWords(value)
	case "stem":
		step, err = r.stem(value)
	default:
		return nil, errorAt(name, "unknown step %q: use %s", name.Value, knownSteps)
	}
	return []prepare.Step{step}, err
}

func (r reader) replace(value *yaml.Node) (step prepare.Step, err error) {
	step.Kind = prepare.Replace
	fields, err := mapping(value, "pattern", "with")
	if err != nil {
		return step, err
	}
	if fields["pattern"] == nil || fields["with"] == nil {
		return step, errorAt(value, "replace needs pattern and with")
	}
	if step.Pattern, err = text(fields["pattern"]); err == nil {
		step.With, err = text(fields["with"])
	}
	return step, err
}

// readWordsWith reads a word or a list of words, or a mapping with these as "what" and a replacement as "with".
func readWordsWith(value *yaml.Node) (words []*yaml.Node, with string, err error) {
	if value.Kind == yaml.MappingNode {
		fields, err := mapping(value, "what", "with")
		if err != nil {
			return nil, "", err
		}
		if with, err = optional(fields["with"]); err != nil {
			return nil, "", err
		}
		if fields["what"] == nil {
			return nil, "", errorAt(value, "what is missing")
		}
		value = fields["what"]
	}
	words = []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode {
		words = value.Content
	}
	if len(words) == 0 {
		return nil, "", errorAt(value, "the list is empty")
	}
	return words, with, nil
}

func (r reader) keep(value *yaml.Node) (step prepare.Step, err error) {
	step.Kind = prepare.Keep
	words, with, err := readWordsWith(value)
	step.With = with
	for _, node := range words {
		name, err := text(node)
		if err != nil {
			return step, err
		}
		class, err := prepare.ParseCharacters(name)
		if err != nil {
			return step, errorAt(node, "%w", err)
		}
		step.Keep |= class
	}
	return step, err
}

func (r reader) remove(value *yaml.Node) (steps []prepare.Step, err error) {
	words, with, err := readWordsWith(value)
	for _, node := range words {
		name, err := text(node)
		if err != nil {
			return nil, err
		}
		removal, err := prepare.ParseRemoval(name)
		if err != nil {
			return nil, errorAt(node, "%w", err)
		}
		steps = append(steps, prepare.Step{Kind: prepare.Remove, Remove: removal, With: with})
	}
	return steps, err
}

func (r reader) stopWords(value *yaml.Node) (step prepare.Step, err error) {
	step.Kind = prepare.StopWords
	list := value
	var fields map[string]*yaml.Node
	if value.Kind == yaml.MappingNode {
		if fields, err = mapping(value, "list", "words", "file", "tokens"); err != nil {
			return step, err
		}
		if step.Pattern, err = pattern(fields["tokens"]); err != nil {
			return step, err
		}
		delete(fields, "tokens")
		if len(fields) != 1 {
			return step, errorAt(value, "stop-words needs one of list, words and file")
		}
		list = fields["list"]
	}
	switch {
	case list != nil:
		var name string
		if name, err = text(list); err == nil && name != "english" {
			err = errorAt(list, "unknown list %q of stop words: use english, or {file: …} or {words: […]}", name)
		}
		step.Words = stopwords.English()
	case fields["words"] != nil:
		step.Words, err = texts(fields["words"])
	default:
		step.Words, err = r.wordsOf(fields["file"])
	}
	return step, err
}

// wordsOf returns the words of the file that the node names.
func (r reader) wordsOf(node *yaml.Node) ([]string, error) {
	name, err := text(node)
	if err != nil {
		return nil, err
	}
	content, err := r.readFile(name)
	if err != nil {
		return nil, errorAt(node, "%w", err)
	}
	if !utf8.Valid(content) {
		return nil, errorAt(node, "%s is not UTF-8", name)
	}
	words := strings.FieldsFunc(string(content), python.IsSpace)
	if len(words) == 0 {
		return nil, errorAt(node, "%s has no words", name)
	}
	return words, nil
}

func (r reader) stem(value *yaml.Node) (step prepare.Step, err error) {
	step.Kind = prepare.Stem
	algorithm := value
	if value.Kind == yaml.MappingNode {
		fields, err := mapping(value, "algorithm", "tokens")
		if err != nil {
			return step, err
		}
		if step.Pattern, err = pattern(fields["tokens"]); err != nil {
			return step, err
		}
		if algorithm = fields["algorithm"]; algorithm == nil {
			return step, errorAt(value, "stem needs algorithm")
		}
	}
	name, err := text(algorithm)
	if err != nil {
		return step, err
	}
	if step.Stemmer, err = stem.Parse(name); err != nil {
		err = errorAt(algorithm, "%w", err)
	}
	return step, err
}

// mapping returns the values of a mapping by key. A key that is not among keys is an error.
func mapping(node *yaml.Node, keys ...string) (map[string]*yaml.Node, error) {
	if node.Kind != yaml.MappingNode {
		return nil, errorAt(node, "here must be %s, each with a colon and a value", strings.Join(keys, " and "))
	}
	fields := map[string]*yaml.Node{}
	for i := 0; i < len(node.Content); i += 2 {
		key := node.Content[i]
		switch {
		case !slices.Contains(keys, key.Value):
			return nil, errorAt(key, "unknown key %q: use %s", key.Value, strings.Join(keys, ", "))
		case fields[key.Value] != nil:
			return nil, errorAt(key, "the key %q is there twice", key.Value)
		}
		fields[key.Value] = node.Content[i+1]
	}
	return fields, nil
}

// text returns the string of a scalar node.
func text(node *yaml.Node) (string, error) {
	switch {
	case node.Kind == yaml.AliasNode:
		return "", errorAt(node, "aliases cannot be used here: write the value itself")
	case node.Kind != yaml.ScalarNode:
		return "", errorAt(node, "here must be a text, not a list or a mapping")
	case node.Tag != "!!str":
		return "", errorAt(node, "here must be a text: write %q in quotes", node.Value)
	}
	return node.Value, nil
}

// optional returns the string of a scalar node, or "" if node is nil.
func optional(node *yaml.Node) (string, error) {
	if node == nil {
		return "", nil
	}
	return text(node)
}

// pattern returns the regular expression of a node, or "" if node is nil.
func pattern(node *yaml.Node) (string, error) {
	expr, err := optional(node)
	if err == nil && node != nil && expr == "" {
		err = errorAt(node, "tokens must be a regular expression that finds something")
	}
	return expr, err
}

// texts returns the strings of a list.
func texts(node *yaml.Node) (list []string, err error) {
	if node.Kind != yaml.SequenceNode || len(node.Content) == 0 {
		return nil, errorAt(node, "here must be a list of words")
	}
	for _, n := range node.Content {
		word, err := text(n)
		if err != nil {
			return nil, err
		}
		list = append(list, word)
	}
	return list, nil
}
