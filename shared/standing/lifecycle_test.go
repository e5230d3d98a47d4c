package standing_test

import (
	"slices"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/standing"
)

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
