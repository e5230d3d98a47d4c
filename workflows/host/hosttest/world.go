// Package hosttest gives tests of the host what it talks to: a store in a
// temporary directory, the shipped policy, and services that remember what they
// were asked.
package hosttest

import (
	"context"
	"encoding/json"
	"path/filepath"
	"sync"
	"testing"

	"liuke.dev/shared/directory"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
	"liuke.dev/workflows/client"
	"liuke.dev/workflows/decisions"
	"liuke.dev/workflows/host/activity"
	"liuke.dev/workflows/journey/kinds"
)

// World is what a host talks to.
type World struct {
	Store    store.Engine
	Policy   *policy.Holder
	People   *directory.Directory // nobody, at first
	Decider  *decisions.Decider
	Services *Services
}

// New makes a world with the shipped policy at a speed.
func New(t testing.TB, speed int64) *World {
	t.Helper()
	w := NewWithoutPolicy(t, speed)
	if err := w.Policy.Put(policy.Book{Version: 1, Sections: policy.Defaults()}); err != nil {
		t.Fatal(err)
	}
	return w
}

// NewWithoutPolicy makes a world in which no policy is published yet.
func NewWithoutPolicy(t testing.TB, speed int64) *World {
	t.Helper()
	e, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "journeys.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	w := &World{Store: e, Policy: policy.NewHolder(speed), People: directory.Of(), Services: &Services{}}
	w.Decider, err = decisions.New(context.Background(), e, w.Policy, w.People.Calendars, func(kind, id string) string { return "/v1/journeys/" + kind + "/" + id },
		kinds.All()...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Activities carry effects out on the world's services.
func (w *World) Activities() *activity.Activities { return &activity.Activities{Services: w.Services} }

// Services answer calls and remember them.
type Services struct {
	mu     sync.Mutex
	calls  []client.Call
	answer func(c client.Call, nth int) error
}

// Answer sets how calls are answered; nth counts calls with the same key from 1.
func (s *Services) Answer(f func(c client.Call, nth int) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

// Do takes a call.
func (s *Services) Do(_ context.Context, c client.Call) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	nth := 1
	for _, before := range s.calls {
		if before.Key == c.Key && before.Path[0] == c.Path[0] {
			nth++
		}
	}
	s.calls = append(s.calls, c)
	if s.answer != nil {
		if err := s.answer(c, nth); err != nil {
			return err
		}
	}
	if c.Into != nil {
		raw, err := json.Marshal(effects.Matched{Customer: "customer-of-" + c.Path[len(c.Path)-1]})
		if err != nil {
			return err
		}
		return json.Unmarshal(raw, c.Into)
	}
	return nil
}

// Forget forgets the calls so far, and how calls are answered.
func (s *Services) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls, s.answer = nil, nil
}

// Calls gives the calls so far.
func (s *Services) Calls() []client.Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]client.Call(nil), s.calls...)
}

// Count counts calls by method and first path element.
func (s *Services) Count(method, resource string) int {
	n := 0
	for _, c := range s.Calls() {
		if c.Method == method && c.Path[0] == resource {
			n++
		}
	}
	return n
}
