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

// oneInput makes the score the newest month's rating, so that month ends can be
// set one by one.
func oneInput(mode string) func(*policy.Sections) {
	return func(s *policy.Sections) {
		in := s.Health.Models[0].Inputs[5]
		in.Window, in.Zero, in.Full = policy.D("14d"), 0, 100
		s.Health.Models[0].Inputs, s.Health.Models[0].LowBelow = []policy.HealthInput{in}, 0
		s.Risk.HealthFall.Mode = mode
	}
}

// R-100, C-05: the fall of the score over three consecutive months, in its three
// readings: exactly 20 does not fire, 21 does. The month ends are computed from the
// timeline, so that late entries count.
func TestHealthFallOverThreeMonths(t *testing.T) {
	july := instant.Of(time.Date(2026, 7, 5, 2, 0, 0, 0, time.UTC))
	rated := func(scores [4]float64) *standing.History {
		h := history(order(instant.Of(time.Date(2026, 1, 5, 2, 0, 0, 0, time.UTC)), 1))
		for i, month := range []time.Month{time.June, time.March, time.May, time.April} { // told out of order
			h.Add(rating(instant.Of(time.Date(2026, month, 25, 2, 0, 0, 0, time.UTC)), scores[[]int{3, 0, 2, 1}[i]]))
		}
		return h
	}
	for name, c := range map[string]struct {
		scores                   [4]float64 // ends of March to June
		cumulative, each, window bool
	}{
		"exactly 20 in all":     {[4]float64{80, 74, 67, 60}, false, false, false},
		"21 in all":             {[4]float64{80, 74, 67, 59}, true, false, true},
		"exactly 20 each month": {[4]float64{100, 80, 60, 40}, true, false, true},
		"21 each month":         {[4]float64{100, 79, 58, 37}, true, true, true},
		"21, one month rose":    {[4]float64{80, 60, 62, 59}, false, false, true},
		"a rise":                {[4]float64{40, 50, 60, 70}, false, false, false},
	} {
		for mode, want := range map[string]bool{policy.FallCumulative: c.cumulative, policy.FallEachMonth: c.each, policy.FallWindow: c.window} {
			s := standing.Assess(rated(c.scores), standing.By(book(t, oneInput(mode)), standing.File{}), july)
			red := slices.ContainsFunc(s.RedWhy, func(r catalogue.Signal) bool { return r.Rule == catalogue.RedHealthFall })
			if red != want || want && (!s.Red || s.Lifecycle != catalogue.LifecycleChurnRisk) {
				t.Errorf("%s, %s: red %t, want %t (%v)", name, mode, red, want, s.Months)
			}
			for i, m := range s.Months {
				if float64(m.Health) != c.scores[i] || m.Version != "general.1" {
					t.Fatalf("%s: month ends %v, want %v", name, s.Months, c.scores)
				}
			}
		}
	}
	young := history(order(instant.Of(time.Date(2026, 5, 5, 2, 0, 0, 0, time.UTC)), 1))
	if s := standing.Assess(young, standing.By(book(t, oneInput(policy.FallCumulative)), standing.File{}), july); s.Red || len(s.Months) != 2 {
		t.Errorf("known for two month ends only: %v", s.Months)
	}
}

