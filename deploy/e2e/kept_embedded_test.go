//go:build !engines

package e2e

import (
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/freeport"
	"liuke.dev/shared/programtest"
)

// A program keeps so many journeys in memory as it was told, and no more,
// however many are open: the embedded Temporal server, whose own workers share
// their memory with ours, has no say in it.
func TestOnlySoManyJourneysAreKeptInMemory(t *testing.T) {
	t.Parallel()
	ctx := bounded(t, 2*time.Minute)
	profiler, err := freeport.Addresses(1)
	if err != nil {
		t.Fatal(err)
	}
	const kept = 10
	o := open(ctx, t, "LIUKE_JOURNEYS_KEPT=10", "LIUKE_PPROF="+profiler[0])
	all, err := programtest.TaskLatency(ctx, o, 10, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	goroutines := read(ctx, t, "http://"+profiler[0]+"/debug/pprof/goroutine?debug=2")
	waiting := strings.Count(goroutines, "liuke.dev/workflows/host.(*run).wait(")
	t.Logf("%d of %d journeys are in memory", waiting, len(all))
	if waiting == 0 || waiting > kept {
		t.Errorf("%d of %d journeys are in memory, want 1 to %d", waiting, len(all), kept)
	}
}
