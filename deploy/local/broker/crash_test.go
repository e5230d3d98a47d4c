package broker

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
)

// C-06: what was acknowledged is there after kill -9, again and again.
func TestKillLosesNoAcknowledgedMessage(t *testing.T) {
	cfg := Config{Dir: t.TempDir(), Address: freeAddress(t), Topics: []Topic{{Name: "facts", Partitions: 6}}}
	var mu sync.Mutex
	acknowledged := map[string]bool{}
	for round := range 3 {
		c := startChild(t, cfg)
		ctx, cancel := context.WithCancel(t.Context())
		var senders sync.WaitGroup
		for sender := range 4 {
			senders.Go(func() {
				w := writer(c.address, "facts")
				w.MaxAttempts = 1
				defer w.Close()
				for i := 0; ctx.Err() == nil; i++ {
					value := fmt.Sprintf("%d/%d/%d", round, sender, i)
					if w.WriteMessages(ctx, kafka.Message{Key: []byte(value), Value: []byte(value)}) == nil {
						mu.Lock()
						acknowledged[value] = true
						mu.Unlock()
					}
				}
			})
		}
		time.Sleep(time.Second + time.Duration(round)*77*time.Millisecond)
		c.Kill()
		cancel()
		senders.Wait()
	}
	c := startChild(t, cfg)
	missing := len(acknowledged)
	if missing < 100 {
		t.Fatalf("only %d messages were acknowledged: the test proves nothing", missing)
	}
	t.Logf("%d acknowledged", missing)
	r := reader(c.address, "facts", "check")
	defer r.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for missing > 0 {
		m, err := r.FetchMessage(ctx)
		if err != nil {
			t.Fatalf("%d acknowledged messages are missing: %v", missing, err)
		}
		if acknowledged[string(m.Value)] {
			delete(acknowledged, string(m.Value))
			missing--
		}
	}
}

func TestCommittedOffsetsSurviveTwoKillsAndATornTail(t *testing.T) {
	cfg := Config{Dir: t.TempDir(), Address: freeAddress(t), Topics: []Topic{{Name: "facts", Partitions: 1}}}
	c := startChild(t, cfg)
	w := writer(c.address, "facts")
	defer w.Close()
	write(t, w, 0, 30)
	for round := range 3 {
		r := reader(c.address, "facts", "g")
		got := read(t, r, 10)
		if want := fmt.Sprint(round * 10); got[0] != want {
			t.Fatalf("round %d goes on at %s instead of %s: a committed offset was lost", round, got[0], want)
		}
		r.Close()
		c.Kill()
		for _, file := range []string{"groups.log", filepath.Join(partitionsDir, "facts-0", "0.dat"), filepath.Join(partitionsDir, "facts-0", "0.idx")} {
			tear(t, filepath.Join(cfg.Dir, file))
		}
		c = startChild(t, cfg)
	}
	write(t, w, 30, 31)
	r := reader(c.address, "facts", "g")
	defer r.Close()
	if got := read(t, r, 1); got[0] != "30" {
		t.Errorf("after torn tails: %v", got)
	}
}

// tear appends the beginning of an entry whose rest was never written.
func tear(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("\x40\x00\x00\x00\x12\x34\x56\x78\x01\x00{\"type\""); err != nil {
		t.Fatal(err)
	}
}

func TestATornWriteIsTakenOutAndLogged(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "groups.log")
	entry := func(text string) string {
		body := "\x01\x00" + text
		head := binary.LittleEndian.AppendUint32(nil, uint32(len(body)))
		return string(binary.LittleEndian.AppendUint32(head, crc32.Checksum([]byte(body), castagnoli))) + body
	}
	whole := entry("first") + entry("second")
	// A full disk tears in the middle: the broker goes on behind it once there is room again.
	if err := os.WriteFile(path, []byte(entry("first")+entry("torn")[:9]+entry("second")), 0o600); err != nil {
		t.Fatal(err)
	}
	tear(t, path)
	var log strings.Builder
	if err := repair(dir, slog.New(slog.NewTextHandler(&log, nil))); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != whole {
		t.Errorf("%q %v", got, err)
	}
	if !strings.Contains(log.String(), "torn write") {
		t.Errorf("log says %q", log.String())
	}
	log.Reset()
	if err := repair(dir, slog.New(slog.NewTextHandler(&log, nil))); err != nil || log.Len() > 0 {
		t.Errorf("a log in order was repaired: %q %v", log.String(), err)
	}
}
