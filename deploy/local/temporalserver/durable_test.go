package temporalserver

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
)

// A client's command is answered when the log is on the disk, and not before;
// what workers say and what is only read does not wait for the disk.
func TestCommandsAreAnsweredWhenTheyAreOnTheDisk(t *testing.T) {
	for method, waits := range map[string]bool{
		"StartWorkflowExecution": true, "SignalWorkflowExecution": true, "SignalWithStartWorkflowExecution": true, "TerminateWorkflowExecution": true,
		"RequestCancelWorkflowExecution": true, "UpdateWorkflowExecution": true, "ResetWorkflowExecution": true, "SetWorkerDeploymentCurrentVersion": true,
		"RespondActivityTaskCompletedById": true,
		"RespondWorkflowTaskCompleted":     false, "RespondActivityTaskFailed": false, "RecordActivityTaskHeartbeat": false, "PollWorkflowTaskQueue": false,
		"GetSystemInfo": false, "ListWorkflowExecutions": false, "QueryWorkflow": false, "Check": false,
	} {
		var written, syncs int
		d := newDurable("x", func(string) error {
			if written == 0 {
				t.Errorf("%s: synced before it was written", method)
			}
			syncs++
			return nil
		}, func(err error) { t.Error(err) })
		out, err := d.answer(t.Context(), nil, &grpc.UnaryServerInfo{FullMethod: "/temporal.api.workflowservice.v1.WorkflowService/" + method}, func(context.Context, any) (any, error) {
			written++
			return "done", nil
		})
		if out != "done" || err != nil || (syncs == 1) != waits {
			t.Errorf("%s: %v %v after %d syncs", method, out, err, syncs)
		}
	}
}

func TestACommandThatIsRefusedOrNotOnTheDisk(t *testing.T) {
	var failed error
	d := newDurable("x", func(string) error { t.Error("synced what was refused"); return nil }, func(err error) { failed = err })
	call := &grpc.UnaryServerInfo{FullMethod: "/w/SignalWorkflowExecution"}
	refused := errors.New("refused")
	if _, err := d.answer(t.Context(), nil, call, func(context.Context, any) (any, error) { return nil, refused }); !errors.Is(err, refused) {
		t.Error(err)
	}
	broken := errors.New("input/output error")
	d.sync = func(string) error { return broken }
	out, err := d.answer(t.Context(), nil, call, func(context.Context, any) (any, error) { return "done", nil })
	var away *serviceerror.Unavailable
	if out != nil || !errors.As(err, &away) || !errors.Is(failed, ErrFatal) || !errors.Is(failed, broken) {
		t.Errorf("answered %v, %v; the program hears %v", out, err, failed)
	}
}

// However many wait, each waits for a sync that began after it had written, and
// those that came meanwhile share the next.
func TestCommandsShareASync(t *testing.T) {
	var written, begun atomic.Int64
	var syncs int
	d := newDurable("x", func(string) error {
		begun.Store(written.Load())
		syncs++
		time.Sleep(5 * time.Millisecond)
		return nil
	}, nil)
	const writers, each = 16, 20
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for range each {
				mine := written.Add(1)
				if err := d.now(); err != nil {
					t.Error(err)
				}
				if begun.Load() < mine {
					t.Errorf("write %d was answered after a sync that began at %d", mine, begun.Load())
				}
			}
		})
	}
	all.Wait()
	if most := writers * each / 2; syncs < each || syncs > most {
		t.Errorf("%d syncs for %d commands of %d clients, want %d to %d", syncs, writers*each, writers, each, most)
	}
}

// What nobody waits for is synced within a second, and an idle server leaves the
// disk alone.
func TestWhatNobodyWaitsForIsSynced(t *testing.T) {
	database := filepath.Join(t.TempDir(), "t.db")
	synced := make(chan string, 8)
	d := newDurable(database, func(file string) error { synced <- file; return nil }, nil)
	done := make(chan struct{})
	defer close(done)
	go d.keep(done)
	write := func(text string) { // in one step, or it might be seen half written
		t.Helper()
		part := filepath.Join(t.TempDir(), "part")
		if err := errors.Join(os.WriteFile(part, []byte(text), 0o600), os.Rename(part, database+"-wal")); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{"a", "ab"} {
		write(text)
		select {
		case file := <-synced:
			if file != database+"-wal" {
				t.Errorf("synced %s", file)
			}
		case <-time.After(20 * atMost):
			t.Fatal("not synced")
		}
	}
	select {
	case <-synced:
		t.Error("synced though nothing was written")
	case <-time.After(5 * atMost / 2):
	}
}

// The real server's log is synced for a command, and only then is it answered.
func TestTheServerSyncsItsLog(t *testing.T) {
	var held atomic.Bool
	arrived, release := make(chan string, 1), make(chan struct{})
	cfg := fresh(t)
	cfg.sync = func(file string) error {
		if held.CompareAndSwap(true, false) {
			arrived <- file
			<-release
		}
		return syncFile(file)
	}
	_, c := start(t, cfg)
	held.Store(true)
	answered := make(chan error, 1)
	go func() {
		_, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "kept", TaskQueue: "nobody"}, journey, time.Hour)
		answered <- err
	}()
	file := <-arrived
	if _, err := os.Stat(file); err != nil {
		t.Errorf("what is synced is not the server's log: %v", err)
	}
	select {
	case err := <-answered:
		t.Errorf("answered before the disk had it: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	close(release)
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
}
