package http

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"testing"
)

// TestManyLongBodies: as many as a pod lets in at once are all answered, in the memory that GOMEMLIMIT allows.
func TestManyLongBodies(t *testing.T) {
	s := serve(t, "ours", "GOMEMLIMIT=200MiB")
	for _, load := range []struct{ events, bytes int }{{99, 950_000}, {24, 4_000_000}} {
		text := bytes.Repeat([]byte("This is an input. "), load.bytes/18)
		var group sync.WaitGroup
		for range load.events {
			group.Go(func() {
				r, _ := http.NewRequest(http.MethodPost, "http://"+s.addr, bytes.NewReader(text))
				r.Header = http.Header{"Ce-Specversion": {"1.0"}, "Ce-Id": {"1"}, "Ce-Source": {"/a"}, "Ce-Type": {"b"}, "Content-Type": {"text/plain"}}
				resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				defer resp.Body.Close()
				if answer, _ := io.ReadAll(resp.Body); resp.StatusCode != 200 {
					t.Errorf("answered %d %s", resp.StatusCode, answer)
				}
			})
		}
		group.Wait()
		most := s.memory("VmHWM")
		t.Logf("%d of %d bytes: %d MiB at most", load.events, load.bytes, most)
		if most >= 200 && !raceEnabled {
			t.Errorf("%d MiB of memory, less than 200 are meant to do", most)
		}
	}
}
