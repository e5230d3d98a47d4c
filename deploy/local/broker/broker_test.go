package broker

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kfake"
)

func start(t *testing.T, cfg Config) *Broker {
	t.Helper()
	b, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Stop() })
	return b
}

func TestAGroupReadsEachMessageOnceAndGoesOnAfterARestart(t *testing.T) {
	cfg := Config{Dir: t.TempDir(), Address: freeAddress(t), Topics: []Topic{{Name: "leads.facts", Partitions: 12}}}
	b := start(t, cfg)
	w := writer(b.Address(), "leads.facts")
	defer w.Close()
	write(t, w, 0, 200)
	r := reader(b.Address(), "leads.facts", "insights")
	got := read(t, r, 150)
	r.Close()
	if err := b.Stop(); err != nil {
		t.Fatal(err)
	}

	begin := time.Now()
	b = start(t, cfg)
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("restart took %s", took)
	}
	write(t, w, 200, 250)
	r = reader(b.Address(), "leads.facts", "insights")
	defer r.Close()
	got = append(got, read(t, r, 100)...)
	slices.Sort(got)
	if len(slices.Compact(got)) != 250 {
		t.Errorf("%d different messages of 250", len(slices.Compact(got)))
	}
	none(t, r)
}

func TestOrderIsKeptPerKey(t *testing.T) {
	b := start(t, Config{Dir: t.TempDir(), Address: freeAddress(t), Topics: []Topic{{Name: "facts", Partitions: 3}}})
	w := writer(b.Address(), "facts")
	defer w.Close()
	for i := range 10 {
		write(t, w, i*70, (i+1)*70)
	}
	r := reader(b.Address(), "facts", "g")
	defer r.Close()
	last := map[int]int{}
	for _, text := range read(t, r, 700) {
		var i int
		fmt.Sscan(text, &i)
		if before, seen := last[i%7]; seen && i != before+7 {
			t.Fatalf("key %d: %d after %d", i%7, i, before)
		}
		last[i%7] = i
	}
}

