package standing_test

import (
	"slices"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/standing"
)

// a score from the model of the customer's industry, of
// the inputs of which there is data; each says what it measured and gave, and what
// changed since is told.
func TestHealthExplainsItself(t *testing.T) {
	paid := func(days, late float64) catalogue.TimelineEntry {
		return of(catalogue.EntryPayment, catalogue.Inbound, data("type", "payment", "due_at", ago(days+late).String()))(ago(days))
	}
	entries := append(spread(40, 390, 0, func(at instant.Time) catalogue.TimelineEntry { return order(at, 100) }), paid(20, 9), rating(ago(10), 90))
	v := book(t, func(p *policy.Sections) {
		steel := p.Health.Models[0]
		steel.ID, steel.Version, steel.Sectors = "steel", 4, []string{"钢铁"}
		steel.Inputs = []policy.HealthInput{steel.Inputs[3]}
		steel.Inputs[0].Full, steel.Inputs[0].Zero = 0, 18
		p.Health.Models = append(p.Health.Models, steel)
	})
	h := history(entries...)
	general, steel := standing.Assess(h, standing.By(v, standing.File{Sector: "纺织"}), now), standing.Assess(h, standing.By(v, standing.File{Sector: "钢铁"}), now)
	if steel.Health != 50 || steel.HealthVersion != "steel.4" || len(steel.Parts) != 1 || steel.Parts[0].Measured != 9 {
		t.Errorf("steel: %d by %s: %+v", steel.Health, steel.HealthVersion, steel.Parts)
	}
	// Of general: activity, orders, amount, payment 80, complaints, satisfaction, interaction (none inbound but a payment and a rating: too few).
	if general.HealthVersion != "general.1" || general.Health != 98 || len(general.Parts) != 6 {
		t.Errorf("general: %d %+v", general.Health, general.Parts)
	}
	h.Add(entry(catalogue.EntryComplaint, ago(1), catalogue.Inbound))
	after := standing.Assess(h, standing.By(v, standing.File{}), now)
	standing.Since(&general, &after)
	if changed := standing.Changed(&general, after); !slices.Equal(changed, []string{"health"}) {
		t.Errorf("changed %v", changed)
	}
	for _, p := range after.Parts {
		if (p.Was != nil) != (p.Input == policy.InputComplaints) {
			t.Errorf("%s was %v", p.Input, p.Was)
		}
		if p.Input == policy.InputComplaints && (*p.Was != 100 || p.Score != 75 || len(p.Evidence) != 1) {
			t.Errorf("%+v", p)
		}
	}
}

// an open complaint counts twice until its case is closed.
func TestOpenComplaints(t *testing.T) {
	kase := &catalogue.Subject{Kind: catalogue.KindCase, ID: "k1"}
	complaint := of(catalogue.EntryComplaint, catalogue.Inbound, func(e *catalogue.TimelineEntry) { e.Ref = kase })(ago(9))
	closed := of(catalogue.EntryCase, catalogue.Neither, data("status", "closed"), func(e *catalogue.TimelineEntry) { e.Ref = kase })(ago(2))
	score := func(h *standing.History) int {
		for _, p := range assess(t, h, now).Parts {
			if p.Input == policy.InputComplaints {
				return p.Score
			}
		}
		return -1
	}
	if open, settled := score(history(buyer(), complaint)), score(history(buyer(), closed, complaint)); open != 50 || settled != 75 {
		t.Errorf("open %d, settled %d", open, settled)
	}
}

// a customer who did a lot and does nothing any more scores low, however long
// ago that was, and is in red by it (C-09).
func TestGoneForLongIsNotHealthy(t *testing.T) {
	h := history(spread(40, 650, 500, func(at instant.Time) catalogue.TimelineEntry { return order(at, 100) })...)
	for _, at := range []instant.Time{ago(300), ago(100), now} {
		if s := assess(t, h, at); s.Health >= 40 || !s.Red || s.Lifecycle != catalogue.LifecycleChurnRisk {
			t.Errorf("at %s: health %d, %s", at, s.Health, s.Lifecycle)
		}
	}
}

// and every rule: an entry of the future is seen from its time on.
func TestTheFutureIsNotSeenYet(t *testing.T) {
	h := history(order(ago(100), 1))
	before := assess(t, h, now)
	later := order(now.Add(5*day), 1)
	h.Add(later)
	is := assess(t, h, now)
	if changed := standing.Changed(&before, is); len(changed) > 0 || is.NextCheckAt > later.OccurredAt {
		t.Errorf("changed %v, next check %s", changed, is.NextCheckAt)
	}
	if then := assess(t, h, later.OccurredAt); len(then.Groups) != 0 {
		t.Errorf("then it is in %v", then.Groups)
	}
}

// A demo's speed shortens every window: what happens in a year there happens in
// proportion.
func TestSpeed(t *testing.T) {
	b := &policy.Book{Version: 1, Sections: policy.Defaults()}
	v, err := policy.NewView(b, 8640) // a day in ten seconds
	if err != nil {
		t.Fatal(err)
	}
	h := history(order(now, 1))
	at := func(seconds float64) instant.Time { return now.Add(time.Duration(seconds * float64(time.Second))) }
	for _, c := range []struct {
		at    float64
		state string
		group bool
	}{{1, catalogue.LifecycleNew, false}, {601, catalogue.LifecycleSilent, false}, {901, catalogue.LifecycleSilent, true}} {
		s := standing.Assess(h, standing.By(v, standing.File{}), at(c.at))
		if s.Lifecycle != c.state || slices.Contains(s.Groups, catalogue.GroupNoOrder) != c.group {
			t.Errorf("after %v s: %s %v", c.at, s.Lifecycle, s.Groups)
		}
	}
}
