package kafkatest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"liuke.dev/shared/kafka"
)

// Suite is what Liuke relies on in a cluster. name makes topics and groups of
// its own for each run.
func Suite(t *testing.T, c kafka.Cluster, name string) {
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	wide, narrow := name+".wide", name+".narrow"
	topics := []kafka.Topic{{Name: wide, Partitions: 4}, {Name: narrow, Partitions: 1, Compacted: true}}

	t.Run("topics are made once however many ask at once", func(t *testing.T) {
		var wait sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wait.Go(func() { errs[i] = c.EnsureTopics(ctx, topics) })
		}
		wait.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if err := c.Ping(ctx); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("a group gets each key in order and goes on where it committed", func(t *testing.T) { inOrder(ctx, t, c, wide, name+".group") })
	t.Run("the lag is what is not committed", func(t *testing.T) { lag(ctx, t, c, wide, name+".lag") })
	t.Run("what another member set back is committed again", func(t *testing.T) { setBack(ctx, t, c, wide, name+".back") })
	t.Run("a follower reads the whole topic, says when, and goes on", func(t *testing.T) { follow(ctx, t, c, narrow) })
	t.Run("headers and empty values arrive", func(t *testing.T) { headers(ctx, t, c, narrow) })
	t.Run("what is larger than a fetch arrives whole", func(t *testing.T) { large(ctx, t, c, wide, name+".large") })
}

func inOrder(ctx context.Context, t *testing.T, c kafka.Cluster, topic, group string) {
	const keys, each = 7, 60
	for round := range 3 {
		var batch []kafka.Message
		for i := range each / 3 {
			for k := range keys {
				batch = append(batch, kafka.Message{Topic: topic, Key: fmt.Sprint("key", k), Value: fmt.Append(nil, round*each/3+i)})
			}
		}
		if err := c.Produce(ctx, batch); err != nil {
			t.Fatal(err)
		}
	}
	next := map[string]int{}
	for read := 0; read < keys*each; {
		m, err := c.Join(ctx, group, []string{topic})
		if err != nil {
			t.Fatal(err)
		}
		for stop := read + keys*each/2; read < stop; {
			got, err := m.Fetch(ctx, min(100, stop-read))
			if err != nil {
				t.Fatal(err)
			}
			for _, msg := range got {
				if want := fmt.Sprint(next[msg.Key]); string(msg.Value) != want {
					t.Fatalf("%s: %s instead of %s", msg.Key, msg.Value, want)
				}
				next[msg.Key]++
			}
			read += len(got)
			if err := m.Commit(ctx, got); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func lag(ctx context.Context, t *testing.T, c kafka.Cluster, topic, group string) {
	before, err := c.Lag(ctx, group, []string{topic})
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Join(ctx, group, []string{topic})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	got, err := m.Fetch(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Commit(ctx, got); err != nil {
		t.Fatal(err)
	}
	if before[topic] < 2 {
		t.Fatalf("lag %v", before)
	}
	becomes(ctx, t, c, topic, group, func(lag int64) bool { return lag == before[topic]-1 })
}

// becomes waits until a group's lag is as wanted, and gives it.
func becomes(ctx context.Context, t *testing.T, c kafka.Cluster, topic, group string, wanted func(lag int64) bool) int64 {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		lag, err := c.Lag(ctx, group, []string{topic})
		if err != nil {
			t.Fatal(err)
		}
		if wanted(lag[topic]) {
			return lag[topic]
		}
		if time.Now().After(deadline) {
			t.Fatalf("the lag stays %v", lag)
		}
	}
}

// setBack commits an older message after a newer one, as a member does that lost a
// partition with messages in hand.
func setBack(ctx context.Context, t *testing.T, c kafka.Cluster, topic, group string) {
	m, err := c.Join(ctx, group, []string{topic})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	r, ok := m.(kafka.Reaffirmer)
	if !ok {
		return // its offsets go forward alone
	}
	var got []kafka.Message
	for len(got) < 20 {
		more, err := m.Fetch(ctx, 20)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, more...)
	}
	before := becomes(ctx, t, c, topic, group, func(int64) bool { return true })
	if err := m.Commit(ctx, got); err != nil {
		t.Fatal(err)
	}
	right := becomes(ctx, t, c, topic, group, func(lag int64) bool { return lag == before-int64(len(got)) })
	if err := m.Commit(ctx, got[:1]); err != nil {
		t.Fatal(err)
	}
	becomes(ctx, t, c, topic, group, func(lag int64) bool { return lag > right })
	if err := r.Reaffirm(ctx); err != nil {
		t.Fatal(err)
	}
	becomes(ctx, t, c, topic, group, func(lag int64) bool { return lag == right })
}

func follow(ctx context.Context, t *testing.T, c kafka.Cluster, topic string) {
	ctx, cancel := context.WithCancel(ctx)
	send := func(key, value string) {
		if err := c.Produce(ctx, []kafka.Message{{Topic: topic, Key: key, Value: []byte(value)}}); err != nil {
			t.Error(err)
		}
	}
	send("a", "1")
	send("b", "2")
	got, there, ended := make(chan string, 10), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- c.Follow(ctx, topic, func(m kafka.Message) { got <- m.Key + string(m.Value) }, func() { close(there) })
	}()
	select {
	case <-there:
	case <-ctx.Done():
		t.Fatal("never caught up")
	}
	if read := []string{<-got, <-got}; strings.Join(read, " ") != "a1 b2" {
		t.Fatal(read)
	}
	sent := time.Now()
	send("a", "3")
	select {
	case v := <-got:
		if v != "a3" {
			t.Error(v)
		}
		t.Logf("a message reached the follower %s after it was sent", time.Since(sent))
	case <-ctx.Done():
		t.Fatal("the new message did not come")
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func headers(ctx context.Context, t *testing.T, c kafka.Cluster, topic string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := c.Produce(ctx, []kafka.Message{
		{Topic: topic, Key: "h", Value: []byte("v"), Headers: []kafka.Header{{Key: "名", Value: "值"}, {Key: "empty"}}},
		{Topic: topic, Key: "h"},
	}); err != nil {
		t.Fatal(err)
	}
	var last []kafka.Message
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = c.Follow(ctx, topic, func(m kafka.Message) { last = append(last, m) }, cancel)
	}()
	<-ended
	n := len(last)
	if n < 2 || last[n-2].Header("名") != "值" || last[n-1].Value != nil || last[n-1].Key != "h" {
		t.Fatalf("%+v", last)
	}
}

// large sends messages of every size up to the largest that is sent, in the way of
// small ones, and reads them as a member and as a follower.
func large(ctx context.Context, t *testing.T, c kafka.Cluster, topic, group string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sizes := []int{10, 100 << 10, 200 << 10, 1 << 20, kafka.DefaultMaxMessageBytes - 1000, 10}
	var batch []kafka.Message
	for i, size := range sizes {
		batch = append(batch, kafka.Message{Topic: topic, Key: "large", Value: bytes.Repeat([]byte{byte('a' + i)}, size)})
	}
	if err := c.Produce(ctx, batch); err != nil {
		t.Fatal(err)
	}
	whole := func(who string, got []kafka.Message) {
		for i, m := range got {
			if !bytes.Equal(m.Value, batch[i].Value) {
				t.Errorf("the %s got %d bytes as number %d instead of %d", who, len(m.Value), i, sizes[i])
			}
		}
	}
	m, err := c.Join(ctx, group, []string{topic})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}()
	var got []kafka.Message
	take := func(msg kafka.Message) {
		if msg.Key == "large" {
			got = append(got, msg)
		}
	}
	for len(got) < len(sizes) {
		some, err := m.Fetch(ctx, 10)
		if err != nil {
			t.Fatalf("after %d of %d: %v", len(got), len(sizes), err)
		}
		for _, msg := range some {
			take(msg)
		}
	}
	whole("member", got)
	got = nil
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = c.Follow(ctx, topic, take, cancel)
	}()
	<-ended
	if len(got) != len(sizes) {
		t.Fatalf("the follower got %d of %d", len(got), len(sizes))
	}
	whole("follower", got)
}
