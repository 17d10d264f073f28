package console

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/heapprofiler"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"reddit-classifier/internal/console"
	"reddit-classifier/model"
	"reddit-classifier/model/head"
	"reddit-classifier/model/modeltest"
	"reddit-classifier/test/report/chromium"
)

// TestAnswers lets answers stream in, filters them, and opens one with the keyboard.
func TestAnswers(t *testing.T) {
	browser := chromium.Start(t)
	m := defaultModel(t)
	s, url := serve(t, console.Config{})
	ctx := open(t, browser, url)
	if got := read[string](t, ctx, `document.getElementById("answers-empty").textContent`); got != "Nothing yet in out." {
		t.Errorf("without an answer: %q", got)
	}
	for i, text := range ordinary {
		tell(s, m, i, fmt.Sprintf("key-%d", i), text, "")
	}
	until(t, ctx, `document.querySelectorAll("#answer-rows li").length === 6`)
	row := read[string](t, ctx, `document.querySelector("#answer-rows li:nth-child(4)").innerText`)
	p := m.PredictProba(ordinary[2])
	for _, want := range []string{"key-2", m.Names()[m.Decide(p)], fmt.Sprintf("%.3f", p[1]), ordinary[2], "20 ms"} {
		if !strings.Contains(row, want) {
			t.Errorf("the row has no %q: %q", want, row)
		}
	}
	run(t, ctx, chromedp.SendKeys("#answers-filter", "GRANDMA"))
	until(t, ctx,
		`[...document.querySelectorAll("#answer-rows li")].filter((li) => !li.hidden).map((li) => li.querySelector(".key").textContent).join() === "key-1"`)
	tell(s, m, 6, "key-6", "grandma again", "")
	tell(s, m, 7, "key-7", "nobody", "")
	until(t, ctx,
		`[...document.querySelectorAll("#answer-rows li")].filter((li) => !li.hidden).map((li) => li.querySelector(".key").textContent).join() === "key-6,key-1"`)
	set(t, ctx, "answers-filter", "")

	run(t, ctx, chromedp.Focus("#answer-rows li:nth-child(6) .row"), chromedp.KeyEvent(kb.Enter),
		chromedp.WaitVisible("dialog .verdict"))
	explanation, err := m.Explain(ordinary[2], 1)
	if err != nil {
		t.Fatal(err)
	}
	top := explanation.Top
	detail := read[string](t, ctx, `document.getElementById("detail").innerText`)
	for _, want := range []string{
		"Answer", "key-2", "partition:0/offset:2", "out/0/2", m.Names()[m.Decide(p)], fmt.Sprintf("%.3f", p[0]), top[0].NGram,
		fmt.Sprintf("%.3f", math.Abs(top[0].Value)), "modeldigest", `{"data":{"ndarray":[]}}`,
	} {
		if !strings.Contains(detail, want) {
			t.Errorf("the detail has no %q:\n%s", want, detail)
		}
	}
	if got := read[string](t, ctx, `document.querySelector("dialog .quote").textContent`); got != ordinary[2] {
		t.Errorf("marked text %q", got)
	}
	if got := read[bool](t, ctx,
		`[...document.querySelectorAll("dialog mark")].some((e) => e.className.startsWith("for")) && [...document.querySelectorAll("dialog mark")].some((e) => e.className.startsWith("against"))`); !got {
		t.Error("no words for and against are marked")
	}
	run(t, ctx, chromedp.KeyEvent(kb.Escape), chromedp.WaitNotVisible("dialog"))
	if got := read[string](t, ctx, `document.activeElement.querySelector(".key").textContent`); got != "key-2" {
		t.Errorf("after closing, the focus is on %q", got)
	}

	run(t, ctx, chromedp.Click("#pause"))
	tell(s, m, 8, "key-8", "while paused", "")
	until(t, ctx, `document.querySelector("#tiles b").textContent === "9"`)
	if got := read[int](t, ctx, `document.querySelectorAll("#answer-rows li").length`); got != 8 {
		t.Errorf("%d rows while paused", got)
	}
	run(t, ctx, chromedp.Click("#pause"))
	until(t, ctx, `document.querySelector("#answer-rows .key").textContent === "key-8"`)
}

