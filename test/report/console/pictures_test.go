package console

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"reddit-classifier/internal/console"
	"reddit-classifier/test/report/chromium"
)

var docs = flag.String("docs", "", "write the pictures of docs/monitoring.md into `DIR`")

// written are comments for the pictures.
var written = []string{
	"How large was the control group, and was it followed for as long as the others?",
	"lol so basically my grandma was right all along",
	"The preprint is at https://example.org/a-study.pdf, figure 3 shows the effect.",
	"Only an idiot would pay for this kind of research.",
	"They adjusted for age and income, but not for how much people sleep.",
	"So what you are saying is that I can eat chocolate every day? Nice.",
	"It’s “significant” only if you don’t correct for multiple tests.",
	"Nobody cares, go outside.",
	"I work in a lab that does this: the sample is small because each scan takes two hours.",
	"Finally some good news about coral reefs 🐠🎉",
	"Does anyone have access to the full paper? The abstract says nothing about dosage.",
	"My cat does the same thing and nobody writes a paper about her",
	"A correlation of 0.2 in a sample of 40 is well within what chance gives.",
	"Wow, water is wet. More news at eleven.",
}

// TestPictures draws two minutes of a quiet evening.
func TestPictures(t *testing.T) {
	if *docs == "" {
		t.Skip("for -docs")
	}
	browser := chromium.Start(t)
	m := defaultModel(t)
	s, url := serve(t, console.Config{})
	n := 0
	for second := 118; second > 0; second-- {
		for range int(8 + 4*math.Sin(float64(second)/9)) {
			at := time.Now().Add(-time.Duration(second) * time.Second)
			id, key, text := fmt.Sprintf("partition:%d/offset:%d", n%2, n/2), fmt.Sprintf("t1_%07x",
				0xabc123+n*7919), written[n*5%len(written)]
			s.Feed.Input(console.Input{ID: id, Key: key, At: at, Comments: []string{text}})
			ev := console.Event{
				EventID: id, Key: key, At: at.Add(time.Duration(9+n%23) * time.Millisecond),
				Origin: fmt.Sprintf("reddit-classifier-output/%d/%d", n%2, n/2), ContentType: "application/json",
				Attributes: map[string]string{"id": "f772b5e4c39c2a10a10cb8f98b0fc415", "type": "reddit.classifier.prediction.v1",
					"modeldigest": m.Digest()[:12], "causationid": id},
			}
			if second == 40 || second == 41 {
				s.Feed.DeadLetter(ev, console.Refusal{Code: "422", Reason: "not_text",
					Message: "data.ndarray[0] is a number, not a text", Source: "/apis/v1/namespaces/default/kafkasources/reddit-classifier#reddit-classifier-input"})
			} else {
				p := m.PredictProba(text)
				ev.Data = fmt.Appendf(nil, `{"data":{"names":["t:0","t:1"],"ndarray":[[%v,%v]]},"meta":{}}`, p[0], p[1])
				s.Feed.Answer(ev, [][]float64{p[:]})
			}
			n++
		}
	}
	s.Feed.SetLag(console.Lag{Group: "reddit-classifier", Records: 2})
	ctx := open(t, browser, url)
	shoot := func(name string, width, height int64) {
		var png []byte
		run(t, ctx, chromedp.EmulateViewport(width, height), chromedp.Sleep(300*time.Millisecond),
			chromedp.CaptureScreenshot(&png))
		if err := os.WriteFile(filepath.Join(*docs, name), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	shoot("console.png", 1180, 1010)
	run(t, ctx, motionless("dark"),
		chromedp.Evaluate(`[...document.querySelectorAll("#answer-rows .row")].find((r) => r.textContent.includes("idiot")).click()`, nil), chromedp.WaitVisible("dialog .verdict"))
	shoot("console-detail.png", 900, 800)
}
