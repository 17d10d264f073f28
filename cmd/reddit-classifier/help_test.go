package main

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"reddit-classifier/function"
	"reddit-classifier/internal/version"
	"reddit-classifier/model/train"
)

// commands returns all commands, also those that cobra adds.
func commands() []*cobra.Command {
	var all []*cobra.Command
	var add func(*cobra.Command)
	add = func(c *cobra.Command) {
		all = append(all, c)
		for _, sub := range c.Commands() {
			add(sub)
		}
	}
	add(newRoot(io.Discard, io.Discard))
	return all
}

// cli runs the program and returns its exit code and output.
func cli(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = run(args, strings.NewReader(""), &out, &err)
	return code, out.String(), err.String()
}

func TestHelpFitsTheScreen(t *testing.T) {
	if n := len(commands()); n < 20 {
		t.Fatalf("only %d commands", n)
	}
	for _, c := range commands() {
		code, out, _ := cli(append(strings.Fields(c.CommandPath())[1:], "-h")...)
		if code != 0 {
			t.Errorf("%s -h: exit code %d", c.CommandPath(), code)
		}
		for line := range strings.Lines(out) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 120 {
				t.Errorf("%s -h: a line has %d characters: %s", c.CommandPath(), n, line)
			}
		}
	}
}

// TestExamples wants examples of every command whose flags exist.
func TestExamples(t *testing.T) {
	for _, c := range commands() {
		if c.Example == "" {
			t.Errorf("%s has no example", c.CommandPath())
		}
		for line := range strings.Lines(strings.ReplaceAll(c.Example, "\\\n", " ") + "\n") {
			_, call, ok := strings.Cut(line, "reddit-classifier")
			if !ok {
				t.Errorf("%s: the example %q does not call the program", c.CommandPath(), line)
				continue
			}
			call, _, _ = strings.Cut(call, ">")
			found, rest, err := newRoot(io.Discard, io.Discard).Find(strings.Fields(strings.TrimSuffix(strings.TrimSpace(call), ")")))
			if err != nil {
				t.Errorf("%s: %q: %v", c.CommandPath(), line, err)
			} else if err := found.ParseFlags(rest); err != nil {
				t.Errorf("%s: %q: %v", c.CommandPath(), line, err)
			} else if c.HasParent() && found.Name() != c.Name() && c.Name() != "help" && c.Name() != "completion" {
				t.Errorf("%s: the example %q is of %s", c.CommandPath(), line, found.Name())
			}
		}
	}
}

// own reports whether a flag is ours, not one that cobra adds.
func own(f *pflag.Flag) bool {
	return f.Name != "help" && f.Name != "version" && f.Name != "no-descriptions" || strings.HasPrefix(f.Usage, "`")
}

// TestDefaults wants every flag to say in its help what holds if it is not given: a default, or that it is required.
func TestDefaults(t *testing.T) {
	says := regexp.MustCompile(`\(required\)$|\(default: [^()]+(\([^()]*\))?[^()]*\)$`)
	sentence := regexp.MustCompile("^(`[A-Z,]+`|[A-Z0-9])")
	seen := 0
	for _, c := range commands() {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !own(f) {
				return
			}
			seen++
			if !sentence.MatchString(f.Usage) || !strings.HasSuffix(f.Usage, ".") && !strings.HasSuffix(f.Usage, ")") {
				t.Errorf("%s --%s: not a sentence: %s", c.Name(), f.Name, f.Usage)
			}
			shown := strings.Contains(c.Flags().FlagUsagesWrapped(0), "(default "+f.DefValue) ||
				strings.Contains(c.Flags().FlagUsagesWrapped(0), "(default "+strconv.Quote(f.DefValue))
			switch {
			case f.Value.Type() == "bool" && f.DefValue == "false": // like everywhere, such a flag is off
			case says.MatchString(f.Usage):
			case !shown || f.DefValue == "" || f.DefValue == "0" || f.DefValue == "[]":
				t.Errorf("%s --%s does not say what holds without it: %s", c.Name(), f.Name, f.Usage)
			}
		})
	}
	if seen < 80 {
		t.Errorf("only %d flags", seen)
	}
}

// TestRequired wants a command to ask for exactly the flags that its help calls required.
func TestRequired(t *testing.T) {
	for _, c := range commands() {
		var required []string
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if strings.HasSuffix(f.Usage, "(required)") {
				required = append(required, f.Name)
			}
		})
		for _, missing := range required {
			args := []string{c.Name()}
			if strings.Contains(c.Use, "FILE") {
				args = append(args, "absent.csv")
			}
			for _, name := range required {
				if name != missing {
					args = append(args, "--"+name, "http://127.0.0.1:1")
				}
			}
			code, _, stderr := cli(args...)
			if want := fmt.Sprintf("%s needs --%s", c.Name(), missing); code != 2 || !strings.Contains(stderr, want) {
				t.Errorf("%q: exit code %d, %s; want 2 and %q", args, code, stderr, want)
			}
		}
	}
}

