package outreach

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/outreach/budget"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Withdraw takes back whatever of a subject was not sent, each once, and lets
// nothing of it leave any more, though it be asked for later (D-9). It gives how many
// it took back.
func (o *Outreach) Withdraw(ctx context.Context, subject catalogue.Subject, reason string) (int, error) {
	mark := store.New(subject.Kind+"/"+subject.ID, withdrawal{Reason: reason, At: o.Clock()})
	if err := o.withdrawals.Commit(ctx, mark, ""); err != nil && !errors.Is(err, store.ErrExists) {
		return 0, err
	}
	n := 0
	q := store.Query{Index: bySubject, Equal: []any{subject.Kind, subject.ID, true}, Limit: 200}
	for {
		page, err := o.contacts.Page(ctx, q)
		if err != nil {
			return n, err
		}
		for _, d := range page.Docs {
			took, err := o.takeBack(ctx, d.ID, reason)
			if err != nil {
				return n, err
			}
			if took {
				n++
			}
		}
		if q.After = page.Next; q.After == "" {
			return n, nil
		}
	}
}

// takeBack withdraws one contact that was not sent and gives its place to others.
func (o *Outreach) takeBack(ctx context.Context, id, reason string) (bool, error) {
	took := false
	d, err := o.change(ctx, id, catalogue.OutreachWithdrawn, func(c *Contact) bool {
		took = waits(c.Status)
		if took {
			c.Status, c.Open, c.Placing, c.EndedAt, c.Rule, c.Reason = catalogue.OutreachWithdrawn, false, false, o.Clock(), "", lang.T(reason, reason)
		}
		return took
	})
	if err != nil || !took {
		return false, err
	}
	f, err := o.file(ctx, d.Body.Customer)
	if err != nil {
		return true, err
	}
	v, err := o.view(o.Clock())
	if err != nil {
		return true, err
	}
	err = o.giveBack(ctx, f.ID, id, budget.RulesOf(v, f.TimeZone))
	o.Wake()
	return true, err
}

// Recall takes one contact of a subject back, whether it was asked for already or
// will be.
func (o *Outreach) Recall(ctx context.Context, id, reason string) error {
	mark := store.New(one(id), withdrawal{Reason: reason, At: o.Clock()})
	if err := o.withdrawals.Commit(ctx, mark, ""); err != nil && !errors.Is(err, store.ErrExists) {
		return err
	}
	_, err := o.takeBack(ctx, id, reason)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// one names the withdrawal of a single contact.
func one(id string) string { return "contact/" + id }

// TakeBack withdraws one contact for a person. Errors: it was sent, or has ended.
func (o *Outreach) TakeBack(ctx context.Context, p auth.Principal, id, reason string) (catalogue.Outreach, error) {
	c, err := o.permitted(ctx, p, access.OutreachWithdraw, id)
	if err != nil {
		return c, err
	}
	took, err := o.takeBack(ctx, id, reason)
	if err != nil {
		return c, err
	}
	d, err := o.contacts.Get(ctx, id)
	if err != nil {
		return c, err
	}
	if !took && d.Body.Status != catalogue.OutreachWithdrawn {
		return c, problem.Refuse("outreach.status", "只有尚未发送的触达可以撤回", "Only what was not sent can be taken back")
	}
	return d.Body.Outreach, nil
}
