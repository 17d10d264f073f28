package console

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"reddit-classifier/internal/console"
	"reddit-classifier/model"
	"reddit-classifier/test/report/chromium"
)

var screenshots = flag.String("screenshots", "", "write pictures of the page into `DIR`")

// hostile are texts that try to be more than text.
var hostile = []string{
	`<script>document.title = "taken over"</script> lol nobody asked for this`,
	`<img src="http://example.invalid/x.png" onerror="document.title='taken over'"> a joke`,
	`</ul></main><svg onload="throw new Error('ran')"></svg> "quotes' & ${template} {{.Braces}}`,
	"\u202edesrever si siht\u202c and \u0000 \x07 controls \U0001F600 e\u0301",
	strings.Repeat("W", 3000),
}

// serve returns a console of its own and the URL of its page.
func serve(t *testing.T, c console.Config) (*console.Server, string) {
	t.Helper()
	if c.Model == nil {
		c.Model = defaultModel(t)
	}
	c.Listen = "127.0.0.1:0"
	c.Topics = console.Topics{Input: "in", Output: "out", Errors: "errors"}
	s, err := console.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s, s.URL()
}

// tell lets a record pass and be answered, or be refused for a reason.
func tell(s *console.Server, m *model.Model, n int, key, comment, reason string) {
	id := fmt.Sprintf("partition:0/offset:%d", n)
	at := time.Now()
	s.Feed.Input(console.Input{ID: id, Key: key, At: at.Add(-20 * time.Millisecond), Comments: []string{comment}})
	ev := console.Event{
		EventID: id, Key: key, At: at, Origin: fmt.Sprintf("out/0/%d", n), ContentType: "application/json",
		Data:       []byte(`{"data":{"ndarray":[]}}`),
		Attributes: map[string]string{"id": "x", "type": "reddit.classifier.prediction.v1", "modeldigest": m.Digest()[:12]},
	}
	if reason != "" {
		s.Feed.DeadLetter(ev, console.Refusal{Code: "422", Reason: reason, Message: "data.ndarray holds no text",
			Source: "/source#in, partition 0"})
		return
	}
	p := m.PredictProba(comment)
	s.Feed.Answer(ev, [][]float64{p[:]})
}

func defaultModel(t *testing.T) *model.Model {
	m, err := model.Default()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var ordinary = []string{
	"How large was the control group, and was it followed for as long as the others?",
	"lol so basically my grandma was right all along", "Only an idiot would pay for this kind of research.",
	"The preprint is at https://example.org/a-study.pdf, figure 3 shows the effect.",
	"It’s “significant” only if you don’t correct for multiple tests.", "Finally some good news about coral reefs 🐠🎉",
}

// fill lets a page have something of everything.
func fill(s *console.Server, m *model.Model) {
	n := 0
	for range 8 {
		for _, text := range ordinary {
			tell(s, m, n, fmt.Sprintf("t1_%06d", n*7919), text, "")
			n++
		}
	}
	for _, text := range hostile {
		tell(s, m, n, text, text, "")
		tell(s, m, n+1, text, text, "not_text")
		n += 2
	}
	tell(s, m, n, "numbers", `{"data":{"ndarray":[[1,2,3]]}}`, "not_text")
	tell(s, m, n+1, "empty", "", "no_data")
	s.Feed.SetLag(console.Lag{Group: "reddit-classifier", Records: 3})
	s.Feed.Notice("warn", "retrying  answer: status 503: the sink does not accept", time.Now())
}

// open returns a tab with the page, once it streams; what it complains of fails the test.
func open(t *testing.T, browser context.Context, url string) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	said := chromium.Listen(ctx, url)
	t.Cleanup(func() {
		for _, s := range said.All() {
			t.Error(s)
		}
	})
	run(t, ctx, log.Enable(), network.Enable(), motionless("light"), chromedp.EmulateViewport(1280, 900),
		chromedp.Navigate(url), chromedp.WaitVisible("#state.live"))
	return ctx
}

func run(t *testing.T, ctx context.Context, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// read returns what an expression comes to.
func read[T any](t *testing.T, ctx context.Context, expression string) (v T) {
	t.Helper()
	run(t, ctx, chromedp.Evaluate(expression, &v))
	return v
}

// until waits until an expression is true.
func until(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	var ok bool
	if err := chromedp.Run(ctx, chromedp.Poll(expression, &ok, chromedp.WithPollingTimeout(10*time.Second),
		chromedp.WithPollingInterval(20*time.Millisecond))); err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
}

// motionless is light or dark, and scrolls at once, so that what is clicked stands still.
func motionless(scheme string) chromedp.Action {
	return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	})
}

