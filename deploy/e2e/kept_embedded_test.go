//go:build !engines

package e2e

import (
	"io"
	"net/http"
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
	waiting := goroutinesIn(t, profiler[0], "liuke.dev/workflows/host.(*run).wait(")
	t.Logf("%d of %d journeys are in memory", waiting, len(all))
	if waiting == 0 || waiting > kept {
		t.Errorf("%d of %d journeys are in memory, want 1 to %d", waiting, len(all), kept)
	}
}

// goroutinesIn counts the program's goroutines that are in a function.
func goroutinesIn(t *testing.T, profiler, function string) int {
	t.Helper()
	answer, err := http.Get("http://" + profiler + "/debug/pprof/goroutine?debug=2") //nolint:noctx // it is there at once
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // it is read
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(text), function)
}
