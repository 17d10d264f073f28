// Package chromium opens pages in a real browser, for tests.
package chromium

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Audit is JavaScript that looks at the page as it is laid out: contrast, what is too wide, and elements that came out
// of strangers' text.
//
//go:embed audit.js
var Audit string

// Start starts Chromium with a profile of its own, and skips the test where it is not installed.
func Start(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		const why = "Chromium is not installed (Debian: apt-get install chromium)"
		if os.Getenv("REQUIRE_ALL") == "1" {
			t.Fatal(why + ", and REQUIRE_ALL=1 says it must be")
		}
		t.Skip(why)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(profile(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.NoFirstRun,
		chromedp.WSURLReadTimeout(time.Minute),
	)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits for the browser to end, so that its profile can be removed
		cancel()
	})
	if err := chromedp.Run(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return ctx
}

// profile returns a new folder for a profile. Chromium's helpers go on writing for a moment after the browser has
// ended, so that t.TempDir, which removes once, fails now and then.
func profile(t *testing.T) string {
	dir, err := os.MkdirTemp("", "reddit-classifier-chromium")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 50 {
			if os.RemoveAll(dir) == nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Logf("%s could not be removed", dir)
	})
	return dir
}

// Complaints collects what the browser says about a page, and what the page asks of a network.
type Complaints struct {
	mutex sync.Mutex
	list  []string
}

// Listen collects the complaints about a page: errors in its console, and requests to addresses that do not begin with
// its own.
func Listen(ctx context.Context, page string) *Complaints {
	c := &Complaints{}
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			c.add("console: %s %s", e.Type, arguments(e.Args))
		case *runtime.EventExceptionThrown:
			c.add("exception: %s", e.ExceptionDetails.Error())
		case *log.EventEntryAdded:
			c.add("log: %s: %s", e.Entry.Level, e.Entry.Text)
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, page) && e.Request.URL != "data:," {
				c.add("request: %s", e.Request.URL)
			}
		}
	})
	return c
}

func (c *Complaints) add(format string, args ...any) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.list = append(c.list, fmt.Sprintf(format, args...))
}

// All returns what was said.
func (c *Complaints) All() []string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return append([]string(nil), c.list...)
}

func arguments(args []*runtime.RemoteObject) string {
	var b strings.Builder
	for _, a := range args {
		b.WriteString(string(a.Value) + a.Description + " ")
	}
	return b.String()
}
