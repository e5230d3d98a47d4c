package ownership_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"

	"liuke.dev/services/leads/internal/ownership"
)

var now = instant.Of(time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC))

// one owner; the window follows, a decider named apart stays.
func TestGive(t *testing.T) {
	o := ownership.Give(catalogue.Ownership{Customer: "c1"}, "wang", now)
	if o.Owner != "wang" || o.Window != "wang" || o.Decider != "wang" || o.Follower != "wang" || o.Since != now || o.Pooled {
		t.Errorf("%+v", o)
	}
	o.Decider = "boss"
	o.Transfer = "t1"
	o = ownership.Give(o, "li", now+1)
	if o.Owner != "li" || o.Window != "li" || o.Decider != "boss" || o.Follower != "li" || o.Transfer != "" {
		t.Errorf("%+v", o)
	}
	// the pool keeps the reason and who held it.
	p := ownership.Pool(o, "30d", now+2)
	if p.Owner != "" || !p.Pooled || p.Previous != "li" || p.Reason != "30d" || p.PooledAt != now+2 {
		t.Errorf("%+v", p)
	}
	if c := ownership.Give(p, "zhao", now+3); c.Owner != "zhao" || c.Pooled || c.Previous != "" || c.Reason != "" || c.Window != "zhao" || c.Decider != "boss" || !c.PooledAt.IsZero() {
		t.Errorf("%+v", c)
	}
}

// who left is replaced in every place they have, the owner stays;
// in the pool nobody has the previous owner's places.
func TestReplace(t *testing.T) {
	held := catalogue.Ownership{Customer: "c1", Owner: "wang", Window: "li", Decider: "boss", Follower: "li", Since: now}
	want := held
	want.Window, want.Follower = "zhao", "zhao"
	if got := ownership.Replace(held, "li", "zhao"); got != want {
		t.Errorf("%+v", got)
	}
	pooled := ownership.Pool(held, "30d", now)
	pooled.Decider = "wang"
	if got := ownership.Replace(pooled, "wang", "zhao"); got.Decider != "" || got.Window != "li" || !got.Pooled {
		t.Errorf("%+v", got)
	}
	if got := ownership.Replace(pooled, "li", "zhao"); got.Window != "zhao" || got.Follower != "zhao" || got.Decider != "wang" {
		t.Errorf("%+v", got)
	}
	if got := ownership.Named(held); len(got) != 3 {
		t.Errorf("named %v", got)
	}
}

// limits at their edges.
func TestReserve(t *testing.T) {
	l := ownership.Limits{PerDay: 2, Hold: 3}
	rule := func(err error) string {
		var e *problem.Error
		if errors.As(err, &e) {
			return e.Rule
		}
		return fmt.Sprint(err)
	}
	a, err := ownership.Taking{}.Reserve("c1", "2026-03-02", 0, l, now)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := a.Reserve("c1", "2026-03-02", 0, l, now); err != nil || len(again.Taken) != 1 || len(again.InFlight) != 1 {
		t.Errorf("the same thing takes one place: %+v %v", again, err)
	}
	b, err := a.Reserve("c2", "2026-03-02", 0, l, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = b.Reserve("c3", "2026-03-02", 0, l, now); rule(err) != "ownership.claims_per_day" {
		t.Errorf("a third on one day: %v", err)
	}
	if _, err = b.Reserve("c3", "2026-03-03", 0, l, now); err != nil {
		t.Errorf("the next day: %v", err)
	}
	if _, err = b.Settle("c2", false).Reserve("c3", "2026-03-02", 0, l, now); err != nil {
		t.Errorf("a claim that failed gives its place back: %v", err)
	}
	if _, err = a.Reserve("c2", "2026-03-02", 2, l, now); rule(err) != "ownership.hold_limit" {
		t.Errorf("two held and one in flight: %v", err)
	}
	if _, err = a.Settle("c1", true).Reserve("c2", "2026-03-02", 2, l, now); err != nil {
		t.Errorf("two held, none in flight: %v", err)
	}
	if _, err = a.Reserve("c2", "2026-03-02", 2, l, now.Add(2*time.Minute)); err != nil {
		t.Errorf("a claim that crashed gives its place up: %v", err)
	}
}