// TestTry types a comment and expects what both models say of it.
func TestTry(t *testing.T) {
	browser := chromium.Start(t)
	against, err := model.Original()
	if err != nil {
		t.Fatal(err)
	}
	_, url := serve(t, console.Config{Against: against})
	ctx := open(t, browser, url)
	text := "This is an input"
	run(t, ctx, chromedp.SendKeys("#comment", text))
	for i, m := range []*model.Model{defaultModel(t), against} {
		p := m.PredictProba(text)
		until(t, ctx,
			fmt.Sprintf(`(document.querySelectorAll("#verdicts .verdict")[%d]?.querySelector(".classes li:nth-child(2) .n").textContent || "") === "%.3f"`, i, p[1]))
	}
	run(t, ctx, chromedp.SendKeys("#comment", kb.End+"<b>bold</b>"))
	until(t, ctx, `(document.querySelector("#verdicts .quote")?.textContent || "").endsWith("input<b>bold</b>")`)
	if got := read[int](t, ctx, `document.querySelectorAll("main b.bold, #verdicts .quote b").length`); got != 0 {
		t.Errorf("%d elements of a comment", got)
	}
	set(t, ctx, "comment", "")
	until(t, ctx, `document.querySelectorAll("#verdicts .verdict").length === 0`)
}

// TestThreshold moves the slider and expects what would have been flagged.
func TestThreshold(t *testing.T) {
	browser := chromium.Start(t)
	m := defaultModel(t)
	s, url := serve(t, console.Config{})
	ctx := open(t, browser, url)
	flagged, now := 0, 0
	changed := map[string]bool{}
	for i, text := range ordinary {
		tell(s, m, i, fmt.Sprintf("key-%d", i), text, "")
		p := m.PredictProba(text)
		if p[1] >= 0.15 {
			flagged++
		}
		now += m.Decide(p)
		if p[1] >= 0.15 != (m.Decide(p) == 1) {
			changed[fmt.Sprintf("key-%d", i)] = true
		}
	}
	if len(changed) == 0 || now == 0 {
		t.Fatal("the comments do not tell the thresholds apart")
	}
	set(t, ctx, "slider", "0.15")
	until(t, ctx,
		fmt.Sprintf(`document.getElementById("threshold-said").textContent.startsWith("At 0.15: %d of 6 are removed (")`,
			flagged))
	said := read[string](t, ctx, `document.getElementById("threshold-said").textContent`)
	if want := fmt.Sprintf("%d %s more than at the model's 0.3239.", flagged-now,
		map[bool]string{true: "comment", false: "comments"}[flagged-now == 1]); !strings.HasSuffix(said, want) {
		t.Errorf("%q, want %q at its end", said, want)
	}
	keys := read[[]string](t, ctx, `[...document.querySelectorAll("#threshold-rows .key")].map((e) => e.textContent)`)
	if len(keys) != len(changed) {
		t.Errorf("changed are %q, want %v", keys, changed)
	}
	for _, k := range keys {
		if !changed[k] {
			t.Errorf("%s does not change", k)
		}
	}
	until(t, ctx,
		fmt.Sprintf(`[...document.querySelectorAll("#answer-rows .said b")].filter((e) => e.textContent === "removed").length === %d`, flagged))
}

