package ownership

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

// Change is a change of who holds a customer, as its fact told.
type Change struct {
	Fact   string // id
	At     instant.Time
	By     catalogue.Actor
	Reason string
	Before catalogue.Ownership
	After  catalogue.Ownership
}

// Undoable tells whether the newest change of owner may be taken back at an
// instant: until then it may be, given by the policy; zero: undoing is switched off.
func (c Change) Undoable(now, until instant.Time) error {
	switch {
	case c.Fact == "":
		return problem.Refuse("undo.nothing", "负责人没有变更过，没有可撤销的", "The owner has never changed: there is nothing to undo")
	case c.Reason == Undo:
		return problem.Refuse("undo.twice", "最近一次变更本身就是撤销", "The last change was an undo itself")
	case c.Reason == Intake || c.Reason == CustomerOwner:
		return problem.Refuse("undo.nothing", "客户录入时确定的负责人不可撤销", "The owner that it came in with cannot be undone")
	case until == 0 || now > until:
		return &problem.Error{Code: problem.Refused, Rule: "undo.owner_within", Text: lang.T("已超过可撤销的时间，请走转交流程", "It is too late to undo this: request a transfer instead")}
	}
	return nil
}

// Back gives the customer as it was before the change.
func (c Change) Back(now instant.Time) catalogue.Ownership {
	o := c.Before
	o.Transfer = ""
	if c.Before.Pooled {
		o.PooledAt = now
	}
	if c.After.Pooled { // whoever gets it back from the pool begins anew
		o.Since = now
	}
	return o
}

// ClocksFrom gives from when the clocks of an owner count who gets a customer
// back: what passed before the change counts, what passed since does not. quiet is
// the last thing before the change that the clocks counted from.
func ClocksFrom(changed, since, quiet, now instant.Time) instant.Time {
	if since == 0 {
		return now
	}
	spent := changed - max(since, quiet)
	return now - max(spent, 0)
}
