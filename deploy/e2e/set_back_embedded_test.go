//go:build !engines

package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"liuke.dev/deploy/recount"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/programtest"
)

// When the power fails, the embedded Temporal may forget what its timers and its
// worker did in the second before (what it acknowledged to clients it has synced).
// Set back by far more than that, over many decisions of every journey, it does
// what was done again, and nothing is lost and nothing happens twice: every
// promise fires once, every effect is there once (C-01).
//
// While journeys are held back no fact is sent to them, so that all that Temporal
// does meanwhile is what it may forget.
func TestTemporalThatForgotWhatItDidDoesNothingTwice(t *testing.T) {
	t.Parallel()
	ctx := bounded(t, 4*time.Minute)
	o := open(ctx, t, fmt.Sprint("LIUKE_SPEED=", fast))
	journal := recount.NewJournal()
	s := &recount.Seller{Client: o.As(o.Sellers[0]), Name: "断电", Journal: journal, Rand: rand.New(rand.NewPCG(1, 1)), Day: day} //nolint:gosec // any will do
	for range 12 {
		s.Record(ctx)
	}
	for _, lead := range s.Mine {
		s.FollowUp(ctx, lead)
	}
	report(t, "answers that may not come", journal.Lost)
	stream := follow(t, o.Follow(ctx))
	firings(ctx, t, stream, 5) // journeys are under way
	o.Kill()
	journeys, before := filepath.Join(o.Data, "temporal"), filepath.Join(t.TempDir(), "before")
	if err := os.CopyFS(before, os.DirFS(journeys)); err != nil {
		t.Fatal(err)
	}

	free := o.Env
	o.Env = append(append([]string{}, free...), "LIUKE_JOURNEYS=held")
	if err := o.Start(ctx); err != nil {
		t.Fatal(err)
	}
	stream = follow(t, o.Follow(ctx))
	known := firings(ctx, t, stream, 0)
	forgotten := firings(ctx, t, stream, known+20) - known
	o.Kill()
	if err := os.RemoveAll(journeys); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(journeys, os.DirFS(before)); err != nil {
		t.Fatal(err)
	}

	o.Env = free
	if err := o.Start(ctx); err != nil {
		t.Fatal(err)
	}
	l := settle(ctx, t, o, follow(t, o.Follow(ctx)), 2*time.Minute)
	t.Logf("%d firings were forgotten; %s", forgotten, l.Count())
	report(t, "broken promises", l.Broken(instant.Now(), 0))
	checkLists(ctx, t, o, l)
}

// firings waits until so many obligations have fired, and gives how many have.
func firings(ctx context.Context, t *testing.T, s *programtest.Stream, want int) int {
	t.Helper()
	if err := s.CaughtUp(ctx); err != nil {
		t.Fatal(err)
	}
	for {
		l, err := recount.ReadLedger(s.Facts())
		if err != nil {
			t.Fatal(err)
		}
		fired := 0
		for _, decisions := range l.Decisions {
			for _, d := range decisions {
				fired += len(d.Fired)
			}
		}
		if fired >= want {
			return fired
		}
		rest(ctx, t, 200*time.Millisecond)
	}
}
