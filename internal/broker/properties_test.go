package broker

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The cases are from the documentation of java.util.Properties.load and from Kafka's documentation of sasl.jaas.config.
func TestProperties(t *testing.T) {
	for _, test := range []struct {
		text string
		want properties
	}{
		{"Truth = Beauty", properties{"Truth": "Beauty"}},
		{" Truth:Beauty", properties{"Truth": "Beauty"}},
		{"Truth                    :Beauty", properties{"Truth": "Beauty"}},
		{"fruits    apple, banana, \\\n    kiwi, \\\r\n  mango", properties{"fruits": "apple, banana, kiwi, mango"}},
		{"cheeses", properties{"cheeses": ""}},
		{"# a=1\n! b=2\n\n  \t# c=3\nd=4\n", properties{"d": "4"}},
		{"# goes on \\\na=1", properties{"a": "1"}},
		{`a\:b\ c=d\te\u2603\=\\`, properties{"a:b c": "d\te☃=\\"}},
		{"a=1\na=2", properties{"a": "2"}},
		{`a=b\\` + "\nc=d", properties{"a": `b\`, "c": "d"}},
		{"a=b ", properties{"a": "b "}},
		{"a==b", properties{"a": "=b"}},
	} {
		got, err := parseProperties(test.text)
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", test.text, err, diff)
		}
	}
}

func FuzzProperties(f *testing.F) {
	f.Add("security.protocol=SASL_SSL\nsasl.jaas.config=x required username=\"u\" password=\"p\";", "alice", `"p\`)
	f.Add("a\\:b = \\u2603 \\\n  c", "", "")
	f.Fuzz(func(t *testing.T, text, user, password string) {
		if p, err := parseProperties(text); (p == nil) == (err == nil) {
			t.Errorf("neither an error nor properties, or both: %v, %v", p, err)
		}
		if _, _, err := parseJAAS(text); err != nil && err != errJAAS {
			t.Errorf("an error that may contain a secret: %v", err)
		}
		// A user name and a password that are escaped by the rules read back.
		if user == "" || password == "" {
			return
		}
		quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
		line := `x required username="` + quoted.Replace(user) + `" password="` + quoted.Replace(password) + `";`
		escaped := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`).Replace(line)
		p, err := parseProperties("sasl.jaas.config=" + escaped)
		if err != nil {
			t.Fatal(err)
		}
		gotUser, gotPassword, err := parseJAAS(p["sasl.jaas.config"])
		if err != nil || gotUser != user || gotPassword != password {
			t.Errorf("%q %q read back as %q %q, %v", user, password, gotUser, gotPassword, err)
		}
	})
}
