package broker

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
)

const childConfig = "LIUKE_TEST_BROKER"

// TestMain lets the test binary be the broker that a test kills.
func TestMain(m *testing.M) {
	if text := os.Getenv(childConfig); text != "" {
		var cfg Config
		if err := json.Unmarshal([]byte(text), &cfg); err != nil {
			panic(err)
		}
		begin := time.Now()
		b, err := Start(context.Background(), cfg)
		if err != nil {
			fmt.Println("ERROR", err)
			os.Exit(1)
		}
		fmt.Println("READY", b.Address(), time.Since(begin))
		select {}
	}
	os.Exit(m.Run())
}

// child is a broker in a process of its own.
type child struct {
	cmd     *exec.Cmd
	address string
}

func startChild(t *testing.T, cfg Config) *child {
	t.Helper()
	text, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childConfig+"="+string(text))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: cmd}
	t.Cleanup(c.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	fields := strings.Fields(line)
	if err != nil || len(fields) < 2 || fields[0] != "READY" {
		t.Fatalf("the broker did not start: %q %v", line, err)
	}
	c.address = fields[1]
	t.Logf("broker ready after %s", fields[2])
	return c
}

// kill is kill -9.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := listen("127.0.0.1:0", "")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func writer(address, topic string) *kafka.Writer {
	return &kafka.Writer{
		Addr: kafka.TCP(address), Topic: topic, Balancer: &kafka.Hash{}, RequiredAcks: kafka.RequireAll,
		BatchTimeout: 5 * time.Millisecond, WriteBackoffMin: 20 * time.Millisecond, WriteBackoffMax: 250 * time.Millisecond,
		ReadTimeout: 3 * time.Second, WriteTimeout: 3 * time.Second,
		Transport: &kafka.Transport{DialTimeout: time.Second, MetadataTTL: time.Second},
	}
}

func reader(address, topic, group string) *kafka.Reader {
	return kafka.NewReader(kafka.ReaderConfig{
		Brokers: []string{address}, Topic: topic, GroupID: group, StartOffset: kafka.FirstOffset,
		MaxWait: 500 * time.Millisecond, ReadBackoffMin: 20 * time.Millisecond, ReadBackoffMax: 250 * time.Millisecond,
		HeartbeatInterval: 500 * time.Millisecond, JoinGroupBackoff: 250 * time.Millisecond,
		SessionTimeout: 2 * time.Second, RebalanceTimeout: 2 * time.Second, MaxBytes: 10 << 20,
	})
}

func write(t *testing.T, w *kafka.Writer, from, to int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var batch []kafka.Message
	for i := from; i < to; i++ {
		batch = append(batch, kafka.Message{Key: fmt.Appendf(nil, "key-%d", i%7), Value: fmt.Appendf(nil, "%d", i)})
	}
	if err := w.WriteMessages(ctx, batch...); err != nil {
		t.Fatal(err)
	}
}

// read fetches n messages, committing each when the reader has a group.
func read(t *testing.T, r *kafka.Reader, n int) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var got []string
	for len(got) < n {
		m, err := r.FetchMessage(ctx)
		if err != nil {
			if ctx.Err() != nil {
				t.Fatalf("%d of %d messages came: %v", len(got), n, err)
			}
			continue // an outage
		}
		got = append(got, string(m.Value))
		if r.Config().GroupID != "" {
			if err := r.CommitMessages(ctx, m); err != nil {
				t.Fatal(err)
			}
		}
	}
	return got
}

// none proves that a group has nothing left to read.
func none(t *testing.T, r *kafka.Reader) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	for {
		m, err := r.FetchMessage(ctx)
		if err == nil {
			t.Fatalf("%s came although nothing is left", m.Value)
		}
		if ctx.Err() != nil {
			return
		}
	}
}
