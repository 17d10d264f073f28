package page

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"reddit-classifier/test/report/chromium"
)

var screenshots = flag.String("screenshots", "", "write pictures of the pages into `DIR`")

// audit is what audit.js finds.
type audit struct {
	Title  string
	Charts []struct {
		ID                string
		Marks, Tips, Rows int
		Outside           []string // texts that leave the frame
		Type              float64  // the smallest type, in pixels of the screen
	}
	Faint                    []string // what has too little contrast
	Wide                     []string // what is wider than the screen
	Cut                      []string // tables that are wider than their frame
	ScrollWidth, ClientWidth int
	Strangers                int // elements that the page itself has not
	Sections                 []string
	Links                    []string
}

// root returns the project's root folder.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// write trains on a file and returns the report's path.
func write(t *testing.T, comments string, options ...string) string {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "reddit-classifier")
	build := exec.Command("go", "build", "-o", program, "./cmd/reddit-classifier")
	build.Dir = root()
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	args := append([]string{"train", "--output", filepath.Join(dir, "m.model"), "--report", dir}, options...)
	if out, err := exec.Command(program, append(args, comments)...).CombinedOutput(); err != nil {
		t.Fatalf("train: %v\n%s", err, out)
	}
	return filepath.Join(dir, "report.html")
}

// sections are those that every report has.
var sections = []string{"data", "text", "cleaning", "tokens", "algorithms", "learning", "quality", "threshold",
	"weights", "errors", "card"}

var screens = []struct {
	name          string
	width, height int64
	scheme        string
}{
	{"desk-light", 1280, 900, "light"}, {"desk-dark", 1280, 900, "dark"},
	{"phone-light", 390, 844, "light"}, {"phone-dark", 390, 844, "dark"},
	{"narrow", 320, 640, "light"}, {"tablet", 820, 1180, "light"},
}

func TestPage(t *testing.T) {
	ctx := chromium.Start(t)
	own := writeComments(t)
	for _, c := range []struct{ name, report string }{
		{"generated", write(t, own)},
		{"rich", write(t, own, "--features", "rich", "--test-size", "0.2")},
		{"anonymous", write(t, own, "--anonymize")},
	} {
		t.Run(c.name, func(t *testing.T) { look(t, ctx, c.report) })
	}
}

// TestSharedComments looks at the report of real comments, which is not kept.
func TestSharedComments(t *testing.T) {
	ctx := chromium.Start(t)
	dir := os.Getenv("SHARED_DIR")
	if dir == "" {
		dir = filepath.Join(root(), "..", "shared")
	}
	comments := filepath.Join(dir, "data", "comments_train.csv")
	if _, err := os.Stat(comments); err != nil {
		if os.Getenv("REQUIRE_ALL") == "1" {
			t.Fatal(err)
		}
		t.Skip("the shared comments are absent")
	}
	look(t, ctx, write(t, comments))
}

// look opens a report on screens of both sizes, light and dark.
func look(t *testing.T, browser context.Context, report string) {
	for _, screen := range screens {
		t.Run(screen.name, func(t *testing.T) {
			ctx, cancel := chromedp.NewContext(browser)
			defer cancel()
			url := "file://" + report
			said := chromium.Listen(ctx, url)
			var a audit
			err := chromedp.Run(ctx, log.Enable(), network.Enable(),
				emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme",
					Value: screen.scheme}}),
				chromedp.EmulateViewport(screen.width, screen.height),
				chromedp.Navigate(url), chromedp.Evaluate(chromium.Audit, &a))
			if err != nil {
				t.Fatal(err)
			}
			judge(t, a)
			tooltip(t, ctx)
			if err := chromedp.Run(ctx,
				chromedp.Evaluate(`document.querySelectorAll("details").forEach((d) => { d.open = true })`,
					nil), chromedp.Evaluate(chromium.Audit, &a)); err != nil {
				t.Fatal(err)
			}
			judge(t, a)
			picture(t, ctx, screen.name)
			for _, s := range said.All() {
				t.Error(s)
			}
		})
	}
	t.Run("paper", func(t *testing.T) { paper(t, browser, report) })
}

