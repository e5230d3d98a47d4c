package facts_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"liuke.dev/shared/kafka"
)

// a coordinator that is away behind a proxy takes connections and ends them,
// which a client reads as the end of a file. A member of a group outlives that and
// goes on; it once took it for its own end, and nobody in the group read any more.
func TestAMemberOutlivesACoordinatorThatEndsEveryConnection(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.GroupMinSessionTimeout(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	client := kafka.New(kafka.Config{Brokers: cluster.ListenAddrs(), SessionTimeout: 2 * time.Second})
	t.Cleanup(func() { _ = client.Close() })
	if err := client.EnsureTopics(t.Context(), []kafka.Topic{{Name: "t", Partitions: 1}}); err != nil {
		t.Fatal(err)
	}
	member, err := client.Join(t.Context(), "g", []string{"t"})
	if err != nil {
		t.Fatal(err)
	}
	defer member.Close() //nolint:errcheck // only read
	send := func(text string) {
		t.Helper()
		if err := client.Produce(t.Context(), []kafka.Message{{Topic: "t", Key: "k", Value: []byte(text)}}); err != nil {
			t.Fatal(err)
		}
	}
	read := func(text string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		for { // what was not committed when the coordinator went away comes again
			got, err := member.Fetch(ctx, 1)
			if err != nil {
				t.Fatalf("read %v, want %s", err, text)
			}
			if err := member.Commit(ctx, got); err != nil {
				t.Fatal(err)
			}
			if string(got[0].Value) == text {
				return
			}
		}
	}
	send("before")
	read("before")

	var away atomic.Bool
	var ended atomic.Int64
	away.Store(true)
	for _, request := range []kmsg.Request{kmsg.NewPtrFindCoordinatorRequest(), kmsg.NewPtrHeartbeatRequest(), kmsg.NewPtrJoinGroupRequest()} {
		cluster.ControlKey(request.Key(), func(kmsg.Request) (kmsg.Response, error, bool) {
			cluster.KeepControl()
			if !away.Load() {
				return nil, nil, false
			}
			ended.Add(1)
			return nil, errors.New("the coordinator is away"), true
		})
	}
	for end := time.Now().Add(30 * time.Second); ended.Load() < 12 && time.Now().Before(end); { // several rounds of kafka-go's attempts
		time.Sleep(20 * time.Millisecond)
	}
	away.Store(false)
	send("after")
	read("after")
}
