package needchange

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// step is what somebody does to a change, if they may.
type step struct {
	may func(now catalogue.NeedChange, h access.Holder, v *policy.View) error
	do  func(now catalogue.NeedChange, at instant.Time) (catalogue.NeedChange, error)
}

// Approve lets the change hold: the customer's needs change, and every department
// is told.
func (c *Changes) Approve(ctx context.Context, p auth.Principal, id, remark string, m httpx.IfMatch) (*Doc, error) {
	d, err := c.step(ctx, id, m, step{c.mayDecide(p), func(n catalogue.NeedChange, at instant.Time) (catalogue.NeedChange, error) {
		return decided(n, catalogue.NeedApproved, p.ID, remark, at)
	}})
	if err != nil {
		return nil, err
	}
	return d, c.files.ApplyNeedChange(ctx, d.Body.Shown())
}

// Reject refuses the change, with a reason.
func (c *Changes) Reject(ctx context.Context, p auth.Principal, id, reason string, m httpx.IfMatch) (*Doc, error) {
	return c.step(ctx, id, m, step{c.mayDecide(p), func(n catalogue.NeedChange, at instant.Time) (catalogue.NeedChange, error) {
		return decided(n, catalogue.NeedRejected, p.ID, reason, at)
	}})
}

// Cancel takes the request back: by whoever made it, or may cancel those of others,
// or its journey when nobody decided for too long, which comes too late once
// somebody did.
func (c *Changes) Cancel(ctx context.Context, p auth.Principal, id, reason string, m httpx.IfMatch) (*Doc, error) {
	return c.step(ctx, id, m, step{func(n catalogue.NeedChange, h access.Holder, _ *policy.View) error {
		if p.Is(auth.System) {
			return c.guard.MayAtAll(p, access.NeedExpire)
		}
		if n.RequestedBy == p.ID {
			return nil
		}
		return c.guard.May(p, access.NeedCancel, h)
	}, func(n catalogue.NeedChange, at instant.Time) (catalogue.NeedChange, error) {
		if p.Is(auth.System) && n.Status != catalogue.NeedRequested {
			return n, nil
		}
		return decided(n, catalogue.NeedCancelled, p.ID, reason, at)
	}})
}

// Confirm tells that a department knows of the change, and what it does about it.
func (c *Changes) Confirm(ctx context.Context, p auth.Principal, id, department, note string, m httpx.IfMatch) (*Doc, error) {
	return c.step(ctx, id, m, step{func(n catalogue.NeedChange, _ access.Holder, _ *policy.View) error {
		return c.mayConfirm(p, n, department)
	}, func(n catalogue.NeedChange, at instant.Time) (catalogue.NeedChange, error) {
		return confirmed(n, department, p.ID, note, at)
	}})
}

// step carries one step out, once per command; a step that changes nothing is not stored.
func (c *Changes) step(ctx context.Context, id string, m httpx.IfMatch, s step) (*Doc, error) {
	command := httpx.Command(ctx)
	for {
		d, holder, err := c.find(ctx, id)
		if err != nil {
			return nil, err
		}
		at := c.Clock()
		v, err := c.Policy.At(at)
		if err != nil {
			return nil, problem.Away(err)
		}
		before := d.Body.Shown()
		if err := s.may(before, holder, v); err != nil {
			return nil, err
		}
		if d.Did(command) {
			return d, nil
		}
		if err := m.Check(d.Version); err != nil {
			return nil, err
		}
		after, err := s.do(before, at)
		if err != nil {
			return nil, err
		}
		if same(before, after) {
			return d, nil
		}
		d.Body.Change = after
		if err := c.commit(ctx, d, command, v, &before); !errors.Is(err, store.ErrConflict) {
			return d, err
		}
	}
}

// same tells whether a step changed nothing: each that does moves the status or
// confirms for one department more.
func same(a, b catalogue.NeedChange) bool {
	count := func(n catalogue.NeedChange) (done int) {
		for _, d := range n.Departments {
			if d.ConfirmedAt != 0 {
				done++
			}
		}
		return done
	}
	return a.Status == b.Status && count(a) == count(b)
}

// mayDecide answers who approves and rejects: whom the policy names, the one who is
// asked, or who stands in for them. Nobody decides about their own request, unless
// they may decide about anything.
func (c *Changes) mayDecide(p auth.Principal) func(catalogue.NeedChange, access.Holder, *policy.View) error {
	return func(n catalogue.NeedChange, h access.Holder, v *policy.View) error {
		everything := c.guard.Everywhere(p, access.NeedApprove)
		if n.RequestedBy == p.ID && !everything {
			return problem.Forbid("need_change.approve:requester", "不能审批自己的申请", "you cannot decide about your own request")
		}
		who := v.Sections.Customers.NeedChange.Approver
		switch {
		case p.Is(auth.Management), n.Approver == p.ID, n.Approver != "" && c.Directory.Substitute(n.Approver, c.Clock()) == p.ID:
			return nil
		case who == policy.ApproverSupervisor:
			return c.guard.May(p, access.NeedApprove, h)
		case p.Is(auth.Role(who)):
			return nil
		}
		return problem.Forbid("need_change.approve:"+who, "审批角色："+who, "takes the role "+who)
	}
}

// mayConfirm lets people of the department confirm for it, whoever stands in for
// the one who is asked, and management.
func (c *Changes) mayConfirm(p auth.Principal, n catalogue.NeedChange, department string) error {
	if p.Is(auth.Management, auth.Role(department)) {
		return nil
	}
	for _, d := range n.Departments {
		if d.Department == department && (d.Person == p.ID || c.Directory.Substitute(d.Person, c.Clock()) == p.ID) {
			return nil
		}
	}
	return problem.Forbid("need_change.confirm:"+department, "只有该部门可以确认："+department, "only the department itself confirms: "+department)
}

func (c *Changes) commit(ctx context.Context, d *Doc, command string, v *policy.View, before *catalogue.NeedChange) error {
	f, err := facts.Record(ctx, facts.Stamp{Source: "liuke/accounts", At: c.Clock(), Customer: d.Body.Customer, Policy: v.Version}, d.Version+1,
		&catalogue.NeedChangeStepped{Before: before, After: d.Body.Shown()})
	if err != nil {
		return err
	}
	return c.docs.Commit(ctx, d, command, f)
}
