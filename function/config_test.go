package function_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"reddit-classifier/function"
)

func TestConfig(t *testing.T) {
	c, err := function.ReadConfig()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(function.Defaults(), c); diff != "" {
		t.Errorf("an empty environment gives (-defaults +read):\n%s", diff)
	}
	t.Setenv("K_SINK", "http://sink.example/topic")
	t.Setenv("REQUIRE_SINK", "true")
	t.Setenv("K_CE_OVERRIDES", `{"extensions":{"team":"x"}}`)
	t.Setenv("SINK_TIMEOUT", "2s")
	t.Setenv("MAX_BODY_BYTES", "2048")
	t.Setenv("EXPLAIN", "5")
	t.Setenv("LOG_LEVEL", "debug")
	if c, err = function.ReadConfig(); err != nil || c.Sink != "http://sink.example/topic" ||
		c.SinkTimeout != 2*time.Second || c.MaxBodyBytes != 2048 || c.Explain != 5 || c.LogLevel != -4 {
		t.Errorf("read %+v, %v", c, err)
	}
}

func TestBadSettings(t *testing.T) {
	for _, tt := range []struct{ name, value, why string }{
		{"K_SINK", "sink.example", "URL"}, {"K_SINK", "ftp://secret@sink.example", "URL"}, {"K_SINK", "http://", "URL"},
		{"K_SINK", "http://sink.example:99999", "URL"}, {"K_SINK", "http://:80/topic", "URL"},
		{"K_CE_OVERRIDES", `{"extensions":{"token":"secret"}`, "JSON"},
		{"K_CE_OVERRIDES", "{", "JSON"}, {"K_CE_OVERRIDES", `{"extensions":{"a-b":"c"}}`, "extension"},
		{"K_CE_OVERRIDES", `{"extensions":{"id":"c"}}`, "extension"},
		{"K_CA_CERTS", "nonsense", "PEM"}, {"MODEL_PUBLIC_KEY", "secret", "64 hex digits"},
		{"K_CE_OVERRIDES", `{"extensions":["a"]}`, "JSON"}, {"EVENT_SOURCE", "", "URI"}, {"EVENT_SOURCE", "%zz", "URI"},
		{"SINK_TIMEOUT", "soon", "duration"}, {"SINK_TIMEOUT", "0s", "between"}, {"SINK_TIMEOUT", "1m", "between"},
		{"SINK_TIMEOUT", "", "duration"},
		{"MAX_BODY_BYTES", "1M", "whole number"}, {"MAX_BODY_BYTES", "-1", "between"}, {"LABELS", "some", "true or false"},
		{"REQUIRE_SINK", "yes!", "true or false"}, {"REQUIRE_SINK", "true", "SinkBinding"}, {"THRESHOLD", "half", "0.35"},
		{"THRESHOLD", "1.5", "between"}, {"THRESHOLD", "NaN", "between"}, {"REST", "perhaps", "true or false"},
		{"MAX_ANSWER_BYTES", "1", "whole number"}, {"MAX_ANSWER_BYTES", "99999999", "16777216"},
		{"DEAD_LETTER_SINK", "ftp://secret", "URL"}, {"CONFLUENT_FRAMING", "often", "true or false"},
		{"TEXT_FIELD", "a..b", "payload.comment"}, {"ID_FIELD", "id", "TEXT_FIELD"}, {"EXPLAIN", "many", "whole number"},
		{"EXPLAIN", "-1", "between"}, {"LOG_LEVEL", "loud", "WARN"},
	} {
		t.Run(tt.name+"="+tt.value, func(t *testing.T) {
			t.Setenv(tt.name, tt.value)
			_, err := function.ReadConfig()
			if err == nil || !strings.Contains(err.Error(), tt.name) || !strings.Contains(err.Error(), tt.why) ||
				strings.Contains(err.Error(), "secret") {
				t.Errorf("the error is %v", err)
			}
			for _, of := range []string{"strconv", "json:", "time:", "slog", "int64", "envconfig", "Go "} {
				if strings.Contains(err.Error(), of) {
					t.Errorf("the error speaks of %s: %v", of, err)
				}
			}
		})
	}
}

func TestAudienceWithoutToken(t *testing.T) {
	c := function.Defaults()
	c.Sink, c.Audience = "http://sink.example", "sink"
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "K_AUDIENCE") {
		t.Error(err)
	}
}

func TestUsageNamesEverySetting(t *testing.T) {
	var b strings.Builder
	if err := function.PrintUsage(&b); err != nil {
		t.Fatal(err)
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[function.Config]()) {
		name := f.Tag.Get("envconfig")
		if name == "" {
			continue
		}
		_, text, ok := strings.Cut("\n"+b.String(), "\n"+name+" ")
		if end := regexp.MustCompile(`\n\S`).FindStringIndex(text); end != nil {
			text = text[:end[0]]
		}
		if !ok || !strings.Contains(text, "(default") {
			t.Errorf("%s and its default are not documented: %s", name, text)
		}
	}
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(line); n > 121 {
			t.Errorf("%d characters: %s", n, line)
		}
	}
}
