//go:build engines

package temporal_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"liuke.dev/deploy/engines/postgres"
	"liuke.dev/deploy/engines/temporal"
	"liuke.dev/workflows/host"
)

// journey counts its steps until it is told to end.
func journey(ctx workflow.Context) (steps int, err error) {
	step := workflow.GetSignalChannel(ctx, "step")
	for {
		var last bool
		step.Receive(ctx, &last)
		if last {
			return steps, nil
		}
		if err := workflow.Sleep(ctx, 10*time.Millisecond); err != nil {
			return steps, err
		}
		steps++
	}
}

func TestAWorkflowGoesOnAfterKillsOfServerAndDatabase(t *testing.T) {
	dir := t.TempDir()
	db, s := start(t, dir)
	ui, err := temporal.StartUI(t.Context(), dir, temporal.UIOptions{Temporal: s.Address})
	must(t, err)
	t.Cleanup(func() { _ = ui.Kill() })

	c, err := client.Dial(client.Options{HostPort: s.Address, Namespace: temporal.Namespace, Logger: quiet{}})
	must(t, err)
	defer c.Close()
	w := worker.New(c, "q", worker.Options{})
	w.RegisterWorkflow(journey)
	must(t, w.Start())
	defer w.Stop()
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "first", TaskQueue: "q"}, journey)
	must(t, err)

	step(t, c, false)
	must(t, db.Kill())
	if db.Ready(t.Context()) == nil {
		t.Error("a dead database answers")
	}
	must(t, db.Restart(t.Context()))
	t.Logf("database killed and started: a signal is taken after %s", step(t, c, false))

	must(t, s.Kill())
	must(t, s.Restart(t.Context()))
	t.Logf("server killed and started: a signal is taken after %s", step(t, c, false))

	must(t, db.Pause())
	must(t, s.Pause())
	if s.Ready(t.Context()) == nil {
		t.Error("a paused server answers")
	}
	must(t, db.Continue())
	must(t, s.Continue())
	t.Logf("both paused and continued: a signal is taken after %s", step(t, c, false))

	step(t, c, true)
	var steps int
	must(t, run.Get(t.Context(), &steps))
	if steps != 4 {
		t.Errorf("the workflow counted %d signals of 4", steps)
	}
	want(t, ui.URL()+"/api/v1/namespaces/"+temporal.Namespace+"/workflows/first", "journey")
	must(t, ui.Restart(t.Context()))
	have, err := c.OperatorService().ListSearchAttributes(t.Context(), &operatorservice.ListSearchAttributesRequest{Namespace: temporal.Namespace})
	must(t, err)
	for name, kind := range host.SearchAttributes {
		if have.CustomAttributes[name] != kind {
			t.Errorf("search attribute %s is %s, wanted %s", name, have.CustomAttributes[name], kind)
		}
	}
	must(t, s.Stop())
	must(t, db.Stop())
}

// Several servers set one database up at once, and none of them stumbles.
func TestServersSetUpOneDatabaseAtOnce(t *testing.T) {
	db, err := postgres.Start(t.Context(), t.TempDir(), postgres.Options{})
	must(t, err)
	t.Cleanup(func() { _ = db.Kill() })
	var both sync.WaitGroup
	for range 2 {
		dir := t.TempDir()
		both.Go(func() {
			s, err := temporal.Start(t.Context(), dir, temporal.Options{Postgres: db.URL("postgres")})
			if err != nil {
				t.Error(err)
				return
			}
			_ = s.Kill()
		})
	}
	both.Wait()
}

func start(t *testing.T, dir string) (*postgres.Server, *temporal.Server) {
	t.Helper()
	db, err := postgres.Start(t.Context(), dir, postgres.Options{})
	must(t, err)
	t.Cleanup(func() { _ = db.Kill() })
	begin := time.Now()
	s, err := temporal.Start(t.Context(), dir, temporal.Options{Postgres: db.URL("postgres")})
	must(t, err)
	t.Cleanup(func() { _ = s.Kill() })
	t.Logf("Temporal up after %s", time.Since(begin))
	return db, s
}

// step signals the workflow until that is acknowledged, and says how long it took.
func step(t *testing.T, c client.Client, last bool) time.Duration {
	t.Helper()
	begin := time.Now()
	for {
		err := c.SignalWorkflow(t.Context(), "first", "", "step", last)
		if err == nil {
			return time.Since(begin)
		}
		if time.Since(begin) > 30*time.Second {
			t.Fatal(err)
		}
	}
}

func want(t *testing.T, url, text string) {
	t.Helper()
	answer, err := http.Get(url)
	must(t, err)
	defer answer.Body.Close() //nolint:errcheck // read whole
	body, err := io.ReadAll(answer.Body)
	if err != nil || !strings.Contains(string(body), text) {
		t.Errorf("%s: %s %s, %v", url, answer.Status, body, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
