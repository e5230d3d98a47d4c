package cases

import (
	"context"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/cases/ticket"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// stepped makes the fact of a step.
func stepped(step, remark string, before catalogue.Case, t *ticket.Ticket) []catalogue.Data {
	return []catalogue.Data{&catalogue.CaseStepped{Step: step, Remark: remark, Before: before, After: t.Case}}
}

// Said is something that is said or noted in a case.
type Said struct {
	Side    string
	Channel string
	Text    string
	Waits   bool // it asks something that the clocks wait for
	Send    bool // it is sent to the customer
}

// Say adds an entry to a case's conversation.
func (c *Cases) Say(ctx context.Context, id string, s Said, match httpx.IfMatch) (*Doc, error) {
	return c.change(ctx, id, access.CaseWork, match, func(t *ticket.Ticket, v *policy.View, at instant.Time) ([]catalogue.Data, error) {
		return say(t, catalogue.CaseEntry{Side: s.Side, Channel: s.Channel, By: author(ctx, s.Side), Text: s.Text, Send: s.Send && s.Side == catalogue.CaseOutbound}, s.Waits, v, at)
	})
}

// author is who of ours says it; the customer's own words have none.
func author(ctx context.Context, side string) string {
	if side == catalogue.CaseInbound {
		return ""
	}
	return auth.From(ctx).ID
}

// say adds an entry and tells what it changed besides.
func say(t *ticket.Ticket, e catalogue.CaseEntry, waits bool, v *policy.View, at instant.Time) ([]catalogue.Data, error) {
	before := t.Case
	said, reopened, err := t.Say(e, waits, v, at)
	if err != nil {
		return nil, err
	}
	data := []catalogue.Data{&catalogue.CaseEntryAdded{Entry: said, After: t.Case}}
	switch {
	case reopened:
		data = append(data, stepped("reopened", "", before, t)...)
	case before.Status != catalogue.CaseWaiting && t.Status == catalogue.CaseWaiting:
		data = append(data, stepped("waiting", "", before, t)...)
	case before.Status == catalogue.CaseWaiting && t.Status != catalogue.CaseWaiting:
		data = append(data, stepped("resumed", "", before, t)...)
	}
	return data, nil
}

// Assign gives a case to somebody else.
func (c *Cases) Assign(ctx context.Context, id, owner, reason string, match httpx.IfMatch) (*Doc, error) {
	return c.change(ctx, id, access.CaseAssign, match, func(t *ticket.Ticket, v *policy.View, at instant.Time) ([]catalogue.Data, error) {
		if p, ok := c.People.Person(owner); owner != "" && (!ok || !p.Active) {
			return nil, problem.InvalidFields(problem.FieldError("owner", "exists", "没有这位在职人员", "nobody active has this id"))
		}
		before := t.Case
		if owner == t.Owner {
			return nil, nil
		}
		moved := *t
		moved.Owner = owner
		if err := t.Assign(owner, c.on(v, &moved)); err != nil {
			return nil, err
		}
		return stepped("assigned", reason, before, t), nil
	})
}

// Sort gives a case another kind, priority or title.
func (c *Cases) Sort(ctx context.Context, id, kind, priority, title, feature string, match httpx.IfMatch) (*Doc, error) {
	return c.change(ctx, id, access.CaseWork, match, func(t *ticket.Ticket, v *policy.View, _ instant.Time) ([]catalogue.Data, error) {
		before := t.Case
		if k := v.Sections.Cases.Kind(kind); k != nil && k.Calendar != "" {
			v = v.On(k.Calendar)
		}
		if err := t.Sort(kind, priority, title, feature, v); err != nil {
			return nil, err
		}
		return stepped("changed", "", before, t), nil
	})
}

// Resolve says how a case was solved.
func (c *Cases) Resolve(ctx context.Context, id, says string, match httpx.IfMatch) (*Doc, error) {
	return c.change(ctx, id, access.CaseWork, match, func(t *ticket.Ticket, v *policy.View, at instant.Time) ([]catalogue.Data, error) {
		before := t.Case
		if err := t.Resolve(says, auth.From(ctx).ID, v, at); err != nil {
			return nil, err
		}
		return stepped("resolved", "", before, t), nil
	})
}

// Close ends a case. A rule that comes too late (asOf is when the case became as
// the rule knows it) changes nothing.
func (c *Cases) Close(ctx context.Context, id, why string, asOf instant.Time, match httpx.IfMatch) (*Doc, error) {
	return c.change(ctx, id, access.CaseWork, match, func(t *ticket.Ticket, v *policy.View, at instant.Time) ([]catalogue.Data, error) {
		if !asOf.IsZero() && (t.Ended() || asOf != t.WaitsSince && asOf != t.ResolvedAt) {
			return nil, problem.Refuse("cases.moved_on", "工单状态已变化", "The case has moved on")
		}
		before := t.Case
		if err := t.Close(why, v, at); err != nil {
			return nil, err
		}
		return stepped("closed", why, before, t), nil
	})
}

// Reopen begins another round of a case.
func (c *Cases) Reopen(ctx context.Context, id, reason string, match httpx.IfMatch) (*Doc, error) {
	return c.change(ctx, id, access.CaseWork, match, func(t *ticket.Ticket, v *policy.View, at instant.Time) ([]catalogue.Data, error) {
		before := t.Case
		if err := t.Reopen(v, at); err != nil {
			return nil, err
		}
		return stepped("reopened", reason, before, t), nil
	})
}

// Decide says what becomes of a suggestion; the customer is told by a consumer of
// the fact.
func (c *Cases) Decide(ctx context.Context, id, outcome, reason string, match httpx.IfMatch) (*Doc, error) {
	return c.change(ctx, id, access.CaseDecide, match, func(t *ticket.Ticket, v *policy.View, at instant.Time) ([]catalogue.Data, error) {
		before := t.Case
		if err := t.Decide(outcome, reason, auth.From(ctx).ID, v, at); err != nil {
			return nil, err
		}
		return stepped("outcome", reason, before, t), nil
	})
}

// Told notes that the customer knows the outcome: somebody told them.
func (c *Cases) Told(ctx context.Context, id string, match httpx.IfMatch) (*Doc, error) {
	return c.change(ctx, id, access.CaseWork, match, func(t *ticket.Ticket, v *policy.View, at instant.Time) ([]catalogue.Data, error) {
		before := t.Case
		if err := t.Told(auth.From(ctx).ID, v, at); err != nil {
			return nil, err
		}
		if before.Outcome != nil && !before.Outcome.Told.IsZero() {
			return nil, nil
		}
		return stepped("told", "", before, t), nil
	})
}

// Breach notes that a clock ran down, as the case's journey found.
func (c *Cases) Breach(ctx context.Context, id, clock string, round int, due instant.Time) (*Doc, error) {
	return c.change(ctx, id, access.CaseEffect, httpx.IfMatch{}, func(t *ticket.Ticket, v *policy.View, _ instant.Time) ([]catalogue.Data, error) {
		if !t.Breach(clock, round, due, v) {
			return nil, problem.Refuse("cases.moved_on", "时限已变化或已完成", "The clock was done or moved meanwhile")
		}
		return []catalogue.Data{&catalogue.CaseBreached{Clock: clock, Due: due, After: t.Case}}, nil
	})
}
