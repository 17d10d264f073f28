package page

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// hostile are comments that try to be more than text; they are long enough to be shown.
var hostile = []string{
	`<script>document.title = "taken over"</script> lol nobody asked for this joke haha`,
	`lol funny <img src="http://example.invalid/x.png" onerror="document.title='taken over'"> joke haha dude`,
	`</title></svg></style><script>throw new Error("ran")</script> lol dude haha funny`,
	`dude lol "quotes' and ${template} {{.Braces}} <!-- comments --> haha joke`,
}

var (
	idle    = strings.Fields("lol haha joke funny dude wow nope literally my mom said whatever meme upvote lame bro")
	careful = strings.Fields("study sample control method result effect paper evidence measure hypothesis correlation author figure data significant")
	common  = strings.Fields("the a of and to in that is it was for on with as this are be at by from have not or which but they")
)

// comment makes a comment of one kind, most of the time.
func comment(random *rand.Rand, removed bool) string {
	words := careful
	if removed != (random.Float64() < 0.15) {
		words = idle
	}
	n := 4 + int(random.ExpFloat64()*14)
	if !removed {
		n = 10 + int(random.ExpFloat64()*45)
	}
	list := make([]string, n)
	for i := range list {
		pool := common
		if random.Float64() < 0.35 {
			pool = words
		}
		list[i] = pool[random.IntN(len(pool))]
	}
	text := strings.Join(list, " ")
	switch random.IntN(9) {
	case 0:
		text = "&gt; " + text + "\r\n\r\nIs that so?"
	case 1:
		text += " see [the paper](https://example.org/paper?id=7&amp;page=2)"
	case 2:
		text += " -- na\u00c3\u00afve <U+1F44F>\\_" // UTF-8 read as ISO-8859-1, which the file is written in
	case 3:
		text += " WHATEVER!!"
	}
	return text
}

// writeComments writes a file in the layout with scores and dates.
func writeComments(t *testing.T) string {
	t.Helper()
	random := rand.New(rand.NewPCG(7, 7))
	path := filepath.Join(t.TempDir(), "comments.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := csv.NewWriter(f)
	w.Write([]string{"", "body", "score", "parent_id", "id", "created_utc", "retrieved_on", "REMOVED"})
	for i := range 900 {
		removed := random.Float64() < 0.35
		text := comment(random, removed)
		if i < len(hostile) {
			text, removed = hostile[i], false // idle words, but kept: the model will be wrong, and the report shows them
		}
		label := "False"
		if removed {
			label = "True"
		}
		created := 1.48e9 + float64(random.IntN(400))*86400
		w.Write([]string{strconv.Itoa(i), latin1(text), strconv.Itoa(random.IntN(60) - 8), "t3_x", fmt.Sprintf("c%d", i),
			strconv.FormatFloat(created, 'f', 0, 64), "1500000000", label})
	}
	w.Flush()
	if err := w.Error(); err != nil {
		t.Fatal(err)
	}
	return path
}

// latin1 writes each character up to U+00FF as one byte.
func latin1(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}
