package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"liuke.dev/deploy/local/broker"
	"liuke.dev/deploy/local/datadir"
	"liuke.dev/shared/freeport"
	"liuke.dev/shared/programtest/child"
)

// TestMain lets the test binary be the program that a test kills: both engines
// and a worker whose workflow rings once its timer fires. A ring is a message.
func TestMain(m *testing.M) { os.Exit(child.Main(m, serve)) }

func serve(cfg Config, up func(...any)) error {
	begin := time.Now()
	e, err := Start(context.Background(), cfg)
	if err != nil {
		return err
	}
	c, err := client.Dial(client.Options{HostPort: e.Temporal.Address(), Namespace: e.Temporal.Namespace(), Logger: quiet{}})
	if err != nil {
		return err
	}
	to := &kafka.Writer{Addr: kafka.TCP(e.Broker.Address()), Topic: "rings", RequiredAcks: kafka.RequireAll, BatchTimeout: 5 * time.Millisecond}
	w := worker.New(c, "alarms", worker.Options{StickyScheduleToStartTimeout: time.Minute})
	w.RegisterWorkflow(Alarm)
	w.RegisterActivity(&bell{to})
	if err := w.Start(); err != nil {
		return err
	}
	up(time.Since(begin))
	return <-e.Failed()
}

type bell struct{ to *kafka.Writer }

// Ring says that an alarm went off.
func (b *bell) Ring(ctx context.Context, id string) error {
	return b.to.WriteMessages(ctx, kafka.Message{Value: []byte(id)})
}

// Alarm waits until it is due and rings.
func Alarm(ctx workflow.Context, due time.Time) error {
	if err := workflow.Sleep(ctx, due.Sub(workflow.Now(ctx))); err != nil {
		return err
	}
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second})
	return workflow.ExecuteActivity(ctx, "Ring", workflow.GetInfo(ctx).WorkflowExecution.ID).Get(ctx, nil)
}

type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

func run(t *testing.T, cfg Config) *child.Process {
	t.Helper()
	p := child.Start(t, cfg)
	t.Logf("engines and worker ready after %s", p.Said[0])
	return p
}

func fresh(t *testing.T) Config {
	t.Helper()
	at, err := freeport.Addresses(3)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		Dir: t.TempDir(), Kafka: at[0], Temporal: at[1], TemporalUI: at[2], Topics: []broker.Topic{{Name: "rings", Partitions: 1}},
		SearchAttributes: map[string]enums.IndexedValueType{"Stage": enums.INDEXED_VALUE_TYPE_KEYWORD},
	}
	return cfg
}

// Timers of a killed program fire once after it starts again: those that came
// due while it was down, and those that are due later.
func TestTimersFireOnceAfterKill(t *testing.T) {
	cfg := fresh(t)
	p := run(t, cfg)
	var want []string
	c, err := client.Dial(client.Options{HostPort: cfg.Temporal, Namespace: "liuke", Logger: quiet{}})
	if err != nil {
		t.Fatal(err)
	}
	set := func(id string, in time.Duration) {
		t.Helper()
		if _, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: "alarms"}, Alarm, time.Now().Add(in)); err != nil {
			t.Fatal(err)
		}
		want = append(want, id)
	}
	for i := range 10 {
		set(fmt.Sprintf("down-%d", i), 2*time.Second)
	}
	for i := range 10 {
		set(fmt.Sprintf("later-%d", i), 6*time.Second)
	}
	c.Close()
	p.Kill()
	time.Sleep(2500 * time.Millisecond) // some come due while nothing runs
	run(t, cfg)
	got := rings(t, cfg.Kafka, len(want))
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("rang:\n%v\nwanted:\n%v", got, want)
	}
}

// rings waits for n rings and then for more, which must not come.
func rings(t *testing.T, address string, n int) []string {
	t.Helper()
	r := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{address}, Topic: "rings", StartOffset: kafka.FirstOffset, MaxWait: 500 * time.Millisecond})
	defer r.Close()
	var got []string
	deadline := time.Now().Add(30 * time.Second)
	for {
		wait := deadline
		if len(got) >= n {
			wait = time.Now().Add(2 * time.Second)
		}
		ctx, cancel := context.WithDeadline(t.Context(), wait)
		m, err := r.FetchMessage(ctx)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			return got
		}
		if err == nil {
			got = append(got, string(m.Value))
		}
	}
}

func TestASecondProgramOnTheSameDirectoryIsRefused(t *testing.T) {
	cfg := fresh(t)
	e, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	other := fresh(t)
	other.Dir = cfg.Dir
	if _, err := Start(t.Context(), other); !errors.Is(err, datadir.ErrInUse) {
		t.Errorf("got %v", err)
	}
	begin := time.Now()
	if err := e.Stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > 2500*time.Millisecond {
		t.Errorf("stopping took %s", took)
	}
}
