package upgrade

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"liuke.dev/shared/directory"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store/sqlite"
	"liuke.dev/workflows"
	services "liuke.dev/workflows/client"
	"liuke.dev/workflows/decisions"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/host/activity"
	"liuke.dev/workflows/rollout"
)

// namespace of the tests.
const namespace = "liuke"

// speed lets a day of the policy pass in a second.
const speed = 86_400

// A worker process is this test binary, run again with these variables.
const (
	envBuild    = "UPGRADE_TEST_BUILD"
	envMode     = "UPGRADE_TEST_MODE"
	envOdd      = "UPGRADE_TEST_ODD"
	envTemporal = "UPGRADE_TEST_TEMPORAL"
	envStore    = "UPGRADE_TEST_STORE"
	envServices = "UPGRADE_TEST_SERVICES"
)

func TestMain(m *testing.M) {
	if os.Getenv(envBuild) == "" {
		os.Exit(m.Run())
	}
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve is the worker process.
func serve() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	c, err := dial(os.Getenv(envTemporal))
	if err != nil {
		return err
	}
	defer c.Close()
	w, err := process(ctx, c)
	if err != nil {
		return err
	}
	if err := w.Start(); err != nil {
		return err
	}
	defer w.Stop()
	rollout.New(c, namespace, host.TaskQueue).Watch(ctx, os.Getenv(envBuild), os.Getenv(envMode), slog.Warn)
	return nil
}

func dial(address string) (client.Client, error) {
	return client.Dial(client.Options{HostPort: address, Namespace: namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
}

func process(ctx context.Context, c client.Client) (worker.Worker, error) {
	if odd, _ := strconv.ParseBool(os.Getenv(envOdd)); odd {
		return oddWorker(c), nil
	}
	e, err := sqlite.Open(ctx, os.Getenv(envStore)) // both processes commit by compare-and-set; only tests share a file
	if err != nil {
		return nil, err
	}
	p := policy.NewHolder(speed)
	if err := p.Put(policy.Book{Version: 1, Sections: policy.Defaults()}); err != nil {
		return nil, err
	}
	d, err := decisions.New(ctx, e, p, directory.New().Calendars, func(kind, id string) string { return "/v1/journeys/" + kind + "/" + id }, workflows.Kinds()...)
	if err != nil {
		return nil, err
	}
	call := &activity.Activities{Services: services.New(os.Getenv(envServices), nil, nobody{})}
	return workflows.NewWorker(c, d, call, rollout.Versioned(os.Getenv(envBuild))), nil
}

type nobody struct{}

func (nobody) Token() (string, error) { return "none", nil }

// oddWorker has a host whose commands come in another order: what no replay
// test would let pass.
func oddWorker(c client.Client) worker.Worker {
	options := worker.Options{}
	rollout.Versioned(os.Getenv(envBuild))(&options)
	w := worker.New(c, host.TaskQueue, options)
	for _, name := range host.Types {
		w.RegisterWorkflowWithOptions(func(ctx workflow.Context, _ host.Input) error {
			return workflow.Sleep(ctx, time.Hour)
		}, workflow.RegisterOptions{Name: name})
	}
	return w
}

// start starts a worker process of a build.
func (s *stand) start(build, mode string, odd bool) *exec.Cmd {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), os.Args[0]) //nolint:gosec // this test binary
	cmd.Env = append(os.Environ(), envBuild+"="+build, envMode+"="+mode, envOdd+"="+strconv.FormatBool(odd), envTemporal+"="+s.server.Address(), envStore+"="+s.file, envServices+"="+s.services.URL)
	cmd.Stderr = s.t.Output()
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { end(cmd) })
	return cmd
}

// end kills a worker process, as a machine that fails would.
func end(cmd *exec.Cmd) {
	_ = cmd.Process.Kill() // it may have ended
	_ = cmd.Wait()
}