// set gives a control a value, as a person would.
func set(t *testing.T, ctx context.Context, id, value string) {
	t.Helper()
	run(t, ctx, chromedp.Evaluate(fmt.Sprintf(`{
		const e = document.getElementById(%q);
		e.value = %q;
		for (const name of ["input", "change"]) e.dispatchEvent(new Event(name));
	}`, id, value), nil))
}

type audit struct {
	Title                    string
	Faint, Wide, Cut, Links  []string
	ScrollWidth, ClientWidth int
	Strangers                int
}

func TestLook(t *testing.T) {
	browser := chromium.Start(t)
	against, err := model.Original()
	if err != nil {
		t.Fatal(err)
	}
	m := defaultModel(t)
	s, url := serve(t, console.Config{Against: against,
		Replay: func(context.Context, string, bool) (console.Replayed, error) { return console.Replayed{}, nil }})
	fill(s, m)
	for _, screen := range []struct {
		name          string
		width, height int64
		scheme        string
	}{
		{"desk-light", 1280, 900, "light"}, {"desk-dark", 1280, 900, "dark"}, {"phone-light", 390, 844, "light"},
		{"phone-dark", 390, 844, "dark"},
		{"narrow", 320, 640, "light"}, {"tablet", 820, 1180, "light"},
	} {
		t.Run(screen.name, func(t *testing.T) {
			ctx := open(t, browser, url)
			run(t, ctx, motionless(screen.scheme), chromedp.EmulateViewport(screen.width, screen.height),
				chromedp.SendKeys("#comment", "Only an idiot would pay for this. See https://example.org"),
				chromedp.WaitVisible("#verdicts .verdict"),
				chromedp.Evaluate(`document.querySelectorAll("details").forEach((d) => { d.open = true })`, nil))
			judge(t, ctx)
			unnamed(t, ctx)
			picture(t, ctx, screen.name)
			run(t, ctx,
				chromedp.Evaluate(`[...document.querySelectorAll("#answer-rows .row")].find((r) => r.textContent.includes("idiot")).click()`, nil),
				chromedp.WaitVisible("dialog .verdict"))
			judge(t, ctx)
			picture(t, ctx, screen.name+"-detail")
		})
	}
}

func judge(t *testing.T, ctx context.Context) {
	t.Helper()
	a := read[audit](t, ctx, chromium.Audit)
	if a.Title != "Console · reddit-classifier" || a.Strangers > 0 {
		t.Errorf("title %q, %d elements came out of strangers' text", a.Title, a.Strangers)
	}
	if a.ScrollWidth > a.ClientWidth || len(a.Wide) > 0 || len(a.Cut) > 0 {
		t.Errorf("scrolls sideways: %d of %d; wide %q; cut %q", a.ScrollWidth, a.ClientWidth, a.Wide, a.Cut)
	}
	if got := strings.Join(a.Links, " "); got != "icon.svg style.css app.js" {
		t.Errorf("links %q", got)
	}
	for _, f := range a.Faint {
		t.Errorf("contrast: %s", f)
	}
}

// unnamed fails for what can be focused and has no name for a screen reader.
func unnamed(t *testing.T, ctx context.Context) {
	t.Helper()
	type value struct {
		Value any `json:"value"`
	}
	// Not by chromedp's own types: they know fewer names of properties than Chromium has.
	var tree struct {
		Nodes []struct {
			Ignored    bool  `json:"ignored"`
			Role       value `json:"role"`
			Name       value `json:"name"`
			Properties []struct {
				Name  string `json:"name"`
				Value value  `json:"value"`
			} `json:"properties"`
		} `json:"nodes"`
	}
	run(t, ctx, chromedp.ActionFunc(func(ctx context.Context) error {
		return cdp.Execute(ctx, accessibility.CommandGetFullAXTree, nil, &tree)
	}))
	focusable := 0
	for _, n := range tree.Nodes {
		for _, p := range n.Properties {
			if n.Ignored || p.Name != "focusable" || p.Value.Value != true || n.Role.Value == "RootWebArea" {
				continue
			}
			focusable++
			if name, _ := n.Name.Value.(string); strings.TrimSpace(name) == "" {
				t.Errorf("a %v that can be focused has no name", n.Role.Value)
			}
		}
	}
	if focusable < 50 {
		t.Errorf("%d elements can be focused", focusable)
	}
}

func picture(t *testing.T, ctx context.Context, name string) {
	if *screenshots == "" {
		return
	}
	var png []byte
	run(t, ctx, chromedp.Evaluate(`scrollTo(0, 0)`, nil), chromedp.FullScreenshot(&png, 100))
	if err := os.MkdirAll(*screenshots, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}
