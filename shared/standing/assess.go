package standing

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// Assess tells where a customer stands at an instant, and the next instant before
// which nothing changes by time alone.
func Assess(h *History, s Settings, now instant.Time) catalogue.Standing {
	months := map[instant.Time][]catalogue.MonthHealth{}
	out := assess(h, &s, now, false, months)
	out.NextCheckAt = next(h, &s, now, out, months)
	return out
}

// assess judges as of an instant. Month ends are remembered by month: they are
// the same for all instants of it.
func assess(h *History, s *Settings, at instant.Time, quiet bool, known map[instant.Time][]catalogue.MonthHealth) catalogue.Standing {
	e := see(h, s, at, quiet)
	out := catalogue.Standing{AsOf: at, HealthVersion: s.Model.Label(), PolicyVersion: s.Policy}
	out.Health, out.Parts = e.health()
	out.Signals = e.signals()
	groups := e.groups()
	for _, g := range groups {
		out.Groups = append(out.Groups, g.Rule)
	}
	out.Months = e.months(known)
	reds := append(e.reds(out.Health, out.Months), groups...)
	out.Computed, out.LifecycleWhy = e.lifecycle(reds)
	out.Lifecycle = out.Computed
	if e.overridden() {
		out.Override, out.Lifecycle = s.Override, s.Override.State
		out.LifecycleWhy = lang.T(s.Override.Reason, s.Override.Reason)
	}
	out.RedWhy = e.reasons(out, reds)
	out.Red = len(out.RedWhy) > 0
	if out.Groups == nil {
		out.Groups = []string{}
	}
	if quiet {
		return out
	}
	if len(out.Groups) > 0 {
		out.Tags = []string{catalogue.KeyFollowUp}
	}
	out.Causes = e.causes(out.Signals, out.Groups)
	out.Watcher = Watcher(s.Rules, s.Tier, out.Groups, out.Red)
	out.Indicators = e.indicators()
	if link, ok := last(e.of(Links)); ok {
		out.PostSaleLink = link.Of
	}
	return out
}

// months gives the month ends that R-100 looks at.
func (e *eye) months(known map[instant.Time][]catalogue.MonthHealth) []catalogue.MonthHealth {
	this := e.s.grid.month(e.at, 0)
	list, there := known[this]
	if !there {
		list = e.monthEnds(e.s.Fall.Months + 1)
		known[this] = list
	}
	return list
}

// reds gives what makes a potential churn customer of one who has bought; before
// that the journeys of leads and deals watch.
func (e *eye) reds(health int, months []catalogue.MonthHealth) []catalogue.Signal {
	var out []catalogue.Signal
	if e.bought() == 0 {
		return nil
	}
	if f, found := healthFall(e, months); found {
		out = append(out, e.red(catalogue.RedHealthFall, f))
	}
	if f, found := unanswered(e); found {
		out = append(out, e.red(catalogue.RedUnanswered, f))
	}
	if health < e.s.Model.LowBelow {
		out = append(out, e.red(catalogue.RedLowScore, finding{recent: float64(health), baseline: float64(e.s.Model.LowBelow), window: window{to: e.at},
			says: e.words("健康分%d，低于%d", "health is %d, below %d", health, e.s.Model.LowBelow)}))
	}
	return out
}

// groups gives the risk groups that the customer is in, with why.
func (e *eye) groups() []catalogue.Signal {
	var out []catalogue.Signal
	for _, g := range []struct {
		id   string
		rule func(*eye) (finding, bool)
	}{{catalogue.GroupNoOrder, noOrder}, {catalogue.GroupLowRatings, lowRatings}, {catalogue.GroupHaggling, haggling}} {
		if f, found := g.rule(e); found {
			out = append(out, e.red(g.id, f))
		}
	}
	return out
}

func (e *eye) red(rule string, f finding) catalogue.Signal {
	s := catalogue.Signal{Rule: rule, Severity: catalogue.SignalSevere}
	if !e.quiet {
		s.Says, s.Action, s.Cause, s.From, s.To = f.says, "intervene", e.cause(rule), f.window.from, f.window.to
		s.Recent, s.Baseline, s.Evidence = rounded(f.recent), rounded(f.baseline), e.evidence(f.evidence)
	}
	return s
}

// reasons gives what shows the customer in red: what the policy says makes
// a potential churn customer. One that is lost is no potential one any more.
func (e *eye) reasons(s catalogue.Standing, reds []catalogue.Signal) []catalogue.Signal {
	if s.Lifecycle == catalogue.LifecycleChurned {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(reds), func(r catalogue.Signal) bool { return !slices.Contains(e.s.Rules.RedWhen, r.Rule) })
}