func TestACompactedTopicKeepsTheNewestOfEachKeyAndDeletesNothingElse(t *testing.T) {
	cfg := Config{Dir: t.TempDir(), Address: freeAddress(t), Topics: []Topic{{Name: "policy", Partitions: 1, Compacted: true}, {Name: "facts", Partitions: 1}}}
	b := start(t, cfg)
	for _, topic := range []string{"policy", "facts"} {
		w := writer(b.Address(), topic)
		for i := range 5 {
			write(t, w, i*10, (i+1)*10)
		}
		w.Close()
	}
	b.Stop()

	b = start(t, cfg) // compacts
	fresh := reader(b.Address(), "policy", "")
	defer fresh.Close()
	// The last batch (40 to 49) stays out of compaction; of the others the newest of the seven keys stay.
	got := read(t, fresh, 17)
	if got[0] != "33" || got[16] != "49" {
		t.Errorf("compacted topic holds %v", got)
	}
	facts := reader(b.Address(), "facts", "")
	defer facts.Close()
	if got := read(t, facts, 50); got[0] != "0" || got[49] != "49" {
		t.Errorf("a topic that is not compacted lost messages: %v", got)
	}
	if left, _ := filepath.Glob(filepath.Join(cfg.Dir, keptDir+"*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestACompactionCutShortLosesNothing(t *testing.T) {
	cfg := Config{Dir: t.TempDir(), Address: freeAddress(t), Topics: []Topic{{Name: "policy", Partitions: 1, Compacted: true}}}
	b := start(t, cfg)
	w := writer(b.Address(), "policy")
	write(t, w, 0, 10)
	w.Close()
	b.Stop()
	// What a crash half way leaves: the old logs kept, the new one not written.
	cut := errors.New("killed")
	err := compact(cfg.Dir, []string{"policy"}, func() error {
		if err := os.Remove(filepath.Join(cfg.Dir, partitionsDir, "policy-0", "0.dat")); err != nil {
			t.Fatal(err)
		}
		return cut
	})
	if !errors.Is(err, cut) {
		t.Fatal(err)
	}
	b = start(t, cfg)
	r := reader(b.Address(), "policy", "")
	defer r.Close()
	if got := read(t, r, 10); got[0] != "0" || got[9] != "9" {
		t.Errorf("got %v", got)
	}
}

func TestTrimmingDropsOldMessagesThatEveryGroupHasReadAndKeepsOffsets(t *testing.T) {
	cfg := Config{Dir: t.TempDir(), Address: freeAddress(t), Topics: []Topic{{Name: "facts", Partitions: 1, RetentionBytes: 1000}}}
	b := start(t, cfg)
	w := writer(b.Address(), "facts")
	defer w.Close()
	for i := range 50 {
		write(t, w, i*10, (i+1)*10)
	}
	slow := reader(b.Address(), "facts", "slow")
	read(t, slow, 100)
	slow.Close()
	firstOffset := func() int64 { return b.cluster.PartitionInfo("facts", 0).LogStartOffset }
	if err := b.trim(cfg.Topics); err != nil || firstOffset() != 100 {
		t.Fatalf("cut to offset %d while a group has read 100 (%v)", firstOffset(), err)
	}
	slow = reader(b.Address(), "facts", "slow")
	if got := read(t, slow, 400); got[0] != "100" {
		t.Fatalf("the group went on at %s", got[0])
	}
	slow.Close()
	if err := b.trim(cfg.Topics); err != nil || firstOffset() < 200 || firstOffset() > 499 {
		t.Fatalf("cut to offset %d when all is read (%v)", firstOffset(), err)
	}

	b.Stop()
	b = start(t, cfg)
	write(t, w, 500, 501)
	r := reader(b.Address(), "facts", "slow")
	defer r.Close()
	if got := read(t, r, 1); got[0] != "500" {
		t.Errorf("after trimming and a restart the group got %s", got[0])
	}
}

func TestTrimmingNeverEmptiesALog(t *testing.T) {
	p := &kfake.PartitionInfo{LogStartOffset: 10, HighWatermark: 20, NumBytes: 5000}
	if at := oldest(p, 0); at != 19 {
		t.Errorf("cut at %d", at)
	}
	if at := oldest(p, 5000); at != 10 {
		t.Errorf("cut at %d although nothing is above the limit", at)
	}
}

func TestAPortInUseNamesPortAndFlag(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = Start(t.Context(), Config{Dir: t.TempDir(), Address: l.Addr().String()})
	_, number, _ := net.SplitHostPort(l.Addr().String())
	if err == nil || !strings.Contains(err.Error(), number) || !strings.Contains(err.Error(), Flag) {
		t.Errorf("got %v", err)
	}
}

func TestAChangedNumberOfPartitionsIsRefused(t *testing.T) {
	cfg := Config{Dir: t.TempDir(), Address: freeAddress(t), Topics: []Topic{{Name: "facts", Partitions: 3}}}
	start(t, cfg).Stop()
	cfg.Topics[0].Partitions = 4
	if _, err := Start(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "facts has 3 partitions") {
		t.Errorf("got %v", err)
	}
	cfg.Topics = []Topic{{Name: "facts", Partitions: 3}, {Name: "new", Partitions: 2}}
	if n := start(t, cfg).partitions("new"); n != 2 {
		t.Errorf("a topic added later has %d partitions", n)
	}
}

func TestAnUnknownTopicIsNotMadeByAsking(t *testing.T) {
	b := start(t, Config{Dir: t.TempDir(), Address: freeAddress(t)})
	w := writer(b.Address(), "misspelt")
	w.MaxAttempts = 2
	defer w.Close()
	if err := w.WriteMessages(t.Context(), kafka.Message{Value: []byte("x")}); !errors.Is(err, kafka.UnknownTopicOrPartition) {
		t.Errorf("got %v", err)
	}
}

func TestAMessageTooLargeIsRefused(t *testing.T) {
	b := start(t, Config{Dir: t.TempDir(), Address: freeAddress(t), Topics: []Topic{{Name: "facts", Partitions: 1}}, MaxMessageBytes: 10_000})
	w := writer(b.Address(), "facts")
	w.MaxAttempts = 2
	defer w.Close()
	if err := w.WriteMessages(t.Context(), kafka.Message{Value: make([]byte, 20_000)}); !refusedAs(err, kafka.MessageSizeTooLarge) {
		t.Errorf("got %v", err)
	}
}

func refusedAs(err error, want kafka.Error) bool {
	var each kafka.WriteErrors
	return errors.As(err, &each) && len(each) == 1 && errors.Is(each[0], want)
}

func TestBytesThatAreNoRequestDoNotEndTheBroker(t *testing.T) {
	b := start(t, Config{Dir: t.TempDir(), Address: freeAddress(t), Topics: []Topic{{Name: "facts", Partitions: 1}}})
	for name, bytes := range map[string]string{
		"a browser":      "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"TLS":            "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"an unknown key": "\x00\x00\x00\x10\x7f\x00\x00\x00\x00\x00\x00\x01\xff\xff\x00\x00\x00\x00\x00\x00",
		"nonsense":       "\x00\x00\x00\x20\x00\x01\x00\x0c\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
		"too short":      "\x00\x00\x00\x01\x00\x00\x00\x00",
	} {
		conn, err := net.Dial("tcp", b.Address())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write([]byte(bytes)); err != nil {
			t.Fatal(err)
		}
		conn.SetReadDeadline(time.Now().Add(2 * time.Second))
		if n, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: the connection was not closed (%d bytes, %v)", name, n, err)
		}
		conn.Close()
	}
	w := writer(b.Address(), "facts")
	defer w.Close()
	write(t, w, 0, 1)
}
