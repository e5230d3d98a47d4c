package courtesy

import (
	"context"
	"sync"
	"testing"
	"time"
)

func TestManyLatePromisesAreAPress(t *testing.T) {
	var p press
	second := int64(time.Second)
	for n := range manyLate {
		if p.on(second) {
			t.Errorf("pressed after %d late promises", n)
		}
		p.add(second)
	}
	for at, want := range map[int64]bool{second: true, second + int64(lately) - 1: true, second + int64(lately): false} {
		if p.on(at) != want {
			t.Errorf("%s after: pressed %v", time.Duration(at-second), !want)
		}
	}
	p.add(3 * second) // one alone, long after
	if p.on(3 * second) {
		t.Error("pressed by a single promise")
	}
}

// What tells of promises waits until they are kept, decisions do not, and nobody for ever.
func TestPromisesComeBeforeWhatTellsOfThem(t *testing.T) {
	for range manyLate - 1 {
		Kept(time.Hour)
	}
	Kept(lateFrom - 1) // in time
	Kept(lateTo)       // of another time
	if Pressed() {
		t.Error("pressed by promises that say nothing about the processors")
	}
	for !Pressed() { // a machine that stands still forgets them
		Kept(lateFrom)
	}
	begin := time.Now()
	Before(t.Context(), time.Minute)()
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("a decision waited %s for promises", took)
	}
	AfterPromises(t.Context(), time.Minute)
	if took := time.Since(begin); Pressed() || took > 30*time.Second {
		t.Errorf("waited %s for promises that were kept", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range manyLate {
		Kept(time.Hour)
	}
	AfterPromises(ctx, time.Minute)
	if took := time.Since(begin); took > 30*time.Second {
		t.Errorf("waited %s although nobody asked any more", took)
	}
}

// Thousands wait with one goroutine that looks for all of them, and all go on.
func TestAllWhoWaitForPromisesGoOn(t *testing.T) {
	for range 2 { // whoever waits after the first press is over waits for the next
		for !Pressed() {
			Kept(lateFrom)
		}
		var all sync.WaitGroup
		for range 1_000 {
			all.Go(func() { AfterPromises(t.Context(), time.Minute) })
		}
		begin := time.Now()
		all.Wait()
		if took := time.Since(begin); took > 30*time.Second {
			t.Errorf("waited %s", took)
		}
	}
}