// TestReplay looks at a dry run and then replays, once.
func TestReplay(t *testing.T) {
	browser := chromium.Start(t)
	m := defaultModel(t)
	var mu sync.Mutex
	var asked []string
	s, url := serve(t, console.Config{Replay: func(_ context.Context, reason string, dryRun bool) (console.Replayed,
		error) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, fmt.Sprint(reason, " ", dryRun))
		action := map[bool]string{true: "would_replay", false: "replayed"}[dryRun]
		letter := console.ReplayedLetter{Key: `<img src=x>`, ID: "1", Origin: "reddit-classifier-errors/0/0", Reason: reason, Action: action}
		return console.Replayed{Letters: []console.ReplayedLetter{letter}, Actions: map[string]int{action: 1},
			Notes: []string{"<b>note</b>"}}, nil
	}})
	tell(s, m, 0, "a", "x", "not_text")
	tell(s, m, 1, "b", "y", "no_data")
	ctx := open(t, browser, url)
	until(t, ctx, `document.querySelectorAll("#letter-rows li").length === 2`)
	if got := read[string](t, ctx, `document.querySelectorAll("#tiles small")[5].textContent`); got != "2 reasons" {
		t.Errorf("no reason is that of most dead letters, and the page says %q", got)
	}
	set(t, ctx, "letters-reason", "not_text")
	until(t, ctx,
		`[...document.querySelectorAll("#letter-rows li")].filter((li) => !li.hidden).map((li) => li.querySelector(".key").textContent).join() === "a"`)
	run(t, ctx, chromedp.Click("#dry-run"), chromedp.WaitVisible("#replay .strong"))
	if got := read[string](t, ctx, `document.querySelector("#replay .strong").textContent`); got != "Replay 1 letter" {
		t.Errorf("the button says %q", got)
	}
	run(t, ctx, chromedp.EmulateViewport(390, 844))
	judge(t, ctx)
	if got := read[float64](t, ctx, `document.querySelector("#replay td:nth-child(3)").offsetHeight`); got > 30 {
		t.Errorf("on a phone the reason is broken into lines, %v px high", got)
	}
	run(t, ctx, chromedp.Click("#replay .strong"))
	until(t, ctx,
		`document.querySelector("#replay h3").textContent === "Replayed" && document.querySelector("#replay td:nth-child(2)").textContent === "<img src=x>"`)
	mu.Lock()
	defer mu.Unlock()
	if got := strings.Join(asked, ", "); got != "not_text true, not_text false" {
		t.Errorf("asked %q", got)
	}
}

// TestThreeClasses shows a model of three classes, and one that has decisions alone.
func TestThreeClasses(t *testing.T) {
	browser := chromium.Start(t)
	for _, link := range []head.Link{head.LinkSoftmax, head.LinkNone} {
		m := modeltest.Words(t, link, false)
		s, url := serve(t, console.Config{Model: m})
		numbers := m.AppendProba(nil, "green")
		if link == head.LinkNone {
			numbers = m.AppendDecision(nil, "green")
		}
		s.Feed.Input(console.Input{ID: "1", Key: "k", At: time.Now(), Comments: []string{"green"}})
		s.Feed.Answer(console.Event{EventID: "1", Key: "k", At: time.Now()}, [][]float64{numbers})
		ctx := open(t, browser, url)
		until(t, ctx, `document.querySelector("#answer-rows .said b")?.textContent === "g"`)
		if got := read[bool](t, ctx,
			`document.getElementById("threshold").hidden && document.querySelectorAll("#tiles b")[4].textContent === "g"`); !got {
			t.Error("there is a threshold, or another label is the most frequent")
		}
		if got, want := read[bool](t, ctx,
			`document.getElementById("scores").closest("figure").hidden`), link == head.LinkNone; got != want {
			t.Errorf("the scores are hidden: %v", got)
		}
		run(t, ctx, chromedp.SendKeys("#comment", "green blue green"))
		until(t, ctx,
			`(document.querySelector("#verdicts .label")?.textContent || "") === "g" && document.querySelectorAll("#verdicts mark.for3").length === 2`)
		run(t, ctx, chromedp.Click("#answer-rows .row"), chromedp.WaitVisible("dialog .verdict"))
	}
}

