package app

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// DealActsNext gives who acts next on an open deal; nil on one that
// ended or waits in the public pool.
func (a *App) DealActsNext(d catalogue.Deal) *ActsNext {
	if d.Owner == "" || d.Outcome != catalogue.DealOpen {
		return nil
	}
	n := &ActsNext{Person: d.Owner, Action: lang.T(d.NextAction, d.NextAction), Due: d.NextTouchAt}
	if stand := a.People.Delegate(d.Owner, a.Clock()); stand != "" {
		n.Person, n.OnBehalfOf = stand, d.Owner
	}
	if d.NextAction == "" {
		n.Action = lang.T("安排下次跟进", "plan the next touch")
	}
	return n
}
