package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"reddit-classifier/model/clean"
	"reddit-classifier/model/english/packs"
	"reddit-classifier/model/train"
	"reddit-classifier/model/train/tfidf"
)

// presets are the values of --features, the default first.
var presets = []struct {
	name    string
	options func() train.Options
}{
	{"words", train.Default},
	{"rich", train.DefaultRich},
	{"original", train.Original},
}

func presetNames() []string {
	var names []string
	for _, p := range presets {
		names = append(names, p.name)
	}
	return names
}

// Values of train's flags that have a few.
const (
	balanced = "balanced"
	sigmoid  = "sigmoid"
	none     = "none"
)

// trainSetting is a flag of train whose default depends on --features.
type trainSetting struct {
	name, usage string
	boolean     bool
	get         func(o *train.Options) string
	set         func(o *train.Options, value string) error
}

var trainSettings = []trainSetting{
	stringSetting("name", "`NAME` of the model.", func(o *train.Options) *string { return &o.Name }),
	{
		name:  "cleaner",
		usage: "`MODE` of cleaning texts before they are tokenized: original or unicode.",
		get:   func(o *train.Options) string { return o.Cleaner.String() },
		set: func(o *train.Options, v string) (err error) {
			o.Cleaner, err = clean.ParseMode(v)
			return err
		},
	},
	stringSetting("language", "`NAME` of the spaCy release to tokenize as: "+strings.Join(packs.Names(), " or ")+".",
		func(o *train.Options) *string { return &o.Language }),
	boolSetting("punctuation", "Count single punctuation marks as words.",
		func(o *train.Options) *bool { return &o.Punctuation }),
	{
		name:  "ngram-range",
		usage: "`MIN,MAX` number of words in an n-gram.",
		get: func(o *train.Options) string {
			return fmt.Sprintf("%d,%d", o.Vectorizer.NgramRange[0], o.Vectorizer.NgramRange[1])
		},
		set: setRange,
	},
	intSetting("max-features", "Use only the `N` most frequent n-grams; 0 uses all.",
		func(o *train.Options) *int { return &o.Vectorizer.MaxFeatures }),
	dfSetting("min-df", "Use only n-grams in at least `N` comments, or in that share of the comments (such as 0.01).",
		func(o *train.Options) *tfidf.DF { return &o.Vectorizer.MinDF }),
	dfSetting("max-df", "Use only n-grams in at most `N` comments, or in that share of the comments (such as 0.5).",
		func(o *train.Options) *tfidf.DF { return &o.Vectorizer.MaxDF }),
	boolSetting("binary", "Count an n-gram at most once in a comment.",
		func(o *train.Options) *bool { return &o.Vectorizer.Binary }),
	boolSetting("sublinear-tf", "Use 1 + ln(tf) for the term frequency tf.",
		func(o *train.Options) *bool { return &o.Vectorizer.SublinearTF }),
	boolSetting("use-idf", "Weigh n-grams by inverse document frequency.",
		func(o *train.Options) *bool { return &o.Vectorizer.UseIDF }),
	boolSetting("smooth-idf", "Compute document frequencies as if one more comment contained every n-gram.",
		func(o *train.Options) *bool { return &o.Vectorizer.SmoothIDF }),
	{
		name:  "norm",
		usage: "`NORM` that a comment's vector is divided by: l2, l1 or none.",
		get:   func(o *train.Options) string { return o.Vectorizer.Norm.String() },
		set: func(o *train.Options, v string) (err error) {
			o.Vectorizer.Norm, err = tfidf.ParseNorm(v)
			return err
		},
	},
	floatSetting("C", "Inverse strength `C` of the regularization.",
		func(o *train.Options) *float64 { return &o.Words.C }),
	choiceSetting("class-weight", "`WEIGHT` of the classes: balanced (inversely to their frequency) or none.", balanced,
		func(o *train.Options) *bool { return &o.Words.Balanced }),
	floatSetting("nb-weight", "Share `W` of naive Bayes in the weights of words; 0 switches it off.",
		func(o *train.Options) *float64 { return &o.Bayes.Weight }),
	floatSetting("nb-alpha", "Smoothing `ALPHA` of naive Bayes.",
		func(o *train.Options) *float64 { return &o.Bayes.Alpha }),
	choiceSetting("calibration", "`METHOD` of calibrating probabilities: sigmoid or none.", sigmoid,
		func(o *train.Options) *bool { return &o.Calibrate }),
	intSetting("cv", "Cross-validate on `K` folds; 0 switches cross-validation off, and with it calibration and threshold.",
		func(o *train.Options) *int { return &o.CV }),
	floatSetting("test-size", "Hold this `SHARE` of the comments out of the training, and measure the model on it.",
		func(o *train.Options) *float64 { return &o.TestSize }),
	{
		name:  "seed",
		usage: "`SEED` of the random assignment of comments to folds.",
		get:   func(o *train.Options) string { return strconv.FormatUint(o.Seed, 10) },
		set: func(o *train.Options, v string) (err error) {
			if o.Seed, err = strconv.ParseUint(v, 10, 64); err != nil {
				return fmt.Errorf("%q is not a whole number", v)
			}
			return nil
		},
	},
}

