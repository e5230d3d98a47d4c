//go:build engines

package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/deploy/recount"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/programtest"
)

// Everything is started in any order, two of each at once on empty stores, the
// engines last of all and one after the other: meanwhile every process lives and
// says what it waits for, and then it comes up by itself.
func TestTheSuiteStartsInAnyOrderAndItsEnginesLast(t *testing.T) {
	n := seed(t)
	chance := rand.New(rand.NewPCG(n, 0)) //nolint:gosec // chances that can be repeated
	ctx := bounded(t, 4*time.Minute)
	gates, shut := gatedEngines(t)
	c := config()
	c.Engines = shut
	o, err := programtest.PrepareSuite(c, filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	ended(t, o)
	all := slices.Clone(o.Suite.Instances)
	chance.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, i := range all {
		if err := i.Begin(); err != nil {
			t.Fatal(err)
		}
		rest(ctx, t, time.Duration(chance.IntN(200))*time.Millisecond)
	}
	for _, i := range all {
		waits(ctx, t, i)
	}
	order := []string{"store", "kafka", "temporal"}
	chance.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	for _, engine := range order {
		rest(ctx, t, time.Duration(500+chance.IntN(1500))*time.Millisecond)
		gates[engine].open()
	}
	opened := time.Now()
	ready(ctx, t, o)
	t.Logf("started %v, engines %v; ready %s after the last engine", all, order, time.Since(opened).Round(time.Millisecond))
	if err := o.SetUp(ctx); err != nil {
		t.Fatal(err)
	}
	took, err := programtest.TaskLatency(ctx, o, 5, 2*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d leads have their tasks, the slowest after %s", len(took), slices.Max(took))
	for _, i := range all {
		if !strings.Contains(i.Program().Out.String(), "waiting") {
			t.Errorf("%s did not log that it waits", i)
		}
	}
}

// waits wants a process to live, not to be ready, and to say for what.
func waits(ctx context.Context, t *testing.T, i *programtest.Instance) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; rest(ctx, t, 50*time.Millisecond) {
		c := programtest.NewClient(i.URL(), "", 0)
		alive, unready := c.Get(ctx, "/healthz", nil), c.Get(ctx, "/readyz", nil)
		if alive == nil && unready != nil && strings.Contains(unready.Error(), "503") && strings.Contains(unready.Error(), "kafka") {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s: healthz %v, readyz %v", i, alive, unready)
		}
	}
}

// ended ends an office with the test.
func ended(t *testing.T, o *programtest.Office) {
	t.Helper()
	t.Cleanup(func() {
		o.Close()
		if t.Failed() {
			t.Logf("the programs printed last:\n%s", o.Printed(printed))
		}
	})
}

// look reads a page of every service, some times a second.
func look(ctx context.Context, t *testing.T, o *programtest.Office, path string, repeated, reads *atomic.Int64) {
	c := *o.As(o.Boss)
	c.Retries, c.Repeated = 1, repeated
	for ctx.Err() == nil {
		if err := c.Get(ctx, path, nil); err != nil && ctx.Err() == nil {
			t.Errorf("one repetition did not cure: %v", err)
		}
		reads.Add(1)
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Every process, one after the other, is asked to end and started again while
// people work, the workers as another build, one beside a worker of the build
// before: nothing fails that one repetition does not cure, and journeys run on the
// build that has them. Then the build before gets them back while promises come
// due. Nothing is lost or doubled.
func TestARollingRestartFailsNobody(t *testing.T) {
	n := seed(t)
	ctx := bounded(t, 9*time.Minute)
	o := open(ctx, t, fmt.Sprint("LIUKE_SPEED=", fast), "LIUKE_BUILD="+firstBuild)
	journal, repeated := recount.NewJournal(), new(atomic.Int64)
	working, leave := context.WithCancel(ctx)
	defer leave()
	var people sync.WaitGroup
	for i, id := range o.Sellers[:4] {
		c := *o.As(id)
		c.Retries, c.Repeated = 1, repeated
		s := &recount.Seller{Client: &c, Name: fmt.Sprintf("客户%c", 'A'+i), Journal: journal, Rand: rand.New(rand.NewPCG(n, uint64(i+1))), Day: day, Pause: time.Second} //nolint:gosec // chances that can be repeated
		people.Go(func() { s.Run(working) })
	}
	heard := listen(ctx, o, o.Sellers[0])
	reads := new(atomic.Int64)
	for _, path := range []string{"/v1/people", "/v1/leads", "/v1/customers", "/v1/tasks", "/v1/insights/ledger", "/v1/journeys/counts", "/openapi.json"} {
		people.Go(func() { look(working, t, o, path, repeated, reads) })
	}
	builds := watchUpgrade(t, o, &recount.Seller{Client: o.As(o.Sellers[4]), Name: "升级", Journal: journal, Day: day})
	builds.has(ctx, firstBuild)
	begin, ended := time.Now(), instant.Now()
	for _, i := range o.Suite.Instances {
		before, asked := journal.Size(), time.Now()
		stopped := restart(ctx, t, o, i, "LIUKE_BUILD="+secondBuild)
		if i.Service == "journeys" {
			ended = instant.Of(stopped)
			builds.has(ctx, secondBuild)
		}
		t.Logf("%s ended within %s, was back %s later; %d writes meanwhile", i, stopped.Sub(asked).Round(time.Millisecond), time.Since(stopped).Round(time.Millisecond), journal.Size()-before)
	}
	t.Logf("%d processes in %s: %d writes acknowledged, %d reads, %d calls repeated once", len(o.Suite.Instances), time.Since(begin).Round(time.Second), journal.Size(), reads.Load(), repeated.Load())
	leave()
	people.Wait()
	builds.moved(ctx, secondBuild, ended)
	builds.back(ctx, o.Suite.Of("journeys"))
	if len(journal.Lost) > 0 {
		report(t, "requests that one repetition did not cure", journal.Lost)
	}
	calming := calm(ctx, o, journal, rand.New(rand.NewPCG(n, 0)))            //nolint:gosec // chances that can be repeated
	l := settle(ctx, t, o, follow(t, o.Follow(ctx)), 4*time.Minute, calming) // what a process had in hand waits for its time-out
	report(t, "answers that may not come", journal.Lost)
	t.Log(l.Count())
	report(t, "broken promises", l.Broken(instant.Now(), 0))
	checkWrites(ctx, t, o, journal, l)
	checkLists(ctx, t, o, l)
	checkInsights(ctx, t, o, l)
	heard.check(ctx, t)
	checkCommands(ctx, t, o)
}
