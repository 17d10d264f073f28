package broker_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"reddit-classifier/internal/broker/brokertest"

	"github.com/twmb/franz-go/pkg/kgo"
)

// TestTail reads the last records of both partitions, and none of an empty topic.
func TestTail(t *testing.T) {
	cluster, _ := brokertest.Start(t, 2, "t", "empty")
	client := brokertest.Connect(t, cluster, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	for i := range 10 {
		// 0, 2, 3, 5, 6, 8, 9 and 1, 4, 7
		r := &kgo.Record{Topic: "t", Partition: int32(i % 3 % 2), Value: fmt.Append(nil, i)}
		brokertest.Produce(t, client, r)
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
