package broker

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// TestTail reads the last records of both partitions, and none of an empty topic.
func TestTail(t *testing.T) {
	addr, stop, err := Embedded(0)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	cluster := At(addr)
	client, err := cluster.Connect(t.Context(), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := Ensure(t.Context(), client, Topic{Name: "t", Partitions: 2},
		Topic{Name: "empty", Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		// 0, 2, 3, 5, 6, 8, 9 and 1, 4, 7
		r := &kgo.Record{Topic: "t", Partition: int32(i % 3 % 2), Value: fmt.Append(nil, i)}
		if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	for n, want := range map[int64]string{2: "4 7 8 9", 100: "0 1 2 3 4 5 6 7 8 9"} {
		var got []string
		if err := cluster.Tail(t.Context(), "t", n, 10*time.Second,
			func(r *kgo.Record) { got = append(got, string(r.Value)) }); err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		if s := fmt.Sprint(got); s != "["+want+"]" {
			t.Errorf("the last %d: %s, want %s", n, s, want)
		}
	}
	if err := cluster.Tail(t.Context(), "empty", 5, time.Second, func(*kgo.Record) { t.Error("a record") }); err != nil {
		t.Error(err)
	}
	if err := cluster.Tail(t.Context(), "absent", 5, time.Second, func(*kgo.Record) {}); err == nil {
		t.Error("a topic that does not exist")
	}
}