// judge says what is wrong with a page.
func judge(t *testing.T, a audit) {
	t.Helper()
	if !strings.HasPrefix(a.Title, "Training report") {
		t.Errorf("title %q", a.Title)
	}
	if a.ScrollWidth > a.ClientWidth || len(a.Wide) > 0 {
		t.Errorf("scrolls sideways: %d of %d; %q", a.ScrollWidth, a.ClientWidth, a.Wide)
	}
	if len(a.Cut) > 0 {
		t.Errorf("tables are cut at the right: %q", a.Cut)
	}
	if a.Strangers > 0 || len(a.Links) > 0 {
		t.Errorf("%d elements came out of comments; links %q", a.Strangers, a.Links)
	}
	for _, s := range sections {
		if !slices.Contains(a.Sections, s) {
			t.Errorf("there is no section %s", s)
		}
	}
	for _, c := range a.Charts {
		if c.Marks == 0 || c.Tips != c.Marks || c.Rows == 0 {
			t.Errorf("%s: %d marks, %d with a value to show, %d rows in its table", c.ID, c.Marks, c.Tips, c.Rows)
		}
		if len(c.Outside) > 0 {
			t.Errorf("%s: text leaves the frame: %q", c.ID, c.Outside)
		}
		if c.Type < 7 || c.Type < 9 && a.ClientWidth >= 390 {
			t.Errorf("%s: type of %.1f pixels", c.ID, c.Type)
		}
	}
	for _, f := range a.Faint {
		t.Errorf("contrast: %s", f)
	}
}

// tooltip points at a mark and expects its value beside it, within the screen.
func tooltip(t *testing.T, ctx context.Context) {
	t.Helper()
	var shown struct {
		Text, Want string
		Inside     bool
	}
	err := chromedp.Run(ctx, chromedp.Evaluate(`(() => {
		const mark = [...document.querySelectorAll("#chart-lengths .mark")].pop();
		mark.scrollIntoView();
		mark.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
		const tip = document.getElementById("tip"), box = tip.getBoundingClientRect();
		return { text: tip.hidden ? "" : tip.textContent, want: mark.dataset.tip,
			inside: box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight };
	})()`, &shown))
	if err != nil {
		t.Fatal(err)
	}
	if shown.Want == "" || shown.Text != shown.Want || !shown.Inside {
		t.Errorf("tooltip: %+v", shown)
	}
}

// paper prints the page.
func paper(t *testing.T, browser context.Context, report string) {
	ctx, cancel := chromedp.NewContext(browser)
	defer cancel()
	var pdf []byte
	err := chromedp.Run(ctx, chromedp.Navigate("file://"+report),
		chromedp.ActionFunc(func(ctx context.Context) (err error) {
			pdf, _, err = page.PrintToPDF().WithPrintBackground(true).WithPreferCSSPageSize(true).Do(ctx)
			return err
		}))
	if err != nil || !strings.HasPrefix(string(pdf), "%PDF") {
		t.Fatalf("printing gives %d bytes: %v", len(pdf), err)
	}
	save(t, "paper.pdf", pdf)
}

func picture(t *testing.T, ctx context.Context, name string) {
	if *screenshots == "" {
		return
	}
	var png []byte
	if err := chromedp.Run(ctx,
		chromedp.Evaluate(`document.querySelectorAll("figure:not(.wide) details").forEach((d) => { d.open = false })`,
			nil), chromedp.FullScreenshot(&png, 100)); err != nil {
		t.Fatal(err)
	}
	save(t, name+".png", png)
}

// save keeps a file where -screenshots asks for it.
func save(t *testing.T, name string, b []byte) {
	if *screenshots == "" {
		return
	}
	kind, _, _ := strings.Cut(strings.TrimPrefix(t.Name(), "Test"), "/")
	if parts := strings.Split(t.Name(), "/"); len(parts) > 2 {
		kind = parts[1]
	}
	dir := filepath.Join(*screenshots, kind)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
		t.Fatal(err)
	}
}