// addTrainSettings adds the flags of trainSettings. Their help shows the defaults of each preset.
func addTrainSettings(f *pflag.FlagSet) {
	for _, s := range trainSettings {
		usage := s.usage + " " + s.defaults()
		if s.boolean {
			f.Bool(s.name, false, usage)
		} else {
			f.String(s.name, "", usage)
		}
	}
}

// defaults returns the setting's value in the first preset, and in the others that have another value.
func (s trainSetting) defaults() string {
	var text strings.Builder
	first := ""
	for i, p := range presets {
		o := p.options()
		value := s.get(&o)
		switch {
		case i == 0:
			first = value
			text.WriteString("(default: " + value)
		case value != first:
			text.WriteString("; " + p.name + ": " + value)
		}
	}
	return text.String() + ")"
}

// trainOptions returns the options of the preset features, changed by the flags that were given.
func trainOptions(c *cobra.Command, features string) (o train.Options, _ error) {
	i := slices.Index(presetNames(), features)
	if i < 0 {
		return o, usageErrorf("--features is %q: give words, rich or original", features)
	}
	o = presets[i].options()
	for _, s := range trainSettings {
		if flag := c.Flags().Lookup(s.name); flag.Changed {
			if err := s.set(&o, flag.Value.String()); err != nil {
				return o, usageErrorf("--%s: %w", s.name, err)
			}
		}
	}
	if err := o.Check(); err != nil {
		return o, usageError{err}
	}
	return o, nil
}

func stringSetting(name, usage string, field func(*train.Options) *string) trainSetting {
	return trainSetting{
		name: name, usage: usage,
		get: func(o *train.Options) string { return *field(o) },
		set: func(o *train.Options, v string) error { *field(o) = v; return nil },
	}
}

func boolSetting(name, usage string, field func(*train.Options) *bool) trainSetting {
	return trainSetting{
		name: name, usage: usage, boolean: true,
		get: func(o *train.Options) string { return strconv.FormatBool(*field(o)) },
		set: func(o *train.Options, v string) error {
			b, err := strconv.ParseBool(v)
			if err != nil {
				return fmt.Errorf("%q is neither true nor false", v)
			}
			*field(o) = b
			return nil
		},
	}
}

// choiceSetting is a flag whose value is either yes, which sets the field, or none.
func choiceSetting(name, usage, yes string, field func(*train.Options) *bool) trainSetting {
	return trainSetting{
		name: name, usage: usage,
		get: func(o *train.Options) string {
			if *field(o) {
				return yes
			}
			return none
		},
		set: func(o *train.Options, v string) error {
			if v != yes && v != none {
				return fmt.Errorf("%q is neither %s nor %s", v, yes, none)
			}
			*field(o) = v == yes
			return nil
		},
	}
}

func intSetting(name, usage string, field func(*train.Options) *int) trainSetting {
	return trainSetting{
		name: name, usage: usage,
		get: func(o *train.Options) string { return strconv.Itoa(*field(o)) },
		set: func(o *train.Options, v string) error {
			n, err := strconv.Atoi(v)
			if err != nil || n < 0 {
				return fmt.Errorf("%q is not a number of 0 or more", v)
			}
			*field(o) = n
			return nil
		},
	}
}

func floatSetting(name, usage string, field func(*train.Options) *float64) trainSetting {
	return trainSetting{
		name: name, usage: usage,
		get: func(o *train.Options) string { return strconv.FormatFloat(*field(o), 'g', -1, 64) },
		set: func(o *train.Options, v string) error {
			x, err := strconv.ParseFloat(v, 64)
			if err != nil {
				return fmt.Errorf("%q is not a number", v)
			}
			*field(o) = x
			return nil
		},
	}
}

func dfSetting(name, usage string, field func(*train.Options) *tfidf.DF) trainSetting {
	return trainSetting{
		name: name, usage: usage,
		get: func(o *train.Options) string { return field(o).String() },
		set: func(o *train.Options, v string) (err error) {
			*field(o), err = tfidf.ParseDF(v)
			return err
		},
	}
}

func setRange(o *train.Options, v string) error {
	low, high, ok := strings.Cut(v, ",")
	lo, err := strconv.Atoi(low)
	hi, err2 := strconv.Atoi(high)
	if !ok || err != nil || err2 != nil {
		return fmt.Errorf("%q is not two numbers like 1,3", v)
	}
	o.Vectorizer.NgramRange = [2]int{lo, hi}
	return nil
}
