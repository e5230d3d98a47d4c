//go:build engines

package e2e

import (
	"context"
	"log/slog"
	"path"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"liuke.dev/deploy/recount"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/programtest"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/rollout"
)

// Builds of the worker: the one that the suite starts with, and the one that its
// workers are of once they were restarted.
const (
	firstBuild  = "1.0.0"
	secondBuild = "1.1.0"
)

// patience bounds what takes a second or three on a quiet machine.
const patience = 90 * time.Second

// upgrade looks at Temporal while workers of two builds run side by side.
type upgrade struct {
	t      *testing.T
	office *programtest.Office
	client client.Client
	status func(context.Context) (rollout.Status, error)
	seller *recount.Seller
}

func watchUpgrade(t *testing.T, o *programtest.Office, s *recount.Seller) *upgrade {
	t.Helper()
	address, namespace := o.Suite.Temporal()
	c, err := client.Dial(client.Options{HostPort: address, Namespace: namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return &upgrade{t, o, c, rollout.New(c, namespace, host.TaskQueue).Status, s}
}

// has waits until a build has the journeys, and sees a new one begin on it.
func (u *upgrade) has(ctx context.Context, build string) {
	u.t.Helper()
	begun := time.Now()
	u.await(ctx, build+" has the journeys", func() bool { return u.current(ctx) == build })
	took := time.Since(begun)
	u.seller.Record(ctx)
	if len(u.seller.Mine) == 0 {
		u.t.Fatalf("no lead was recorded: %q", u.seller.Journal.TakeLost())
	}
	id := path.Base(u.seller.Mine[len(u.seller.Mine)-1])
	u.await(ctx, "a new journey runs on "+build, func() bool { return u.build(ctx, "lead/"+id) == build })
	u.t.Logf("build %s had the journeys after %s, and a new journey %s after that", build, took.Round(100*time.Millisecond), (time.Since(begun) - took).Round(100*time.Millisecond))
}

// moved checks that every journey that decided since the last worker of another
// build had ended stands on this one.
func (u *upgrade) moved(ctx context.Context, build string, since instant.Time) {
	u.t.Helper()
	facts := follow(u.t, u.office.Follow(ctx))
	if err := facts.CaughtUp(ctx); err != nil {
		u.t.Fatal(err)
	}
	l, err := recount.ReadLedger(facts.Facts())
	if err != nil {
		u.t.Fatal(err)
	}
	moved := 0
	for name, decisions := range l.Decisions {
		if decisions[len(decisions)-1].At > since {
			u.await(ctx, name+", which has decided since, stands on "+build, func() bool { return u.build(ctx, name) == build })
			moved++
		}
	}
	u.t.Logf("%d of %d journeys have had a step under %s by now", moved, len(l.Decisions), build)
	if moved < 5 {
		u.t.Errorf("only %d journeys: the test proves little", moved)
	}
}

// back lets the workers be of the build before again. The first of them has no
// journeys until an operator gives it them, by the command that the manual names.
func (u *upgrade) back(ctx context.Context, workers []*programtest.Instance) {
	u.t.Helper()
	restart(ctx, u.t, u.office, workers[0], "LIUKE_BUILD="+firstBuild)
	rest(ctx, u.t, time.Second) // it looks four times a second at the start
	if current := u.current(ctx); current != secondBuild {
		u.t.Errorf("a worker of the build before has taken the journeys back by itself: %s has them", current)
	}
	u.await(ctx, "liuke worker current "+firstBuild, func() bool { // Temporal may take longer than the command waits, on a busy machine
		shown, err := u.office.Run(ctx, binary, "worker", "current", firstBuild)
		u.t.Logf("%v\n%s", err, shown)
		return err == nil && strings.Contains(shown, secondBuild)
	})
	u.has(ctx, firstBuild)
	for _, i := range workers[1:] {
		restart(ctx, u.t, u.office, i, "LIUKE_BUILD="+firstBuild)
	}
}

// restart ends a process in order and starts it again, with settings.
func restart(ctx context.Context, t *testing.T, o *programtest.Office, i *programtest.Instance, settings ...string) (stopped time.Time) {
	t.Helper()
	if err := i.Stop(30 * time.Second); err != nil {
		t.Fatalf("%s: %v", i, err)
	}
	stopped = time.Now()
	i.With(settings...)
	if err := i.Begin(); err != nil {
		t.Fatal(err)
	}
	ready(ctx, t, o)
	return stopped
}

// current gives the build that has the journeys; Temporal may take a while to say so.
func (u *upgrade) current(ctx context.Context) (build string) {
	u.t.Helper()
	u.await(ctx, "Temporal says which build has the journeys", func() bool {
		s, err := u.status(ctx)
		build = s.Current
		return err == nil
	})
	return build
}

// build gives the build that the last step of a journey ran on, none if it has not begun.
func (u *upgrade) build(ctx context.Context, journey string) string {
	kind, id, _ := strings.Cut(journey, "/")
	info, err := u.client.DescribeWorkflowExecution(ctx, host.WorkflowID(kind, id), "")
	if err != nil {
		return ""
	}
	return info.WorkflowExecutionInfo.GetVersioningInfo().GetDeploymentVersion().GetBuildId()
}

func (u *upgrade) await(ctx context.Context, what string, holds func() bool) {
	u.t.Helper()
	for end := time.Now().Add(patience); !holds(); rest(ctx, u.t, 100*time.Millisecond) {
		if time.Now().After(end) {
			u.t.Fatalf("not within %s: %s", patience, what)
		}
	}
}
