package standing

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// lifecycle computes the state (R-076, R-078, C-08, C-09). Of those that fit the
// gravest stands: churned until the customer orders again, churn risk by rule or
// score, silent, won back, new, active.
func (e *eye) lifecycle(reds []catalogue.Signal) (state string, why lang.Text) {
	l := e.s.Rules.Lifecycle
	bought := e.bought()
	lost := e.lost()
	back := e.cameBack(lost)
	if lost != 0 && back == 0 {
		return catalogue.LifecycleChurned, e.words("%s确认流失", "churn was confirmed %s", e.s.view.Local(lost))
	}
	if bought == 0 {
		return catalogue.LifecycleNew, e.words("尚未成交", "has not bought yet")
	}
	for _, r := range reds {
		if slices.Contains(l.ChurnRiskWhen, r.Rule) {
			return catalogue.LifecycleChurnRisk, r.Says
		}
	}
	heard := max(e.heard().At, bought)
	if e.at >= heard+e.s.length(l.SilentAfter) {
		return catalogue.LifecycleSilent, e.words("自%[1]s起%[2]s没有来往和下单", "nothing came and nothing was ordered for %[2]s since %[1]s", e.s.view.Local(heard), l.SilentAfter)
	}
	if back != 0 && e.at < back+e.s.length(l.WonBackFor) {
		return catalogue.LifecycleWonBack, e.words("流失后%s重新下单", "ordered again %s after it was lost", e.s.view.Local(back))
	}
	if e.at < bought+e.s.length(l.NewFor) {
		return catalogue.LifecycleNew, e.words("%s成为客户", "a customer since %s", e.s.view.Local(bought))
	}
	return catalogue.LifecycleActive, e.words("近期有来往或下单，最近一次%s", "has been in touch or ordered lately, last %s", e.s.view.Local(heard))
}

// lost is when churn was last confirmed and not taken back, zero if never.
func (e *eye) lost() instant.Time {
	var at instant.Time
	back := e.of(Regained)
	for _, m := range e.of(Losses) {
		if !slices.ContainsFunc(back, func(b Mark) bool { return b.ID == m.ID }) {
			at = max(at, m.At)
		}
	}
	return at
}

// cameBack is the first order or signed contract after the customer was lost.
func (e *eye) cameBack(lost instant.Time) instant.Time {
	if lost == 0 {
		return 0
	}
	var at instant.Time
	for _, list := range [][]Mark{e.orders, e.of(Wins)} {
		if after := e.since(list, lost+1); len(after) > 0 && (at == 0 || after[0].At < at) {
			at = after[0].At
		}
	}
	return at
}

// overridden tells whether a state set by hand holds at the instant.
func (e *eye) overridden() bool {
	o := e.s.Override
	return o != nil && o.At <= e.at && e.at < o.Until
}
