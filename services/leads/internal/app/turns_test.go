package app

import (
	"sync"
	"testing"
)

// turns are even, under concurrency too, and somebody new begins level.
func TestTurnsAreEven(t *testing.T) {
	var turn turns
	var mu sync.Mutex
	got := map[string]int{}
	give := func(n int, candidates ...string) {
		var all sync.WaitGroup
		for range n {
			all.Go(func() {
				id := turn.next(candidates)
				mu.Lock()
				got[id]++
				mu.Unlock()
			})
		}
		all.Wait()
	}
	give(300, "a", "b", "c")
	if got["a"] != 100 || got["b"] != 100 || got["c"] != 100 {
		t.Errorf("shares %v", got)
	}
	give(40, "a", "b", "c", "d")
	if got["d"] != 10 {
		t.Errorf("somebody new got %d of 40", got["d"])
	}
	if turn.next(nil) != "" {
		t.Error("nobody's turn is somebody's")
	}
}

// One limiter per address and form: another address is not held up, and a form as a whole has its bound.
func TestFormLimits(t *testing.T) {
	var l limits
	s := func(address string) Submission { return Submission{Key: "k", Address: address} }
	for range 2 {
		if l.wait(s("1"), 2, 1000) != 0 {
			t.Fatal("refused within the rate")
		}
	}
	if l.wait(s("1"), 2, 1000) <= 0 {
		t.Error("no bound for one address")
	}
	if l.wait(s("2"), 2, 1000) != 0 {
		t.Error("another address is held up")
	}
	passed := 0
	for i := range 1000 {
		if l.wait(s(string(rune('A'+i))), 2, 1000) == 0 {
			passed++
		}
	}
	if passed > 2*formShare {
		t.Errorf("%d passed: no bound for the form", passed)
	}
}
