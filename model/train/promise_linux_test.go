package train

import (
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"reddit-classifier/model/train/dataset"
	"reddit-classifier/test/shared"
)

// trainVariable names the file that this program is to train on, as a process of its own, instead of running tests.
const trainVariable = "TRAIN_ON"

func TestMain(m *testing.M) {
	path := os.Getenv(trainVariable)
	if path == "" {
		os.Exit(m.Run())
	}
	o := Default()
	if os.Getenv("TRAIN_FEATURES") == "rich" {
		o = DefaultRich()
	}
	d, err := dataset.Read(nil, dataset.Options{}, path)
	if err == nil {
		_, err = Run(context.Background(), d, o, nil)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// cost is what a training took, from the file to the artifact.
type cost struct {
	wall, processor time.Duration
	megabytes       float64 // the most it had at once
}

func training(tb testing.TB, path, features string) cost {
	tb.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), trainVariable+"="+path, "TRAIN_FEATURES="+features)
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%v\n%s", err, out)
	}
	s := cmd.ProcessState
	return cost{time.Since(start), s.UserTime() + s.SystemTime(), float64(s.SysUsage().(*syscall.Rusage).Maxrss) / 1024}
}

var sentenceEnd = regexp.MustCompile(`([.!?])\s+`)

// resampled writes a file of n comments. Each has as many sentences as some public comment, drawn from all sentences of
// comments of its class.
func resampled(tb testing.TB, n int) (path string) {
	tb.Helper()
	d, err := dataset.Read(nil, dataset.Options{}, shared.File(tb, "data", "comments_train.csv"))
	if err != nil {
		tb.Fatal(err)
	}
	var sentences [2][]string
	lengths := make([]int, d.Len())
	for i, text := range d.Texts {
		parts := strings.Split(sentenceEnd.ReplaceAllString(text, "$1\x00"), "\x00")
		lengths[i] = len(parts)
		sentences[d.Labels[i]] = append(sentences[d.Labels[i]], parts...)
	}
	path = filepath.Join(tb.TempDir(), "resampled.csv")
	file, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	w := csv.NewWriter(file)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range n {
		like := r.IntN(d.Len())
		from := sentences[d.Labels[like]]
		var text []byte
		for range lengths[like] {
			for _, c := range from[r.IntN(len(from))] + " " {
				text = append(text, byte(c)) // as the file has it, ISO-8859-1
			}
		}
		w.Write([]string{strconv.Itoa(i), "0", string(text), strconv.Itoa(d.Labels[like])})
	}
	w.Flush()
	if err := w.Error(); err != nil {
		tb.Fatal(err)
	}
	if err := file.Close(); err != nil {
		tb.Fatal(err)
	}
	return path
}

// TestCost: 200,000 comments in 30 seconds on two processors and in 2 GB, on a part of them, so that it takes seconds.
// It looks at processor time, which other programs on the machine change less than they do the time of day. And twice
// the comments take twice the time.
func TestCost(t *testing.T) {
	if testing.Short() {
		t.Skip("trains on 50,000 comments")
	}
	const few, many = 10_000, 40_000
	per := func(n int) (time.Duration, float64) {
		c := training(t, resampled(t, n), "words")
		t.Logf("%d comments: %.2f s, %.2f s of processors, %.0f MB", n, c.wall.Seconds(), c.processor.Seconds(), c.megabytes)
		return c.processor / time.Duration(n), c.megabytes * 1024 / float64(n)
	}
	small, _ := per(few)
	large, kilobytes := per(many)
	if limit := 2 * 30 * time.Second / 200_000; large > limit && !raceEnabled {
		t.Errorf("%v of processor time a comment, want at most %v", large, limit)
	}
	if limit := 2e6 / 200_000.0; kilobytes > limit && !raceEnabled {
		t.Errorf("%.1f KB a comment, want at most %.1f", kilobytes, limit)
	}
	if large > small*3/2 {
		t.Errorf("a comment takes %v among %d, and %v among %d: more than linear", small, few, large, many)
	}
}

// BenchmarkResampled is the whole training, with five folds, of ever more comments: go test -run ^$ -bench Resampled
// -benchtime 1x
func BenchmarkResampled(b *testing.B) {
	for _, features := range []string{"words", "rich"} {
		for _, n := range []int{25_000, 50_000, 100_000, 200_000} {
			b.Run(fmt.Sprintf("%s/%d", features, n), func(b *testing.B) {
				path := resampled(b, n)
				var c cost
				for b.Loop() {
					c = training(b, path, features)
				}
				b.ReportMetric(c.wall.Seconds(), "s")
				b.ReportMetric(c.processor.Seconds(), "processor-s")
				b.ReportMetric(c.megabytes, "MB")
				b.ReportMetric(float64(n)/c.wall.Seconds(), "comments/s")
			})
		}
	}
}