// R-101, C-06: two proactive contacts in a row without an answer within the reply
// window of three working days make a potential churn customer; exactly at its end,
// not a moment before. Any word or order begins anew, a log-in does not.
func TestTwoUnansweredContacts(t *testing.T) {
	v := book(t)
	first, second := instant.Of(time.Date(2026, 5, 20, 2, 0, 0, 0, time.UTC)), instant.Of(time.Date(2026, 5, 22, 2, 0, 0, 0, time.UTC)) // Wednesday, Friday
	due := v.After(second, policy.D("3wd"))
	if want := instant.Of(time.Date(2026, 5, 27, 2, 0, 0, 0, time.UTC)); due != want { // Wednesday: the weekend does not count
		t.Fatalf("due %s, want %s", due, want)
	}
	call := of(catalogue.EntryCall, catalogue.Outbound)
	base := func() []catalogue.TimelineEntry {
		return []catalogue.TimelineEntry{order(ago(60), 1), call(first), call(second)}
	}
	for name, c := range map[string]struct {
		more []catalogue.TimelineEntry
		at   instant.Time
		want bool
	}{
		"a moment before":           {nil, due - 1, false},
		"exactly then":              {nil, due, true},
		"an answer within":          {[]catalogue.TimelineEntry{of(catalogue.EntryMail, catalogue.Inbound)(second.Add(time.Hour))}, due, false},
		"a late answer":             {[]catalogue.TimelineEntry{of(catalogue.EntryMail, catalogue.Inbound)(due.Add(time.Hour))}, due.Add(2 * time.Hour), false},
		"an answer between the two": {[]catalogue.TimelineEntry{of(catalogue.EntryMail, catalogue.Inbound)(first.Add(time.Hour))}, due, false},
		"an order":                  {[]catalogue.TimelineEntry{order(second.Add(time.Hour), 1)}, due, false},
		"only a log-in":             {[]catalogue.TimelineEntry{of(catalogue.EntryLogin, catalogue.Inbound)(second.Add(time.Hour))}, due, true},
		"a survey is no contact":    {[]catalogue.TimelineEntry{of(catalogue.EntryMail, catalogue.Inbound)(first.Add(time.Hour)), of(catalogue.EntrySurvey, catalogue.Outbound)(first.Add(2 * time.Hour))}, due, false},
	} {
		h := history(append(base(), c.more...)...)
		s := standing.Assess(h, standing.By(v, standing.File{}), c.at)
		red := slices.ContainsFunc(s.RedWhy, func(r catalogue.Signal) bool { return r.Rule == catalogue.RedUnanswered && len(r.Evidence) == 2 })
		if red != c.want || s.Red != c.want {
			t.Errorf("%s: red %t, want %t", name, red, c.want)
		}
		if name == "a moment before" && s.NextCheckAt != due {
			t.Errorf("next check at %s, want %s", s.NextCheckAt, due)
		}
	}
}

// an existing customer without an order for more than 90 days: exactly 90
// days are not more. Who never ordered is not an existing customer; a cancelled
// order is none.
func TestNoOrderForNinetyDays(t *testing.T) {
	in := func(h *standing.History, at instant.Time) bool {
		s := assess(t, h, at)
		if member := slices.Contains(s.Groups, catalogue.GroupNoOrder); member != slices.Contains(s.Tags, catalogue.KeyFollowUp) {
			t.Errorf("member %t, tags %v (R-109)", member, s.Tags)
		}
		return slices.Contains(s.Groups, catalogue.GroupNoOrder)
	}
	last := ago(200)
	h := history(order(last, 1))
	for at, want := range map[instant.Time]bool{last.Add(90 * day): false, last.Add(90*day) + 1: true, last.Add(91 * day): true, last.Add(89 * day): false} {
		if got := in(h, at); got != want {
			t.Errorf("%s after: %t, want %t", at.Sub(last), got, want)
		}
	}
	if in(history(entry(catalogue.EntryInquiry, ago(300), catalogue.Inbound)), now) {
		t.Error("who never ordered")
	}
	cancelled := order(ago(10), 1)
	gone := entry(catalogue.EntryOrder, ago(9), catalogue.Neither)
	gone.Data, gone.Ref = map[string]string{"status": catalogue.OrderCancelled}, &catalogue.Subject{Kind: catalogue.KindOrder, ID: "erp:7"}
	cancelled.Ref = gone.Ref
	if !in(history(order(last, 1), gone, cancelled), now) || in(history(order(last, 1), cancelled), now) {
		t.Error("a cancelled order counts, or one that was not does not")
	}
}