// TestTrainDefaults wants the values in train's help to be those of the presets: setting them changes nothing, and
// setting those of another preset makes that one.
func TestTrainDefaults(t *testing.T) {
	for _, from := range presets {
		for _, to := range presets {
			got, want := from.options(), to.options()
			for _, s := range trainSettings {
				if err := s.set(&got, s.get(&want)); err != nil {
					t.Errorf("--%s %s: %v", s.name, s.get(&want), err)
				}
			}
			got.Rich = want.Rich // only --features sets it
			if !reflect.DeepEqual(got, want) {
				t.Errorf("from %s to %s: %+v, want %+v", from.name, to.name, got, want)
			}
		}
	}
	for name, want := range map[string]string{
		"ngram-range": "(default: 1,2; original: 1,3)", "cv": "(default: 5)",
		"name": "(default: words; rich: rich; original: original)",
	} {
		c := newTrain()
		if usage := c.Flags().Lookup(name).Usage; !strings.HasSuffix(usage, want) {
			t.Errorf("--%s: %s, want %s", name, usage, want)
		}
		o, err := trainOptions(c, presets[0].name)
		if err != nil || !reflect.DeepEqual(o, train.Default()) {
			t.Errorf("without flags: %+v, %v", o, err)
		}
	}
}

// TestServedModel is that MODEL_PATH is the default of --model, and default that of MODEL_PATH.
func TestServedModel(t *testing.T) {
	for _, test := range []struct{ env, flag, want string }{
		{"", "", ""}, {"original", "", "original"}, {"original", "default", "default"},
	} {
		t.Setenv("MODEL_PATH", test.env)
		u := upCommand{model: test.flag}
		c, err := u.readConfig()
		if err != nil || c.ModelPath != test.want {
			t.Errorf("%+v: %q, %v", test, c.ModelPath, err)
		}
	}
	if c := function.Defaults(); c.ModelPath != "" {
		t.Errorf("the default of MODEL_PATH is %q", c.ModelPath)
	}
}

func TestCompletion(t *testing.T) {
	for _, test := range []struct {
		args []string
		want []string // the completions, and the directive
	}{
		{[]string{"inspect", ""}, []string{"default", "original", ":0"}},
		{[]string{"inspect", "or"}, []string{"original", ":0"}},
		{[]string{"inspect", "default", ""}, []string{":4"}},
		{[]string{"predict", "--model", "d"}, []string{"default", ":0"}},
		{[]string{"evaluate", "--against", ""}, []string{"default", "original", ":0"}},
		{[]string{"predict", ""}, []string{"jsonl", "ndjson", "csv", "tsv", "txt", "gz", ":8"}},
		{[]string{"predict", "one.csv", ""}, []string{":4"}},
		{[]string{"train", "one.csv", ""}, []string{"csv", "tsv", "jsonl", "ndjson", "gz", ":8"}},
		{[]string{"train", "--report", ""}, []string{":16"}},
		{[]string{"train", "--class-weight", ""}, []string{"balanced", "none", ":4"}},
		{[]string{"up", "--input", ""}, []string{"jsonl", "ndjson", "csv", "tsv", "txt", "gz", ":8"}},
		{[]string{"up", "--output", ""}, []string{":0"}},
		{[]string{"up", "--listen", ""}, []string{":4"}},
		{[]string{"source", ""}, []string{":4"}},
		{[]string{"source", "--key-type", ""}, []string{"string", "int", "float", "byte-array", ":4"}},
		{[]string{"source", "--kafka-config", ""}, []string{"properties", ":8"}},
		{[]string{"import", "--prepare", ""}, []string{"yaml", "yml", ":8"}},
		{[]string{"import", ""}, []string{":0"}},
		{[]string{"tokenize", "--language", ""}, []string{"spacy-2.3.2", "spacy-3.8", ":4"}},
		{[]string{"sink", "--log-format", ""}, []string{"text", "json", ":4"}},
	} {
		code, out, stderr := cli(append([]string{"__complete"}, test.args...)...)
		if got := strings.Fields(out); code != 0 || !slices.Equal(got, test.want) {
			t.Errorf("%q: %d, %q, want %q\n%s", test.args, code, got, test.want, stderr)
		}
	}
	if code, out, _ := cli("__complete", ""); code != 0 || !strings.Contains(out, "predict\tPredict on a file of texts\n") {
		t.Errorf("commands: %d, %s", code, out)
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if code, out, _ := cli("completion", shell); code != 0 || !strings.Contains(out, "__complete") {
			t.Errorf("completion %s: exit code %d, %d bytes", shell, code, len(out))
		}
	}
}

func TestVersion(t *testing.T) {
	code, out, _ := cli("--version")
	if want := "reddit-classifier version " + version.String() + " (" + version.Go() + ")\n"; code != 0 || out != want {
		t.Errorf("--version: %d, %q, want %q", code, out, want)
	}
	if _, out, _ := cli("inspect", "default"); !strings.Contains(out, "\nprogram     reddit-classifier "+version.String()+"\n") {
		t.Errorf("inspect:\n%s", out)
	}
	_, out, _ = cli("inspect", "--json", "default")
	if !strings.Contains(out, `"program": "reddit-classifier `+version.String()+`"`) {
		t.Errorf("inspect --json:\n%s", out)
	}
}