// TestPredictedLabel shows the class that a model predicts, in the list, the box and the detail, where it is not the
// most probable one.
func TestPredictedLabel(t *testing.T) {
	browser := chromium.Start(t)
	m := modeltest.Votes(t)
	s, url := serve(t, console.Config{Model: m})
	answer := func(id string, comments ...string) {
		if comments != nil {
			s.Feed.Input(console.Input{ID: id, Key: id, At: time.Now(), Comments: comments})
		}
		s.Feed.Answer(console.Event{EventID: id, Key: id, At: time.Now()}, [][]float64{m.AppendProba(nil, "")})
	}
	answer("by votes", "red")
	answer("not known")
	ctx := open(t, browser, url)
	until(t, ctx, `document.querySelectorAll("#answer-rows li").length === 2`)
	labels := read[[]string](t, ctx, `[...document.querySelectorAll("#answer-rows .said")].map((e) => e.innerText)`)
	if !strings.HasPrefix(labels[0], "yes") || !strings.Contains(labels[0], "probably") ||
		!strings.HasPrefix(labels[1], "no") || strings.Contains(labels[1], "probably") {
		t.Errorf("labels %q", labels)
	}
	if got := read[string](t, ctx, `document.querySelectorAll("#tiles b")[4].textContent`); got != "50 %" {
		t.Errorf("flagged %s", got)
	}
	run(t, ctx, chromedp.SendKeys("#comment", "red"))
	until(t, ctx, `document.querySelector("#verdicts .label")?.innerText === "no"`)
	until(t, ctx, `document.getElementById("threshold-said").textContent ===
		"At 0.50: 2 of 2 are yes (100 %). The model itself does not predict by a threshold."`)
	until(t, ctx, `[...document.querySelectorAll("#threshold-rows li")].map((e) => e.querySelector(".key").textContent + " " +
		e.querySelector(".said b").textContent).join() === "by votes yes"`)
	run(t, ctx, chromedp.Click("#answer-rows li:nth-child(2) .row"), chromedp.WaitVisible("dialog .verdict"))
	if got := read[string](t, ctx, `document.querySelector("dialog .label").innerText`); got != "no" {
		t.Errorf("the detail says %q", got)
	}
}

// TestLoad lets a thousand records a second pass for half a minute. Neither the program nor the browser may grow with
// them, and the page goes on answering.
func TestLoad(t *testing.T) {
	const perSecond = 1000
	seconds := 30
	if testing.Short() {
		seconds = 5
	}
	browser := chromium.Start(t)
	m := defaultModel(t)
	s, url := serve(t, console.Config{})
	ctx := open(t, browser, url)
	total, slowest := 0, time.Duration(0)
	send := func(seconds int) {
		ticker := time.NewTicker(10 * time.Millisecond)
		defer ticker.Stop()
		for range seconds * 100 {
			<-ticker.C
			for range perSecond / 100 {
				reason := ""
				if total%20 == 0 {
					reason = "not_text"
				}
				tell(s, m, total, fmt.Sprintf("t1_%d", total), ordinary[total%len(ordinary)], reason)
				total++
			}
			if total%(perSecond/2) == 0 {
				begin := time.Now()
				read[int](t, ctx, `document.querySelectorAll("li").length`)
				slowest = max(slowest, time.Since(begin))
			}
		}
	}
	send(5) // until lists and rings are full
	before, heap := browserHeap(t, ctx), programHeap()
	send(seconds)
	after, grown := browserHeap(t, ctx), programHeap()
	t.Logf("browser %.1f MB, then %.1f; program %.1f MB, then %.1f; slowest answer of the page %v", before/1e6, after/1e6,
		heap/1e6, grown/1e6, slowest)
	if after > before+8e6 {
		t.Errorf("the browser's heap grew from %.1f to %.1f MB", before/1e6, after/1e6)
	}
	if grown > heap+24e6 {
		t.Errorf("the program's heap grew from %.1f to %.1f MB", heap/1e6, grown/1e6)
	}
	if slowest > 2*time.Second {
		t.Errorf("the page took %v to answer", slowest)
	}
	until(t, ctx,
		fmt.Sprintf(`document.querySelectorAll("#tiles b")[0].textContent === (%d).toLocaleString("en") && document.querySelectorAll("#tiles b")[5].textContent === (%d).toLocaleString("en")`, total-(total+19)/20, (total+19)/20))
	if got := read[[]int](t, ctx,
		`["answer-rows", "letter-rows"].map((id) => document.getElementById(id).children.length)`); got[0] != 200 ||
		got[1] != 200 {
		t.Errorf("%d rows are in the page", got)
	}
	if nodes := read[int](t, ctx, `document.querySelectorAll("*").length`); nodes > 10_000 {
		t.Errorf("%d elements", nodes)
	}
}

func browserHeap(t *testing.T, ctx context.Context) (used float64) {
	t.Helper()
	run(t, ctx, heapprofiler.CollectGarbage(), chromedp.ActionFunc(func(ctx context.Context) error {
		var err error
		used, _, _, _, err = cdpruntime.GetHeapUsage().Do(ctx)
		return err
	}))
	return used
}

func programHeap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
