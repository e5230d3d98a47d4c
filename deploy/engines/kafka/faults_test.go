//go:build engines

package kafka_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"liuke.dev/deploy/engines/kafka"
	"liuke.dev/shared/freeport"
	client "liuke.dev/shared/kafka"
)

const topic = "facts"

// dial makes the topic on a client as Liuke's programs use it.
func dial(t *testing.T, c *kafka.Cluster) *client.Client {
	t.Helper()
	k := client.New(client.Config{Brokers: c.Addresses()})
	t.Cleanup(func() { _ = k.Close() })
	if err := k.EnsureTopics(t.Context(), []client.Topic{{Name: topic, Partitions: 1, Replication: c.Replication()}}); err != nil {
		t.Fatal(err)
	}
	return k
}

// writer writes numbered messages until it is stopped; outcomes that are not
// known are tried again with the same number.
type writer struct {
	stop context.CancelFunc
	done sync.WaitGroup

	mu    sync.Mutex
	acked int
}

func write(t *testing.T, k *client.Client) *writer {
	ctx, cancel := context.WithCancel(t.Context())
	w := &writer{stop: cancel}
	w.done.Go(func() {
		for i := 0; ctx.Err() == nil; {
			m := client.Message{Topic: topic, Key: "k", Value: fmt.Append(nil, i)}
			if k.Produce(context.WithoutCancel(ctx), []client.Message{m}) != nil {
				continue
			}
			i++
			w.mu.Lock()
			w.acked = i
			w.mu.Unlock()
		}
	})
	return w
}

func (w *writer) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.acked
}

// more waits until n more are acknowledged, and says how long that took.
func (w *writer) more(t *testing.T, n int) time.Duration {
	t.Helper()
	begin := time.Now()
	for goal := w.count() + n; w.count() < goal; time.Sleep(5 * time.Millisecond) {
		if time.Since(begin) > 30*time.Second {
			t.Fatalf("nothing more is acknowledged after %d", w.count())
		}
	}
	return time.Since(begin)
}

// all ends the writing and reads: every number that was acknowledged is there,
// and none for the first time after a later one.
func (w *writer) all(t *testing.T, k *client.Client) {
	t.Helper()
	w.stop()
	w.done.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	next, read := 0, 0
	err := k.Follow(ctx, topic, func(m client.Message) {
		var i int
		if _, err := fmt.Sscan(string(m.Value), &i); err != nil || i > next {
			t.Errorf("message %q came where %d was due", m.Value, next)
		}
		next = max(next, i+1)
		read++
	}, cancel)
	if next < w.count() {
		t.Errorf("%d of %d acknowledged messages are there (%v)", next, w.count(), err)
	}
	t.Logf("%d acknowledged, %d read", w.count(), read)
}

func TestKillsOfLeaderAndCoordinatorLoseNothingAcknowledged(t *testing.T) {
	c := start(t, kafka.Options{Nodes: 3})
	k := dial(t, c)
	w := write(t, k)
	w.more(t, 100)
	leader, err := c.Leader(t.Context(), topic, 0)
	must(t, err)
	must(t, leader.Kill())
	t.Logf("%s killed, which led: acknowledged again after %s", leader.Name(), w.more(t, 1))
	w.more(t, 50)
	if next, err := c.Leader(t.Context(), topic, 0); err != nil || next.ID == leader.ID {
		t.Errorf("leader after the kill: %v, %v", next, err)
	}
	must(t, leader.Restart(t.Context()))
	must(t, c.InSync(t.Context(), topic, 0))

	member, err := k.Join(t.Context(), "group", []string{topic})
	must(t, err)
	defer member.Close() //nolint:errcheck // the cluster goes as well
	_, err = member.Fetch(t.Context(), 10)
	must(t, err)
	coordinator, err := c.Coordinator(t.Context(), "group")
	must(t, err)
	must(t, coordinator.Kill())
	if next, err := c.Coordinator(t.Context(), "group"); err != nil || next.ID == coordinator.ID {
		t.Errorf("coordinator after the kill: %v, %v", next, err)
	}
	if controller, err := c.Controller(t.Context()); err != nil || controller.ID == coordinator.ID {
		t.Errorf("controller after the kill: %v, %v", controller, err)
	}
	w.more(t, 50)
	w.all(t, k)
}

// One node is killed, paused and continued.
func TestOneNodeIsKilledAndPaused(t *testing.T) {
	c := start(t, kafka.Options{})
	k := dial(t, c)
	w := write(t, k)
	w.more(t, 100)
	must(t, c.Kill())
	if c.Ready(t.Context()) == nil {
		t.Error("a dead broker answers")
	}
	must(t, c.Restart(t.Context()))
	t.Logf("killed and started: acknowledged again after %s", w.more(t, 1))
	must(t, c.Pause())
	before := w.count()
	time.Sleep(500 * time.Millisecond)
	if after := w.count(); after > before+1 {
		t.Errorf("a paused broker acknowledged %d messages", after-before)
	}
	must(t, c.Continue())
	t.Logf("continued: acknowledged again after %s", w.more(t, 1))
	w.all(t, k)
}

// What is advertised is what clients use: here nothing listens there.
func TestClientsAreToldTheAdvertisedAddress(t *testing.T) {
	ports, err := freeport.Find(freeport.Loopback, 1)
	must(t, err)
	proxy := freeport.Address(ports[0])
	c := start(t, kafka.Options{Advertised: []string{proxy}, Properties: map[string]string{"message.max.bytes": "12345"}})
	k := client.New(client.Config{Brokers: []string{c.Nodes[0].Direct}})
	defer k.Close() //nolint:errcheck // it never got anywhere
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	err = k.EnsureTopics(ctx, []client.Topic{{Name: topic, Partitions: 1, Replication: 1}})
	if err == nil || !strings.Contains(err.Error(), proxy) {
		t.Errorf("got %v, which does not name %s", err, proxy)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
