package host_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/decisions"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/host/hosttest"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/deal"
	"liuke.dev/workflows/journey/journeytest"
)

// poisoned is the deal's process whose rules panic for one journey until mended.
type poisoned struct {
	journey.Process
	id     string
	mended atomic.Bool
}

func (p *poisoned) Decide(in journey.Input) (journey.Decision, error) {
	if in.ID == p.id && !p.mended.Load() {
		var rungs []int
		_ = rungs[len(in.Facts)+3]
	}
	return p.Process.Decide(in)
}

// poison gives a world whose decider asks rules that panic for a deal.
func poison(t *testing.T, id string) (*hosttest.World, *poisoned) {
	t.Helper()
	w := hosttest.New(t, 1)
	p := &poisoned{Process: journey.Of(deal.Rules), id: id}
	var err error
	w.Decider, err = decisions.New(t.Context(), w.Store, w.Policy, w.People.Calendars, func(kind, id string) string { return "/v1/journeys/" + kind + "/" + id }, p)
	if err != nil {
		t.Fatal(err)
	}
	return w, p
}

// A rule that panics stops its journey alone: the document says so with the
// panic's words and place, the facts wait, and once the rule is mended the journey
// reads them at once when it is asked to.
func TestARulePanicsAndGoesOnOnceMended(t *testing.T) {
	w, p := poison(t, "d1")
	env := environment(t, w, noon)
	h := journeytest.New(t)
	h.Tell("deal/d1", noon, opened("d1", noon))
	second := h.Tell("deal/d1", noon.Add(time.Minute), followUp("f1", noon.Add(time.Minute), noon.Add(3*day)))
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(host.SignalFacts, host.Facts{Events: []journey.Event{second}}) }, time.Minute)
	env.RegisterDelayedCallback(func() {
		doc, _, err := w.Decider.Get(t.Context(), "deal", "d1")
		if err != nil || !doc.Troubled || doc.Ended || doc.Fault == nil || doc.Number != 0 {
			t.Errorf("before: %+v, %v", doc, err)
			return
		}
		if f := doc.Fault; !strings.Contains(f.Error, "index out of range [4] with length 0") || !strings.Contains(f.Error, "poison_test.go:") ||
			len(f.Waiting) != 1 || f.Waiting[0] != h.Events[0].ID || f.Since.After(noon.Add(5*time.Second)) {
			t.Errorf("fault %+v", f)
		}
	}, time.Hour)
	asked := noon.Add(time.Hour + 30*time.Second) // in the middle of a pause of two minutes
	env.RegisterDelayedCallback(func() {
		p.mended.Store(true)
		env.SignalWorkflow(host.SignalReconsider, host.Reconsider{Why: "mended"})
	}, asked.Sub(noon))
	env.RegisterDelayedCallback(func() {
		doc, version, err := w.Decider.Get(t.Context(), "deal", "d1")
		if err != nil || doc.Troubled || doc.Fault != nil || doc.At > asked.Add(2*time.Second) {
			t.Errorf("after: fault %+v, decided at %s, asked at %s, %v", doc.Fault, doc.At, asked, err)
		}
		all, err := w.Decider.Recent(t.Context(), "deal", "d1", version, 10)
		if err != nil {
			t.Error(err)
		}
		read := 0
		for _, d := range all {
			read += len(d.Read)
		}
		if read != 2 || len(doc.Pending) == 0 {
			t.Errorf("%d facts were read, want 2; pending %v", read, doc.Pending)
		}
	}, asked.Sub(noon)+5*time.Second)
	env.RegisterDelayedCallback(env.CancelWorkflow, 2*time.Hour)
	env.ExecuteWorkflow("DealJourney", host.Input{Kind: "deal", ID: "d1", Version: host.Version, Events: h.Events[:1]})
}

// Without anybody asking, a journey goes on within two minutes of the mending;
// what was armed before the rules failed is not lost.
func TestARuleThatFailedForAWhileLosesNothing(t *testing.T) {
	w, p := poison(t, "d1")
	p.mended.Store(true)
	env := environment(t, w, noon)
	h := journeytest.New(t)
	h.Tell("deal/d1", noon, opened("d1", noon))
	env.RegisterDelayedCallback(func() { p.mended.Store(false) }, 6*day)
	env.RegisterDelayedCallback(func() {
		doc, _, err := w.Decider.Get(t.Context(), "deal", "d1")
		if err != nil || doc.Fault == nil || len(doc.Pending) == 0 || doc.Number != 1 {
			t.Errorf("meanwhile: %+v, %v", doc, err)
		}
		p.mended.Store(true)
	}, 8*day)
	env.RegisterDelayedCallback(func() {
		doc, _, err := w.Decider.Get(t.Context(), "deal", "d1")
		if err != nil || doc.Fault != nil || len(doc.Fired) == 0 || !doc.Fired[0].Late {
			t.Errorf("after: %+v, %v", doc, err)
		}
	}, 8*day+2*time.Minute+10*time.Second)
	env.RegisterDelayedCallback(env.CancelWorkflow, 8*day+time.Hour)
	env.ExecuteWorkflow("DealJourney", host.Input{Kind: "deal", ID: "d1", Version: host.Version, Events: h.Events[:1]})
	if n := w.Services.Count("PUT", "reminders"); n != 1 {
		t.Errorf("%d reminders, want 1 (idle.0, once)", n)
	}
}

// A journey never decides by an older policy than before, whichever process
// decides: one that has not read the newer version yet waits for it.
func TestNoDecisionByAnOlderPolicyThanBefore(t *testing.T) {
	w := hosttest.New(t, 1)
	behind := hosttest.New(t, 1) // another process, whose policy is version 1
	slow, err := decisions.New(t.Context(), w.Store, behind.Policy, w.People.Calendars, func(_, id string) string { return id }, journey.Of(deal.Rules))
	if err != nil {
		t.Fatal(err)
	}
	publish(t, w, 2)
	h := journeytest.New(t)
	h.Tell("deal/d1", noon, opened("d1", noon))
	second := h.Tell("deal/d1", noon.Add(time.Minute), followUp("f1", noon.Add(time.Minute), noon.Add(3*day)))
	ask := func(d *decisions.Decider, key string, at instant.Time, events ...journey.Event) (decisions.Answer, error) {
		return d.Decide(context.Background(), decisions.Request{Kind: "deal", ID: "d1", Key: key, Now: at, Events: events})
	}
	if a, err := ask(w.Decider, "0", noon, h.Events[0]); err != nil || a.Policy != 2 {
		t.Fatalf("policy %d, %v", a.Policy, err)
	}
	if a, err := ask(slow, "1", noon.Add(time.Minute), second); err == nil || !strings.Contains(err.Error(), decisions.ErrPolicyNotRead.Error()) {
		t.Fatalf("decided by policy %d, %v", a.Policy, err)
	}
	if doc, _, err := w.Decider.Get(t.Context(), "deal", "d1"); err != nil || doc.Troubled {
		t.Errorf("waiting for a policy is no trouble of the rules: %+v, %v", doc.Fault, err)
	}
	publish(t, behind, 2)
	if a, err := ask(slow, "1", noon.Add(time.Minute), second); err != nil || a.Policy != 2 || a.Read != 1 {
		t.Errorf("policy %d, read %d, %v", a.Policy, a.Read, err)
	}
}

func publish(t *testing.T, w *hosttest.World, version int64) {
	t.Helper()
	if err := w.Policy.Put(policy.Book{Version: version, Sections: policy.Defaults()}); err != nil {
		t.Fatal(err)
	}
}