// the last two service ratings are low, below 70; 70 is not.
func TestTwoLowRatings(t *testing.T) {
	for name, c := range map[string]struct {
		scores []float64
		want   bool
	}{"two low": {[]float64{90, 69, 40}, true}, "exactly 70": {[]float64{69, 70}, false}, "one only": {[]float64{20}, false}, "the last is good": {[]float64{20, 30, 80}, false}} {
		h := history(buyer())
		for i, v := range c.scores {
			h.Add(rating(ago(float64(50-i)), v))
		}
		if got := slices.Contains(assess(t, h, now).Groups, catalogue.GroupLowRatings); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// who presses the price again and again and sends no order; a customer to
// be can be one as well.
func TestHaggling(t *testing.T) {
	press := of(catalogue.EntryCall, catalogue.Inbound, data("objections", "feature,price"))
	for name, c := range map[string]struct {
		entries []catalogue.TimelineEntry
		want    bool
	}{
		"twice, a month ago":                  {[]catalogue.TimelineEntry{press(ago(60)), press(ago(30))}, true},
		"twice, a moment less":                {[]catalogue.TimelineEntry{press(ago(60)), press(ago(30 - 1e-6))}, false},
		"once":                                {[]catalogue.TimelineEntry{press(ago(60))}, false},
		"ordered since":                       {[]catalogue.TimelineEntry{press(ago(60)), press(ago(50)), order(ago(40), 1)}, false},
		"ordered in between":                  {[]catalogue.TimelineEntry{press(ago(60)), order(ago(55), 1), press(ago(50))}, false},
		"ordered before, pressed twice since": {[]catalogue.TimelineEntry{order(ago(80), 1), press(ago(60)), press(ago(50))}, true},
	} {
		if got := slices.Contains(assess(t, history(c.entries...), now).Groups, catalogue.GroupHaggling); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// C-08, C-09: the states and their boundaries: silent at exactly 60
// days without anything inbound and without an order, new for the policy's time,
// churned from its confirmation until the customer orders again, then won back.
func TestLifecycle(t *testing.T) {
	last := ago(30)
	quiet := history(order(ago(300), 1), order(ago(250), 1), order(last, 1))
	state := func(h *standing.History, at instant.Time) string { return assess(t, h, at).Lifecycle }
	for at, want := range map[instant.Time]string{
		last.Add(60*day) - 1: catalogue.LifecycleActive, last.Add(60 * day): catalogue.LifecycleSilent, ago(300): catalogue.LifecycleNew,
		ago(300).Add(50 * day): catalogue.LifecycleNew, ago(301): catalogue.LifecycleNew, ago(240): catalogue.LifecycleNew, ago(205): catalogue.LifecycleActive} {
		if got := state(quiet, at); got != want {
			t.Errorf("at %s: %s, want %s", at, got, want)
		}
	}
	loggedIn := quiet.Clone()
	loggedIn.Add(entry(catalogue.EntryLogin, last.Add(20*day), catalogue.Inbound))
	if got := state(&loggedIn, last.Add(60*day)); got != catalogue.LifecycleActive {
		t.Errorf("who logs in is not silent: %s", got)
	}
	ours := quiet.Clone()
	ours.Add(entry(catalogue.EntryMail, last.Add(50*day), catalogue.Outbound))
	if got := state(&ours, last.Add(60*day)); got != catalogue.LifecycleSilent {
		t.Errorf("our own mail does not end silence: %s", got)
	}
	lost := quiet.Clone()
	lost.Take(standing.FromChurn(catalogue.ChurnConfirmed{After: catalogue.ChurnReview{ID: "c.1", ConfirmedAt: ago(20), ChurnedOn: ago(29)}})...)
	s := assess(t, &lost, ago(10))
	if s.Lifecycle != catalogue.LifecycleChurned || s.Red {
		t.Errorf("lost: %s, red %t", s.Lifecycle, s.Red)
	}
	if got := state(&lost, ago(20)-1); got == catalogue.LifecycleChurned {
		t.Error("lost before it was confirmed")
	}
	back := lost.Clone()
	back.Add(order(ago(5), 1))
	for at, want := range map[instant.Time]string{ago(6): catalogue.LifecycleChurned, ago(5): catalogue.LifecycleWonBack, now: catalogue.LifecycleWonBack} {
		if got := state(&back, at); got != want {
			t.Errorf("ordered again, at %s: %s, want %s", at, got, want)
		}
	}
	regained := lost.Clone()
	regained.Take(standing.FromWithdrawn(ago(15), catalogue.ChurnWithdrew{After: catalogue.ChurnReview{ID: "c.1"}})...)
	if got := state(&regained, ago(10)); got != catalogue.LifecycleActive {
		t.Errorf("the loss was taken back: %s", got)
	}
}

// what a person set holds until its end, and no longer; the computed state
// goes on beside it. C-08: flags and groups are untouched by it.
func TestOverrideEnds(t *testing.T) {
	h := history(order(ago(300), 1), order(ago(100), 1))
	o := &catalogue.LifecycleOverride{State: catalogue.LifecycleActive, Reason: "年度检修", By: "chen", At: ago(5), Until: now.Add(10 * day)}
	s := standing.Assess(h, standing.By(book(t), standing.File{Override: o}), now)
	if s.Lifecycle != catalogue.LifecycleActive || s.Computed != catalogue.LifecycleSilent || s.Override == nil || !slices.Contains(s.Groups, catalogue.GroupNoOrder) || s.NextCheckAt != o.Until {
		t.Errorf("%s, computed %s, groups %v, next check %s", s.Lifecycle, s.Computed, s.Groups, s.NextCheckAt)
	}
	if s := standing.Assess(h, standing.By(book(t), standing.File{Override: o}), o.Until); s.Lifecycle != catalogue.LifecycleSilent || s.Override != nil {
		t.Errorf("at its end: %s", s.Lifecycle)
	}
}

// C-08, C-09: a customer may be active and flagged; which rules make churn risk and
// red is policy.
func TestWhatMakesRedIsPolicy(t *testing.T) {
	h := history(order(ago(300), 1), order(ago(100), 1), entry(catalogue.EntryCall, ago(3), catalogue.Inbound))
	s := assess(t, h, now)
	if s.Lifecycle != catalogue.LifecycleActive || !slices.Equal(s.Groups, []string{catalogue.GroupNoOrder}) || s.Red {
		t.Errorf("%s %v red %t", s.Lifecycle, s.Groups, s.Red)
	}
	strict := book(t, func(p *policy.Sections) {
		p.Standing.RedWhen = append(p.Standing.RedWhen, catalogue.GroupNoOrder)
		p.Standing.Lifecycle.ChurnRiskWhen = []string{catalogue.GroupNoOrder}
	})
	if s := standing.Assess(h, standing.By(strict, standing.File{}), now); s.Lifecycle != catalogue.LifecycleChurnRisk || !s.Red || s.PolicyVersion != 3 {
		t.Errorf("%s red %t", s.Lifecycle, s.Red)
	}
}

// R-110, C-11: who watches goes by tier and group, names one role, and ends at a
// supervisor; nobody watches whom nothing endangers.
func TestWhoWatches(t *testing.T) {
	rules := policy.Defaults().Standing
	for name, c := range map[string]struct {
		tier   string
		groups []string
		red    bool
		want   string
	}{
		"nothing":               {"vip", nil, false, ""},
		"a VIP in red":          {"vip", nil, true, "account_manager"},
		"a core customer":       {"core", []string{catalogue.GroupNoOrder}, false, "account_manager"},
		"unhappy with service":  {"normal", []string{catalogue.GroupLowRatings}, false, "service"},
		"no order":              {"normal", []string{catalogue.GroupNoOrder}, false, "owners_supervisor"},
		"red without any group": {"", nil, true, "owners_supervisor"},
	} {
		w := standing.Watcher(rules, c.tier, c.groups, c.red)
		if w == nil && c.want != "" || w != nil && (w.Role != c.want || w.Why.Zh == "") {
			t.Errorf("%s: %+v, want %s", name, w, c.want)
		}
	}
}

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
